#include "services/registry/domain/indicators.h"

#include "absl/strings/str_cat.h"
#include "services/registry/domain/household.h"
#include "services/registry/domain/plan.h"
#include "tests/support/stand.h"

namespace anju::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kOne[] = "450328", kTwo[] = "451021";

class IndicatorsTest : public ::testing::TestWithParam<std::string> {
 protected:
  IndicatorsTest() : stand_(GetParam(), {&roots::KindOf<Household>(), &roots::KindOf<Population>()}, Catalogue()) {
    for (const char* code : {"45", kOne, kTwo}) stand_.KnowDivision(code);
    stand_.batch.division = "45";
  }

  // A poor household of `persons` since 2016-01-01.
  void AddPoor(const std::string& county, int persons) {
    Household household{
        .key = absl::StrCat(county, "/county/1"),
        .residences = {{.since = Date(2016, 1, 1), .village = county + "100201"}},
        .classifications = {{.since = Date(2016, 1, 1), .household_class = HouseholdClass::kRegisteredPoor}},
        .registered_on = Date(2016, 1, 1)};
    for (int i = 1; i <= persons; ++i) {
      household.members.push_back({.person_no = absl::StrCat(i), .joined_on = Date(2016, 1, 1)});
    }
    ASSERT_TRUE(stand_.store
                    .Change({},
                            [&](roots::Session& session) {
                              session.Put(household);
                              return absl::OkStatus();
                            })
                    .ok());
  }
  void AddCensus(const std::string& county, Date as_of, int64_t population) {
    ASSERT_TRUE(
        stand_
            .Import(ImportPopulation,
                    PopulationRecord{.division = county, .census = {.as_of = as_of, .rural_population = population}})
            .ok());
  }
  // As the poverty rate has it: what is above the line and what below.
  std::pair<int64_t, int64_t> Rate(const std::string& division, const std::string& month) {
    for (const tally::Indicator& indicator : Catalogue()) {
      if (indicator.id != "registry.poverty_rate") continue;
      return {stand_.Figure(std::string(indicator.numerator), division, month),
              stand_.Figure(std::string(indicator.denominator), division, month)};
    }
    return {};
  }
  void Fold() {
    while (*stand_.figures.Fold() > 0) continue;
  }

  testing::Stand stand_;
};

using Two = std::pair<int64_t, int64_t>;

// As the tester found it: the poor of two counties over the population of the one that had sent a census.
TEST_P(IndicatorsTest, APovertyRateIsOfTheCountiesThatSentACensus) {
  AddPoor(kOne, 4);
  AddCensus(kOne, Date(2017, 12, 31), 100);
  AddPoor(kTwo, 30);
  for (const bool folded : {false, true}) {
    if (folded) Fold();
    for (const char* division : {"45", "4503", kOne}) {
      EXPECT_EQ(Rate(division, "2017-11"), Two(0, 0)) << division << folded;
      EXPECT_EQ(Rate(division, "2017-12"), Two(4, 100)) << division << folded;
      EXPECT_EQ(Rate(division, "2018-10"), Two(4, 100)) << division << folded;
    }
    // What lies below a county has no rate, nor has a county without a census.
    for (const char* division : {"4510", kTwo, "450328100"}) EXPECT_EQ(Rate(division, "2018-10").second, 0) << division;
    EXPECT_EQ(stand_.Figure("registry.poor_persons", "45", "2018-10"), 34);
  }
  // The second census comes after the households; half of it all is folded.
  AddCensus(kTwo, Date(2018, 3, 31), 300);
  EXPECT_EQ(Rate("45", "2018-02"), Two(4, 100));
  EXPECT_EQ(Rate("45", "2018-03"), Two(34, 400));
  EXPECT_EQ(Rate("4510", "2018-03"), Two(30, 300));
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(IndicatorsTest, ThePoorOfARateAreToldByMonthAndOpened) {
  AddPoor(kOne, 4);
  AddPoor(kTwo, 30);
  AddCensus(kOne, Date(2018, 2, 1), 100);
  AddCensus(kTwo, Date(2018, 4, 1), 100);
  const std::string poor = "registry.poor_persons_counted";
  const auto answer = stand_.figures.Ask({.divisions = {"45"},
                                          .from = ParseMonth("2018-01").value(),
                                          .to = ParseMonth("2018-05").value(),
                                          .indicators = {poor},
                                          .monthly = true});
  ASSERT_TRUE(answer.ok());
  std::vector<std::string> told;
  for (const tally::Sum& sum : answer->sums) {
    told.push_back(absl::StrCat(sum.month.has_value() ? Format(*sum.month) : "", " ", sum.value));
  }
  EXPECT_THAT(told, ElementsAre(" 34", "2018-02 4", "2018-03 4", "2018-04 34", "2018-05 34"));
  const auto opened = [&](const char* month) {
    const auto page =
        stand_.figures.Contributors(*stand_.figures.Find(poor), "45", std::nullopt, ParseMonth(month).value(), "", 50);
    std::vector<std::pair<std::string, int64_t>> keys;
    for (const tally::Contributor& one : page->contributors) keys.emplace_back(one.key, one.amount);
    return keys;
  };
  EXPECT_THAT(opened("2018-03"), ElementsAre(std::pair("450328/county/1", 4)));
  EXPECT_THAT(opened("2018-04"),
              ::testing::UnorderedElementsAre(std::pair("450328/county/1", 4), std::pair("451021/county/1", 30)));
}

INSTANTIATE_TEST_SUITE_P(Engines, IndicatorsTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::registry
