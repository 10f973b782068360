#include "services/relocation/rpc/household_file.h"

#include <algorithm>
#include <set>

#include "anju/relocation/v1/community.pb.h"
#include "anju/relocation/v1/grid.pb.h"
#include "anju/relocation/v1/relocation.pb.h"
#include "services/relocation/domain/assembly.h"
#include "services/relocation/domain/case.h"
#include "services/relocation/domain/grid.h"
#include "services/relocation/domain/plot.h"

namespace anju::relocation {
namespace {

// Leaves what is the household's; false when nothing is.
template <typename Item>
bool Cut(std::vector<Item>& items, const std::string& household_id) {
  std::erase_if(items, [&](const Item& item) { return item.household_id != household_id; });
  return !items.empty();
}

// By their keys: where it is to live or lives, and where it has posts.
absl::StatusOr<std::set<std::string>> SitesOf(roots::Session& session, const std::string& household_id) {
  std::set<std::string> sites;
  ASSIGN_OR_RETURN(const std::vector<std::string> own, session.LinkedIds(files::kHouseholdLink, household_id));
  for (const std::string& id : own) {
    ASSIGN_OR_RETURN(const std::optional<Case> found, session.Get<Case>(id));
    if (found.has_value() && !found->site_key.empty()) sites.insert(found->site_key);
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> with_posts, session.LinkedIds(kPostsOfHousehold, household_id));
  for (const std::string& id : with_posts) {
    ASSIGN_OR_RETURN(const std::optional<Site> site, session.Get<Site>(id));
    if (site.has_value()) sites.insert(site->key);
  }
  return sites;
}

absl::Status AddOfSite(roots::Session& session, const std::string& site_key, const std::string& household_id,
                       std::vector<files::Part>& parts) {
  ASSIGN_OR_RETURN(std::optional<Site> site, session.Find<Site>(site_key));
  if (site.has_value() && Cut(site->posts, household_id)) parts.push_back(files::PartOf<v1::Site>(*site));
  ASSIGN_OR_RETURN(std::optional<Assembly> assembly, session.Find<Assembly>(site_key));
  if (assembly.has_value()) {
    std::erase_if(assembly->elections, [&](Election& election) { return !Cut(election.seats, household_id); });
    if (!assembly->elections.empty()) parts.push_back(files::PartOf<v1::Assembly>(*assembly));
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> grids, session.LinkedIds(kGridsOfSite, site_key));
  for (const std::string& id : grids) {
    ASSIGN_OR_RETURN(std::optional<Grid> grid, session.Get<Grid>(id));
    if (!grid.has_value()) continue;
    const bool chief = Cut(grid->chiefs, household_id), member = Cut(grid->members, household_id);
    if (chief || member) parts.push_back(files::PartOf<v1::Grid>(*grid));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<files::Part>> PartsOfHousehold(roots::Session& session, const std::string& household_id) {
  std::vector<files::Part> parts;
  ASSIGN_OR_RETURN(const std::set<std::string> sites, SitesOf(session, household_id));
  for (const std::string& site : sites) RETURN_IF_ERROR(AddOfSite(session, site, household_id, parts));
  ASSIGN_OR_RETURN(const std::optional<PlotHolder> holder, session.Find<PlotHolder>(household_id));
  if (!holder.has_value()) return parts;
  std::set<std::string> plots;
  for (const PlotHolder::Holding& holding : holder->holdings) plots.insert(holding.plot_key);
  for (const std::string& key : plots) {
    ASSIGN_OR_RETURN(std::optional<Plot> plot, session.Find<Plot>(key));
    if (plot.has_value() && Cut(plot->holdings, household_id)) parts.push_back(files::PartOf<v1::Plot>(*plot));
  }
  return parts;
}

}  // namespace anju::relocation
