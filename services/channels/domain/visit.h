#pragma once

#include <string>
#include <vector>

#include "services/channels/domain/producer.h"
#include "services/platform/intake/batch.h"
#include "services/platform/roots/session.h"

namespace anju::channels {

// A household of the village that received a group.
struct Participation {
  std::string group_key;
  std::string household_id;
  Date visited_on;
  // The division that ran the route.
  std::string location;

  void Fields(Archive& archive) {
    archive("group_key", group_key);
    archive("household_id", household_id);
    archive("visited_on", visited_on);
    archive("location", location);
  }
  friend bool operator==(const Participation&, const Participation&) = default;
};

// A village that takes part in tours, so that villages can be counted once, whoever runs the routes.
struct TourVillage {
  static constexpr absl::string_view kKind = "tour_village";
  std::string id;
  // The village's code.
  std::string key;
  std::vector<Participation> participations;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("participations", participations);
  }
  std::string Division() const { return key; }
  friend bool operator==(const TourVillage&, const TourVillage&) = default;
};

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const TourVillage& village);

// A row of anju.channels.v1.TourHouseholdRecord.
struct TourHouseholdRecord {
  std::string group_no;
  std::string household_no;

  void Fields(Archive& archive) {
    archive("group_no", group_no);
    archive("household_no", household_no);
  }
};

// The village in which a household received a group: where it lived on that day. Pure.
const std::string& VillageOf(const feed::HouseholdFact& household, const ProducerVisit& visit);

// Counts a household's visit for its village, or no longer.
absl::Status Join(roots::Session& session, const feed::HouseholdFact& household, const ProducerVisit& visit);
absl::Status Leave(roots::Session& session, const feed::HouseholdFact& household, const ProducerVisit& visit);

// Says on all households that received a group, and for their villages, when and by whom it was brought.
absl::Status MoveVisits(roots::Session& session, const ProducerVisit& visit);

// Use case.
absl::StatusOr<roots::Outcome> ImportTourHousehold(roots::Session& session, const intake::Batch& batch,
                                                   const TourHouseholdRecord& record);

}  // namespace anju::channels
