#include "services/platform/records/read.h"

#include "tests/support/refused.h"

namespace anju::records {
namespace {

using enum absl::StatusCode;
using testing::RefusedWith;

struct Box {
  std::string division;
  std::string Division() const { return division; }
};

// A key of another county is answered like one that no record has, whatever `find` says of those; an id is not guessed.
TEST(FindFor, NobodyLearnsOfAnotherCountysKeys) {
  const std::map<std::string, Box> boxes = {{"450328/county/b1", {"450328100201"}},
                                            {"451021/county/b1", {"451021001001"}},
                                            {"018f3a2b4c5d0123456789abcdef0123", {"451021001001"}}};
  const auto find = [&](const std::string& name) -> absl::StatusOr<Box> {
    const auto found = boxes.find(name);
    if (found != boxes.end()) return found->second;
    return Refuse(kNotFound, "BOX_NOT_FOUND", "there is no such box", "box");
  };
  const rpc::Caller county{.scope = "450328"}, everybody;
  EXPECT_EQ(FindFor(county, "450328/county/b1", find)->division, "450328100201");
  const absl::Status none = FindFor(county, "451021/county/b2", find).status();
  EXPECT_THAT(none, RefusedWith(kNotFound, "BOX_NOT_FOUND"));
  const absl::Status foreign = FindFor(county, "451021/county/b1", find).status();
  EXPECT_EQ(foreign, none);
  EXPECT_THAT(FindFor(county, "018f3a2b4c5d0123456789abcdef0123", find).status(),
              RefusedWith(kPermissionDenied, "OUTSIDE_SCOPE"));
  for (const auto& [name, box] : boxes) EXPECT_TRUE(FindFor(everybody, name, find).ok()) << name;
}

}  // namespace
}  // namespace anju::records
