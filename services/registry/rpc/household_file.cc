#include "services/registry/rpc/household_file.h"

#include "anju/registry/v1/events.pb.h"
#include "anju/registry/v1/quality.pb.h"
#include "services/registry/domain/event.h"
#include "services/registry/domain/quality/finding.h"

namespace anju::registry {

absl::StatusOr<std::vector<files::Part>> PartsOfHousehold(roots::Session& session, const std::string& household_id) {
  std::vector<files::Part> parts;
  ASSIGN_OR_RETURN(const std::optional<Household> household, session.Get<Household>(household_id));
  if (!household.has_value()) return parts;
  const FindEvent find = EventsOf(session, household_id);
  for (int32_t number = 1; number <= household->events; ++number) {
    ASSIGN_OR_RETURN(const HouseholdEvent event, find(number));
    parts.push_back(files::PartOf<v1::HouseholdEvent>(event, household->Division()));
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> findings, session.LinkedIds(kFindingsLink, household_id));
  for (const std::string& id : findings) {
    ASSIGN_OR_RETURN(const std::optional<Finding> finding, session.Get<Finding>(id));
    if (finding.has_value()) parts.push_back(files::PartOf<v1::Finding>(*finding, household->Division()));
  }
  return parts;
}

}  // namespace anju::registry
