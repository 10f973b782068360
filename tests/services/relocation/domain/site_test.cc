#include "services/relocation/domain/site.h"

#include "tests/services/relocation/domain/resettlement.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;
using ::testing::SizeIs;

class SiteTest : public Resettlement {
 protected:
  static PublicPostRecord Post(const std::string& number, const std::string& person) {
    return {.post_no = number,
            .site_no = "s1",
            .title = "保洁员",
            .created_on = Date(2018, 5, 1),
            .household_no = person.empty() ? "" : "h1",
            .person_no = person,
            .monthly_pay_fen = 600'00};
  }
};

TEST_P(SiteTest, CountsAtEveryLevel) {
  SiteRecord row = SiteRow("s1");
  row.tier = Tier::kTownship;
  EXPECT_EQ(*stand.Import(ImportSite, row), Outcome::kAdded);
  for (const std::string division : {"45", "4503", "450328", kTown}) {
    EXPECT_EQ(Figure("sites", division, "2016-04"), 0) << division;
    EXPECT_EQ(Figure("sites", division, "2016-05"), 1) << division;
    EXPECT_EQ(Figure("township_sites", division, "2016-05"), 1) << division;
    EXPECT_EQ(Figure("planned_units", division, "2016-05"), 4) << division;
    EXPECT_EQ(Figure("communities", division, "2018-03"), 0) << division;
    EXPECT_EQ(Figure("communities", division, "2018-04"), 1) << division;
  }
  EXPECT_EQ(Figure("sites", kVillage, "2018-10"), 0);
  EXPECT_EQ(*stand.Import(ImportSite, row), Outcome::kUnchanged);
  row.community = false;
  EXPECT_EQ(*stand.Import(ImportSite, row), Outcome::kUpdated);
  EXPECT_EQ(Figure("communities", "45", "2018-10"), 0);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(SiteTest, ACorrectedSiteTakesItsUnitsAndCasesAlong) {
  Build();
  ASSERT_TRUE(stand.Import(ImportCase, MovedIn("c1", "h1", "u1")).ok());
  EXPECT_EQ(Figure("county_tier_persons", "450328", "2018-07"), 3);
  EXPECT_EQ(Figure("units_completed", kTown, "2018-04"), 3);
  SiteRecord row = SiteRow("s1");
  row.tier = Tier::kTownship;
  row.location = kVillage;
  EXPECT_EQ(*stand.Import(ImportSite, row), Outcome::kUpdated);
  EXPECT_EQ(Figure("county_tier_persons", "450328", "2018-07"), 0);
  EXPECT_EQ(Figure("township_tier_persons", "450328", "2018-07"), 3);
  EXPECT_EQ(Figure("units_completed", kTown, "2018-04"), 0);
  EXPECT_EQ(Figure("township_units", kVillage, "2018-04"), 3);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(SiteTest, RefusesSitesInOrder) {
  SiteRecord row = SiteRow("s1");
  row.completed_on = Date(2016, 5, 5);
  row.planned_units = -1;
  row.location = "450328999";
  EXPECT_THAT(stand.Import(ImportSite, row).status(), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
  row.location = "451021001";
  EXPECT_THAT(stand.Import(ImportSite, row).status(), RefusedWith(kInvalidArgument, "OUTSIDE_DIVISION"));
  row.location = kTown;
  EXPECT_THAT(stand.Import(ImportSite, row).status(), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  row.completed_on.reset();
  EXPECT_THAT(stand.Import(ImportSite, row).status(), RefusedWith(kInvalidArgument, "PLANNED_UNITS_NEGATIVE"));
}

TEST_P(SiteTest, CountsPostsUntilTheyAreClosed) {
  Build();
  EXPECT_EQ(*stand.Import(ImportPublicPost, Post("g1", "p1")), Outcome::kAdded);
  EXPECT_EQ(*stand.Import(ImportPublicPost, Post("g1", "p1")), Outcome::kUnchanged);
  PublicPostRecord closed = Post("g2", "");
  closed.closed_on = Date(2018, 8, 31);
  EXPECT_EQ(*stand.Import(ImportPublicPost, closed), Outcome::kAdded);
  EXPECT_EQ(Figure("public_posts", "45", "2018-07"), 2);
  EXPECT_EQ(Figure("public_posts", kTown, "2018-08"), 1);
  EXPECT_EQ(Figure("public_posts_held", "450328", "2018-08"), 1);
  // The posts of a site stay when the site is recorded again.
  EXPECT_EQ(*stand.Import(ImportSite, SiteRow("s1")), Outcome::kUnchanged);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(SiteTest, RefusesPostsInOrder) {
  Build();
  ASSERT_TRUE(stand.Import(ImportSite, SiteRow("s2")).ok());
  ASSERT_TRUE(stand.Import(ImportPublicPost, Post("g1", "p1")).ok());
  PublicPostRecord row = Post("g2", "p9");
  row.site_no = "s9";
  row.monthly_pay_fen = 0;
  row.closed_on = Date(2018, 4, 1);
  EXPECT_THAT(stand.Import(ImportPublicPost, row).status(), RefusedWith(kNotFound, "SITE_NOT_FOUND"));
  row.site_no = "s2";
  EXPECT_THAT(stand.Import(ImportPublicPost, row).status(), RefusedWith(kNotFound, "PERSON_NOT_FOUND"));
  row.person_no = "";
  EXPECT_THAT(stand.Import(ImportPublicPost, row).status(), RefusedWith(kNotFound, "PERSON_NOT_FOUND"));
  row.person_no = "p1";
  row.closed_on.reset();
  for (const char* site : {"s1", "s2"}) {
    row.site_no = site;
    EXPECT_THAT(stand.Import(ImportPublicPost, row).status(), RefusedWith(kAlreadyExists, "PERSON_HOLDS_POST"));
  }
  row.closed_on = Date(2018, 4, 1);
  EXPECT_THAT(stand.Import(ImportPublicPost, row).status(), RefusedWith(kInvalidArgument, "AMOUNT_NOT_POSITIVE"));
  row.monthly_pay_fen = 1;
  EXPECT_THAT(stand.Import(ImportPublicPost, row).status(), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
}

TEST_P(SiteTest, AClosedPostFreesItsHolder) {
  Build();
  PublicPostRecord row = Post("g1", "p1");
  ASSERT_TRUE(stand.Import(ImportPublicPost, row).ok());
  row.closed_on = Date(2018, 8, 31);
  ASSERT_EQ(*stand.Import(ImportPublicPost, row), Outcome::kUpdated);
  EXPECT_EQ(*stand.Import(ImportPublicPost, Post("g2", "p1")), Outcome::kAdded);
}

TEST_P(SiteTest, APostThatIsCorrectedLeavesTheOtherSite) {
  Build();
  ASSERT_TRUE(stand.Import(ImportSite, SiteRow("s2")).ok());
  ASSERT_TRUE(stand.Import(ImportPublicPost, Post("g1", "p1")).ok());
  PublicPostRecord row = Post("g1", "p1");
  row.site_no = "s2";
  EXPECT_EQ(*stand.Import(ImportPublicPost, row), Outcome::kUpdated);
  EXPECT_THAT(Find<Site>("s1").posts, IsEmpty());
  EXPECT_THAT(Find<Site>("s2").posts, SizeIs(1));
  EXPECT_EQ(Figure("public_posts", "45", "2018-10"), 1);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, SiteTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
