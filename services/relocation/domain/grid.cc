#include "services/relocation/domain/grid.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;

constexpr absl::string_view kHouseholdInGrid = "household_in_grid";
constexpr absl::string_view kBuildingChief = "building_chief";

std::string PersonName(const ChiefTerm& term) { return absl::StrCat(term.household_id, "/", term.person_no); }

template <typename Spanned>
absl::Status CheckSpan(const Grid& grid, const Spanned& spanned) {
  RETURN_IF_ERROR(intake::InOrder(spanned.since, spanned.until, "until"));
  if (!grid.IsBuilding()) {
    return Refuse(kFailedPrecondition, "NOT_A_BUILDING_GRID", "households and chiefs are in the grid of a building",
                  "grid_no");
  }
  if (spanned.since >= grid.opened_on) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "BEFORE_OPENING", absl::StrCat("the grid is there since ", Format(grid.opened_on)),
                "since");
}

absl::Status InGrid(const GridMembership& other) {
  return Refuse(kAlreadyExists, "HOUSEHOLD_IN_GRID",
                absl::StrCat("the household is in a grid since ", Format(other.since)), "since");
}

absl::StatusOr<Grid> FindGrid(roots::Session& session, const std::string& key, absl::string_view field) {
  ASSIGN_OR_RETURN(std::optional<Grid> found, session.Find<Grid>(key));
  if (found.has_value()) return *std::move(found);
  return Refuse(kNotFound, "GRID_NOT_FOUND", "name a grid that was imported before", field);
}

// The household comes into the grid, and leaves the one in which it has been.
absl::StatusOr<Grid> Enter(roots::Session& session, const Grid& before, const GridMembership& membership) {
  ASSIGN_OR_RETURN(Grid after, RecordMember(before, membership));
  if (membership.until.has_value()) return after;
  ASSIGN_OR_RETURN(std::optional<Grid> old, session.FindNamed<Grid>(kHouseholdInGrid, membership.household_id));
  if (!old.has_value() || old->id == before.id) return after;
  for (GridMembership& known : old->members) {
    if (known.household_id != membership.household_id || known.until.has_value()) continue;
    if (known.since > membership.since) return InGrid(known);
    known.until = membership.since;
  }
  session.Put(*old);
  return after;
}

absl::StatusOr<Grid> Appoint(roots::Session& session, const Grid& before, const ChiefTerm& term) {
  if (!term.until.has_value()) {
    ASSIGN_OR_RETURN(const std::string holder, session.HolderOf(kBuildingChief, PersonName(term)));
    if (!holder.empty() && holder != before.id) {
      return Refuse(kAlreadyExists, "CHIEF_OF_OTHER_GRID", "this person is the chief of another building", "person_no");
    }
  }
  return RecordChief(before, term);
}

}  // namespace

std::vector<roots::Name> Names(const Grid& grid) {
  std::vector<roots::Name> names;
  for (const GridMembership& member : grid.members) {
    if (!member.until.has_value())
      names.push_back({.kind = std::string(kHouseholdInGrid), .name = member.household_id});
  }
  for (const ChiefTerm& term : grid.chiefs) {
    if (!term.until.has_value()) names.push_back({.kind = std::string(kBuildingChief), .name = PersonName(term)});
  }
  return names;
}

std::vector<roots::Name> Links(const Grid& grid) {
  return {{.kind = std::string(kGridsOfSite), .name = grid.site_key}};
}

absl::StatusOr<Grid> RecordChief(const Grid& before, ChiefTerm term) {
  RETURN_IF_ERROR(CheckSpan(before, term));
  Grid after = before;
  std::erase_if(after.chiefs, [&](const ChiefTerm& known) { return known.since == term.since; });
  for (ChiefTerm& known : after.chiefs) {
    if (known.since > term.since && (!term.until.has_value() || *term.until > known.since)) {
      return Refuse(kAlreadyExists, "CHIEF_AT_THAT_TIME",
                    absl::StrCat("another one is the chief since ", Format(known.since)), "since");
    }
    if (known.since < term.since && known.until.value_or(term.since) >= term.since) known.until = term.since;
  }
  if (after.chiefs.size() >= kMostChiefs) {
    return Refuse(kFailedPrecondition, "CHIEFS_TOO_MANY", absl::StrCat("at most ", kMostChiefs, " terms are kept"));
  }
  after.chiefs.push_back(std::move(term));
  std::sort(after.chiefs.begin(), after.chiefs.end(),
            [](const ChiefTerm& a, const ChiefTerm& b) { return a.since < b.since; });
  return after;
}

absl::StatusOr<Grid> RecordMember(const Grid& before, GridMembership membership) {
  RETURN_IF_ERROR(CheckSpan(before, membership));
  Grid after = before;
  const auto found = std::find_if(after.members.begin(), after.members.end(), [&](const GridMembership& known) {
    return known.household_id == membership.household_id && known.since == membership.since;
  });
  for (auto known = after.members.begin(); known != after.members.end(); ++known) {
    if (known == found || known->household_id != membership.household_id) continue;
    const tally::Span there{.from = known->since, .until = known->until};
    if (Intersect(there, {.from = membership.since, .until = membership.until}).has_value()) return InGrid(*known);
  }
  if (found != after.members.end()) {
    *found = std::move(membership);
    return after;
  }
  if (after.members.size() >= kMostGridHouseholds) {
    return Refuse(kFailedPrecondition, "GRID_FULL", absl::StrCat("at most ", kMostGridHouseholds, " households"));
  }
  after.members.push_back(std::move(membership));
  return after;
}

absl::StatusOr<Outcome> ImportGrid(roots::Session& session, const intake::Batch& batch, const GridRecord& record) {
  ASSIGN_OR_RETURN(const Site site, FindSite(session, batch.Key(record.site_no), "site_no"));
  const std::string key = batch.Key(record.grid_no);
  ASSIGN_OR_RETURN(const std::optional<Grid> before, session.Find<Grid>(key));
  if (before.has_value() && before->site_key != site.key) {
    return Refuse(kFailedPrecondition, "GRID_OF_OTHER_SITE",
                  "a grid with this number is of another site: numbers are unique within the sending system",
                  "grid_no");
  }
  Grid after = before.value_or(Grid{.key = key});
  after.site_key = site.key;
  after.site_location = site.location;
  after.parent_key.clear();
  if (!record.parent_no.empty()) {
    ASSIGN_OR_RETURN(const Grid parent, FindGrid(session, batch.Key(record.parent_no), "parent_no"));
    if (parent.IsBuilding() || parent.site_key != site.key || parent.key == key) {
      return Refuse(kFailedPrecondition, "NOT_A_DISTRICT_GRID", "name a district grid of this site", "parent_no");
    }
    after.parent_key = parent.key;
  }
  after.name = record.name;
  after.opened_on = record.opened_on;
  if (before == after) return Outcome::kUnchanged;
  session.Put(after);
  return before.has_value() ? Outcome::kUpdated : Outcome::kAdded;
}

absl::StatusOr<Outcome> ImportGridChief(roots::Session& session, const intake::Batch& batch,
                                        const GridChiefRecord& record) {
  ASSIGN_OR_RETURN(const Grid before, FindGrid(session, batch.Key(record.grid_no), "grid_no"));
  ASSIGN_OR_RETURN(const feed::HouseholdFact household, FindResident(session, batch.HouseholdKey(record.household_no),
                                                                     before.site_key, record.since, "household_no"));
  RETURN_IF_ERROR(CheckBelongs(household, record.person_no, record.since));
  ChiefTerm term{
      .household_id = household.id, .person_no = record.person_no, .since = record.since, .until = record.until};
  bool known = false;
  for (const ChiefTerm& other : before.chiefs) {
    if (other.since != term.since) continue;
    known = true;
    if (!term.until.has_value() && PersonName(other) == PersonName(term)) term.until = other.until;
  }
  ASSIGN_OR_RETURN(Grid after, Appoint(session, before, term));
  if (before == after) return Outcome::kUnchanged;
  session.Put(after);
  return known ? Outcome::kUpdated : Outcome::kAdded;
}

absl::StatusOr<Outcome> ImportGridHousehold(roots::Session& session, const intake::Batch& batch,
                                            const GridHouseholdRecord& record) {
  ASSIGN_OR_RETURN(const Grid before, FindGrid(session, batch.Key(record.grid_no), "grid_no"));
  ASSIGN_OR_RETURN(const feed::HouseholdFact household, FindResident(session, batch.HouseholdKey(record.household_no),
                                                                     before.site_key, record.since, "household_no"));
  GridMembership membership{.household_id = household.id, .since = record.since, .until = record.until};
  bool known = false;
  for (const GridMembership& other : before.members) {
    if (other.household_id != household.id || other.since != record.since) continue;
    known = true;
    if (!membership.until.has_value()) membership.until = other.until;
  }
  ASSIGN_OR_RETURN(Grid after, Enter(session, before, membership));
  if (before == after) return Outcome::kUnchanged;
  session.Put(after);
  return known ? Outcome::kUpdated : Outcome::kAdded;
}

absl::StatusOr<Grid> AppointChief(roots::Session& session, const Grid& before, const Appointment& appointment,
                                  const Act& act) {
  ASSIGN_OR_RETURN(const feed::HouseholdFact household,
                   FindResident(session, appointment.household, before.site_key, act.on, "household"));
  RETURN_IF_ERROR(CheckBelongs(household, appointment.person_no, act.on));
  return Appoint(session, before, {.household_id = household.id, .person_no = appointment.person_no, .since = act.on});
}

absl::StatusOr<Grid> AssignToGrid(roots::Session& session, const Grid& before, const std::string& household_key,
                                  const Act& act) {
  ASSIGN_OR_RETURN(const feed::HouseholdFact household,
                   FindResident(session, household_key, before.site_key, act.on, "household"));
  return Enter(session, before, {.household_id = household.id, .since = act.on});
}

absl::StatusOr<Grid> DismissChief(const Grid& before, const Act& act) {
  Grid after = before;
  if (after.chiefs.empty() || after.chiefs.back().until.has_value() || after.chiefs.back().since > act.on) {
    return Refuse(kFailedPrecondition, "NO_CHIEF", "the building has no chief today");
  }
  after.chiefs.back().until = act.on;
  return after;
}

absl::StatusOr<bool> IsUncovered(roots::Session& session, const Case& relocation) {
  if (!relocation.steps.moved_in_on.has_value()) return false;
  ASSIGN_OR_RETURN(const std::string holder, session.HolderOf(kHouseholdInGrid, relocation.household_id));
  return holder.empty();
}

}  // namespace anju::relocation
