#pragma once

#include "absl/status/status.h"
#include "services/microcredit/domain/account.h"

namespace anju::microcredit {

// Whether the books of a loan may be made anew from other terms or repayments, as far as others have acted on them.
// What only goes on, with repayments after those that are known, always may. Refuses, in this order, with
// SUBSIDY_STANDS (a run that is under way, approved or paid subsidises interest that would be another one; the message
// names it and what to do) and COMPENSATION_STANDS (the risk fund has compensated a loss that would be another one).
absl::Status CheckCorrection(roots::Session& session, const CreditAccount& account, const Loan& before,
                             const Loan& after);

}  // namespace anju::microcredit
