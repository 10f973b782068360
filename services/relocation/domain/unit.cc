#include "services/relocation/domain/unit.h"

#include "services/platform/base/error.h"
#include "services/relocation/domain/area.h"
#include "services/relocation/domain/building.h"

namespace anju::relocation {

using enum absl::StatusCode;
using roots::Outcome;

std::vector<roots::Name> Links(const Unit& unit) {
  return {{.kind = std::string(kUnitsOfSite), .name = unit.site_key}};
}

absl::StatusOr<Unit> Record(const std::optional<Unit>& before, const UnitRecord& record, const std::string& key,
                            const Site& site) {
  if (record.area_centi_sqm < 1) {
    return Refuse(kInvalidArgument, "UNIT_AREA_NOT_POSITIVE", "give the floor area of the unit", "area_centi_sqm");
  }
  if (before.has_value() && before->site_key != site.key) {
    return Refuse(kFailedPrecondition, "UNIT_OF_OTHER_SITE",
                  "a unit with this number stands at another site: numbers are unique within the sending system",
                  "unit_no");
  }
  RETURN_IF_ERROR(intake::InOrder(site.started_on, record.completed_on, "completed_on"));
  Unit after = before.value_or(Unit{.key = key});
  after.site_key = site.key;
  after.tier = site.tier;
  after.site_location = site.location;
  after.layout = record.layout;
  after.area_centi_sqm = record.area_centi_sqm;
  after.cost_price_fen = record.cost_price_fen;
  after.completed_on = record.completed_on;
  return after;
}

absl::StatusOr<Outcome> ImportUnit(roots::Session& session, const intake::Batch& batch, const UnitRecord& record) {
  ASSIGN_OR_RETURN(const std::optional<Site> site, session.Find<Site>(batch.Key(record.site_no)));
  if (!site.has_value()) {
    return Refuse(kNotFound, "SITE_NOT_FOUND", "import the site before its units", "site_no");
  }
  const std::string key = batch.Key(record.unit_no);
  ASSIGN_OR_RETURN(const std::optional<Unit> before, session.Find<Unit>(key));
  ASSIGN_OR_RETURN(Unit after, Record(before, record, key, *site));
  if (!record.building_no.empty()) {
    ASSIGN_OR_RETURN(after.building_key, FindBuilding(session, batch.Key(record.building_no), site->key));
  }
  if (before == after) return Outcome::kUnchanged;
  session.Put(after);
  if (before.has_value() && before->area_centi_sqm != after.area_centi_sqm) {
    RETURN_IF_ERROR(FollowUnit(session, after));
  }
  return before.has_value() ? Outcome::kUpdated : Outcome::kAdded;
}

}  // namespace anju::relocation
