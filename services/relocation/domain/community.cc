#include "services/relocation/domain/community.h"

#include "services/relocation/domain/assembly.h"
#include "services/relocation/domain/disclosure.h"
#include "services/relocation/domain/grid.h"
#include "services/relocation/domain/hall.h"
#include "services/relocation/domain/plot.h"

namespace anju::relocation {

absl::Status MoveCommunity(roots::Session& session, const std::string& site_key, const std::string& location) {
  const auto follow = [&](auto& root) { root.site_location = location; };
  RETURN_IF_ERROR(session.AdjustLinked<Plot>(kPlotsOfSite, site_key, follow));
  RETURN_IF_ERROR(session.AdjustLinked<PlotHolder>(kPlotHoldersOfSite, site_key, follow));
  RETURN_IF_ERROR(session.AdjustLinked<Grid>(kGridsOfSite, site_key, follow));
  RETURN_IF_ERROR(session.AdjustLinked<HallRequest>(kHallRequestsOfSite, site_key, follow));
  RETURN_IF_ERROR(session.AdjustLinked<Disclosure>(kDisclosuresOfSite, site_key, follow));
  ASSIGN_OR_RETURN(std::optional<Assembly> assembly, session.Find<Assembly>(site_key));
  if (assembly.has_value()) {
    follow(*assembly);
    session.Put(*assembly);
  }
  return absl::OkStatus();
}

}  // namespace anju::relocation
