#include "services/relocation/domain/draw.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/base/ids.h"
#include "services/platform/intake/places.h"
#include "services/relocation/domain/policy.h"
#include "services/relocation/domain/resident.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using lottery::Allotment;

constexpr absl::string_view kCommitment = "draw_commitment";

absl::Status RefuseVoided(const Draw& draw) {
  if (draw.state != DrawState::kVoided) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "DRAW_VOIDED", "the draw was voided: begin another with a new commitment");
}

absl::Status CheckFreezable(const Draw& draw) {
  RETURN_IF_ERROR(RefuseVoided(draw));
  if (draw.state == DrawState::kCommitted) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "DRAW_NOT_COMMITTED", "a list is frozen once, after the commitment");
}

lottery::List ListOf(const Draw& draw) {
  absl::StatusOr<lottery::List> list = lottery::ReadList(draw.list);
  ANJU_CHECK(list.ok());
  return *std::move(list);
}

// An id has no slash, and a key has.
bool IsKey(const std::string& name) { return name.find('/') != std::string::npos; }

absl::Status NoCase() { return Refuse(kNotFound, "CASE_NOT_FOUND", "there is no case with this key", "cases"); }

// The case with this id or key.
absl::StatusOr<Case> FindNamed(roots::Session& session, const std::string& name) {
  if (!IsKey(name)) return FindCase(session, name);
  ASSIGN_OR_RETURN(std::optional<Case> found, session.Find<Case>(name));
  if (found.has_value()) return *std::move(found);
  return NoCase();
}

// The cases that wait for a unit of the site, and those that are named.
absl::StatusOr<std::vector<Case>> GatherCases(roots::Session& session, const Draw& draw,
                                              const std::vector<std::string>& named, const Act& act) {
  const Date day = act.on;
  std::vector<Case> cases;
  ASSIGN_OR_RETURN(const std::vector<std::string> ids, session.LinkedIds(kCasesOfSite, draw.site_key));
  for (const std::string& id : ids) {
    ASSIGN_OR_RETURN(Case relocation, FindCase(session, id));
    if (CheckMayDraw(relocation, day).ok()) cases.push_back(std::move(relocation));
  }
  // The site says under which code it came.
  ASSIGN_OR_RETURN(const std::string location, intake::ResolveDivision(session, draw.site_location, "site"));
  for (const std::string& name : named) {
    ASSIGN_OR_RETURN(Case relocation, FindNamed(session, name));
    // Here already.
    if (relocation.site_key == draw.site_key) continue;
    // Nobody learns of another county's case by its key.
    if (IsKey(name) && !intake::LiesIn(session, relocation.Division(), act.scope)) return NoCase();
    if (!relocation.site_key.empty()) {
      return Refuse(kFailedPrecondition, "CASE_OF_OTHER_SITE",
                    absl::StrCat("case ", relocation.id, " waits for a unit of another site"), "cases");
    }
    if (!IsWithin(relocation.Division(), CountyOf(location))) {
      return Refuse(kFailedPrecondition, "CASE_OF_OTHER_COUNTY",
                    absl::StrCat("the household of case ", relocation.id, " lives in another county"), "cases");
    }
    RETURN_IF_ERROR(CheckMayDraw(relocation, day));
    cases.push_back(std::move(relocation));
  }
  return cases;
}

// 0 when all have left. A household of which nobody was ever heard is one whose members the feed has not brought yet:
// the registry is asked, and nobody is left out.
absl::StatusOr<int64_t> MembersOn(roots::Session& session, const Case& relocation, Date day) {
  if (!relocation.household.persons.empty()) return relocation.household.PersonsOn(day);
  ASSIGN_OR_RETURN(const std::optional<feed::HouseholdFact> household,
                   session.FindFact<feed::HouseholdFact>(relocation.household.key));
  if (!household.has_value() || household->persons.empty()) {
    return Refuse(kFailedPrecondition, "HOUSEHOLD_WITHOUT_MEMBERS",
                  absl::StrCat("nobody is known of the household of case ", relocation.id,
                               ": import its members, or withdraw the case"),
                  "cases");
  }
  RETURN_IF_ERROR(FollowHousehold(session, *household));
  return household->PersonsOn(day);
}

absl::Status ListHouseholds(roots::Session& session, const std::vector<Case>& cases, Date day, lottery::List& list) {
  for (const Case& relocation : cases) {
    ASSIGN_OR_RETURN(const int64_t persons, MembersOn(session, relocation, day));
    if (persons == 0) continue;
    ASSIGN_OR_RETURN(const std::string holder, session.HolderOf(kHouseholdInDraw, relocation.key));
    if (!holder.empty()) {
      return Refuse(
          kFailedPrecondition, "HOUSEHOLD_IN_ANOTHER_DRAW",
          absl::StrCat("case ", relocation.id, " is on the list of draw ", holder, ": run or void that one first"));
    }
    list.households.push_back({.name = relocation.key, .persons = persons});
  }
  return absl::OkStatus();
}

absl::Status GatherUnits(roots::Session& session, const Draw& draw, lottery::List& list) {
  ASSIGN_OR_RETURN(const std::vector<std::string> ids, session.LinkedIds(kUnitsOfSite, draw.site_key));
  for (const std::string& id : ids) {
    ASSIGN_OR_RETURN(const std::optional<Unit> unit, session.Get<Unit>(id));
    if (!unit.has_value()) continue;
    ASSIGN_OR_RETURN(const bool taken, IsTaken(session, unit->key, /*case_id=*/""));
    if (taken) continue;
    ASSIGN_OR_RETURN(const std::string holder, session.HolderOf(kUnitInDraw, unit->key));
    if (!holder.empty()) {
      return Refuse(kFailedPrecondition, "UNIT_IN_ANOTHER_DRAW",
                    absl::StrCat("unit ", id, " is on the list of draw ", holder, ": run or void that one first"));
    }
    list.units.push_back({.name = unit->key, .area_centi_sqm = unit->area_centi_sqm});
  }
  return absl::OkStatus();
}

absl::Status Outdated(absl::string_view what, absl::string_view name) {
  return Refuse(kFailedPrecondition, "DRAW_OUTDATED",
                absl::StrCat(what, " ", name, " is no longer as it was listed: void this draw and begin another"));
}

// Whether all of the list still holds, so that whatever is drawn can be allotted. It looks at nothing that is drawn:
// when it refuses, nobody learns of a result, and no result is more likely to be refused than another.
absl::Status CheckCurrent(roots::Session& session, const Draw& draw, Date today, const policy::Books& books) {
  const lottery::List list = ListOf(draw);
  if (list.area_per_person_centi_sqm != PolicyOn(books, today)[kAreaPerPerson]) return Outdated("the policy", "");
  for (const lottery::Household& listed : list.households) {
    ASSIGN_OR_RETURN(const std::optional<Case> relocation, session.Find<Case>(listed.name));
    const bool holds = relocation.has_value() && CheckMayDraw(*relocation, today).ok() &&
                       (relocation->site_key == draw.site_key || relocation->site_key.empty()) &&
                       relocation->household.PersonsOn(today) >= listed.persons;
    if (!holds) return Outdated("case", listed.name);
  }
  for (const lottery::Unit& listed : list.units) {
    ASSIGN_OR_RETURN(const std::optional<Unit> unit, session.Find<Unit>(listed.name));
    ASSIGN_OR_RETURN(const bool taken, IsTaken(session, listed.name, /*case_id=*/""));
    const bool holds = unit.has_value() && !taken && unit->area_centi_sqm <= listed.area_centi_sqm;
    if (!holds) return Outdated("unit", listed.name);
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<roots::Name> Names(const Draw& draw) {
  std::vector<roots::Name> names = {{.kind = std::string(kCommitment), .name = draw.commitment}};
  if (draw.state != DrawState::kFrozen) return names;
  const lottery::List list = ListOf(draw);
  for (const lottery::Household& household : list.households) {
    names.push_back({.kind = std::string(kHouseholdInDraw), .name = household.name});
  }
  for (const lottery::Unit& unit : list.units) names.push_back({.kind = std::string(kUnitInDraw), .name = unit.name});
  return names;
}

std::vector<roots::Name> Links(const Draw& draw) {
  return {{.kind = std::string(kDrawsOfSite), .name = draw.site_key}};
}

absl::StatusOr<Draw> Commit(const Site& site, size_t number, const std::string& commitment, bool used, const Act& act) {
  if (!lottery::IsHash(commitment)) {
    return Refuse(kInvalidArgument, "COMMITMENT_MALFORMED",
                  "give the SHA-256 of the seed in 64 hexadecimal digits with small letters, or leave it empty",
                  "commitment");
  }
  if (used) {
    return Refuse(kAlreadyExists, "COMMITMENT_USED", "a draw has this commitment: make a new seed for every draw",
                  "commitment");
  }
  return Draw{.key = absl::StrCat(site.key, "/", number),
              .site_key = site.key,
              .state = DrawState::kCommitted,
              .commitment = commitment,
              .committed_by = act.by,
              .committed_on = act.on,
              .site_location = site.location};
}

absl::StatusOr<Draw> Freeze(const Draw& before, lottery::List list, const Act& act, const policy::Books& books) {
  RETURN_IF_ERROR(CheckFreezable(before));
  if (list.households.empty()) {
    return Refuse(kFailedPrecondition, "NO_HOUSEHOLDS", "no approved case of the site waits for a unit");
  }
  if (list.units.empty()) return Refuse(kFailedPrecondition, "NO_UNITS", "no unit of the site is free");
  Draw after = before;
  after.state = DrawState::kFrozen;
  after.households = static_cast<int32_t>(list.households.size());
  after.units = static_cast<int32_t>(list.units.size());
  after.frozen_by = act.by;
  after.frozen_on = act.on;
  list.draw = before.key;
  list.commitment = before.commitment;
  list.area_per_person_centi_sqm = PolicyOn(books, act.on)[kAreaPerPerson];
  after.list = lottery::WriteList(std::move(list));
  after.list_hash = Sha256(after.list);
  RETURN_IF_ERROR(lottery::ReadList(after.list).status());
  return after;
}

absl::StatusOr<Draw> Reveal(const Draw& before, const std::string& seed, const Act& act) {
  RETURN_IF_ERROR(RefuseVoided(before));
  if (before.state != DrawState::kFrozen) {
    return Refuse(kFailedPrecondition, "DRAW_NOT_FROZEN", "a draw is run once, after its list was frozen");
  }
  if (act.by == before.frozen_by || act.by == before.committed_by) {
    return Refuse(kFailedPrecondition, "APPROVER_IS_AUTHOR",
                  "nobody runs a draw that they committed or froze: ask somebody else");
  }
  Draw after = before;
  after.seed = seed.empty() ? before.secret : seed;
  if (!lottery::Opens(after.seed, before.commitment)) {
    return Refuse(kFailedPrecondition, "SEED_NOT_COMMITTED",
                  "the SHA-256 of the seed is not the commitment: give the seed that the second party holds", "seed");
  }
  after.secret.clear();
  after.state = DrawState::kDrawn;
  after.drawn_by = act.by;
  after.drawn_on = act.on;
  const std::vector<Allotment> drawn = Drawn(after);
  after.allotted = static_cast<int32_t>(
      std::count_if(drawn.begin(), drawn.end(), [](const Allotment& allotment) { return !allotment.unit.empty(); }));
  after.result = lottery::WriteResult(drawn, after.list, after.seed);
  return after;
}

absl::StatusOr<Draw> Void(const Draw& before, const std::string& reason, const Act& act) {
  RETURN_IF_ERROR(RefuseVoided(before));
  Draw after = before;
  if (after.seed.empty()) after.seed = before.secret;
  after.secret.clear();
  after.state = DrawState::kVoided;
  after.void_reason = reason;
  after.voided_by = act.by;
  after.voided_on = act.on;
  return after;
}

std::vector<Allotment> Drawn(const Draw& draw) {
  if (!draw.drawn_on.has_value()) return {};
  return lottery::Draw(ListOf(draw), draw.list, draw.seed);
}

absl::StatusOr<Draw> CommitDraw(roots::Session& session, const Promise& promise, const std::string& secret,
                                const Act& act) {
  ASSIGN_OR_RETURN(const Site site, FindSite(session, promise.site, "site"));
  const bool ours = promise.commitment.empty();
  const std::string commitment = ours ? Sha256(absl::HexStringToBytes(secret)) : promise.commitment;
  ASSIGN_OR_RETURN(const std::string holder, session.HolderOf(kCommitment, commitment));
  ASSIGN_OR_RETURN(const std::vector<std::string> earlier, session.LinkedIds(kDrawsOfSite, site.key));
  ASSIGN_OR_RETURN(Draw draw, Commit(site, earlier.size() + 1, commitment, !holder.empty(), act));
  if (ours) draw.secret = secret;
  session.Put(draw);
  return draw;
}

absl::StatusOr<Draw> FindDraw(roots::Session& session, const std::string& id) {
  ASSIGN_OR_RETURN(std::optional<Draw> draw, session.Get<Draw>(id));
  if (draw.has_value()) return *std::move(draw);
  return Refuse(kNotFound, "DRAW_NOT_FOUND", "there is no draw with this id", "id");
}

absl::StatusOr<std::string> CheckDrawDecides(roots::Session& session, const Case& relocation, const Unit& unit) {
  ASSIGN_OR_RETURN(const std::vector<std::string> ids, session.LinkedIds(kDrawsOfSite, unit.site_key));
  for (const std::string& id : ids) {
    ASSIGN_OR_RETURN(const Draw draw, FindDraw(session, id));
    if (draw.state != DrawState::kDrawn) continue;
    const std::vector<Allotment> drawn = Drawn(draw);
    const auto gives = std::find_if(drawn.begin(), drawn.end(),
                                    [&](const Allotment& allotment) { return allotment.unit == unit.key; });
    const bool took_part = std::any_of(
        drawn.begin(), drawn.end(), [&](const Allotment& allotment) { return allotment.household == relocation.key; });
    if (gives == drawn.end() || !took_part) continue;
    // What it drew it may have again.
    if (gives->household == relocation.key) return draw.key;
    return Refuse(kFailedPrecondition, "DRAW_DECIDES",
                  absl::StrCat("draw ", draw.key,
                               ", which stands, gave this unit to another household: void it, or let "
                               "the next draw decide"),
                  "unit");
  }
  return std::string();
}

absl::Status GiveBack(roots::Session& session, const Case& before, const std::string& reason, const Act& act) {
  ASSIGN_OR_RETURN(std::optional<Draw> draw, session.Find<Draw>(before.draw));
  ANJU_CHECK(draw.has_value());
  draw->given_back.push_back(
      {.household = before.key, .unit = before.unit_key, .reason = reason, .by = act.by, .on = act.on});
  session.Put(*draw);
  return absl::OkStatus();
}

absl::Status CheckNotInDraw(roots::Session& session, const std::string& case_key, const std::string& unit_key) {
  ASSIGN_OR_RETURN(const std::string household_in, session.HolderOf(kHouseholdInDraw, case_key));
  if (!household_in.empty()) {
    return Refuse(kFailedPrecondition, "HOUSEHOLD_IN_DRAW",
                  absl::StrCat("the household is on the list of draw ", household_in, ": run or void that one first"));
  }
  ASSIGN_OR_RETURN(const std::string unit_in, session.HolderOf(kUnitInDraw, unit_key));
  if (unit_in.empty()) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "UNIT_IN_DRAW",
                absl::StrCat("the unit is on the list of draw ", unit_in, ": run or void that one first"), "unit_no");
}

absl::StatusOr<Draw> FreezeDraw(roots::Session& session, const Draw& before, const std::vector<std::string>& cases,
                                const Act& act) {
  RETURN_IF_ERROR(CheckFreezable(before));
  ASSIGN_OR_RETURN(const std::vector<Case> gathered, GatherCases(session, before, cases, act));
  lottery::List list;
  RETURN_IF_ERROR(ListHouseholds(session, gathered, act.on, list));
  RETURN_IF_ERROR(GatherUnits(session, before, list));
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, before.site_location));
  ASSIGN_OR_RETURN(Draw after, Freeze(before, std::move(list), act, *books));
  session.Put(after);
  return after;
}

absl::StatusOr<Draw> RunDraw(roots::Session& session, const Draw& before, const std::string& seed, const Act& act) {
  ASSIGN_OR_RETURN(Draw after, Reveal(before, seed, act));
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, before.site_location));
  RETURN_IF_ERROR(CheckCurrent(session, before, act.on, *books));
  for (const Allotment& drawn : Drawn(after)) {
    if (drawn.unit.empty()) continue;
    ASSIGN_OR_RETURN(const Case relocation, FindNamed(session, drawn.household));
    ASSIGN_OR_RETURN(const std::optional<Unit> unit, session.Find<Unit>(drawn.unit));
    ANJU_CHECK(unit.has_value());
    ASSIGN_OR_RETURN(Case allotted, AllotDrawn(relocation, *unit, /*taken=*/false, after.key, act, *books));
    session.Put(allotted);
  }
  session.Put(after);
  return after;
}

absl::StatusOr<Draw> VoidDraw(roots::Session& session, const Draw& before, const std::string& reason, const Act& act) {
  ASSIGN_OR_RETURN(Draw after, Void(before, reason, act));
  for (const Allotment& drawn : Drawn(before)) {
    ASSIGN_OR_RETURN(const Case relocation, FindNamed(session, drawn.household));
    if (relocation.draw != before.key) continue;
    ASSIGN_OR_RETURN(Case freed, TakeBack(relocation, reason, act));
    session.Put(freed);
  }
  session.Put(after);
  return after;
}

}  // namespace anju::relocation
