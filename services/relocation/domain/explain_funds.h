#pragma once

#include "services/relocation/domain/lease.h"
#include "services/relocation/domain/mortgage.h"
#include "services/relocation/domain/payments.h"
#include "services/relocation/domain/policy.h"

namespace anju::relocation {

// What was decided on the money of a case; and as of today, of what was not decided yet, the subsidy, how much deposit
// it could still pay, whether that would be withheld, and what its title would cost.
absl::StatusOr<policy::Answer> ExplainFunds(roots::Session& session, const CaseFunds& funds,
                                            const policy::Question& question);
absl::StatusOr<policy::Answer> Explain(roots::Session& session, const Settlement& settlement,
                                       const policy::Question& question);

// What was bought, at which price, and what went back; what it would cost today to take back what is no longer surplus.
absl::StatusOr<policy::Answer> Explain(roots::Session& session, const Lease& lease, const policy::Question& question);

// By what it was bought back, on which terms, and the interest of each repayment; what interest would be paid today,
// and each instalment, by its number as the subject.
absl::StatusOr<policy::Answer> Explain(roots::Session& session, const Mortgage& mortgage,
                                       const policy::Question& question);

// Whether a surplus would be bought of the household today; nothing while it leases one.
absl::StatusOr<std::optional<policy::Decision>> WouldBuySurplus(roots::Session& session, const Case& relocation,
                                                                Date today);

}  // namespace anju::relocation
