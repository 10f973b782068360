#include "services/relocation/domain/homes.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/relocation/domain/funds.h"

namespace anju::relocation {

using enum absl::StatusCode;

absl::StatusOr<Case> DemolishOldHouse(const Case& before, const Act& act) {
  RETURN_IF_ERROR(CheckState(before, CaseState::kMovedIn));
  return Take(before, &Steps::demolished_on, CaseVerb::kDemolishOldHouse, act);
}

absl::StatusOr<Case> ReclaimLand(const Case& before, int64_t reclaimed_centi_mu, const Act& act) {
  if (reclaimed_centi_mu < 1 || reclaimed_centi_mu > kMostReclaimedCentiMu) {
    return Refuse(kInvalidArgument, "RECLAIMED_AREA_OUT_OF_RANGE",
                  absl::StrCat("give the area in hundredths of a mu, from 1 to ", kMostReclaimedCentiMu),
                  "reclaimed_centi_mu");
  }
  RETURN_IF_ERROR(CheckState(before, CaseState::kOldHouseDemolished));
  ASSIGN_OR_RETURN(Case after, Take(before, &Steps::reclaimed_on, CaseVerb::kReclaimLand, act));
  after.old_house.reclaimed_centi_mu = reclaimed_centi_mu;
  return after;
}

absl::StatusOr<Case> IssueTitle(const Case& before, const std::string& title_no, const Act& act) {
  RETURN_IF_ERROR(CheckState(before, CaseState::kReclaimed));
  ASSIGN_OR_RETURN(Case after, Take(before, &Steps::titled_on, CaseVerb::kIssueTitle, act));
  after.title_no = title_no;
  return after;
}

absl::StatusOr<Case> RecordOldHouse(const Case& before, const OldHouseRequest& request, const policy::Books& books) {
  if (request.area_centi_sqm < 0) {
    return Refuse(kInvalidArgument, "OLD_HOUSE_AREA_NEGATIVE", "give the floor area, or leave it empty",
                  "area_centi_sqm");
  }
  if (before.steps.EndedOn().has_value()) {
    return Refuse(kFailedPrecondition, "CASE_ENDED", "the case was withdrawn or rejected");
  }
  if (before.steps.demolished_on.has_value()) {
    return Refuse(kFailedPrecondition, "OLD_HOUSE_GONE", "the old house was demolished: take that step back first");
  }
  if (before.steps.moved_in_on.has_value()) {
    RETURN_IF_ERROR(intake::InOrder(*before.steps.moved_in_on, request.agreed_by, "agreed_by"));
  }
  Case after = before;
  after.old_house.village = request.village;
  after.old_house.area_centi_sqm = request.area_centi_sqm;
  after.old_house.agreed_by = request.agreed_by;
  SetDemolitionDeadline(after, books);
  return after;
}

int64_t DaysOverdue(const Case& relocation, Date today) {
  const std::optional<Date>& until = relocation.old_house.demolish_by;
  if (!until.has_value() || relocation.steps.demolished_on.has_value()) return 0;
  return std::max<int64_t>(0, today - *until);
}

absl::StatusOr<Case> RecordOldHouse(roots::Session& session, const Case& before, const OldHouseRequest& request) {
  OldHouseRequest resolved = request;
  ASSIGN_OR_RETURN(resolved.village, intake::ResolveVillage(session, {}, request.village, "village"));
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, before.Division()));
  return RecordOldHouse(before, resolved, *books);
}

absl::StatusOr<Case> IssueTitle(roots::Session& session, const Case& before, const std::string& title_no,
                                const Act& act) {
  ASSIGN_OR_RETURN(Case after, IssueTitle(before, title_no, act));
  // What was settled in another system is not known here.
  if (before.KeptHere()) RETURN_IF_ERROR(CheckTitleSettled(session, before));
  RETURN_IF_ERROR(CheckTitleFree(session, after));
  return after;
}

}  // namespace anju::relocation
