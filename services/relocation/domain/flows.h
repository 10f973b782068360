#pragma once

#include "services/platform/approval/flow.h"

namespace anju::relocation {

// The national default of the flow `relocation.case`, by which a verified case is approved: one step, by an approver of
// the county. No bulletin says how long it may take, so that it has no deadline.
const approval::Flow& NationalCaseFlow();

}  // namespace anju::relocation
