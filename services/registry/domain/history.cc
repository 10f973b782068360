#include "services/registry/domain/history.h"

#include <algorithm>
#include <tuple>

namespace anju::registry {
namespace {

// Drops what began after a day.
template <typename Dated>
void Cut(std::vector<Dated>& list, Date day) {
  std::erase_if(list, [&](const Dated& item) { return item.since > day && &item != &list.front(); });
}

}  // namespace

std::optional<Household> OnDay(const Household& household, Date day) {
  if (!household.LivesOn(day)) return std::nullopt;
  Household then = household;
  Cut(then.residences, day);
  Cut(then.classifications, day);
  if (then.exited_on.has_value() && *then.exited_on > day) then.exited_on.reset();
  while (!then.relapses.empty() && then.relapses.back().fell_back_on > day) {
    const Date exited_on = then.relapses.back().exited_on;
    then.exited_on = exited_on <= day ? std::optional(exited_on) : std::nullopt;
    then.relapses.pop_back();
  }
  if (then.low_income_since.has_value() && *then.low_income_since > day) then.low_income_since.reset();
  if (then.low_income_until.has_value() && *then.low_income_until > day) then.low_income_until.reset();
  if (!then.low_income_since.has_value()) then.low_income_until.reset();
  std::erase_if(then.identification_findings,
                [day](const IdentificationFinding& finding) { return finding.found_on > day; });
  std::erase_if(then.members, [day](const Member& member) { return !member.IsMemberOn(day); });
  for (Member& member : then.members) {
    member.relation = member.RelationOn(day);
    std::erase_if(member.relations, [day](const RelationSince& change) { return change.since > day; });
    member.left_on.reset();
    member.left_as = Leaving::kUnspecified;
  }
  then.ended_on.reset();
  then.ended_as = Ending::kUnspecified;
  then.merged_into.clear();
  return then;
}

absl::StatusOr<std::optional<Household>> KnownAt(const Household& now, const std::string& moment,
                                                 const FindEvent& find) {
  // The events are in the order in which they were entered, so the first later one is found by halving.
  int32_t first = 1, end = now.events + 1;
  while (first < end) {
    const int32_t middle = first + (end - first) / 2;
    ASSIGN_OR_RETURN(const HouseholdEvent event, find(middle));
    if (event.entered_at > moment) {
      end = middle;
    } else {
      first = middle + 1;
    }
  }
  Household then = now;
  if (first <= now.events) {
    ASSIGN_OR_RETURN(HouseholdEvent event, find(first));
    then = std::move(event.before);
  }
  if (then.residences.empty() || then.entered_at > moment) return std::nullopt;
  std::erase_if(then.members, [&](const Member& member) { return member.entered_at > moment; });
  return then;
}

absl::StatusOr<std::vector<Membership>> HistoryOf(roots::Session& session, const std::string& person_id) {
  ASSIGN_OR_RETURN(std::vector<std::string> ids, session.LinkedIds("person", person_id));
  // Where they were first recorded, no link is needed.
  ids.push_back(person_id.substr(0, person_id.find(':')));
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  std::vector<Membership> memberships;
  for (const std::string& id : ids) {
    ASSIGN_OR_RETURN(const std::optional<Household> household, session.Get<Household>(id));
    if (!household.has_value()) continue;
    for (const Member& member : household->members) {
      if (PersonId(*household, member) != person_id) continue;
      if (member.left_as == Leaving::kTakenBack || member.left_as == Leaving::kDuplicate) continue;
      memberships.push_back({.household_id = id,
                             .person_no = member.person_no,
                             .relation = member.relation,
                             .joined_on = member.joined_on,
                             .left_on = member.left_on,
                             .left_as = member.left_as,
                             .village = household->Division()});
    }
  }
  std::sort(memberships.begin(), memberships.end(), [](const Membership& a, const Membership& b) {
    return std::tie(a.joined_on, a.household_id) < std::tie(b.joined_on, b.household_id);
  });
  return memberships;
}

}  // namespace anju::registry
