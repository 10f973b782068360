#pragma once

#include <string>

#include "services/platform/roots/session.h"

namespace anju::relocation {

// Takes everything that hangs on a site along when its location is corrected.
absl::Status MoveCommunity(roots::Session& session, const std::string& site_key, const std::string& location);

}  // namespace anju::relocation
