#pragma once

#include <optional>
#include <string>

#include "services/platform/notice/notice.h"
#include "services/relocation/domain/case.h"

// Who lives at a site, as the records of its community name them: by household and number, never by name.
namespace anju::relocation {

using notice::Act;

// Whether the household of a case had moved in at the site by a day. Pure. Refuses, in this order, with NOT_MOVED_IN
// (also when there is no case) and LIVES_ELSEWHERE.
absl::Status CheckLivesAt(const std::optional<Case>& relocation, const std::string& site_key, Date day,
                          absl::string_view field);
// Whether the person belonged to the household on a day. Pure. Refuses with PERSON_NOT_FOUND.
absl::Status CheckBelongs(const feed::HouseholdFact& household, const std::string& person_no, Date day);

// The household with this key, `<division>/<source>/<household_no>`, that lives at the site on a day. Refuses with
// HOUSEHOLD_NOT_FOUND, and as CheckLivesAt does. `field` is what the request calls it.
absl::StatusOr<feed::HouseholdFact> FindResident(roots::Session& session, const std::string& household_key,
                                                 const std::string& site_key, Date day, absl::string_view field);
// The site with this key or id. Refuses with SITE_NOT_FOUND.
absl::StatusOr<Site> FindSite(roots::Session& session, const std::string& site, absl::string_view field);

}  // namespace anju::relocation
