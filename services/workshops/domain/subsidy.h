#pragma once

#include <optional>
#include <string>

#include "services/platform/subsidy/run.h"
#include "services/workshops/domain/policy.h"
#include "services/workshops/domain/worker.h"

// The workshop subsidy 以奖代补: decided for a month, on what was worked and paid up to its end.
namespace anju::workshops {

inline constexpr absl::string_view kAlreadyPaid = "ALREADY_PAID";

// What a run says of a worker; nothing of one without a contract in the window. Pure. The reason of a no is the first
// of NOT_REGISTERED_POOR, MONTHS_TOO_FEW, PAY_TOO_LOW and ALREADY_PAID. The subject is the contract signed last.
std::optional<subsidy::Item> Judge(const Worker& worker, Month period, const policy::InForce& policy);
// The parameters that it looks at.
std::vector<absl::string_view> SubsidyParameters();

// The national default of the flow `workshops.subsidy`, by which a run is approved: one approver of the county.
const approval::Flow& SubsidyFlow();

// Use cases. Refuses, in this order, with PERIOD_NOT_OVER, DIVISION_NOT_FOUND, NOT_A_COUNTY, RUN_ALREADY_APPROVED
// and PROPOSED_TOO_OFTEN.
absl::StatusOr<subsidy::Run> ListRun(roots::Session& session, const std::string& division, Month period,
                                     const std::string& by);
// Records the payment on every worker that is eligible and not paid by another run since.
absl::StatusOr<subsidy::Run> PayRun(roots::Session& session, const subsidy::Run& run, Date on);

}  // namespace anju::workshops
