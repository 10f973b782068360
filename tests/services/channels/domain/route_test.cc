#include "services/channels/domain/route.h"

#include "services/channels/domain/policy.h"
#include "tests/services/channels/domain/market.h"

namespace anju::channels {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;

class RouteTest : public MarketTest {};

TEST(Route, RefusesInOrder) {
  const Route before{.id = "r", .location = kCounty, .groups = {{.key = "g", .visited_on = Date(2018, 5, 1)}}};
  const struct {
    Date opened_on;
    Date closed_on;
    const char* location;
    absl::StatusCode code;
    const char* reason;
  } rows[] = {
      {Date(2018, 6, 1), Date(2018, 5, 1), kTownship, kInvalidArgument, "DATES_REVERSED"},
      {Date(2018, 3, 1), Date(2018, 9, 1), kTownship, kFailedPrecondition, "ROUTE_HAS_GROUPS"},
      {Date(2018, 5, 2), Date(2018, 9, 1), kCounty, kFailedPrecondition, "ROUTE_HAS_GROUPS"},
      {Date(2018, 3, 1), Date(2018, 5, 1), kCounty, kFailedPrecondition, "ROUTE_HAS_GROUPS"},
      {Date(2018, 5, 1), Date(2018, 5, 2), kCounty, kOk, ""},
  };
  for (const auto& row : rows) {
    EXPECT_THAT(Record(before, {.opened_on = row.opened_on, .closed_on = row.closed_on}, "k", row.location).status(),
                RefusedWith(row.code, std::string(row.reason)))
        << Format(row.opened_on) << " " << Format(row.closed_on);
  }
}

TEST(Route, TakesGroupsInOrder) {
  Route full{.opened_on = Date(2018, 3, 1), .closed_on = Date(2018, 9, 1)};
  for (size_t i = 0; i < kMostGroups; ++i) full.groups.push_back({.key = absl::StrCat(i)});
  const int64_t most = PolicyOn({}, Date(2018, 5, 1))[kLargestAmount];
  const struct {
    const char* key;
    int32_t heads;
    int64_t products;
    int64_t others;
    Date day;
    absl::StatusCode code;
    const char* reason;
  } rows[] = {
      {"new", 0, -1, -1, Date(2018, 9, 1), kInvalidArgument, "HEAD_COUNT_NOT_POSITIVE"},
      {"new", 1, -1, 0, Date(2018, 9, 1), kInvalidArgument, "AMOUNT_NEGATIVE"},
      {"new", 1, 0, -1, Date(2018, 9, 1), kInvalidArgument, "AMOUNT_NEGATIVE"},
      {"new", 1, most + 1, 0, Date(2018, 9, 1), kInvalidArgument, "AMOUNT_TOO_LARGE"},
      {"new", 1, 0, most + 1, Date(2018, 9, 1), kInvalidArgument, "AMOUNT_TOO_LARGE"},
      {"new", 1, 0, 0, Date(2018, 9, 1), kFailedPrecondition, "ROUTE_NOT_OPEN"},
      {"new", 1, 0, 0, Date(2018, 2, 28), kFailedPrecondition, "ROUTE_NOT_OPEN"},
      {"new", 1, 0, 0, Date(2018, 8, 31), kFailedPrecondition, "TOO_MANY_GROUPS"},
      {"7", 1, most, most, Date(2018, 3, 1), kOk, ""},
  };
  for (const auto& row : rows) {
    Outcome outcome = Outcome::kUnchanged;
    const TourGroup group{.key = row.key,
                          .visited_on = row.day,
                          .head_count = row.heads,
                          .product_sales_fen = row.products,
                          .other_spending_fen = row.others};
    EXPECT_THAT(Take(full, group, {}, &outcome).status(), RefusedWith(row.code, std::string(row.reason)))
        << row.heads << " " << row.products << " " << row.others << " " << Format(row.day);
  }
}

TEST_P(RouteTest, CountsAtEveryLevel) {
  RouteRecord route = RouteRow("r");
  ASSERT_EQ(*stand_.Import(ImportRoute, route), Outcome::kAdded);
  TourGroupRecord group = GroupRow("g", "r", Date(2018, 4, 5));
  ASSERT_EQ(*stand_.Import(ImportTourGroup, group), Outcome::kAdded);
  ASSERT_EQ(*stand_.Import(ImportTourGroup, GroupRow("h", "r", Date(2018, 6, 5))), Outcome::kAdded);
  for (const std::string division : {"45", "4503", "450328"}) {
    EXPECT_EQ(Figure("tour_routes", division, "2018-02"), 0) << division;
    EXPECT_EQ(Figure("tour_routes", division, "2018-03"), 1) << division;
    EXPECT_EQ(Figure("tour_groups", division, "2018-05"), 1) << division;
    EXPECT_EQ(Figure("tour_groups", division, "2018-06"), 2) << division;
    EXPECT_EQ(Figure("tourists", division, "2018-06"), 60) << division;
    EXPECT_EQ(Figure("tour_product_sales", division, "2018-06"), 4000) << division;
    EXPECT_EQ(Figure("tour_spending", division, "2018-06"), 1000) << division;
    EXPECT_EQ(Figure("tour_total", division, "2018-06"), 5000) << division;
  }
  EXPECT_EQ(*stand_.Import(ImportRoute, route), Outcome::kUnchanged);
  EXPECT_EQ(*stand_.Import(ImportTourGroup, group), Outcome::kUnchanged);
  group.head_count = 31;
  EXPECT_EQ(*stand_.Import(ImportTourGroup, group), Outcome::kUpdated);
  EXPECT_EQ(Figure("tourists", "45", "2018-06"), 61);
  route.closed_on = Date(2018, 9, 1);
  EXPECT_EQ(*stand_.Import(ImportRoute, route), Outcome::kUpdated);
  EXPECT_EQ(Figure("tour_routes", "45", "2018-09"), 0);
  EXPECT_EQ(Figure("tour_groups", "45", "2018-09"), 2);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(RouteTest, RefusesRowsInOrder) {
  RouteRecord route = RouteRow("r");
  route.closed_on = Date(2018, 1, 1);
  route.location = "459999";
  EXPECT_THAT(stand_.Import(ImportRoute, route).status(), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
  route.location = kElsewhere;
  EXPECT_THAT(stand_.Import(ImportRoute, route).status(), RefusedWith(kInvalidArgument, "OUTSIDE_DIVISION"));
  route.location = kCounty;
  EXPECT_THAT(stand_.Import(ImportRoute, route).status(), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  TourGroupRecord group = GroupRow("g", "r", Date(2018, 5, 1));
  group.head_count = 0;
  EXPECT_THAT(stand_.Import(ImportTourGroup, group).status(), RefusedWith(kNotFound, "ROUTE_NOT_FOUND"));
}

TEST_P(RouteTest, AGroupOfTheWrongRouteTakesItsVisitsAlong) {
  RouteRecord township = RouteRow("t");
  township.location = kTownship;
  ASSERT_TRUE(stand_.Import(ImportRoute, RouteRow("r")).ok());
  ASSERT_TRUE(stand_.Import(ImportRoute, township).ok());
  stand_.KnowHousehold("a", kVillage, 4);
  ASSERT_TRUE(stand_.Import(ImportTourGroup, GroupRow("g", "r", Date(2018, 4, 5))).ok());
  ASSERT_TRUE(stand_.Import(ImportTourHousehold, VisitRow("g", "a")).ok());
  EXPECT_EQ(Figure("tour_villages", kTownship, "2018-04"), 0);
  EXPECT_EQ(*stand_.Import(ImportTourGroup, GroupRow("g", "t", Date(2018, 5, 6))), Outcome::kUpdated);
  EXPECT_EQ(Figure("tour_groups", "45", "2018-10"), 1);
  for (const std::string division : {"45", kCounty, kTownship}) {
    for (const std::string name : {"tour_groups", "tour_villages", "tour_households"}) {
      EXPECT_EQ(Figure(name, division, "2018-04"), 0) << name << " " << division;
      EXPECT_EQ(Figure(name, division, "2018-05"), 1) << name << " " << division;
    }
  }
  EXPECT_EQ(*stand_.Import(ImportTourHousehold, VisitRow("g", "a")), Outcome::kUnchanged);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, RouteTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::channels
