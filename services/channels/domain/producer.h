#pragma once

#include <string>
#include <vector>

#include "services/platform/feed/facts.h"
#include "services/platform/roots/session.h"

namespace anju::channels {

// What of a sale a household has.
struct ProducerShare {
  std::string sale_key;
  Date sold_on;
  int64_t share_fen = 0;

  void Fields(Archive& archive) {
    archive("sale_key", sale_key);
    archive("sold_on", sold_on);
    archive("share_fen", share_fen);
  }
  friend bool operator==(const ProducerShare&, const ProducerShare&) = default;
};

// A tourism group that a household received.
struct ProducerVisit {
  std::string group_key;
  Date visited_on;
  // The division that ran the route.
  std::string location;

  void Fields(Archive& archive) {
    archive("group_key", group_key);
    archive("visited_on", visited_on);
    archive("location", location);
  }
  friend bool operator==(const ProducerVisit&, const ProducerVisit&) = default;
};

// What one household has sold through channels and shown to visitors.
struct Producer {
  static constexpr absl::string_view kKind = "producer";
  std::string id;
  // The household's key.
  std::string key;
  std::vector<ProducerShare> shares;
  std::vector<ProducerVisit> visits;
  // As the registry last told of it.
  feed::HouseholdFact household;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("shares", shares);
    archive("visits", visits);
    archive("household", household);
  }
  // What of it is answered.
  void Shown(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("household_id", household.id);
    archive("shares", shares);
    archive("visits", visits);
  }
  std::string Division() const { return household.Village(); }
  friend bool operator==(const Producer&, const Producer&) = default;
};

inline constexpr absl::string_view kHouseholdLink = "household";
// Households that received a group share this link, under the group's key.
inline constexpr absl::string_view kGroupLink = "group";

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const Producer& producer);
std::vector<roots::Name> Links(const Producer& producer);
std::optional<roots::Told> Tell(const Producer& producer);

// The producer of a household, new when it has neither sold nor received anybody yet.
absl::StatusOr<Producer> ProducerOf(roots::Session& session, const feed::HouseholdFact& household);

// Follows the registry: the figures of a household go where it lives, and its visits count for the village in which it
// lived then. `body` is the JSON of a feed::HouseholdFact.
absl::Status FollowHousehold(roots::Session& session, absl::string_view body);

}  // namespace anju::channels
