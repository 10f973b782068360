#include "services/relocation/domain/building.h"

#include "absl/strings/str_cat.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;

absl::Status OfOtherSite() {
  return Refuse(kFailedPrecondition, "BUILDING_OF_OTHER_SITE", "the building with this number stands at another site",
                "building_no");
}

}  // namespace

std::vector<roots::Name> Links(const Building& building) {
  return {{.kind = std::string(kBuildingsOfSite), .name = building.site_key}};
}

absl::StatusOr<Building> Record(const std::optional<Building>& before, const BuildingRecord& record,
                                const std::string& key, const Site& site) {
  if (record.floors < 1 || record.floors > kMostFloors) {
    return Refuse(kInvalidArgument, "FLOORS_OUT_OF_RANGE", absl::StrCat("a building has 1 to ", kMostFloors, " floors"),
                  "floors");
  }
  if (record.planned_units < 1 || record.planned_units > kMostUnitsOfBuilding) {
    return Refuse(kInvalidArgument, "UNITS_OUT_OF_RANGE",
                  absl::StrCat("a building is planned with 1 to ", kMostUnitsOfBuilding, " units"), "planned_units");
  }
  if (before.has_value() && before->site_key != site.key) return OfOtherSite();
  RETURN_IF_ERROR(intake::InOrder(site.started_on, record.started_on, "started_on"));
  RETURN_IF_ERROR(intake::InOrder(record.started_on, record.completed_on, "completed_on"));
  Building after = before.value_or(Building{.key = key});
  after.site_key = site.key;
  after.site_location = site.location;
  after.name = record.name;
  after.floors = record.floors;
  after.planned_units = record.planned_units;
  after.started_on = record.started_on;
  after.completed_on = record.completed_on;
  return after;
}

absl::StatusOr<Outcome> ImportBuilding(roots::Session& session, const intake::Batch& batch,
                                       const BuildingRecord& record) {
  ASSIGN_OR_RETURN(const Site site, FindSite(session, batch.Key(record.site_no)));
  const std::string key = batch.Key(record.building_no);
  ASSIGN_OR_RETURN(const std::optional<Building> before, session.Find<Building>(key));
  ASSIGN_OR_RETURN(Building after, Record(before, record, key, site));
  if (before == after) return Outcome::kUnchanged;
  session.Put(after);
  return before.has_value() ? Outcome::kUpdated : Outcome::kAdded;
}

absl::StatusOr<std::string> FindBuilding(roots::Session& session, const std::string& key, const std::string& site_key) {
  ASSIGN_OR_RETURN(const std::optional<Building> building, session.Find<Building>(key));
  const bool is_near = building.has_value() && CountyOf(building->site_key) == CountyOf(site_key);
  if (!is_near) {
    return Refuse(kNotFound, "BUILDING_NOT_FOUND", "name a building that was imported before, or none", "building_no");
  }
  if (building->site_key != site_key) return OfOtherSite();
  return building->key;
}

}  // namespace anju::relocation
