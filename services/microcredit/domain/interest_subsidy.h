#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "services/microcredit/domain/loan.h"
#include "services/platform/policy/policy.h"
#include "services/platform/roots/session.h"
#include "services/platform/subsidy/run.h"

namespace anju::microcredit {

// What falls due after one settlement and up to the next.
struct Quarter {
  // `2018Q3`.
  std::string name;
  Date after;
  Date settled_on;
  // Until then, included, interest of the quarter may be paid and still be subsidised.
  Date grace_until;
};

// Refuses with PERIOD_MALFORMED.
absl::StatusOr<Quarter> ParseQuarter(absl::string_view text, const policy::Books& books);

// What a loan gets for a quarter, from its books as they stand at the end of `today`; nothing when no interest fell
// due. ELIGIBLE with the interest, or, in this order, ALREADY_PAID, PURPOSE_VIOLATION, NOT_PAID, PAID_LATE. Pure.
std::optional<subsidy::Item> Judge(const std::string& account_id, const Loan& loan, const Quarter& quarter, Date today);

// Whether a loan that was subsidised, or may be, for a quarter as `before` is to get other or nothing as `after`. Pure.
bool ChangesSubsidy(const Loan& before, const Loan& after, const Quarter& quarter, Date today);

// The national default of the flow `microcredit.interest_subsidy`, by which a run is approved: one approver of the
// county.
const approval::Flow& SubsidyFlow();

// Use cases. Who may see the run is for the caller to check.

// Refuses with DIVISION_NOT_FOUND, NOT_A_COUNTY, PERIOD_MALFORMED, PERIOD_NOT_OVER (the days of grace are not over) and
// RUN_ALREADY_APPROVED or PROPOSED_TOO_OFTEN.
absl::StatusOr<subsidy::Run> ListRun(roots::Session& session, const std::string& division, const std::string& period,
                                     const std::string& by);
// Refuses with RUN_NOT_FOUND.
absl::StatusOr<subsidy::Run> FindRun(roots::Session& session, const std::string& id);
// Records the payment on every eligible loan. One that was paid for the quarter by another county's run meanwhile,
// because the household moved, is not paid again: its item says so, and the total is less.
absl::StatusOr<subsidy::Run> PayRun(roots::Session& session, const subsidy::Run& before, Date paid_on);

}  // namespace anju::microcredit
