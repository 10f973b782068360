#include "services/relocation/domain/decisions.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/platform/intake/places.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;

absl::StatusOr<Case> DecideOne(roots::Session& session, const CaseRuling& ruling, std::set<std::string>& seen,
                               const Act& act) {
  // An id has no slash, and a key has.
  const bool is_key = ruling.relocation.find('/') != std::string::npos;
  ASSIGN_OR_RETURN(const std::optional<Case> before,
                   is_key ? session.Find<Case>(ruling.relocation) : session.Get<Case>(ruling.relocation));
  const bool is_near = before.has_value() && intake::LiesIn(session, before->Division(), act.scope);
  // A key can be guessed, and nobody learns of another county's case by it.
  if (!before.has_value() || (is_key && !is_near)) {
    return Refuse(kNotFound, "CASE_NOT_FOUND", "there is no case with this id or key", "case");
  }
  if (!is_near) {
    return Refuse(kPermissionDenied, "OUTSIDE_SCOPE", "your token is for another division");
  }
  if (!seen.insert(before->id).second) {
    return Refuse(kInvalidArgument, "CASE_REPEATED", "name each case once", "case");
  }
  return DecideCase(session, *before, ruling.ruling, act);
}

}  // namespace

absl::StatusOr<CaseOutcomes> DecideCases(roots::Session& session, const CaseRulings& batch, const Act& act) {
  if (batch.rulings.empty()) {
    return Refuse(kInvalidArgument, "BATCH_EMPTY", "name the cases that are decided", "rulings");
  }
  if (batch.rulings.size() > kMostRulings) {
    return Refuse(kInvalidArgument, "BATCH_TOO_LARGE",
                  absl::StrCat("at most ", kMostRulings, " cases are decided at once"), "rulings");
  }
  CaseOutcomes answer;
  std::set<std::string> seen;
  for (const CaseRuling& ruling : batch.rulings) {
    CaseOutcome outcome{.relocation = ruling.relocation};
    absl::StatusOr<Case> after = DecideOne(session, ruling, seen, act);
    // What is broken is broken for all of them.
    if (!after.ok() && !IsRefusal(after.status())) return after.status();
    if (after.ok()) {
      session.Put(*after);
      outcome.state = after->state;
      outcome.step = after->approvals.back().step;
      ++answer.decided;
    } else {
      outcome.reason = ReasonOf(after.status());
      outcome.hint = std::string(after.status().message());
      ++answer.refused;
    }
    answer.outcomes.push_back(std::move(outcome));
  }
  return answer;
}

}  // namespace anju::relocation
