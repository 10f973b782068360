#include "services/relocation/domain/renovation.h"

#include <functional>

#include "tests/services/relocation/domain/neighbourhood.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;

const Date kFebruary(2018, 2, 10);

// Planned, started and completed by li, accepted by wang, a day apart.
Renovation In(RenovationState state) {
  Renovation renovation{.state = RenovationState::kPlanned,
                        .steps = {.planned_on = kFebruary},
                        .trail = {{.verb = RenovationVerb::kPlan, .by = "li", .on = kFebruary}}};
  if (state == RenovationState::kWithdrawn) {
    return *WithdrawRenovation(renovation, "不愿改造", {.by = "li", .on = kFebruary + 1});
  }
  if (state >= RenovationState::kStarted) {
    renovation = *StartRenovation(renovation, std::nullopt, {.by = "li", .on = kFebruary + 1});
  }
  if (state >= RenovationState::kCompleted) {
    renovation = *CompleteRenovation(renovation, {.by = "li", .on = kFebruary + 2});
  }
  if (state >= RenovationState::kAccepted) {
    renovation = *AcceptRenovation(renovation, {.by = "wang", .on = kFebruary + 3});
  }
  EXPECT_EQ(renovation.state, state);
  return renovation;
}

TEST(RenovationRulesTest, EveryVerbInEveryState) {
  using enum RenovationState;
  const Act act{.by = "zhao", .on = kFebruary + 9};
  using Verb = std::function<absl::StatusOr<Renovation>(const Renovation&)>;
  const Verb start = [&](const Renovation& before) { return StartRenovation(before, std::nullopt, act); };
  const Verb complete = [&](const Renovation& before) { return CompleteRenovation(before, act); };
  const Verb accept = [&](const Renovation& before) { return AcceptRenovation(before, act); };
  const Verb withdraw = [&](const Renovation& before) { return WithdrawRenovation(before, "示例", act); };
  struct Row {
    RenovationState state;
    const Verb& verb;
    RenovationState after;
    const char* reason;
  };
  for (const Row& row : std::vector<Row>{
           {kPlanned, start, kStarted, ""},
           {kStarted, start, kStarted, "RENOVATION_NOT_PLANNED"},
           {kCompleted, start, kStarted, "RENOVATION_NOT_PLANNED"},
           {kAccepted, start, kStarted, "RENOVATION_NOT_PLANNED"},
           {kWithdrawn, start, kStarted, "RENOVATION_NOT_PLANNED"},
           {kPlanned, complete, kCompleted, "RENOVATION_NOT_STARTED"},
           {kStarted, complete, kCompleted, ""},
           {kCompleted, complete, kCompleted, "RENOVATION_NOT_STARTED"},
           {kAccepted, complete, kCompleted, "RENOVATION_NOT_STARTED"},
           {kWithdrawn, complete, kCompleted, "RENOVATION_NOT_STARTED"},
           {kPlanned, accept, kAccepted, "RENOVATION_NOT_COMPLETED"},
           {kStarted, accept, kAccepted, "RENOVATION_NOT_COMPLETED"},
           {kCompleted, accept, kAccepted, ""},
           {kAccepted, accept, kAccepted, "RENOVATION_NOT_COMPLETED"},
           {kWithdrawn, accept, kAccepted, "RENOVATION_NOT_COMPLETED"},
           {kPlanned, withdraw, kWithdrawn, ""},
           {kStarted, withdraw, kWithdrawn, ""},
           {kCompleted, withdraw, kWithdrawn, "RENOVATION_COMPLETED"},
           {kAccepted, withdraw, kWithdrawn, "RENOVATION_COMPLETED"},
           {kWithdrawn, withdraw, kWithdrawn, "RENOVATION_WITHDRAWN"},
       }) {
    const Renovation before = In(row.state);
    const auto after = row.verb(before);
    EXPECT_EQ(ReasonOf(after.status()), row.reason) << static_cast<int>(row.state);
    if (!after.ok()) {
      EXPECT_EQ(after.status().code(), kFailedPrecondition);
      continue;
    }
    EXPECT_EQ(after->state, row.after);
    EXPECT_EQ(after->trail.size(), before.trail.size() + 1);
    EXPECT_EQ(after->trail.back().by, "zhao");
  }
}

TEST(RenovationRulesTest, NobodyAcceptsWhatTheyEntered) {
  EXPECT_THAT(AcceptRenovation(In(RenovationState::kCompleted), {.by = "li", .on = kFebruary + 3}),
              RefusedWith(kFailedPrecondition, "APPROVER_IS_AUTHOR"));
}

TEST(RenovationRulesTest, AVerbIsNotBeforeTheStepBeforeIt) {
  EXPECT_THAT(CompleteRenovation(In(RenovationState::kStarted), {.by = "li", .on = kFebruary}),
              RefusedWith(kFailedPrecondition, "STEPS_OUT_OF_ORDER"));
}

TEST(RenovationRulesTest, StepsNeedTheOneBefore) {
  const Date d = kFebruary;
  struct Row {
    RenovationSteps steps;
    const char* field;
  };
  for (const Row& row : std::vector<Row>{
           {{.planned_on = d, .started_on = d, .completed_on = d, .accepted_on = d}, ""},
           {{.planned_on = d, .started_on = d, .withdrawn_on = d}, ""},
           {{.planned_on = d, .completed_on = d}, "started_on"},
           {{.planned_on = d, .started_on = d, .accepted_on = d}, "completed_on"},
           {{.planned_on = d, .started_on = d - 1}, "started_on"},
           {{.planned_on = d, .started_on = d + 1, .withdrawn_on = d}, "withdrawn_on"},
           {{.planned_on = d, .started_on = d, .completed_on = d, .withdrawn_on = d}, "withdrawn_on"},
       }) {
    const auto state = StateAfter(row.steps);
    EXPECT_EQ(FieldOf(state.status()), row.field);
    EXPECT_EQ(ReasonOf(state.status()), row.field[0] == '\0' ? "" : "STEPS_OUT_OF_ORDER");
  }
}

class RenovationTest : public Neighbourhood {
 protected:
  static RenovationRecord Row(const std::string& number, const std::string& household) {
    return {.renovation_no = number,
            .household_no = household,
            .grade = DangerGrade::kD,
            .steps = {.planned_on = kFebruary},
            .subsidy_fen = 20'000'00};
  }
  absl::StatusOr<Renovation> Plan(const RenovationPlan& plan) {
    return Make<Renovation>([&](roots::Session& session) { return PlanRenovation(session, plan, Today()); });
  }
  bool Both(const std::string& number) {
    bool both = false;
    EXPECT_TRUE(stand.store
                    .Look([&](roots::Session& session) -> absl::Status {
                      ASSIGN_OR_RETURN(const auto found, session.Find<Renovation>(Key(number)));
                      ASSIGN_OR_RETURN(const auto relocation, FindCaseOf(session, found->household_id));
                      both = GetsBoth(*found, relocation);
                      return absl::OkStatus();
                    })
                    .ok());
    return both;
  }
};

TEST_P(RenovationTest, CountsHowFarItIsAndForWhom) {
  feed::HouseholdFact general = stand.KnowHousehold("h2", kVillage, 2);
  general.classifications = {{.since = Date(2016, 1, 1), .household_class = feed::HouseholdClass::kGeneral},
                             {.since = Date(2018, 3, 1), .household_class = feed::HouseholdClass::kRegisteredPoor}};
  stand.Know(general.key, general);
  RenovationRecord row = Row("w1", "h1");
  EXPECT_EQ(*stand.Import(ImportRenovation, row), Outcome::kAdded);
  EXPECT_EQ(*stand.Import(ImportRenovation, row), Outcome::kUnchanged);
  EXPECT_EQ(*stand.Import(ImportRenovation, Row("w2", "h2")), Outcome::kAdded);
  row.steps.started_on = Date(2018, 4, 1);
  row.steps.completed_on = Date(2018, 5, 30);
  row.steps.accepted_on = Date(2018, 6, 3);
  EXPECT_EQ(*stand.Import(ImportRenovation, row), Outcome::kUpdated);
  for (const std::string division : {"45", "450328", kVillage}) {
    EXPECT_EQ(Figure("housing_renovation_planned", division, "2018-02"), 2) << division;
    // Poor on the day it was planned, whatever came later.
    EXPECT_EQ(Figure("housing_renovation_planned_poor", division, "2018-05"), 1) << division;
    EXPECT_EQ(Figure("housing_renovation_started", division, "2018-03"), 0) << division;
    EXPECT_EQ(Figure("housing_renovation_started", division, "2018-04"), 1) << division;
    EXPECT_EQ(Figure("housing_renovation_started_poor", division, "2018-04"), 1) << division;
    EXPECT_EQ(Figure("housing_renovation_completed", division, "2018-05"), 1) << division;
    EXPECT_EQ(Figure("housing_renovation_completed_poor", division, "2018-05"), 1) << division;
    EXPECT_EQ(Figure("housing_renovation_subsidy", division, "2018-06"), 20'000'00) << division;
  }
  // A year's figures end with it.
  EXPECT_EQ(Figure("housing_renovation_planned", "45", "2018-12"), 2);
  EXPECT_EQ(Figure("housing_renovation_planned", "45", "2019-01"), 0);
  RenovationRecord withdrawn = Row("w2", "h2");
  withdrawn.steps.withdrawn_on = Date(2018, 6, 1);
  EXPECT_EQ(*stand.Import(ImportRenovation, withdrawn), Outcome::kUpdated);
  EXPECT_EQ(Figure("housing_renovation_planned", "45", "2018-05"), 2);
  EXPECT_EQ(Figure("housing_renovation_planned", "45", "2018-06"), 1);
  // It may be planned anew under another number.
  EXPECT_EQ(*stand.Import(ImportRenovation, Row("w3", "h2")), Outcome::kAdded);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(RenovationTest, FollowsItsHousehold) {
  ASSERT_TRUE(stand.Import(ImportRenovation, Row("w1", "h1")).ok());
  household.residences.push_back({.since = Date(2018, 9, 1), .village = kOther});
  household.classifications = {{.since = Date(2016, 1, 1), .household_class = feed::HouseholdClass::kBorderline}};
  stand.Know(household.key, household);
  ASSERT_TRUE(
      stand.store.Change({}, [&](roots::Session& session) { return FollowRenovation(session, household); }).ok());
  EXPECT_EQ(Figure("housing_renovation_planned", kOther, "2018-09"), 1);
  EXPECT_EQ(Figure("housing_renovation_planned_poor", "45", "2018-09"), 0);
  EXPECT_FALSE(Find<Renovation>("w1").Poor());
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(RenovationTest, RefusesRowsInOrder) {
  Settle();
  stand.KnowHousehold("h5", kVillage, 2);
  ASSERT_TRUE(stand.Import(ImportRenovation, Row("w1", "h4")).ok());
  RenovationRecord row = Row("w1", "h9");
  row.subsidy_fen = -1;
  row.steps.completed_on = kFebruary;
  const auto refused = [&](absl::StatusCode code, const char* reason) {
    EXPECT_THAT(stand.Import(ImportRenovation, row).status(), RefusedWith(code, reason));
  };
  refused(kNotFound, "HOUSEHOLD_NOT_FOUND");
  row.household_no = "h4";
  row.renovation_no = "w2";
  refused(kAlreadyExists, "HOUSEHOLD_HAS_RENOVATION");
  row.household_no = "h1";
  row.renovation_no = "w1";
  refused(kInvalidArgument, "AMOUNT_NEGATIVE");
  row.subsidy_fen = 0;
  refused(kFailedPrecondition, "STEPS_OUT_OF_ORDER");
  row.steps.completed_on.reset();
  refused(kFailedPrecondition, "RENOVATION_OF_OTHER_HOUSEHOLD");
  row.renovation_no = "w3";
  refused(kFailedPrecondition, "HOUSEHOLD_RELOCATES");
}

TEST_P(RenovationTest, AHouseholdThatMovesLaterIsFound) {
  ASSERT_TRUE(stand.Import(ImportRenovation, Row("w1", "h1")).ok());
  EXPECT_FALSE(Both("w1"));
  ASSERT_TRUE(stand.Import(ImportCase, Declared("c1", "h1")).ok());
  EXPECT_TRUE(Both("w1"));
  // The same row again changes nothing; a further step is refused, and the withdrawal is not.
  EXPECT_EQ(*stand.Import(ImportRenovation, Row("w1", "h1")), Outcome::kUnchanged);
  RenovationRecord row = Row("w1", "h1");
  row.steps.started_on = kFebruary + 1;
  EXPECT_THAT(stand.Import(ImportRenovation, row), RefusedWith(kFailedPrecondition, "HOUSEHOLD_RELOCATES"));
  EXPECT_THAT(StartRenovation(Find<Renovation>("w1"), Find<Case>("c1"), Today()),
              RefusedWith(kFailedPrecondition, "HOUSEHOLD_RELOCATES"));
  row = Row("w1", "h1");
  row.steps.withdrawn_on = kFebruary + 1;
  EXPECT_EQ(*stand.Import(ImportRenovation, row), Outcome::kUpdated);
  EXPECT_FALSE(Both("w1"));
  // The case ends, and the house is renovated after all.
  CaseRecord ended = Declared("c1", "h1");
  ended.steps.withdrawn_on = Date(2018, 3, 1);
  ASSERT_EQ(*stand.Import(ImportCase, ended), Outcome::kUpdated);
  EXPECT_EQ(*stand.Import(ImportRenovation, Row("w2", "h1")), Outcome::kAdded);
}

TEST_P(RenovationTest, IsPlannedHere) {
  Settle();
  stand.KnowHousehold("h5", kOther, 2);
  ASSERT_TRUE(stand.Import(ImportRenovation, Row("w1", "h5")).ok());
  RenovationPlan plan{
      .division = "450999", .renovation_no = "1", .household = Key("h9"), .grade = DangerGrade::kC, .subsidy_fen = -1};
  const auto refused = [&](absl::StatusCode code, const char* reason) {
    EXPECT_THAT(Plan(plan), RefusedWith(code, reason));
  };
  refused(kNotFound, "DIVISION_NOT_FOUND");
  plan.division = kOther;
  refused(kNotFound, "HOUSEHOLD_NOT_FOUND");
  plan.household = Key("h4");
  refused(kNotFound, "HOUSEHOLD_NOT_FOUND");
  plan.division = "450328";
  refused(kInvalidArgument, "AMOUNT_NEGATIVE");
  plan.subsidy_fen = 0;
  const auto planned = Plan(plan);
  ASSERT_TRUE(planned.ok()) << planned.status();
  EXPECT_EQ(planned->key, "450328/anju/1");
  EXPECT_EQ(planned->steps.planned_on, Date(2018, 11, 1));
  refused(kAlreadyExists, "RENOVATION_NO_TAKEN");
  plan.renovation_no = "2";
  refused(kAlreadyExists, "HOUSEHOLD_HAS_RENOVATION");
  plan.household = Key("h1");
  refused(kFailedPrecondition, "HOUSEHOLD_RELOCATES");
  // What takes its steps here is not overwritten by a file.
  stand.batch.source = "anju";
  RenovationRecord row = Row("1", "h4");
  EXPECT_THAT(stand.Import(ImportRenovation, row), RefusedWith(kFailedPrecondition, "RENOVATION_KEPT_HERE"));
  row.grade = DangerGrade::kC;
  row.steps.planned_on = Date(2018, 11, 1);
  row.subsidy_fen = 0;
  EXPECT_EQ(*stand.Import(ImportRenovation, row), Outcome::kUnchanged);
}

INSTANTIATE_TEST_SUITE_P(Engines, RenovationTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
