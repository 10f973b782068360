#include "services/relocation/domain/step_back.h"

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/relocation/domain/draw.h"
#include "services/relocation/domain/lease.h"
#include "services/relocation/domain/payments.h"

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

absl::Status MoneyStands(absl::string_view what) {
  return Refuse(kFailedPrecondition, "MONEY_STANDS",
                absl::StrCat(what, " because of this step: have that reversed first"));
}

absl::Status CheckNoTitleMoney(const Settlement& settlement) {
  if (!settlement.title.settled_on.has_value() && settlement.title_paid_fen == 0) return absl::OkStatus();
  return MoneyStands("the price of the title is paid or settled");
}

absl::Status CheckNothingOfTheHome(roots::Session& session, const Case& relocation) {
  ASSIGN_OR_RETURN(const Settlement settlement, SettlementOf(session, relocation));
  RETURN_IF_ERROR(CheckNoTitleMoney(settlement));
  ASSIGN_OR_RETURN(const std::optional<Lease> lease, session.FindNamed<Lease>(kOpenLease, relocation.key));
  if (!lease.has_value() || lease->state == LeaseState::kProposed) return absl::OkStatus();
  return MoneyStands("a surplus is bought and leased");
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
    if (from == CaseState::kVerified || from == CaseState::kApproved) {
      ASSIGN_OR_RETURN(after, TakeOutOfApproval(std::move(after), approval::Verdict::kReturn, reason, act));
    }
    ASSIGN_OR_RETURN(after.state, StateAfter(after.steps));
    after.trail.push_back({.verb = way.verb, .by = act.by, .on = act.on, .reason = reason});
    return after;
  }
  return Refuse(kFailedPrecondition, "NOTHING_TO_TAKE_BACK", "the case was only declared: withdraw or reject it",
                "from");
}

absl::Status CheckNoMoney(roots::Session& session, const Case& relocation) {
  ASSIGN_OR_RETURN(const Settlement settlement, SettlementOf(session, relocation));
  const bool granted =
      settlement.subsidy.state == SubsidyState::kGranted || settlement.subsidy.state == SubsidyState::kPaid;
  if (!granted && settlement.deposit_fen == 0) return CheckNoTitleMoney(settlement);
  return MoneyStands("a subsidy is granted or a deposit is held");
}

absl::StatusOr<Case> StepBackCase(roots::Session& session, const Case& before, const StepBackRequest& request,
                                  const Act& act) {
  RETURN_IF_ERROR(CheckCountyLevel(act));
  ASSIGN_OR_RETURN(Case after, StepBack(before, request.from, request.reason, act));
  if (before.state == CaseState::kMovedIn) RETURN_IF_ERROR(CheckNothingOfTheHome(session, before));
  if (before.state == CaseState::kApproved) RETURN_IF_ERROR(CheckNoMoney(session, before));
  if (before.state == CaseState::kAllotted && !before.draw.empty()) {
    RETURN_IF_ERROR(GiveBack(session, before, request.reason, act));
  }
  return after;
}

}  // namespace anju::relocation
