#pragma once

#include "services/platform/approval/flow.h"

namespace anju::relocation {

// The national defaults of the flows by which a verified case is approved (`relocation.case`), a personal subsidy is
// granted (`relocation.subsidy`), a surplus is bought (`relocation.lease`) and a mortgage bought back
// (`relocation.mortgage`): one step each, by an approver of the county. No bulletin says how long it may take, so that
// there is no deadline.
const approval::Flow& NationalCaseFlow();
const approval::Flow& NationalSubsidyFlow();
const approval::Flow& NationalLeaseFlow();
const approval::Flow& NationalMortgageFlow();

}  // namespace anju::relocation
