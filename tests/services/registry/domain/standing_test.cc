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

TEST_P(StandingTest, EveryDayIsItsMonthLessWhatChangedLater) {
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
      std::map<std::string, int64_t> sums = SumsAsOf(chronicle, division, Month::Of(day));
      const absl::Status status = chronicle.stand.store.Look([&](roots::Session& session) {
        return TakeChanges(session, {}, {.codes = {division}, .counties = {"450328", "451021"}}, day, sums);
      });
      ASSERT_TRUE(status.ok()) << status;
      std::erase_if(sums, [](const auto& sum) { return sum.second == 0; });
      ASSERT_EQ(sums, expected) << division << " " << day;
    }
  }
}

// A county that gets another code in the middle of a month has it for the whole month.
TEST_P(StandingTest, ADayIsCountedUnderTheCodesOfItsMonth) {
  testing::Stand stand(GetParam(), {&roots::KindOf<Household>()}, Catalogue());
  const Successions successions(
      {{.key = "1", .since = *ParseMonth("2018-04"), .became = {{.old_code = "450328", .new_code = "450399"}}}});
  const auto status = stand.store.Change({}, [&](roots::Session& session) -> absl::Status {
    for (const Date since : {Date(2016, 1, 15), Date(2018, 2, 20), Date(2018, 4, 20)}) {
      Household household{.key = absl::StrCat("450328/county/", Format(since)),
                          .residences = {{.since = since, .village = "450328100201"}},
                          .classifications = {{.since = since, .household_class = HouseholdClass::kRegisteredPoor}},
                          .registered_on = since};
      const Date changed(2018, 4, 6);
      if (since < changed) household.residences.push_back({.since = changed, .village = "450399100201"});
      if (since > changed) household.residences[0].village = "450399100201";
      session.Put(household);
    }
    return absl::OkStatus();
  });
  ASSERT_TRUE(status.ok()) << status;
  struct Row {
    Date day;
    std::vector<std::string> codes;
    // How many are fewer than at the end of the month.
    int64_t fewer;
  };
  const std::vector<std::string> both = {"450328", "450399"};
  for (const Row& row : {Row{Date(2018, 2, 19), both, 1},
                         {Date(2018, 2, 19), {"450328"}, 1},
                         {Date(2018, 2, 19), {"450399"}, 0},
                         {Date(2018, 2, 20), both, 0},
                         {Date(2018, 4, 3), both, 1},
                         {Date(2018, 4, 3), {"450399"}, 1},
                         {Date(2018, 4, 3), {"450328"}, 0},
                         {Date(2018, 4, 20), both, 0}}) {
    std::map<std::string, int64_t> sums;
    const auto looked = stand.store.Look([&](roots::Session& session) {
      return TakeChanges(session, successions, {.codes = row.codes, .counties = {"450328", "450399"}}, row.day, sums);
    });
    ASSERT_TRUE(looked.ok()) << looked;
    EXPECT_EQ(sums["registry.households"], -row.fewer) << Format(row.day) << row.codes.front();
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
