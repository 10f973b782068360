#pragma once

#include <string>

#include "services/platform/records/read.h"
#include "services/relocation/domain/resident.h"

namespace anju::relocation {

// The site that a request names by its id or key, as records::FindFor finds it for the caller.
inline absl::StatusOr<Site> FindSiteFor(roots::Session& session, const rpc::Caller& caller, const std::string& site) {
  return records::FindFor(caller, site, [&](const std::string& name) { return FindSite(session, name, "site"); });
}

}  // namespace anju::relocation
