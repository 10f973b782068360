#include "services/platform/tally/contribution.h"

#include <map>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace anju::tally {
namespace {

constexpr absl::string_view kStock = "test.stock";
const std::vector<Place> kPlaces = {{.since = Date(2018, 1, 10), .division = "A"},
                                    {.since = Date(2018, 8, 20), .division = "B"},
                                    {.since = Date(2018, 8, 25), .division = "C"},
                                    {.since = Date(2018, 11, 2), .division = "A"}};

int64_t At(const Contributions& parts, const std::string& division, const char* month) {
  int64_t sum = 0;
  for (const Contribution& part : parts) {
    if (part.division == division && part.month <= *ParseMonth(month)) sum += part.amount;
  }
  return sum;
}

TEST(AddStock, FollowsThePlaces) {
  Contributions parts;
  AddStock(kStock, kPlaces, Date(2018, 3, 1), Date(2019, 2, 1), 4, parts);
  EXPECT_EQ(At(parts, "A", "2018-02"), 0);
  EXPECT_EQ(At(parts, "A", "2018-03"), 4);
  EXPECT_EQ(At(parts, "A", "2018-08"), 0);
  EXPECT_EQ(At(parts, "B", "2018-08"), 0);
  EXPECT_EQ(At(parts, "C", "2018-08"), 4);
  EXPECT_EQ(At(parts, "A", "2018-11"), 4);
  EXPECT_EQ(At(parts, "C", "2018-11"), 0);
  EXPECT_EQ(At(parts, "A", "2019-02"), 0);
}

TEST(AddStock, CountsBeforeTheFirstPlaceInIt) {
  Contributions parts;
  AddStock(kStock, kPlaces, Date(2017, 1, 1), std::nullopt, 1, parts);
  EXPECT_EQ(At(parts, "A", "2017-01"), 1);
}

TEST(AddStock, WhatEndsInItsMonthCountsNowhere) {
  Contributions parts;
  AddStock(kStock, kPlaces, Date(2018, 3, 1), Date(2018, 3, 31), 1, parts);
  AddStock(kStock, kPlaces, Date(2018, 3, 1), Date(2018, 2, 1), 1, parts);
  AddStock(kStock, kPlaces, Date(2018, 3, 1), std::nullopt, 0, parts);
  EXPECT_TRUE(parts.empty());
}

// Whatever the places and the span: in every month it counts exactly once within the span and not at all outside.
TEST(AddStock, CountsOnceInEveryMonth) {
  const unsigned seed = std::random_device()();
  std::mt19937 random(seed);
  for (int round = 0; round < 2000; ++round) {
    std::vector<Place> places;
    Date since(2016, 1, 1);
    for (unsigned i = 0; i <= random() % 5; ++i) {
      places.push_back({.since = since, .division = std::string(1, static_cast<char>('A' + random() % 3))});
      since += static_cast<int>(random() % 90);
    }
    const Date from = Date(2015, 10, 1) + static_cast<int>(random() % 500);
    const Date until = from + static_cast<int>(random() % 400);
    Contributions parts;
    AddStock(kStock, places, from, until, 1, parts);
    std::map<std::string, int64_t> standing;
    for (Month month = *ParseMonth("2015-01"); month < *ParseMonth("2019-01"); month = month.Plus(1)) {
      int64_t total = 0;
      for (const Contribution& part : parts) {
        if (part.month == month) standing[part.division] += part.amount;
      }
      for (const auto& [division, value] : standing) {
        ASSERT_TRUE(value == 0 || value == 1) << "seed " << seed;
        total += value;
      }
      const bool within = Month::Of(from) <= month && month < Month::Of(until);
      ASSERT_EQ(total, within ? 1 : 0) << "seed " << seed << " round " << round << " " << Format(month);
      if (within) {
        ASSERT_EQ(standing[PlaceOn(places, month.LastDay())], 1) << "seed " << seed;
      }
    }
  }
}

TEST(Union, IsTheDaysOfAny) {
  const auto january = [](int day) { return Date(2018, 1, day); };
  const std::vector<Span> apart = Union({{.from = january(20), .until = january(25)},
                                         {.from = january(1), .until = january(5)},
                                         {.from = january(5), .until = january(8)},
                                         {.from = january(2), .until = january(3)}});
  ASSERT_EQ(apart.size(), 2u);
  EXPECT_EQ(apart[0].from, january(1));
  EXPECT_EQ(apart[0].until, january(8));
  EXPECT_EQ(apart[1].from, january(20));
  const std::vector<Span> open = Union({{.from = january(1)}, {.from = january(3), .until = january(4)}});
  ASSERT_EQ(open.size(), 1u);
  EXPECT_FALSE(open[0].until.has_value());
  EXPECT_TRUE(Union({}).empty());
}

TEST(Intersect, IsTheDaysOfBoth) {
  const Span year{.from = Date(2018, 1, 1), .until = Date(2019, 1, 1)};
  EXPECT_EQ(Intersect(year, {.from = Date(2018, 6, 1)})->until, Date(2019, 1, 1));
  EXPECT_EQ(Intersect({.from = Date(2018, 6, 1)}, year)->from, Date(2018, 6, 1));
  EXPECT_FALSE(Intersect(year, {.from = Date(2019, 1, 1)}).has_value());
  EXPECT_FALSE(Intersect({.from = Date(2019, 1, 1)}, {.from = Date(2018, 1, 1)})->until.has_value());
}

}  // namespace
}  // namespace anju::tally
