#include "services/channels/domain/visit.h"

#include "tests/services/channels/domain/market.h"

namespace anju::channels {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;

class VisitTest : public MarketTest {
 protected:
  // Groups g on 2018-04-05 and h on 2018-06-05.
  void RunTours() {
    ASSERT_TRUE(stand_.Import(ImportRoute, RouteRow("r")).ok());
    ASSERT_TRUE(stand_.Import(ImportTourGroup, GroupRow("g", "r", Date(2018, 4, 5))).ok());
    ASSERT_TRUE(stand_.Import(ImportTourGroup, GroupRow("h", "r", Date(2018, 6, 5))).ok());
  }
};

TEST(Visit, IsWhereTheHouseholdLivedOnThatDay) {
  const feed::HouseholdFact household{
      .residences = {{.since = Date(2016, 1, 1), .village = "a"}, {.since = Date(2018, 5, 20), .village = "b"}}};
  EXPECT_EQ(VillageOf(household, {.visited_on = Date(2015, 5, 1)}), "a");
  EXPECT_EQ(VillageOf(household, {.visited_on = Date(2018, 5, 19)}), "a");
  EXPECT_EQ(VillageOf(household, {.visited_on = Date(2018, 5, 20)}), "b");
}

TEST_P(VisitTest, CountsHouseholdsAndVillagesOnce) {
  RunTours();
  stand_.KnowHousehold("a", kVillage, 1);
  stand_.KnowHousehold("b", kVillage, 1);
  stand_.KnowHousehold("c", kOther, 1);
  EXPECT_EQ(*stand_.Import(ImportTourHousehold, VisitRow("h", "a")), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportTourHousehold, VisitRow("g", "a")), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportTourHousehold, VisitRow("g", "b")), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportTourHousehold, VisitRow("h", "c")), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportTourHousehold, VisitRow("h", "c")), Outcome::kUnchanged);
  for (const std::string division : {"45", "4503", kCounty}) {
    EXPECT_EQ(Figure("tour_villages", division, "2018-03"), 0) << division;
    EXPECT_EQ(Figure("tour_villages", division, "2018-04"), 1) << division;
    EXPECT_EQ(Figure("tour_villages", division, "2018-06"), 2) << division;
    EXPECT_EQ(Figure("tour_households", division, "2018-04"), 2) << division;
    EXPECT_EQ(Figure("tour_households", division, "2018-06"), 3) << division;
  }
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

// As the tester found it: a county's route and its township's bring groups to the same two households of two villages.
TEST_P(VisitTest, CountsWhatRoutesOfTwoDivisionsShareOnce) {
  RunTours();
  RouteRecord township = RouteRow("t");
  township.location = kTownship;
  ASSERT_TRUE(stand_.Import(ImportRoute, township).ok());
  ASSERT_TRUE(stand_.Import(ImportTourGroup, GroupRow("i", "t", Date(2018, 5, 5))).ok());
  stand_.KnowHousehold("a", kVillage, 1);
  stand_.KnowHousehold("b", kOther, 1);
  for (const char* household : {"a", "b"}) {
    ASSERT_TRUE(stand_.Import(ImportTourHousehold, VisitRow("g", household)).ok());
    ASSERT_TRUE(stand_.Import(ImportTourHousehold, VisitRow("i", household)).ok());
  }
  for (const std::string name : {"tour_households", "tour_villages"}) {
    for (const std::string division : {"45", "4503", kCounty}) {
      EXPECT_EQ(Figure(name, division, "2018-04"), 2) << name << " " << division;
      EXPECT_EQ(Figure(name, division, "2018-10"), 2) << name << " " << division;
    }
    EXPECT_EQ(Figure(name, kTownship, "2018-04"), 0) << name;
    EXPECT_EQ(Figure(name, kTownship, "2018-05"), 2) << name;
  }
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(VisitTest, CountsHouseholdsThatWereRegisteredPoorThen) {
  RunTours();
  feed::HouseholdFact a = stand_.KnowHousehold("a", kVillage, 1);
  a.classifications = {{.since = Date(2016, 1, 1), .household_class = feed::HouseholdClass::kGeneral},
                       {.since = Date(2018, 5, 1), .household_class = feed::HouseholdClass::kRegisteredPoor}};
  ASSERT_TRUE(stand_.Import(ImportTourHousehold, VisitRow("g", "a")).ok());
  ASSERT_TRUE(Tell(a).ok());
  EXPECT_EQ(Figure("tour_households", kCounty, "2018-10"), 0);
  ASSERT_TRUE(stand_.Import(ImportTourHousehold, VisitRow("h", "a")).ok());
  EXPECT_EQ(Figure("tour_households", kCounty, "2018-05"), 0);
  EXPECT_EQ(Figure("tour_households", kCounty, "2018-06"), 1);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(VisitTest, RefusesRowsInOrder) {
  RunTours();
  EXPECT_THAT(stand_.Import(ImportTourHousehold, VisitRow("x", "a")).status(),
              RefusedWith(kNotFound, "GROUP_NOT_FOUND"));
  EXPECT_THAT(stand_.Import(ImportTourHousehold, VisitRow("g", "a")).status(),
              RefusedWith(kNotFound, "HOUSEHOLD_NOT_FOUND"));
}

TEST_P(VisitTest, ACorrectedDateMovesTheVisit) {
  RunTours();
  feed::HouseholdFact a = stand_.KnowHousehold("a", kVillage, 1);
  a.residences.push_back({.since = Date(2018, 5, 1), .village = kOther});
  ASSERT_TRUE(Tell(a).ok());
  stand_.KnowHousehold("b", kOther, 1);
  ASSERT_TRUE(stand_.Import(ImportTourHousehold, VisitRow("g", "a")).ok());
  ASSERT_TRUE(stand_.Import(ImportTourHousehold, VisitRow("h", "b")).ok());
  EXPECT_EQ(Figure("tour_villages", kCounty, "2018-06"), 2);
  // After the move both lived in the same village.
  EXPECT_EQ(*stand_.Import(ImportTourGroup, GroupRow("g", "r", Date(2018, 5, 20))), Outcome::kUpdated);
  EXPECT_EQ(Figure("tour_villages", kCounty, "2018-04"), 0);
  EXPECT_EQ(Figure("tour_villages", kCounty, "2018-05"), 1);
  EXPECT_EQ(Figure("tour_villages", kCounty, "2018-06"), 1);
  EXPECT_EQ(Figure("tour_households", kCounty, "2018-04"), 0);
  EXPECT_EQ(Figure("tour_households", kCounty, "2018-06"), 2);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(VisitTest, NoFaultPartsAHouseholdFromItsVillage) {
  RunTours();
  stand_.KnowHousehold("a", kVillage, 1);
  int broken = 0;
  for (int n = 1;; ++n) {
    testing::FaultyDatabase faulty(*stand_.database, n);
    roots::Store store(faulty, stand_.clock, Kinds(), nullptr, [](const auto&) {});
    const absl::Status status = store.Change({}, [&](roots::Session& session) {
      return ImportTourHousehold(session, stand_.batch, VisitRow("g", "a")).status();
    });
    ASSERT_THAT(stand_.Recount(), IsEmpty()) << "statement " << n << ": " << status;
    EXPECT_EQ(Figure("tour_villages", "45", "2018-10"), Figure("tour_households", "45", "2018-10"))
        << "statement " << n << ": " << status;
    if (!faulty.failed()) break;
    EXPECT_EQ(Figure("tour_villages", "45", "2018-10"), 0) << "statement " << n << ": " << status;
    ++broken;
  }
  EXPECT_GT(broken, 5);
  EXPECT_EQ(Figure("tour_villages", "45", "2018-10"), 1);
}

INSTANTIATE_TEST_SUITE_P(Engines, VisitTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::channels
