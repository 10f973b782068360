#include "services/relocation/domain/step_back.h"

#include "services/platform/base/error.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;

// Which step made the state, and how taking it back is called.
struct Way {
  CaseState state;
  std::optional<Date> Steps::*step;
  CaseVerb verb;
};

constexpr Way kWays[] = {
    {CaseState::kVerified, &Steps::verified_on, CaseVerb::kRevokeVerification},
    {CaseState::kApproved, &Steps::approved_on, CaseVerb::kRevokeApproval},
    {CaseState::kMovedIn, &Steps::moved_in_on, CaseVerb::kMoveOut},
    {CaseState::kOldHouseDemolished, &Steps::demolished_on, CaseVerb::kRevokeDemolition},
    {CaseState::kReclaimed, &Steps::reclaimed_on, CaseVerb::kRevokeReclamation},
    {CaseState::kTitled, &Steps::titled_on, CaseVerb::kRevokeTitle},
    {CaseState::kWithdrawn, &Steps::withdrawn_on, CaseVerb::kReopen},
    {CaseState::kRejected, &Steps::rejected_on, CaseVerb::kReopen},
};

// What hung on the step.
void Drop(CaseState from, const Act& act, Case& after) {
  switch (from) {
    case CaseState::kVerified:
      after.notices = notice::Void(std::move(after.notices), kBefore, act);
      return;
    case CaseState::kApproved:
      after.notices = notice::Void(std::move(after.notices), kDuring, act);
      return;
    case CaseState::kMovedIn:
      after.ceremony.clear();
      return after.old_house.demolish_by.reset();
    case CaseState::kReclaimed:
      after.old_house.reclaimed_centi_mu = 0;
      return;
    case CaseState::kTitled:
      return after.title_no.clear();
    case CaseState::kWithdrawn:
    case CaseState::kRejected:
      // Nobody could object while the case had ended.
      after.notices = notice::VoidOpen(std::move(after.notices), act);
      return;
    default:
      return;
  }
}

}  // namespace

absl::StatusOr<Case> StepBack(const Case& before, CaseState from, const std::string& reason, const Act& act) {
  if (before.state != from) {
    return Refuse(kFailedPrecondition, "CASE_STATE_CHANGED", "the case is in another state than this: read it again",
                  "from");
  }
  // A draw that is voided takes allotments back in the same way.
  if (from == CaseState::kAllotted) return TakeBack(before, reason, act);
  for (const Way& way : kWays) {
    if (way.state != from) continue;
    Case after = before;
    (after.steps.*way.step).reset();
    Drop(from, act, after);
    if (from == CaseState::kVerified) {
      ASSIGN_OR_RETURN(after, TakeOutOfApproval(std::move(after), approval::Verdict::kReturn, reason, act));
    }
    ASSIGN_OR_RETURN(after.state, StateAfter(after.steps));
    after.trail.push_back({.verb = way.verb, .by = act.by, .on = act.on, .reason = reason});
    return after;
  }
  return Refuse(kFailedPrecondition, "NOTHING_TO_TAKE_BACK", "the case was only declared: withdraw or reject it",
                "from");
}

}  // namespace anju::relocation
