#include "services/channels/domain/visit.h"

#include <algorithm>

#include "services/channels/domain/route.h"
#include "services/platform/base/error.h"

namespace anju::channels {

using enum absl::StatusCode;
using roots::Outcome;

const std::string& VillageOf(const feed::HouseholdFact& household, const ProducerVisit& visit) {
  const feed::Residence* found = &household.residences.front();
  for (const feed::Residence& residence : household.residences) {
    if (residence.since <= visit.visited_on) found = &residence;
  }
  return found->village;
}

absl::Status Join(roots::Session& session, const feed::HouseholdFact& household, const ProducerVisit& visit) {
  const std::string& village = VillageOf(household, visit);
  ASSIGN_OR_RETURN(const std::optional<TourVillage> before, session.Find<TourVillage>(village));
  TourVillage after = before.value_or(TourVillage{.key = village});
  after.participations.push_back({.group_key = visit.group_key,
                                  .household_id = household.id,
                                  .visited_on = visit.visited_on,
                                  .location = visit.location});
  session.Put(after);
  return absl::OkStatus();
}

absl::Status Leave(roots::Session& session, const feed::HouseholdFact& household, const ProducerVisit& visit) {
  ASSIGN_OR_RETURN(std::optional<TourVillage> village, session.Find<TourVillage>(VillageOf(household, visit)));
  ANJU_CHECK(village.has_value());
  std::erase_if(village->participations, [&](const Participation& participation) {
    return participation.group_key == visit.group_key && participation.household_id == household.id;
  });
  session.Put(*village);
  return absl::OkStatus();
}

absl::Status MoveVisits(roots::Session& session, const ProducerVisit& visit) {
  ASSIGN_OR_RETURN(const std::vector<std::string> ids, session.LinkedIds(kGroupLink, visit.group_key));
  for (const std::string& id : ids) {
    ASSIGN_OR_RETURN(std::optional<Producer> producer, session.Get<Producer>(id));
    if (!producer.has_value()) continue;
    ProducerVisit* known = roots::Lookup(producer->visits, &ProducerVisit::group_key, visit.group_key);
    if (known == nullptr || *known == visit) continue;
    RETURN_IF_ERROR(Leave(session, producer->household, *known));
    RETURN_IF_ERROR(Join(session, producer->household, visit));
    *known = visit;
    session.Put(*producer);
  }
  return absl::OkStatus();
}

absl::StatusOr<Outcome> ImportTourHousehold(roots::Session& session, const intake::Batch& batch,
                                            const TourHouseholdRecord& record) {
  const std::string key = batch.Key(record.group_no);
  ASSIGN_OR_RETURN(std::optional<Route> route, session.FindNamed<Route>(kGroupName, key));
  if (!route.has_value()) return Refuse(kNotFound, "GROUP_NOT_FOUND", "import the group first", "group_no");
  const TourGroup* group = roots::Lookup(route->groups, &TourGroup::key, key);
  ANJU_CHECK(group != nullptr);
  ASSIGN_OR_RETURN(const feed::HouseholdFact household, intake::FindHousehold(session, batch, record.household_no));
  ASSIGN_OR_RETURN(Producer producer, ProducerOf(session, household));
  const ProducerVisit visit{.group_key = key, .visited_on = group->visited_on, .location = route->location};
  const Outcome outcome = roots::Keep(producer.visits, visit, &ProducerVisit::group_key);
  if (outcome == Outcome::kUnchanged) return outcome;
  // MoveVisits keeps the dates of known visits right, so this one is new.
  ANJU_CHECK(outcome == Outcome::kAdded);
  // By the producer's own copy, from which the village is left again.
  RETURN_IF_ERROR(Join(session, producer.household, visit));
  session.Put(producer);
  return outcome;
}

}  // namespace anju::channels
