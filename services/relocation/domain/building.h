#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/relocation/domain/site.h"

namespace anju::relocation {

// The link from a site's key to its buildings.
inline constexpr absl::string_view kBuildingsOfSite = "buildings_of_site";
inline constexpr int32_t kMostFloors = 100;
inline constexpr int32_t kMostUnitsOfBuilding = 2000;

// A building at a site 楼栋; its units name it.
struct Building {
  static constexpr absl::string_view kKind = "building";
  std::string id;
  // `<division>/<source>/<building_no>`.
  std::string key;
  std::string site_key;
  // Copied from its site.
  std::string site_location;
  std::string name;
  int32_t floors = 0;
  int32_t planned_units = 0;
  Date started_on;
  std::optional<Date> completed_on;

  // What the contract shows of it.
  void Shown(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("site_key", site_key);
    archive("name", name);
    archive("floors", floors);
    archive("planned_units", planned_units);
    archive("started_on", started_on);
    archive("completed_on", completed_on);
  }
  void Fields(Archive& archive) {
    Shown(archive);
    archive("site_location", site_location);
  }
  std::string Division() const { return site_location; }
  friend bool operator==(const Building&, const Building&) = default;
};

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const Building& building);
std::vector<roots::Name> Links(const Building& building);

// A row of anju.relocation.v1.BuildingRecord.
struct BuildingRecord {
  std::string building_no;
  std::string site_no;
  std::string name;
  int32_t floors = 0;
  int32_t planned_units = 0;
  Date started_on;
  std::optional<Date> completed_on;

  void Fields(Archive& archive) {
    archive("building_no", building_no);
    archive("site_no", site_no);
    archive("name", name);
    archive("floors", floors);
    archive("planned_units", planned_units);
    archive("started_on", started_on);
    archive("completed_on", completed_on);
  }
};

// What a building becomes when the county records it so at `site`. Pure. Refuses, in this order, with
// FLOORS_OUT_OF_RANGE, UNITS_OUT_OF_RANGE, BUILDING_OF_OTHER_SITE and DATES_REVERSED (begun before its site, or
// completed before it was begun).
absl::StatusOr<Building> Record(const std::optional<Building>& before, const BuildingRecord& record,
                                const std::string& key, const Site& site);

// Refuses with SITE_NOT_FOUND, and as Record does.
absl::StatusOr<roots::Outcome> ImportBuilding(roots::Session& session, const intake::Batch& batch,
                                              const BuildingRecord& record);

// The key of a building that a row names at a site; empty when it names none. Refuses, in this order, with
// BUILDING_NOT_FOUND and BUILDING_OF_OTHER_SITE.
absl::StatusOr<std::string> FindBuilding(roots::Session& session, const std::string& key, const std::string& site_key);

}  // namespace anju::relocation
