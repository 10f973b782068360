#include "services/registry/domain/plan.h"

#include "services/registry/domain/indicators.h"
#include "tests/support/stand.h"

namespace anju::registry {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using testing::RefusedWith;

class PlanTest : public ::testing::TestWithParam<std::string> {
 protected:
  PlanTest() : stand_(GetParam(), {&roots::KindOf<ExitPlan>(), &roots::KindOf<Population>()}, Catalogue()) {
    for (const char* code : {"450328", "450328100", "451021"}) stand_.KnowDivision(code);
  }
  testing::Stand stand_;
};

TEST_P(PlanTest, APlanIsOfItsYear) {
  ExitPlanRecord record{.division = "450328", .year = 2016, .planned_households = 20, .planned_persons = 90};
  EXPECT_EQ(*stand_.Import(ImportExitPlan, record), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportExitPlan, record), Outcome::kUnchanged);
  record.planned_persons = 100;
  EXPECT_EQ(*stand_.Import(ImportExitPlan, record), Outcome::kUpdated);
  record.year = 2017;
  EXPECT_EQ(*stand_.Import(ImportExitPlan, record), Outcome::kAdded);
  EXPECT_EQ(stand_.Figure("registry.exit_plan_persons", "45", "2016-12"), 100);
  EXPECT_EQ(stand_.Figure("registry.exit_plan_households", "450328", "2017-12"), 20);
  EXPECT_EQ(stand_.Figure("registry.exit_plan_persons", "45", "2016-11"), 0);
  EXPECT_THAT(stand_.Recount(), ::testing::IsEmpty());
}

TEST_P(PlanTest, APlanOfWhatWasMergedIsCountedOnce) {
  using feed::DivisionFact;
  const auto send = [&](const char* county, int64_t persons) {
    return *stand_.Import(ImportExitPlan, {.division = county, .year = 2018, .planned_persons = persons});
  };
  const auto planned = [&] { return stand_.Figure("registry.exit_plan_persons", "45", "2018-12"); };
  stand_.batch.division = "45";
  EXPECT_EQ(send("450328", 100), Outcome::kAdded);
  EXPECT_EQ(send("451021", 30), Outcome::kAdded);
  for (const char* old : {"450328", "451021"}) {
    stand_.Know(old, DivisionFact{.code = old, .successor = "450399", .former_codes = {old}});
  }
  stand_.Know("450399", DivisionFact{.code = "450399", .former_codes = {"450328", "451021"}});
  // Their files may come again, corrected too.
  EXPECT_EQ(send("450328", 100), Outcome::kUnchanged);
  EXPECT_EQ(send("451021", 40), Outcome::kUpdated);
  EXPECT_EQ(planned(), 140);
  // The merged county plans anew; what comes late for one that it was made of changes nothing any more.
  EXPECT_EQ(send("450399", 150), Outcome::kAdded);
  EXPECT_EQ(planned(), 150);
  EXPECT_EQ(send("451021", 50), Outcome::kUpdated);
  EXPECT_EQ(planned(), 150);
  EXPECT_THAT(stand_.Recount(), ::testing::IsEmpty());
}

TEST_P(PlanTest, RefusesPlansInOrder) {
  const struct {
    ExitPlanRecord record;
    const char* reason;
  } rows[] = {
      {{"999999", 2013, -1, 0}, "DIVISION_NOT_FOUND"},
      {{"451021", 2013, -1, 0}, "OUTSIDE_DIVISION"},
      {{"450328100", 2013, -1, 0}, "NOT_A_COUNTY"},
      {{"450328", 2013, -1, 0}, "YEAR_OUT_OF_RANGE"},
      {{"450328", 2014, -1, 0}, "PERSONS_NOT_POSITIVE"},
      {{"450328", 2014, -1, 1}, "HOUSEHOLDS_NEGATIVE"},
      {{"450328", 2014, 0, 1}, ""},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(ReasonOf(stand_.Import(ImportExitPlan, row.record).status()), row.reason);
  }
}

TEST_P(PlanTest, APopulationStandsUntilTheNextYearbook) {
  PopulationRecord record{.division = "450328", .census = {.as_of = Date(2017, 12, 31), .rural_population = 157'500}};
  EXPECT_EQ(*stand_.Import(ImportPopulation, record), Outcome::kAdded);
  record.census = {.as_of = Date(2016, 12, 31), .rural_population = 156'000};
  EXPECT_EQ(*stand_.Import(ImportPopulation, record), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportPopulation, record), Outcome::kUnchanged);
  EXPECT_EQ(stand_.Figure("registry.rural_population", "4503", "2016-11"), 0);
  EXPECT_EQ(stand_.Figure("registry.rural_population", "4503", "2017-11"), 156'000);
  EXPECT_EQ(stand_.Figure("registry.rural_population", "4503", "2018-10"), 157'500);
  record.census.rural_population = 155'000;
  EXPECT_EQ(*stand_.Import(ImportPopulation, record), Outcome::kUpdated);
  EXPECT_EQ(stand_.Figure("registry.rural_population", "4503", "2017-11"), 155'000);
  record.census.rural_population = 0;
  EXPECT_THAT(stand_.Import(ImportPopulation, record), RefusedWith(kInvalidArgument, "POPULATION_NOT_POSITIVE"));
  record.division = "450328100";
  EXPECT_THAT(stand_.Import(ImportPopulation, record), RefusedWith(kInvalidArgument, "NOT_A_COUNTY"));
  EXPECT_THAT(stand_.Recount(), ::testing::IsEmpty());
}

TEST_P(PlanTest, ACountyHasSoManyCensusesOnly) {
  PopulationRecord record{.division = "450328", .census = {.rural_population = 1}};
  for (size_t i = 0; i < kMostCensuses; ++i) {
    record.census.as_of = Date(1950, 1, 1) + static_cast<int>(i);
    ASSERT_EQ(*stand_.Import(ImportPopulation, record), Outcome::kAdded);
  }
  record.census.as_of = Date(2017, 12, 31);
  EXPECT_THAT(stand_.Import(ImportPopulation, record), RefusedWith(kFailedPrecondition, "TOO_MANY_CENSUSES"));
}

TEST(Compare, RoundsHalfUp) {
  const struct {
    int64_t planned, exited, share_bp;
  } rows[] = {{0, 5, 0}, {10'050, 10'050, 10'000}, {3, 1, 3'333}, {3, 2, 6'667}, {20'000, 1, 1}, {20'001, 1, 0}};
  for (const auto& row : rows) {
    const PlanYear year = Compare({.planned_households = row.planned,
                                   .planned_persons = row.planned,
                                   .exited_households = row.exited,
                                   .exited_persons = row.exited});
    EXPECT_EQ(year.households_share_bp, row.share_bp) << row.planned;
    EXPECT_EQ(year.persons_share_bp, row.share_bp) << row.planned;
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, PlanTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::registry
