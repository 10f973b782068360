#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/relocation/domain/resident.h"
#include "services/relocation/domain/site.h"

// The grids of a community [GX26]: district grids 大网格, and beneath them a building grid 小网格 for each building,
// with a building chief 楼长 who lives at the site. A household that has moved in belongs to one building grid at a
// time.
namespace anju::relocation {

inline constexpr absl::string_view kGridsOfSite = "grids_of_site";
inline constexpr size_t kMostGridHouseholds = 500;
inline constexpr size_t kMostChiefs = 100;

// From `since` until `until` (excluded; nothing: still).
struct ChiefTerm {
  std::string household_id;
  std::string person_no;
  Date since;
  std::optional<Date> until;

  void Fields(Archive& archive) {
    archive("household_id", household_id);
    archive("person_no", person_no);
    archive("since", since);
    archive("until", until);
  }
  friend bool operator==(const ChiefTerm&, const ChiefTerm&) = default;
};

struct GridMembership {
  std::string household_id;
  Date since;
  std::optional<Date> until;

  void Fields(Archive& archive) {
    archive("household_id", household_id);
    archive("since", since);
    archive("until", until);
  }
  friend bool operator==(const GridMembership&, const GridMembership&) = default;
};

struct Grid {
  static constexpr absl::string_view kKind = "grid";
  std::string id;
  // `<division>/<source>/<grid_no>`.
  std::string key;
  std::string site_key;
  // Copied from its site.
  std::string site_location;
  // Of a building grid, the key of its district grid; empty for a district grid.
  std::string parent_key;
  std::string name;
  Date opened_on;
  // In the order of their days, one at a time.
  std::vector<ChiefTerm> chiefs;
  std::vector<GridMembership> members;

  void Shown(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("site_key", site_key);
    archive("parent_key", parent_key);
    archive("name", name);
    archive("opened_on", opened_on);
    archive("chiefs", chiefs);
    archive("members", members);
  }
  void Fields(Archive& archive) {
    Shown(archive);
    archive("site_location", site_location);
  }
  std::string Division() const { return site_location; }
  bool IsBuilding() const { return !parent_key.empty(); }
  friend bool operator==(const Grid&, const Grid&) = default;
};

tally::Contributions Contributions(const Grid& grid);
// A household is in one grid now, and a person is the chief of one.
std::vector<roots::Name> Names(const Grid& grid);
std::vector<roots::Name> Links(const Grid& grid);

// A row of anju.relocation.v1.GridRecord.
struct GridRecord {
  std::string grid_no;
  std::string site_no;
  std::string parent_no;
  std::string name;
  Date opened_on;

  void Fields(Archive& archive) {
    archive("grid_no", grid_no);
    archive("site_no", site_no);
    archive("parent_no", parent_no);
    archive("name", name);
    archive("opened_on", opened_on);
  }
};

// A row of anju.relocation.v1.GridChiefRecord.
struct GridChiefRecord {
  std::string grid_no;
  std::string household_no;
  std::string person_no;
  Date since;
  std::optional<Date> until;

  void Fields(Archive& archive) {
    archive("grid_no", grid_no);
    archive("household_no", household_no);
    archive("person_no", person_no);
    archive("since", since);
    archive("until", until);
  }
};

// A row of anju.relocation.v1.GridHouseholdRecord.
struct GridHouseholdRecord {
  std::string grid_no;
  std::string household_no;
  Date since;
  std::optional<Date> until;

  void Fields(Archive& archive) {
    archive("grid_no", grid_no);
    archive("household_no", household_no);
    archive("since", since);
    archive("until", until);
  }
};

// anju.relocation.v1.AppointChiefRequest.
struct Appointment {
  // The key of the household.
  std::string household;
  std::string person_no;

  void Fields(Archive& archive) {
    archive("household", household);
    archive("person_no", person_no);
  }
};

// anju.relocation.v1.AssignToGridRequest.
struct EntryRequest {
  // The key of the household.
  std::string household;

  void Fields(Archive& archive) { archive("household", household); }
};

// anju.relocation.v1.ListUncoveredHouseholdsRequest.
struct SiteRequest {
  // An id or a key.
  std::string site;

  void Fields(Archive& archive) { archive("site", site); }
};

// What a grid becomes when a term of a chief is recorded so; the one before them leaves on the day they begin, and a
// term that began on the same day is replaced. Pure. Refuses, in this order, with DATES_REVERSED, NOT_A_BUILDING_GRID,
// BEFORE_OPENING, CHIEF_AT_THAT_TIME (a term that began later) and CHIEFS_TOO_MANY.
absl::StatusOr<Grid> RecordChief(const Grid& before, ChiefTerm term);
// The same for a household, which may leave and come back. Pure. Refuses, in this order, with DATES_REVERSED,
// NOT_A_BUILDING_GRID, BEFORE_OPENING, HOUSEHOLD_IN_GRID (at that time already) and GRID_FULL.
absl::StatusOr<Grid> RecordMember(const Grid& before, GridMembership membership);

// Use cases. ImportGrid refuses, in this order, with SITE_NOT_FOUND, GRID_OF_OTHER_SITE, and GRID_NOT_FOUND or
// NOT_A_DISTRICT_GRID (of `parent_no`).
absl::StatusOr<roots::Outcome> ImportGrid(roots::Session& session, const intake::Batch& batch,
                                          const GridRecord& record);
// Refuse, in this order, with GRID_NOT_FOUND, HOUSEHOLD_NOT_FOUND, NOT_MOVED_IN, LIVES_ELSEWHERE, for a chief with
// PERSON_NOT_FOUND and CHIEF_OF_OTHER_GRID, and as RecordChief or RecordMember do. A household that is in another grid
// leaves that one on the day it comes; HOUSEHOLD_IN_GRID when it came there later. A row without `until` leaves an end
// that is known alone.
absl::StatusOr<roots::Outcome> ImportGridChief(roots::Session& session, const intake::Batch& batch,
                                               const GridChiefRecord& record);
absl::StatusOr<roots::Outcome> ImportGridHousehold(roots::Session& session, const intake::Batch& batch,
                                                   const GridHouseholdRecord& record);
// The same by hand, today.
absl::StatusOr<Grid> AppointChief(roots::Session& session, const Grid& before, const Appointment& appointment,
                                  const Act& act);
absl::StatusOr<Grid> AssignToGrid(roots::Session& session, const Grid& before, const std::string& household_key,
                                  const Act& act);
// Ends the chief's term today. Pure. Refuses with NO_CHIEF.
absl::StatusOr<Grid> DismissChief(const Grid& before, const Act& act);

// Whether no grid has the household of this case, though it has moved in.
absl::StatusOr<bool> IsUncovered(roots::Session& session, const Case& relocation);

}  // namespace anju::relocation
