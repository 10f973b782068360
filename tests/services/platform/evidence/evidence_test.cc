#include "services/platform/evidence/evidence.h"

#include "services/platform/base/ids.h"
#include "tests/support/recode.h"
#include "tests/support/stand.h"

namespace anju::evidence {
namespace {

using anju::testing::RefusedWith;
using anju::testing::Stand;
using enum absl::StatusCode;

class EvidenceTest : public ::testing::TestWithParam<std::string> {
 protected:
  void Keep(const std::string& division, const std::string& content) {
    ASSERT_TRUE(stand_.store
                    .Change({.subject = "tester", .method = "UploadEvidence"},
                            [&](roots::Session& session) {
                              KeptFile file{.key = division + "/" + Sha256(content),
                                            .division = division,
                                            .sha256 = Sha256(content),
                                            .size_bytes = static_cast<int64_t>(content.size())};
                              session.Put(file);
                              return absl::OkStatus();
                            })
                    .ok());
  }
  absl::Status Check(const std::string& county, const std::vector<Evidence>& files) {
    return stand_.store.Look([&](roots::Session& session) { return CheckKept(session, county, files); });
  }

  Stand stand_{GetParam(), {&roots::KindOf<KeptFile>()}, {}};
};
INSTANTIATE_TEST_SUITE_P(Engines, EvidenceTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

TEST_P(EvidenceTest, AFileCountsWhereItWasSent) {
  Keep("450328", "board");
  Keep("450328101", "minutes");
  Keep("451022", "elsewhere");
  Keep("451022", "everywhere");
  Keep("450328", "everywhere");
  const auto file = [](const std::string& content, int64_t size) {
    return Evidence{.name = "n", .sha256 = Sha256(content), .size_bytes = size};
  };
  EXPECT_TRUE(Check("450328", {}).ok());
  EXPECT_TRUE(Check("450328", {file("board", 5), file("minutes", 7), file("everywhere", 10)}).ok());
  EXPECT_THAT(Check("450328", {file("board", 5), file("elsewhere", 9)}),
              RefusedWith(kFailedPrecondition, "EVIDENCE_NOT_FOUND"));
  EXPECT_THAT(Check("450328", {file("nowhere", 7)}), RefusedWith(kFailedPrecondition, "EVIDENCE_NOT_FOUND"));
  EXPECT_THAT(Check("450328", {file("board", 6)}), RefusedWith(kFailedPrecondition, "EVIDENCE_SIZE_WRONG"));
}

TEST_P(EvidenceTest, AFileStaysWithACountyThatGetsAnotherCode) {
  Keep("450328", "before");
  Keep("450328101", "township");
  Keep("450399", "after");
  Keep("450329", "elsewhere");
  testing::Recode(stand_, "2018-06", {{.old_code = "450328", .new_code = "450399"}});
  const auto check = [&](const std::string& county, const std::string& content) {
    return Check(county,
                 {{.name = "n", .sha256 = Sha256(content), .size_bytes = static_cast<int64_t>(content.size())}});
  };
  for (const char* county : {"450328", "450399"}) {
    for (const char* content : {"before", "township", "after"}) {
      EXPECT_TRUE(check(county, content).ok()) << county << content;
    }
    EXPECT_THAT(check(county, "elsewhere"), RefusedWith(kFailedPrecondition, "EVIDENCE_NOT_FOUND")) << county;
  }
}

TEST(HashTest, IsSixtyFourSmallHexadecimalDigits) {
  EXPECT_TRUE(IsHash(Sha256("x")));
  EXPECT_FALSE(IsHash(""));
  EXPECT_FALSE(IsHash(std::string(64, 'A')));
  EXPECT_FALSE(IsHash(std::string(63, 'a')));
  EXPECT_FALSE(IsHash(std::string(63, 'a') + "/"));
}

}  // namespace
}  // namespace anju::evidence
