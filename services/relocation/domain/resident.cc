#include "services/relocation/domain/resident.h"

#include "services/platform/base/division.h"
#include "services/platform/base/error.h"

namespace anju::relocation {

using enum absl::StatusCode;

namespace {

absl::Status NotFound(absl::string_view field) {
  return Refuse(kNotFound, "HOUSEHOLD_NOT_FOUND", "the registry has no household with this number", field);
}

}  // namespace

absl::Status CheckLivesAt(const std::optional<Case>& relocation, const std::string& site_key, Date day,
                          absl::string_view field) {
  if (!relocation.has_value() || !relocation->steps.moved_in_on.has_value() || *relocation->steps.moved_in_on > day) {
    return Refuse(kFailedPrecondition, "NOT_MOVED_IN", "the household had not moved in by that day", field);
  }
  if (relocation->site_key == site_key) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "LIVES_ELSEWHERE", "the household has moved in at another site", field);
}

absl::Status CheckBelongs(const feed::HouseholdFact& household, const std::string& person_no, Date day) {
  const feed::PersonFact* person = household.FindPerson(person_no);
  if (person != nullptr && person->joined_on <= day && (!person->left_on.has_value() || *person->left_on > day)) {
    return absl::OkStatus();
  }
  return Refuse(kNotFound, "PERSON_NOT_FOUND", "the registry has no such person in this household on that day",
                "person_no");
}

absl::StatusOr<feed::HouseholdFact> FindResident(roots::Session& session, const std::string& household_key,
                                                 const std::string& site_key, Date day, absl::string_view field) {
  ASSIGN_OR_RETURN(std::optional<feed::HouseholdFact> household, session.FindFact<feed::HouseholdFact>(household_key));
  if (!household.has_value()) return NotFound(field);
  ASSIGN_OR_RETURN(const std::optional<Case> relocation, FindCaseOf(session, household->id));
  const absl::Status lives = CheckLivesAt(relocation, site_key, day, field);
  // Nobody learns of another county's household whether there is one.
  if (!lives.ok() && CountyOf(household_key) != CountyOf(site_key)) return NotFound(field);
  RETURN_IF_ERROR(lives);
  return *std::move(household);
}

absl::StatusOr<Site> FindSite(roots::Session& session, const std::string& site, absl::string_view field) {
  ASSIGN_OR_RETURN(std::optional<Site> found, session.Find<Site>(site));
  if (!found.has_value()) {
    ASSIGN_OR_RETURN(found, session.Get<Site>(site));
  }
  if (found.has_value()) return *std::move(found);
  return Refuse(kNotFound, "SITE_NOT_FOUND", "name a site that was imported before", field);
}

}  // namespace anju::relocation
