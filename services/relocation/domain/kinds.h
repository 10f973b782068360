#pragma once

#include <vector>

#include "services/relocation/domain/assembly.h"
#include "services/relocation/domain/building.h"
#include "services/relocation/domain/case.h"
#include "services/relocation/domain/construction.h"
#include "services/relocation/domain/disclosure.h"
#include "services/relocation/domain/draw.h"
#include "services/relocation/domain/funds.h"
#include "services/relocation/domain/grid.h"
#include "services/relocation/domain/hall.h"
#include "services/relocation/domain/lease.h"
#include "services/relocation/domain/mortgage.h"
#include "services/relocation/domain/plot.h"
#include "services/relocation/domain/quality_issue.h"
#include "services/relocation/domain/renovation.h"
#include "services/relocation/domain/site.h"
#include "services/relocation/domain/unit.h"

namespace anju::relocation {

// Every kind of record that relocation keeps.
inline std::vector<const roots::Kind*> Kinds() {
  using roots::KindOf;
  return {&KindOf<Site>(),      &KindOf<Unit>(),         &KindOf<Building>(),    &KindOf<SiteWorks>(),
          &KindOf<Case>(),      &KindOf<QualityIssue>(), &KindOf<Draw>(),        &KindOf<Settlement>(),
          &KindOf<Lease>(),     &KindOf<Mortgage>(),     &KindOf<Plot>(),        &KindOf<PlotHolder>(),
          &KindOf<Assembly>(),  &KindOf<Grid>(),         &KindOf<HallRequest>(), &KindOf<Disclosure>(),
          &KindOf<Renovation>()};
}

}  // namespace anju::relocation
