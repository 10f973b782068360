#include "services/platform/tally/follow.h"

#include <gmock/gmock.h>

#include <map>
#include <random>

#include "absl/strings/str_cat.h"

namespace anju::tally {
namespace {

constexpr char kStock[] = "s", kFlow[] = "f", kOld[] = "450328100201", kNew[] = "450399100201",
               kOther[] = "450330100201";
constexpr Month kChange{.index = 100};
const Successions kRecode({{.key = "1", .since = kChange, .became = {{"450328", "450399"}}}});
bool IsFlow(absl::string_view indicator) { return indicator == kFlow; }

// What it comes to, cell by cell.
std::map<std::tuple<absl::string_view, std::string, Month>, int64_t> Sum(const Contributions& parts) {
  std::map<std::tuple<absl::string_view, std::string, Month>, int64_t> sums;
  for (const Contribution& part : parts) sums[{part.indicator, part.division, part.month}] += part.amount;
  std::erase_if(sums, [](const auto& cell) { return cell.second == 0; });
  return sums;
}

Contributions Followed(Contributions parts, const Successions& changes = kRecode) {
  Follow(changes, changes.size(), IsFlow, parts);
  return parts;
}

TEST(Follow, StocksGoAlongAndFlowsStayWhereTheyWere) {
  const Month before = kChange.Plus(-3), after = kChange.Plus(2);
  const auto sums = Sum(Followed({{kStock, kOld, before, 5},
                                  {kStock, kOld, after, -2},
                                  {kFlow, kOld, before, 7},
                                  {kFlow, kOld, kChange, 1},
                                  {kStock, kOther, before, 9}}));
  const decltype(Sum({})) expected = {
      {{kStock, kOld, before}, 5},   {{kStock, kOld, kChange}, -5}, {{kStock, kNew, kChange}, 5},
      {{kStock, kNew, after}, -2},   {{kFlow, kOld, before}, 7},    {{kFlow, kNew, kChange}, 1},
      {{kStock, kOther, before}, 9},
  };
  EXPECT_EQ(sums, expected);
}

TEST(Follow, WhatFollowedByItselfComesToTheSame) {
  const auto of = [](const std::vector<Place>& places) {
    Contributions parts;
    AddStock(kStock, places, Month{.index = 90}.FirstDay(), Month{.index = 120}.FirstDay(), 3, parts);
    AddFlow(kFlow, places, kChange.FirstDay() + 3, 1, parts);
    return parts;
  };
  const Date since = kChange.FirstDay() + 9;
  const Contributions moved = of({{Date(1, 1, 1), kOld}, {since, kNew}});
  EXPECT_EQ(Sum(Followed(of({{Date(1, 1, 1), kOld}}))), Sum(moved));
  EXPECT_EQ(Sum(Followed(moved)), Sum(moved));
}

// Whatever is counted: each month's figures of the old code are as before, of the new one as they would have been.
TEST(Follow, OldTotalsStayAndNothingIsLost) {
  std::mt19937 random(1);
  const Successions changes({{.key = "1", .since = kChange, .became = {{"450328", "450399"}}},
                             {.key = "2", .since = kChange.Plus(5), .became = {{"450399", "450330"}}},
                             {.key = "3", .since = kChange.Plus(-5), .became = {{"450330", "450331"}}}});
  for (int round = 0; round < 200; ++round) {
    Contributions parts;
    for (int i = 0; i < 20; ++i) {
      parts.push_back({random() % 2 == 0 ? kStock : kFlow, random() % 2 == 0 ? kOld : kOther,
                       Month{.index = 80 + static_cast<int32_t>(random() % 40)},
                       static_cast<int64_t>(random() % 9) - 4});
    }
    const auto before = Sum(parts), after = Sum(Followed(parts, changes));
    std::map<std::pair<absl::string_view, Month>, int64_t> total;
    for (const auto& [cell, amount] : before) total[{std::get<0>(cell), std::get<2>(cell)}] += amount;
    for (const auto& [cell, amount] : after) {
      const auto& [indicator, division, month] = cell;
      total[{indicator, month}] -= amount;
      if (division == kOld && month < kChange) {
        EXPECT_EQ(before.at(cell), amount);
      }
      EXPECT_TRUE(division != kOld || month <= kChange);
    }
    for (const auto& [cell, amount] : total) EXPECT_EQ(amount, 0);
  }
}

}  // namespace
}  // namespace anju::tally
