#pragma once

#include <string>
#include <vector>

#include "services/platform/files/service.h"

namespace anju::registry {

// The events of a household and the findings on its quality, which go with it wherever it lives now. In the reasons the
// names of its members are hidden, as in the lists of both.
absl::StatusOr<std::vector<files::Part>> PartsOfHousehold(roots::Session& session, const std::string& household_id);

}  // namespace anju::registry
