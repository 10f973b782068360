#include "services/relocation/domain/ceremony.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/platform/intake/places.h"
#include "services/relocation/domain/area.h"
#include "services/relocation/domain/moves.h"
#include "services/relocation/domain/quality_issue.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;

int64_t Characters(absl::string_view text) {
  // Every byte that does not go on with a character of UTF-8.
  return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

absl::Status CheckShape(const Ceremony& ceremony) {
  if (ceremony.cases.empty()) {
    return Refuse(kInvalidArgument, "BATCH_EMPTY", "name the cases of the households that move", "cases");
  }
  if (ceremony.cases.size() > kMostCases) {
    return Refuse(kInvalidArgument, "BATCH_TOO_LARGE",
                  absl::StrCat("at most ", kMostCases, " households move with one ceremony"), "cases");
  }
  if (ceremony.place.empty() || Characters(ceremony.place) > kLongestPlace) {
    return Refuse(kInvalidArgument, "PLACE_MALFORMED",
                  absl::StrCat("say in 1 to ", kLongestPlace, " characters where the ceremony is held"), "place");
  }
  return absl::OkStatus();
}

absl::Status RefuseCase(absl::string_view reason, absl::string_view sentence, const Case& relocation) {
  return Refuse(kFailedPrecondition, reason, absl::StrCat("case ", relocation.id, ": ", sentence), "cases");
}

// The case after it moved in with the ceremony. Refuses, in this order, with AREA_EXCEEDED, NOTICE_NOT_CLEAN and
// STEPS_OUT_OF_ORDER.
absl::StatusOr<Case> Enter(Case relocation, const Ceremony& ceremony, const std::string& by) {
  const Date day = ceremony.moved_in_on;
  RETURN_IF_ERROR(CheckMayEnter(relocation, day));
  const bool kept_here = relocation.KeptHere();
  if (kept_here) RETURN_IF_ERROR(notice::NeedClean(relocation.notices, kAfter, day));
  relocation.steps.moved_in_on = day;
  ASSIGN_OR_RETURN(relocation.state, StateAfter(relocation.steps));
  relocation.ceremony = ceremony.place;
  if (kept_here) relocation.trail.push_back({.verb = CaseVerb::kMoveIn, .by = by, .on = day});
  return relocation;
}

// Each site and building once.
absl::Status CheckAllReady(roots::Session& session, const std::vector<Case>& cases, Date day) {
  std::set<std::pair<std::string, std::string>> places;
  for (const Case& relocation : cases) {
    ASSIGN_OR_RETURN(const std::optional<Unit> unit, session.Find<Unit>(relocation.unit_key));
    places.emplace(relocation.site_key, unit.has_value() ? unit->building_key : "");
  }
  for (const auto& [site_key, building_key] : places) {
    RETURN_IF_ERROR(CheckReady(session, site_key, building_key, day));
  }
  return absl::OkStatus();
}

absl::Status CheckSites(roots::Session& session, const std::vector<Case>& cases, const std::string& division) {
  for (const Case& relocation : cases) {
    // Not allotted yet.
    if (relocation.site_location.empty()) continue;
    if (intake::LiesIn(session, relocation.site_location, division)) continue;
    return RefuseCase("CASE_OF_OTHER_SITE", absl::StrCat("its site does not lie in ", division), relocation);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Case>> MoveIn(std::vector<Case> cases, const Ceremony& ceremony, const std::string& by) {
  for (const Case& relocation : cases) {
    if (relocation.state == CaseState::kAllotted) continue;
    return RefuseCase("CASE_NOT_ALLOTTED", "only households that were allotted a unit and wait for it can move in",
                      relocation);
  }
  std::set<std::string> seen;
  for (const Case& relocation : cases) {
    if (!seen.insert(relocation.id).second) return RefuseCase("CASE_REPEATED", "name each case once", relocation);
  }
  for (Case& relocation : cases) {
    absl::StatusOr<Case> moved = Enter(relocation, ceremony, by);
    if (!moved.ok()) return RefuseCase(ReasonOf(moved.status()), moved.status().message(), relocation);
    relocation = *std::move(moved);
  }
  return cases;
}

absl::StatusOr<Moved> MoveInHouseholds(roots::Session& session, const Ceremony& ceremony, const std::string& by) {
  RETURN_IF_ERROR(CheckShape(ceremony));
  if (ceremony.moved_in_on > DayInChina(session.now())) {
    return Refuse(kInvalidArgument, "DATE_IN_FUTURE", "record a move once it has been", "moved_in_on");
  }
  std::vector<Case> cases;
  for (const std::string& name : ceremony.cases) {
    // An id has no slash, and a key has.
    const bool is_key = name.find('/') != std::string::npos;
    ASSIGN_OR_RETURN(std::optional<Case> found, is_key ? session.Find<Case>(name) : session.Get<Case>(name));
    // Nobody learns of another county's cases.
    const bool is_near = found.has_value() && (intake::LiesIn(session, found->Division(), ceremony.division) ||
                                               intake::LiesIn(session, found->site_location, ceremony.division));
    if (!is_near) {
      return Refuse(kNotFound, "CASE_NOT_FOUND", "there is no case with one of these ids or keys", "cases");
    }
    cases.push_back(*std::move(found));
  }
  RETURN_IF_ERROR(CheckSites(session, cases, ceremony.division));
  ASSIGN_OR_RETURN(std::vector<Case> moved, MoveIn(std::move(cases), ceremony, by));
  RETURN_IF_ERROR(CheckAllReady(session, moved, ceremony.moved_in_on));
  // After this point the move must succeed.
  Moved answer{.households = static_cast<int32_t>(moved.size())};
  for (Case& relocation : moved) {
    ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, relocation.Division()));
    SetDemolitionDeadline(relocation, *books);
    answer.persons += static_cast<int32_t>(relocation.household.PersonsOn(ceremony.moved_in_on));
    session.Put(relocation);
  }
  return answer;
}

}  // namespace anju::relocation
