#include "services/registry/domain/standing.h"

#include "tests/services/registry/domain/chronicle.h"

namespace anju::registry {
namespace {

class StandingTest : public ::testing::TestWithParam<std::string> {};

std::map<std::string, int64_t> SumsAsOf(Chronicle& chronicle, const std::string& division, Month month) {
  std::map<std::string, int64_t> sums;
  auto answer = chronicle.stand.figures.Ask({.divisions = {division}, .to = month});
  EXPECT_TRUE(answer.ok()) << answer.status();
  for (const tally::Sum& sum : answer->sums) {
    if (IsStanding(sum.indicator)) sums[sum.indicator] = sum.value;
  }
  return sums;
}

TEST_P(StandingTest, EveryDayIsTheMonthBeforeAndItsChanges) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  Chronicle chronicle(GetParam(), seed);
  for (int i = 0; i < 120; ++i) chronicle.Step();
  const std::vector<Household> all = chronicle.All();
  for (Date day = kBegin; day < kBegin + 400; day += 3) {
    for (const std::string division : {"45", "450328", "450328100", "450328100201", "451021"}) {
      std::map<std::string, int64_t> expected;
      for (const Household& household : all) {
        if (household.VillageOn(day).rfind(division, 0) != 0) continue;
        for (const Stock& stock : Stocks(household)) {
          if (stock.StandsOn(day)) ++expected[std::string(stock.indicator)];
        }
      }
      std::map<std::string, int64_t> sums = SumsAsOf(chronicle, division, Month::Of(day).Plus(-1));
      const absl::Status status = chronicle.stand.store.Look([&](roots::Session& session) {
        return AddChanges(session, {"450328", "451021"}, division, day, sums);
      });
      ASSERT_TRUE(status.ok()) << status;
      std::erase_if(sums, [](const auto& sum) { return sum.second == 0; });
      ASSERT_EQ(sums, expected) << division << " " << day;
      // At the end of a month it is what the running figures say.
      if (day != Month::Of(day).LastDay()) continue;
      ASSERT_EQ(sums, SumsAsOf(chronicle, division, Month::Of(day)));
    }
  }
}

TEST(MonthLinks, AreWhereItLivedInTheMonthsOfItsChanges) {
  const Household household{
      .residences = {{.since = Date(2016, 1, 15), .village = "450328100201"},
                     {.since = Date(2018, 8, 20), .village = "451021001001"}},
      .classifications = {{.since = Date(2016, 1, 15), .household_class = HouseholdClass::kRegisteredPoor}},
      .registered_on = Date(2016, 1, 15),
      .exited_on = Date(2018, 12, 31),
      .members = {{.joined_on = Date(2016, 1, 15), .left_on = Date(2016, 1, 20)}}};
  std::vector<std::string> names;
  for (const roots::Name& link : MonthLinks(household)) names.push_back(link.name);
  EXPECT_THAT(names, ::testing::ElementsAre("201601450328", "201808450328", "201808451021", "201812451021"));
}

INSTANTIATE_TEST_SUITE_P(Engines, StandingTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::registry
