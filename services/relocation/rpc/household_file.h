#pragma once

#include <string>
#include <vector>

#include "services/platform/files/service.h"

namespace anju::relocation {

// What sites, assemblies, grids and plots hold on a household, each cut to what is the household's: the posts that its
// persons have, the elections in which one of them won a seat, the grids that it is or was in or whose chief one of
// them is or was, and the plots that it has or had. Sites are those of its cases, and those at which it has
// posts.
absl::StatusOr<std::vector<files::Part>> PartsOfHousehold(roots::Session& session, const std::string& household_id);

}  // namespace anju::relocation
