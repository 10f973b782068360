#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/platform/intake/batch.h"
#include "services/platform/roots/session.h"

namespace anju::registry {

// A village that is, or was, a poor village 贫困村.
struct Village {
  static constexpr absl::string_view kKind = "village";
  std::string id;
  // The village's code: a village is one record, whichever system tells of it.
  std::string key;
  Date poor_since;
  std::optional<Date> poor_until;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("poor_since", poor_since);
    archive("poor_until", poor_until);
  }
  std::string Division() const { return key; }
  friend bool operator==(const Village&, const Village&) = default;
};

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const Village& village);
// It is found by the months in which it became a poor village, or was none any more.
std::vector<roots::Name> Links(const Village& village);

// A row of anju.registry.v1.VillageRecord.
struct VillageRecord {
  std::string village;
  Date poor_since;
  std::optional<Date> poor_until;

  void Fields(Archive& archive) {
    archive("village", village);
    archive("poor_since", poor_since);
    archive("poor_until", poor_until);
  }
};

absl::StatusOr<roots::Outcome> ImportVillage(roots::Session& session, const intake::Batch& batch,
                                             const VillageRecord& record);

}  // namespace anju::registry
