#include "services/relocation/domain/resident.h"

#include "tests/services/relocation/domain/neighbourhood.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using testing::RefusedWith;

TEST(ResidentRulesTest, LivesThereFromTheDayOfTheMove) {
  const Date day(2018, 7, 28);
  std::optional<Case> relocation;
  EXPECT_THAT(CheckLivesAt(relocation, "s1", day, "household"), RefusedWith(kFailedPrecondition, "NOT_MOVED_IN"));
  relocation = Case{.site_key = "s2"};
  EXPECT_THAT(CheckLivesAt(relocation, "s1", day, "household"), RefusedWith(kFailedPrecondition, "NOT_MOVED_IN"));
  relocation->steps.moved_in_on = day;
  EXPECT_THAT(CheckLivesAt(relocation, "s1", day - 1, "household"), RefusedWith(kFailedPrecondition, "NOT_MOVED_IN"));
  EXPECT_THAT(CheckLivesAt(relocation, "s1", day, "household"), RefusedWith(kFailedPrecondition, "LIVES_ELSEWHERE"));
  EXPECT_TRUE(CheckLivesAt(relocation, "s2", day, "household").ok());
}

TEST(ResidentRulesTest, BelongsUntilTheDayOfLeaving) {
  const Date day(2018, 7, 28);
  const feed::HouseholdFact household{.persons = {{.person_no = "p1", .joined_on = day, .left_on = day + 1}}};
  EXPECT_TRUE(CheckBelongs(household, "p1", day).ok());
  for (const Date other : {day - 1, day + 1}) {
    EXPECT_THAT(CheckBelongs(household, "p1", other), RefusedWith(kNotFound, "PERSON_NOT_FOUND"));
  }
  EXPECT_THAT(CheckBelongs(household, "p2", day), RefusedWith(kNotFound, "PERSON_NOT_FOUND"));
}

class ResidentTest : public Neighbourhood {};

TEST_P(ResidentTest, ASiteIsFoundByKeyAndById) {
  Settle();
  const Site site = Find<Site>("s1");
  const absl::Status status = stand.store.Look([&](roots::Session& session) -> absl::Status {
    EXPECT_EQ(FindSite(session, kSite, "site")->id, site.id);
    EXPECT_EQ(FindSite(session, site.id, "site")->id, site.id);
    EXPECT_THAT(FindSite(session, "450328/county/s9", "site"), RefusedWith(kNotFound, "SITE_NOT_FOUND"));
    // The id of something else is no site's.
    EXPECT_THAT(FindSite(session, Find<Unit>("u1").id, "site"), RefusedWith(kNotFound, "SITE_NOT_FOUND"));
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

INSTANTIATE_TEST_SUITE_P(Engines, ResidentTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
