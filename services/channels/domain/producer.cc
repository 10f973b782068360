#include "services/channels/domain/producer.h"

#include "services/channels/domain/visit.h"
#include "services/platform/base/error.h"

namespace anju::channels {

std::vector<roots::Name> Links(const Producer& producer) {
  std::vector<roots::Name> links = {{.kind = std::string(kHouseholdLink), .name = producer.household.id}};
  for (const ProducerVisit& visit : producer.visits) {
    links.push_back({.kind = std::string(kGroupLink), .name = visit.group_key});
  }
  return links;
}

std::optional<roots::Told> Tell(const Producer& producer) {
  feed::ProducerFact fact{.household_id = producer.household.id};
  for (const ProducerShare& share : producer.shares) {
    fact.sold_on = std::max(fact.sold_on, std::optional(share.sold_on));
    fact.share_fen += share.share_fen;
  }
  return roots::Told{.topic = feed::ProducerFact::kTopic, .key = producer.household.id, .body = roots::ToJson(fact)};
}

absl::StatusOr<Producer> ProducerOf(roots::Session& session, const feed::HouseholdFact& household) {
  ASSIGN_OR_RETURN(std::optional<Producer> known, session.Find<Producer>(household.key));
  if (known.has_value()) return *std::move(known);
  return Producer{.key = household.key, .household = household};
}

absl::Status FollowHousehold(roots::Session& session, absl::string_view body) {
  ASSIGN_OR_RETURN(const feed::HouseholdFact household, roots::FromJson<feed::HouseholdFact>(body));
  ASSIGN_OR_RETURN(std::optional<Producer> producer, session.Find<Producer>(household.key));
  if (!producer.has_value()) return absl::OkStatus();
  for (const ProducerVisit& visit : producer->visits) {
    if (VillageOf(producer->household, visit) == VillageOf(household, visit)) continue;
    RETURN_IF_ERROR(Leave(session, producer->household, visit));
    RETURN_IF_ERROR(Join(session, household, visit));
  }
  producer->household = household;
  session.Put(*producer);
  return absl::OkStatus();
}

}  // namespace anju::channels
