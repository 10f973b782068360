#include "services/channels/domain/distinct.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "services/platform/base/division.h"

namespace anju::channels {
namespace {

using tally::Place;

int64_t Sum(const tally::Contributions& parts, absl::string_view division, Month month) {
  int64_t sum = 0;
  for (const tally::Contribution& part : parts) {
    if (IsWithin(part.division, division) && part.month <= month) sum += part.amount;
  }
  return sum;
}

TEST(AddDistinct, CountsOnceWhereRoutesOfACountyAndItsTownshipMeet) {
  tally::Contributions parts;
  AddDistinct("f",
              {{.since = Date(2018, 5, 4), .division = "450103100"},
               {.since = Date(2018, 4, 9), .division = "450103"},
               {.since = Date(2018, 6, 1), .division = "450105"},
               {.since = Date(2018, 7, 1), .division = "450103100"}},
              parts);
  struct Row {
    const char* division;
    const char* month;
    int64_t count;
  };
  for (const auto& [division, month, count] :
       {Row{"45", "2018-03", 0}, Row{"45", "2018-04", 1}, Row{"45", "2018-07", 1}, Row{"4501", "2018-06", 1},
        Row{"450103", "2018-04", 1}, Row{"450103", "2018-07", 1}, Row{"450103100", "2018-04", 0},
        Row{"450103100", "2018-05", 1}, Row{"450103100", "2018-07", 1}, Row{"450105", "2018-05", 0},
        Row{"450105", "2018-06", 1}}) {
    EXPECT_EQ(Sum(parts, division, *ParseMonth(month)), count) << division << " " << month;
  }
}

// Against counting by going through all visits, for every division of two provinces and every month.
TEST(AddDistinct, IsOneFromTheFirstVisitOnEverywhere) {
  std::mt19937 random(33);
  const std::string places[] = {"45",           "4501",         "450103", "450103100", "450103100201",
                                "450103100202", "450103101",    "450105", "450105100", "4503",
                                "450328",       "450328100201", "36",     "360731101"};
  std::set<std::string> divisions;
  for (const std::string& place : places) {
    for (const absl::string_view above : Lineage(place)) divisions.emplace(above);
  }
  const Month first = *ParseMonth("2018-01");
  for (int round = 0; round < 3000; ++round) {
    std::vector<Place> visits(random() % 7);
    for (Place& visit : visits) {
      visit = {.since = Date(2018, 1, 1) + static_cast<int>(random() % 300),
               .division = places[random() % std::size(places)]};
    }
    tally::Contributions parts;
    AddDistinct("f", visits, parts);
    for (const std::string& division : divisions) {
      for (Month month = first; month < first.Plus(11); month = month.Plus(1)) {
        const bool visited = std::any_of(visits.begin(), visits.end(), [&](const Place& visit) {
          return IsWithin(visit.division, division) && Month::Of(visit.since) <= month;
        });
        ASSERT_EQ(Sum(parts, division, month), visited) << round << " " << division << " " << Format(month);
      }
    }
  }
}

}  // namespace
}  // namespace anju::channels
