#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/microcredit/domain/loan.h"
#include "services/platform/intake/batch.h"
#include "services/platform/policy/policy.h"
#include "services/platform/roots/session.h"

namespace anju::microcredit {

enum class FundMovementKind : int32_t {
  kUnspecified = 0,
  kContribution = 1,
  // The county's share of a bank's loss.
  kCompensation = 2,
  // What the bank has recovered of a compensated loss.
  kRecovery = 3,
  kWithdrawal = 4
};

// 100 billion yuan, so that no sum of a fund overflows.
inline constexpr int64_t kLargestMovementFen = 100'000'000'000'00;

struct FundMovement {
  // `<division>/<source>/<movement_no>`.
  std::string key;
  FundMovementKind kind = FundMovementKind::kUnspecified;
  int64_t amount_fen = 0;
  Date moved_on;
  // Of a compensation and a recovery.
  std::string loan_key;
  std::string poverty_office_doc;
  std::string finance_bureau_doc;
  std::string platform_company_doc;

  void Fields(Archive& archive) {
    archive("key", key);
    archive("kind", kind);
    archive("amount_fen", amount_fen);
    archive("moved_on", moved_on);
    archive("loan_key", loan_key);
    archive("poverty_office_doc", poverty_office_doc);
    archive("finance_bureau_doc", finance_bureau_doc);
    archive("platform_company_doc", platform_company_doc);
  }
  friend bool operator==(const FundMovement&, const FundMovement&) = default;

  bool out() const { return kind == FundMovementKind::kCompensation || kind == FundMovementKind::kWithdrawal; }
  bool of_loan() const { return kind == FundMovementKind::kCompensation || kind == FundMovementKind::kRecovery; }
  int64_t signed_fen() const { return out() ? -amount_fen : amount_fen; }
};

// A county's risk fund, in the joint custody of the poverty office, the finance bureau and the platform company.
struct RiskFund {
  static constexpr absl::string_view kKind = "risk_fund";
  std::string id;
  // The county's code.
  std::string key;
  // In the order of their days; never less than nothing is left after one.
  std::vector<FundMovement> movements;
  // On its compensations; see explain.h.
  std::vector<policy::Decision> decisions;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("movements", movements);
    archive("decisions", decisions);
  }
  std::string Division() const { return key; }
  friend bool operator==(const RiskFund&, const RiskFund&) = default;
};

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const RiskFund& fund);

// A row of anju.microcredit.v1.FundMovementRecord.
struct FundMovementRecord {
  std::string movement_no;
  FundMovementKind kind = FundMovementKind::kUnspecified;
  int64_t amount_fen = 0;
  Date moved_on;
  std::string loan_no;
  std::string poverty_office_doc;
  std::string finance_bureau_doc;
  std::string platform_company_doc;

  void Fields(Archive& archive) {
    archive("movement_no", movement_no);
    archive("kind", kind);
    archive("amount_fen", amount_fen);
    archive("moved_on", moved_on);
    archive("loan_no", loan_no);
    archive("poverty_office_doc", poverty_office_doc);
    archive("finance_bureau_doc", finance_bureau_doc);
    archive("platform_company_doc", platform_company_doc);
  }
};

// What a fund becomes when this is moved. Pure. The same again changes nothing; under a number that is known it is what
// was meant instead. Refuses, in this order, with AMOUNT_NOT_POSITIVE, AMOUNT_ABOVE_LIMIT, CUSTODY_INCOMPLETE and
// FUND_OVERDRAWN (on this day or another one).
absl::StatusOr<RiskFund> Move(const RiskFund& before, const FundMovement& movement, roots::Outcome* outcome);

// Whether the fund may compensate so much of the loss of this loan, by the policy of the day; the reason of a no is
// LOAN_NOT_OVERDUE or COMPENSATION_ABOVE_SHARE. Pure.
policy::Decision JudgeCompensation(const RiskFund& fund, const Loan& loan, const FundMovement& movement,
                                   const policy::Books& books);

// Whether the fund may compensate, or take back, so much for this loan. The loss is what is due and unpaid at the end
// of the day: principal and interest. A compensation is the fund's business with the bank: the household owes as
// before. Pure. Refuses a compensation, in this order, with LOAN_NOT_OVERDUE and COMPENSATION_ABOVE_SHARE, a recovery
// with RECOVERY_ABOVE_COMPENSATION.
absl::Status CheckLoss(const RiskFund& fund, const Loan& loan, const FundMovement& movement,
                       const policy::Books& books);

// The same of everything that was moved for this loan, each with what was moved before it.
absl::Status CheckLosses(const RiskFund& fund, const Loan& loan, const policy::Books& books);

// Refuses with DATE_IN_FUTURE, and after FUND_OVERDRAWN with FIELD_MISSING (a compensation or recovery without its
// loan), LOAN_NOT_FOUND and as CheckLoss does; a correction as CheckLosses does, for the loan that it was said to be
// for too.
absl::StatusOr<roots::Outcome> ImportFundMovement(roots::Session& session, const intake::Batch& batch,
                                                  const FundMovementRecord& record);

}  // namespace anju::microcredit
