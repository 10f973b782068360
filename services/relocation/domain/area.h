#pragma once

#include <string>
#include <vector>

#include "services/relocation/domain/moves.h"

// The area rule 以人定房 after the allotment. Allot lets nobody into a unit that is too large for those who belong to
// the household that day; but people die, marry and leave before the move and after it. So the rule is checked again
// whenever the registry tells of the household anew, and on the day of the move. To the hundredth of a square metre.
namespace anju::relocation {

// The queue of cases whose unit has become too large, until that is confirmed, by the day since which it is.
inline constexpr absl::string_view kAreaExcess = "area_excess";

// Days on which the unit of a case is larger than its household may have.
struct Excess {
  tally::Span days;
  int64_t centi_sqm = 0;
};
// All of them in order, from the allotment on; none for a case that was allotted before areas were kept.
std::vector<Excess> Excesses(const Case& relocation);
int64_t ExcessOn(const Case& relocation, Date day);
// Those of them that no approver confirmed.
std::vector<Excess> Unconfirmed(const Case& relocation);

// Sets what the case shows of its area, as of today.
void CheckArea(Case& relocation, Date today);
// For a household that is about to move in on that day. Pure. Refuses with AREA_EXCEEDED when its unit has become too
// large and nobody confirmed so much.
absl::Status CheckMayEnter(const Case& relocation, Date day);
// The same as a decision of that day, by what the unit was allotted by. Pure.
policy::Decision JudgeEntry(const Case& relocation, Date day);

// anju.relocation.v1.ConfirmAreaRequest.
struct ConfirmAreaRequest {
  std::string id;
  std::string request_id;
  std::string reason;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("request_id", request_id);
    archive("reason", reason);
  }
};

// Lets the household have the unit in spite of the excess, with the reason. What it is confirmed for is today's
// excess: when more leave, it has to be confirmed again. Pure. Refuses, in this order, with AREA_NOT_EXCEEDED (or
// confirmed already) and APPROVER_IS_AUTHOR (allotted it).
absl::StatusOr<Case> ConfirmArea(const Case& before, const std::string& reason, const Act& act);

// A unit was measured anew: the case that has it, if one has, is checked again.
absl::Status FollowUnit(roots::Session& session, const Unit& unit);

}  // namespace anju::relocation
