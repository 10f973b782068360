#include "services/relocation/domain/renovation.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using feed::HouseholdFact;
using roots::Outcome;

// The source of the renovations that are planned here.
constexpr absl::string_view kSource = "anju";
constexpr absl::string_view kHousehold = "household";
constexpr absl::string_view kHouseholdRenovation = "household_renovation";

absl::Status OutOfOrder(absl::string_view sentence, absl::string_view field) {
  return Refuse(kFailedPrecondition, "STEPS_OUT_OF_ORDER", sentence, field);
}

absl::Status Relocates() {
  return Refuse(kFailedPrecondition, "HOUSEHOLD_RELOCATES",
                "the household moves or has moved, and gets no renovation beside: end its case first, or withdraw this",
                "household_no");
}

bool Moves(const std::optional<Case>& relocation) {
  return relocation.has_value() && !relocation->steps.EndedOn().has_value();
}

absl::Status CheckHasNoRenovation(roots::Session& session, const std::string& household_id, const std::string& id) {
  ASSIGN_OR_RETURN(const std::string holder, session.HolderOf(kHouseholdRenovation, household_id));
  if (holder.empty() || holder == id) return absl::OkStatus();
  return Refuse(kAlreadyExists, "HOUSEHOLD_HAS_RENOVATION",
                "the household has a renovation with another number: withdraw that one first", "household_no");
}

// Takes a step on the day of the act.
absl::StatusOr<Renovation> Take(Renovation after, std::optional<Date> RenovationSteps::*step, RenovationVerb verb,
                                const Act& act, const std::string& reason = "") {
  after.steps.*step = act.on;
  ASSIGN_OR_RETURN(after.state, StateAfter(after.steps));
  after.trail.push_back({.verb = verb, .by = act.by, .on = act.on, .reason = reason});
  return after;
}

}  // namespace

std::vector<roots::Name> Names(const Renovation& renovation) {
  if (renovation.steps.withdrawn_on.has_value()) return {};
  return {{.kind = std::string(kHouseholdRenovation), .name = renovation.household_id}};
}

std::vector<roots::Name> Links(const Renovation& renovation) {
  return {{.kind = std::string(kHousehold), .name = renovation.household_id}};
}

absl::StatusOr<RenovationState> StateAfter(const RenovationSteps& steps) {
  struct Step {
    absl::string_view field;
    std::optional<Date> day;
    RenovationState state;
  };
  const Step taken[] = {{"planned_on", steps.planned_on, RenovationState::kPlanned},
                        {"started_on", steps.started_on, RenovationState::kStarted},
                        {"completed_on", steps.completed_on, RenovationState::kCompleted},
                        {"accepted_on", steps.accepted_on, RenovationState::kAccepted}};
  const Step* last = &taken[0];
  for (const Step& step : taken) {
    if (!step.day.has_value() || &step == last) continue;
    if (&step != last + 1) {
      return OutOfOrder(absl::StrCat("give ", (last + 1)->field, " too: each step needs the one before it"),
                        (last + 1)->field);
    }
    if (*step.day < *last->day) {
      return OutOfOrder(absl::StrCat("this step is before ", last->field, ", ", Format(*last->day)), step.field);
    }
    last = &step;
  }
  if (!steps.withdrawn_on.has_value()) return last->state;
  if (last->state >= RenovationState::kCompleted || *steps.withdrawn_on < *last->day) {
    return OutOfOrder("a renovation is withdrawn before it is completed, and not before its last step", "withdrawn_on");
  }
  return RenovationState::kWithdrawn;
}

absl::StatusOr<Renovation> Record(const std::optional<Renovation>& before, const RenovationRecord& record,
                                  const std::string& key, const HouseholdFact& household,
                                  const std::optional<Case>& relocation) {
  if (record.subsidy_fen < 0) {
    return Refuse(kInvalidArgument, "AMOUNT_NEGATIVE", "a subsidy is 0 fen or more", "subsidy_fen");
  }
  ASSIGN_OR_RETURN(const RenovationState state, StateAfter(record.steps));
  if (before.has_value() && before->household_id != household.id) {
    return Refuse(kFailedPrecondition, "RENOVATION_OF_OTHER_HOUSEHOLD",
                  "this number is of another household's renovation: give each one a number of its own",
                  "renovation_no");
  }
  const bool goes_on = !before.has_value() || before->steps != record.steps;
  if (goes_on && state != RenovationState::kWithdrawn && Moves(relocation)) return Relocates();
  Renovation after = before.value_or(Renovation{.key = key});
  after.household_id = household.id;
  after.household = household;
  after.grade = record.grade;
  after.steps = record.steps;
  after.state = state;
  after.subsidy_fen = record.subsidy_fen;
  return after;
}

absl::StatusOr<Renovation> StartRenovation(const Renovation& before, const std::optional<Case>& relocation,
                                           const Act& act) {
  if (before.state != RenovationState::kPlanned) {
    return Refuse(kFailedPrecondition, "RENOVATION_NOT_PLANNED", "only one that is planned and no more is started");
  }
  if (Moves(relocation)) return Relocates();
  return Take(before, &RenovationSteps::started_on, RenovationVerb::kStart, act);
}

absl::StatusOr<Renovation> CompleteRenovation(const Renovation& before, const Act& act) {
  if (before.state != RenovationState::kStarted) {
    return Refuse(kFailedPrecondition, "RENOVATION_NOT_STARTED", "only one that is started and no more is completed");
  }
  return Take(before, &RenovationSteps::completed_on, RenovationVerb::kComplete, act);
}

absl::StatusOr<Renovation> AcceptRenovation(const Renovation& before, const Act& act) {
  if (before.state != RenovationState::kCompleted) {
    return Refuse(kFailedPrecondition, "RENOVATION_NOT_COMPLETED",
                  "only one that is completed and not accepted yet is accepted");
  }
  if (std::any_of(before.trail.begin(), before.trail.end(),
                  [&](const RenovationMove& move) { return move.by == act.by; })) {
    return Refuse(kFailedPrecondition, "APPROVER_IS_AUTHOR", "nobody accepts what they entered: ask somebody else");
  }
  return Take(before, &RenovationSteps::accepted_on, RenovationVerb::kAccept, act);
}

absl::StatusOr<Renovation> WithdrawRenovation(const Renovation& before, const std::string& reason, const Act& act) {
  if (before.state == RenovationState::kCompleted || before.state == RenovationState::kAccepted) {
    return Refuse(kFailedPrecondition, "RENOVATION_COMPLETED", "what is completed is not withdrawn");
  }
  if (before.state == RenovationState::kWithdrawn) {
    return Refuse(kFailedPrecondition, "RENOVATION_WITHDRAWN", "the renovation was withdrawn before");
  }
  return Take(before, &RenovationSteps::withdrawn_on, RenovationVerb::kWithdraw, act, reason);
}

bool GetsBoth(const Renovation& renovation, const std::optional<Case>& relocation) {
  return renovation.state != RenovationState::kWithdrawn && Moves(relocation);
}

absl::StatusOr<Outcome> ImportRenovation(roots::Session& session, const intake::Batch& batch,
                                         const RenovationRecord& record) {
  ASSIGN_OR_RETURN(const HouseholdFact household, intake::FindHousehold(session, batch, record.household_no));
  const std::string key = batch.Key(record.renovation_no);
  ASSIGN_OR_RETURN(const std::optional<Renovation> before, session.Find<Renovation>(key));
  if (!record.steps.withdrawn_on.has_value()) {
    RETURN_IF_ERROR(CheckHasNoRenovation(session, household.id, before.has_value() ? before->id : ""));
  }
  ASSIGN_OR_RETURN(const std::optional<Case> relocation, FindCaseOf(session, household.id));
  ASSIGN_OR_RETURN(Renovation after, Record(before, record, key, household, relocation));
  if (before == after) return Outcome::kUnchanged;
  if (before.has_value() && !before->trail.empty()) {
    return Refuse(kFailedPrecondition, "RENOVATION_KEPT_HERE",
                  "this renovation takes its steps here: take its next step here too", "renovation_no");
  }
  session.Put(after);
  return before.has_value() ? Outcome::kUpdated : Outcome::kAdded;
}

absl::StatusOr<Renovation> PlanRenovation(roots::Session& session, const RenovationPlan& plan, const Act& act) {
  ASSIGN_OR_RETURN(const std::string division, intake::ResolveDivision(session, plan.division, "division"));
  ASSIGN_OR_RETURN(const std::optional<HouseholdFact> household, session.FindFact<HouseholdFact>(plan.household));
  // Of a household that lives elsewhere nobody learns by its key that there is one.
  if (!household.has_value() || !IsWithin(household->Village(), division)) {
    return Refuse(kNotFound, "HOUSEHOLD_NOT_FOUND",
                  absl::StrCat("no household with this key lives in ", division, ", as the registry knows"),
                  "household");
  }
  const std::string key = intake::Batch{.division = division, .source = std::string(kSource)}.Key(plan.renovation_no);
  ASSIGN_OR_RETURN(const std::optional<Renovation> known, session.Find<Renovation>(key));
  if (known.has_value()) {
    return Refuse(kAlreadyExists, "RENOVATION_NO_TAKEN", "another renovation has this number: choose one of its own",
                  "renovation_no");
  }
  RETURN_IF_ERROR(CheckHasNoRenovation(session, household->id, ""));
  ASSIGN_OR_RETURN(const std::optional<Case> relocation, FindCaseOf(session, household->id));
  const RenovationRecord record{.grade = plan.grade, .steps = {.planned_on = act.on}, .subsidy_fen = plan.subsidy_fen};
  ASSIGN_OR_RETURN(Renovation after, Record(std::nullopt, record, key, *household, relocation));
  after.trail.push_back({.verb = RenovationVerb::kPlan, .by = act.by, .on = act.on});
  return after;
}

absl::StatusOr<Renovation> FindRenovation(roots::Session& session, const std::string& id) {
  ASSIGN_OR_RETURN(std::optional<Renovation> found, session.Get<Renovation>(id));
  if (found.has_value()) return *std::move(found);
  return Refuse(kNotFound, "RENOVATION_NOT_FOUND", "there is no renovation with this id", "id");
}

absl::Status FollowRenovation(roots::Session& session, const HouseholdFact& household) {
  return session.AdjustLinked<Renovation>(kHousehold, household.id,
                                          [&](Renovation& root) { root.household = household; });
}

}  // namespace anju::relocation
