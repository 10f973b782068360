#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/platform/roots/session.h"

namespace anju::registry {

// How many households of one person are found.
inline constexpr size_t kMostHouseholds = 100;

// The ids of the households that a person has been recorded in, the one that is asked by first; that household alone
// when it is not known. `person_id` is `<household id>:<person_no>` of any of them. The person is followed both ways
// through the events that take members from one household to another, splits, mergers, transfers and duplicates, also
// those that were taken back since. Who a file has listed anew elsewhere is another person here.
absl::StatusOr<std::vector<std::string>> HouseholdsOf(roots::Session& session, absl::string_view person_id);

}  // namespace anju::registry
