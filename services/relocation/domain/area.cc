#include "services/relocation/domain/area.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/relocation/domain/policy.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;

// How much larger than it may be the unit was confirmed to be.
int64_t Confirmed(const Case& relocation) {
  const AreaConfirmation& confirmation = relocation.area_confirmation;
  return confirmation.unit_key == relocation.unit_key ? confirmation.excess_centi_sqm : 0;
}

}  // namespace

int64_t ExcessOn(const Case& relocation, Date day) {
  if (relocation.unit_area_centi_sqm == 0 || !relocation.steps.allotted_on.has_value() ||
      day < *relocation.steps.allotted_on) {
    return 0;
  }
  const int64_t most = relocation.area_per_person_centi_sqm * relocation.household.PersonsOn(day);
  return std::max<int64_t>(0, relocation.unit_area_centi_sqm - most);
}

std::vector<Excess> Excesses(const Case& relocation) {
  if (!relocation.steps.allotted_on.has_value()) return {};
  // The days on which it can change.
  std::set<Date> days = {*relocation.steps.allotted_on};
  for (const feed::PersonFact& person : relocation.household.persons) {
    for (const std::optional<Date>& day : {std::optional(person.joined_on), person.left_on}) {
      if (day.has_value() && *day > *relocation.steps.allotted_on) days.insert(*day);
    }
  }
  std::vector<Excess> found;
  for (const Date day : days) {
    const int64_t excess = ExcessOn(relocation, day);
    const bool open = !found.empty() && !found.back().days.until.has_value();
    if (open && found.back().centi_sqm == excess) continue;
    if (open) found.back().days.until = day;
    if (excess > 0) found.push_back({.days = {.from = day}, .centi_sqm = excess});
  }
  return found;
}

std::vector<Excess> Unconfirmed(const Case& relocation) {
  std::vector<Excess> left;
  const int64_t confirmed = Confirmed(relocation);
  for (Excess excess : Excesses(relocation)) {
    if (excess.centi_sqm <= confirmed) {
      // It was open until the day of the confirmation.
      const Date on = *relocation.area_confirmation.on;
      if (on <= excess.days.from) continue;
      if (!excess.days.until.has_value() || on < *excess.days.until) excess.days.until = on;
    }
    left.push_back(excess);
  }
  return left;
}

void CheckArea(Case& relocation, Date today) {
  relocation.area_excess_centi_sqm = ExcessOn(relocation, today);
  relocation.area_excess_since.reset();
  for (const Excess& excess : Excesses(relocation)) {
    if (excess.days.from > today || (excess.days.until.has_value() && *excess.days.until <= today)) continue;
    relocation.area_excess_since = excess.days.from;
  }
}

absl::Status CheckMayEnter(const Case& relocation, Date day) {
  const int64_t excess = ExcessOn(relocation, day);
  if (excess <= Confirmed(relocation)) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "AREA_EXCEEDED",
                absl::StrCat("the unit has become ", excess,
                             " hundredths of a square metre too large for the household: allot another one, or let an "
                             "approver confirm it with the reason"));
}

policy::Decision JudgeEntry(const Case& relocation, Date day) {
  policy::Decision decision = policy::Judged(kAllottedArea, CheckMayEnter(relocation, day));
  decision.subject = relocation.unit_key;
  decision.decided_on = day;
  decision.inputs = {{"persons", absl::StrCat(relocation.household.PersonsOn(day))},
                     {"unit_area_centi_sqm", absl::StrCat(relocation.unit_area_centi_sqm)},
                     {"excess_centi_sqm", absl::StrCat(ExcessOn(relocation, day))},
                     {"confirmed_centi_sqm", absl::StrCat(Confirmed(relocation))}};
  policy::AddUsed(relocation.decisions, kAllottedArea, decision.used);
  return decision;
}

absl::StatusOr<Case> ConfirmArea(const Case& before, const std::string& reason, const Act& act) {
  const int64_t excess = ExcessOn(before, act.on);
  if (excess <= Confirmed(before)) {
    return Refuse(kFailedPrecondition, "AREA_NOT_EXCEEDED", "the unit is not larger than the household may have");
  }
  const auto allotted = [&](const CaseMove& move) { return move.verb == CaseVerb::kAllot && move.by == act.by; };
  if (std::any_of(before.trail.begin(), before.trail.end(), allotted)) {
    return Refuse(kFailedPrecondition, "APPROVER_IS_AUTHOR", "nobody approves what they entered: ask somebody else");
  }
  Case after = before;
  after.area_confirmation = {
      .unit_key = before.unit_key, .excess_centi_sqm = excess, .reason = reason, .by = act.by, .on = act.on};
  after.trail.push_back({.verb = CaseVerb::kConfirmArea, .by = act.by, .on = act.on, .reason = reason});
  return after;
}

absl::Status FollowUnit(roots::Session& session, const Unit& unit) {
  ASSIGN_OR_RETURN(std::optional<Case> relocation, session.FindNamed<Case>(kAllottedUnit, unit.key));
  if (!relocation.has_value()) return absl::OkStatus();
  relocation->unit_area_centi_sqm = unit.area_centi_sqm;
  CheckArea(*relocation, DayInChina(session.now()));
  session.Put(*relocation);
  return absl::OkStatus();
}

}  // namespace anju::relocation
