#include "services/relocation/domain/ceremony.h"

#include "tests/services/relocation/domain/resettlement.h"
#include "tests/support/recode.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;

class CeremonyTest : public Resettlement {
 protected:
  static Ceremony Held(std::vector<std::string> cases) {
    return {.division = "450328",
            .request_id = "r1",
            .place = "示例广场",
            .moved_in_on = Date(2018, 7, 28),
            .cases = std::move(cases)};
  }
  absl::StatusOr<Moved> Run(const Ceremony& ceremony) {
    std::string answer;
    RETURN_IF_ERROR(stand.store.ChangeOnce(
        {.subject = "officer", .method = "MoveInHouseholds"}, ceremony.request_id, roots::ToJson(ceremony),
        [&](roots::Session& session) -> absl::StatusOr<std::string> {
          ASSIGN_OR_RETURN(const Moved moved, MoveInHouseholds(session, ceremony, "officer"));
          return roots::ToJson(moved);
        },
        &answer));
    return roots::FromJson<Moved>(answer);
  }
};

TEST_P(CeremonyTest, MovesAllInOnce) {
  Build();
  ASSERT_TRUE(stand.Import(ImportCase, Allotted("c1", "h1", "u1")).ok());
  ASSERT_TRUE(stand.Import(ImportCase, Allotted("c2", "h2", "u2")).ok());
  const Ceremony ceremony = Held({Find<Case>("c1").id, "450328/county/c2"});
  for (int i = 0; i < 2; ++i) {
    const absl::StatusOr<Moved> moved = Run(ceremony);
    ASSERT_TRUE(moved.ok()) << moved.status();
    EXPECT_EQ(moved->households, 2);
    EXPECT_EQ(moved->persons, 6);
    EXPECT_EQ(Figure("persons_moved_in", "450328", "2018-06"), 0);
    EXPECT_EQ(Figure("persons_moved_in", "450328", "2018-07"), 6);
  }
  EXPECT_EQ(Find<Case>("c2").ceremony, "示例广场");
  EXPECT_EQ(Find<Case>("c2").state, CaseState::kMovedIn);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(CeremonyTest, AnOlderFileDoesNotUndoTheMove) {
  Build();
  ASSERT_TRUE(stand.Import(ImportCase, Allotted("c1", "h1", "u1")).ok());
  ASSERT_TRUE(Run(Held({"450328/county/c1"})).ok());
  EXPECT_EQ(*stand.Import(ImportCase, Allotted("c1", "h1", "u1")), Outcome::kUnchanged);
  EXPECT_EQ(*stand.Import(ImportCase, MovedIn("c1", "h1", "u1")), Outcome::kUnchanged);
  EXPECT_THAT(stand.Import(ImportCase, Declared("c1", "h1")).status(),
              RefusedWith(kFailedPrecondition, "STEPS_OUT_OF_ORDER"));
  EXPECT_EQ(Figure("persons_moved_in", "450328", "2018-07"), 3);
  // Another day is a correction: then it was not at this ceremony.
  CaseRecord later = MovedIn("c1", "h1", "u1");
  later.steps.moved_in_on = Date(2018, 8, 3);
  EXPECT_EQ(*stand.Import(ImportCase, later), Outcome::kUpdated);
  EXPECT_EQ(Figure("persons_moved_in", "450328", "2018-07"), 0);
  EXPECT_EQ(Find<Case>("c1").ceremony, "");
}

TEST_P(CeremonyTest, MovesNobodyWhenOneCannotMove) {
  Build();
  ASSERT_TRUE(stand.Import(ImportCase, Allotted("c1", "h1", "u1")).ok());
  ASSERT_TRUE(stand.Import(ImportCase, Declared("c2", "h2")).ok());
  EXPECT_THAT(Run(Held({"450328/county/c1", "450328/county/c2"})).status(),
              RefusedWith(kFailedPrecondition, "CASE_NOT_ALLOTTED"));
  EXPECT_EQ(Figure("persons_moved_in", "450328", "2018-07"), 0);
}

TEST_P(CeremonyTest, ASiteLiesInWhatItsCountyBecame) {
  Build();
  ASSERT_TRUE(stand.Import(ImportCase, Allotted("c1", "h1", "u1")).ok());
  ASSERT_TRUE(stand.Import(ImportCase, Allotted("c2", "h2", "u2")).ok());
  testing::Recode(stand, "2018-06", {{.old_code = "450328", .new_code = "450399"}});
  Ceremony ceremony = Held({"450328/county/c1"});
  ceremony.division = "450329";
  EXPECT_THAT(Run(ceremony).status(), RefusedWith(kNotFound, "CASE_NOT_FOUND"));
  ceremony.division = "450399";
  EXPECT_EQ(Run(ceremony)->households, 1);
  // Who still has the old code says it.
  ceremony = Held({"450328/county/c2"});
  ceremony.request_id = "r2";
  EXPECT_EQ(Run(ceremony)->households, 1);
}

TEST_P(CeremonyTest, RefusesInOrder) {
  Build();
  ASSERT_TRUE(stand.Import(ImportCase, Allotted("c1", "h1", "u1")).ok());
  ASSERT_TRUE(stand.Import(ImportCase, Declared("c2", "h2")).ok());
  const std::string c1 = Find<Case>("c1").id;
  Ceremony ceremony = Held({});
  ceremony.division = "450327";
  ceremony.moved_in_on = Date(2018, 5, 31);
  ceremony.place = "";
  EXPECT_THAT(Run(ceremony).status(), RefusedWith(kInvalidArgument, "BATCH_EMPTY"));
  ceremony.cases.assign(kMostCases + 1, "nobody");
  EXPECT_THAT(Run(ceremony).status(), RefusedWith(kInvalidArgument, "BATCH_TOO_LARGE"));
  ceremony.cases = {c1, "450328/county/c1", "450328/county/c2", "nobody"};
  EXPECT_THAT(Run(ceremony).status(), RefusedWith(kInvalidArgument, "PLACE_MALFORMED"));
  for (int i = 0; i < 65; ++i) ceremony.place += "例";
  EXPECT_THAT(Run(ceremony).status(), RefusedWith(kInvalidArgument, "PLACE_MALFORMED"));
  ceremony.place.resize(64 * 3);
  EXPECT_THAT(Run(ceremony).status(), RefusedWith(kNotFound, "CASE_NOT_FOUND"));
  ceremony.cases.pop_back();
  EXPECT_THAT(Run(ceremony).status(), RefusedWith(kNotFound, "CASE_NOT_FOUND"));
  ceremony.division = "450328";
  EXPECT_THAT(Run(ceremony).status(), RefusedWith(kFailedPrecondition, "CASE_NOT_ALLOTTED"));
  ceremony.cases.pop_back();
  EXPECT_THAT(Run(ceremony).status(), RefusedWith(kFailedPrecondition, "CASE_REPEATED"));
  ceremony.cases.pop_back();
  EXPECT_THAT(Run(ceremony).status(), RefusedWith(kFailedPrecondition, "STEPS_OUT_OF_ORDER"));
  ceremony.moved_in_on = Date(2018, 6, 1);
  EXPECT_TRUE(Run(ceremony).ok());
}

INSTANTIATE_TEST_SUITE_P(Engines, CeremonyTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
