#pragma once

#include <string>

#include "services/relocation/domain/moves.h"

// How each step of a case is taken back, because it was wrong: one step at a time, with the reason, and everything
// stays in the trail. What hung on the step goes with it, so that it cannot count for another one: a verification takes
// the BEFORE notices along and its approval, which goes on when it is verified again, an approval the DURING ones, an
// allotment the unit and the AFTER ones, a move its ceremony, a reclamation its area and a title its number. A case
// that had ended goes on where it was; a notice that was open when it ended is void.
namespace anju::relocation {

// Pure. `from` is the state that the caller saw: who wants to take back a title does not take back a move. Refuses, in
// this order, with CASE_STATE_CHANGED (the case is in another state) and NOTHING_TO_TAKE_BACK (it was only declared).
absl::StatusOr<Case> StepBack(const Case& before, CaseState from, const std::string& reason, const Act& act);

// anju.relocation.v1.StepBackRequest.
struct StepBackRequest {
  std::string id;
  std::string request_id;
  CaseState from = CaseState::kUnspecified;
  std::string reason;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("request_id", request_id);
    archive("from", from);
    archive("reason", reason);
  }
};

// The use case. A draw that stands says that the unit was given back. Refuses, in this order, with LEVEL_NOT_ALLOWED
// (PERMISSION_DENIED, by who acts for less than a county), as StepBack does, and with MONEY_STANDS: what was granted,
// paid or settled, bought or leased because of the step is reversed first.
absl::StatusOr<Case> StepBackCase(roots::Session& session, const Case& before, const StepBackRequest& request,
                                  const Act& act);

// Whether no subsidy is granted, no deposit held and nothing paid of a title. Refuses with MONEY_STANDS.
absl::Status CheckNoMoney(roots::Session& session, const Case& relocation);

}  // namespace anju::relocation
