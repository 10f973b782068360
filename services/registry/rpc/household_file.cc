#include "services/registry/rpc/household_file.h"

#include "anju/registry/v1/events.pb.h"
#include "anju/registry/v1/quality.pb.h"
#include "services/platform/base/words.h"
#include "services/registry/domain/event.h"
#include "services/registry/domain/quality/finding.h"
#include "services/registry/rpc/names.h"

namespace anju::registry {

namespace {

// A reason may name who is in the household, or in the one that it parted from or joined.
absl::StatusOr<std::vector<std::string>> NamesIn(roots::Session& session, const HouseholdEvent& event,
                                                 std::vector<std::string> names) {
  if (event.other_household.empty()) return names;
  ASSIGN_OR_RETURN(const std::optional<Household> other, session.Get<Household>(event.other_household));
  if (!other.has_value()) return names;
  for (std::string& name : NamesOf(*other)) names.push_back(std::move(name));
  return names;
}

}  // namespace

absl::StatusOr<std::vector<files::Part>> PartsOfHousehold(roots::Session& session, const std::string& household_id) {
  std::vector<files::Part> parts;
  ASSIGN_OR_RETURN(const std::optional<Household> household, session.Get<Household>(household_id));
  if (!household.has_value()) return parts;
  const std::vector<std::string> names = NamesOf(*household);
  const FindEvent find = EventsOf(session, household_id);
  for (int32_t number = 1; number <= household->events; ++number) {
    ASSIGN_OR_RETURN(HouseholdEvent event, find(number));
    ASSIGN_OR_RETURN(const std::vector<std::string> known, NamesIn(session, event, names));
    event.reason = HideNames(event.reason, known);
    parts.push_back(files::PartOf<v1::HouseholdEvent>(event, household->Division()));
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> findings, session.LinkedIds(kFindingsLink, household_id));
  for (const std::string& id : findings) {
    ASSIGN_OR_RETURN(std::optional<Finding> finding, session.Get<Finding>(id));
    if (!finding.has_value()) continue;
    for (FindingMove& move : finding->history) move.reason = HideNames(move.reason, names);
    parts.push_back(files::PartOf<v1::Finding>(*finding, household->Division()));
  }
  return parts;
}

}  // namespace anju::registry
