#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/relocation/domain/site.h"

namespace anju::relocation {

// The link from a site's key to its units.
inline constexpr absl::string_view kUnitsOfSite = "units_of_site";

// A flat or house at a site.
struct Unit {
  static constexpr absl::string_view kKind = "unit";
  std::string id;
  // `<division>/<source>/<unit_no>`.
  std::string key;
  std::string site_key;
  // Empty when none was named.
  std::string building_key;
  // Copied from its site.
  Tier tier = Tier::kUnspecified;
  std::string site_location;
  std::string layout;
  int64_t area_centi_sqm = 0;
  int64_t cost_price_fen = 0;
  std::optional<Date> completed_on;

  // What the contract shows of it.
  void Shown(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("site_key", site_key);
    archive("building_key", building_key);
    archive("layout", layout);
    archive("area_centi_sqm", area_centi_sqm);
    archive("cost_price_fen", cost_price_fen);
    archive("completed_on", completed_on);
  }
  void Fields(Archive& archive) {
    Shown(archive);
    archive("tier", tier);
    archive("site_location", site_location);
  }
  std::string Division() const { return site_location; }
  friend bool operator==(const Unit&, const Unit&) = default;
};

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const Unit& unit);
std::vector<roots::Name> Links(const Unit& unit);

// A row of anju.relocation.v1.UnitRecord.
struct UnitRecord {
  std::string unit_no;
  std::string site_no;
  std::string layout;
  int64_t area_centi_sqm = 0;
  int64_t cost_price_fen = 0;
  std::optional<Date> completed_on;
  std::string building_no;

  void Fields(Archive& archive) {
    archive("unit_no", unit_no);
    archive("site_no", site_no);
    archive("layout", layout);
    archive("area_centi_sqm", area_centi_sqm);
    archive("cost_price_fen", cost_price_fen);
    archive("completed_on", completed_on);
    archive("building_no", building_no);
  }
};

// What a unit becomes when the county records it so at `site`. Pure. Refuses, in this order, with
// UNIT_AREA_NOT_POSITIVE, UNIT_OF_OTHER_SITE and DATES_REVERSED (completed before its site was begun).
absl::StatusOr<Unit> Record(const std::optional<Unit>& before, const UnitRecord& record, const std::string& key,
                            const Site& site);

// A case whose unit is measured anew is checked again. Refuses with SITE_NOT_FOUND, BUILDING_NOT_FOUND and
// BUILDING_OF_OTHER_SITE, and as Record does.
absl::StatusOr<roots::Outcome> ImportUnit(roots::Session& session, const intake::Batch& batch,
                                          const UnitRecord& record);

}  // namespace anju::relocation
