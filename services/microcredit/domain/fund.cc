#include "services/microcredit/domain/fund.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/microcredit/domain/account.h"
#include "services/microcredit/domain/policy.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"

namespace anju::microcredit {
namespace {

using enum absl::StatusCode;
using roots::Outcome;

int64_t Moved(const RiskFund& fund, FundMovementKind kind, const std::string& loan_key) {
  int64_t sum = 0;
  for (const FundMovement& movement : fund.movements) {
    if (movement.kind == kind && movement.loan_key == loan_key) sum += movement.amount_fen;
  }
  return sum;
}

bool Overdrawn(const RiskFund& fund) {
  int64_t balance = 0;
  return std::any_of(fund.movements.begin(), fund.movements.end(), [&](const FundMovement& movement) {
    balance += movement.signed_fen();
    return balance < 0;
  });
}

absl::Status CheckCustody(const FundMovement& movement) {
  if (!movement.out()) return absl::OkStatus();
  const std::pair<absl::string_view, const std::string*> documents[] = {
      {"poverty_office_doc", &movement.poverty_office_doc},
      {"finance_bureau_doc", &movement.finance_bureau_doc},
      {"platform_company_doc", &movement.platform_company_doc}};
  for (const auto& [field, document] : documents) {
    if (document->empty()) {
      return Refuse(kFailedPrecondition, "CUSTODY_INCOMPLETE",
                    "a transfer out needs the documents of all three custodians", field);
    }
  }
  return absl::OkStatus();
}

absl::Status CheckCompensation(const RiskFund& fund, const Loan& loan, const FundMovement& movement) {
  const Policy& policy = PolicyOn(movement.moved_on);
  const Statement books = StatementOn(loan, movement.moved_on);
  if (!books.overdue_since.has_value() || movement.moved_on - *books.overdue_since < policy.compensation_after_days) {
    return Refuse(kFailedPrecondition, "LOAN_NOT_OVERDUE",
                  absl::StrCat("a loss is compensated when the loan has been overdue for ",
                               policy.compensation_after_days, " days"),
                  "moved_on");
  }
  const int64_t loss_fen = books.balance_fen + books.unpaid_interest_fen;
  const int64_t compensated_fen = Moved(fund, FundMovementKind::kCompensation, movement.loan_key) + movement.amount_fen;
  if (compensated_fen > loss_fen * policy.compensation_percent / 100) {
    return Refuse(kFailedPrecondition, "COMPENSATION_ABOVE_SHARE",
                  absl::StrCat("the fund bears at most ", policy.compensation_percent, "% of a loss of ", loss_fen,
                               " fen, all compensations together"),
                  "amount_fen");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RiskFund> Move(const RiskFund& before, const FundMovement& movement, Outcome* outcome) {
  if (movement.amount_fen < 1) {
    return Refuse(kInvalidArgument, "AMOUNT_NOT_POSITIVE", "a movement is at least 1 fen", "amount_fen");
  }
  if (movement.amount_fen > kLargestMovementFen) {
    return Refuse(kInvalidArgument, "AMOUNT_ABOVE_LIMIT",
                  absl::StrCat("a movement is at most ", kLargestMovementFen, " fen"), "amount_fen");
  }
  for (const FundMovement& known : before.movements) {
    if (known.key != movement.key) continue;
    if (known != movement) {
      return Refuse(kFailedPrecondition, "MOVEMENT_CHANGED",
                    "this number is known with other content; a movement is not changed", "movement_no");
    }
    *outcome = Outcome::kUnchanged;
    return before;
  }
  RETURN_IF_ERROR(CheckCustody(movement));
  RiskFund after = before;
  auto at = std::find_if(after.movements.begin(), after.movements.end(),
                         [&](const FundMovement& later) { return later.moved_on > movement.moved_on; });
  after.movements.insert(at, movement);
  if (movement.out() && Overdrawn(after)) {
    return Refuse(kFailedPrecondition, "FUND_OVERDRAWN", "the fund does not hold so much on that day", "amount_fen");
  }
  *outcome = Outcome::kAdded;
  return after;
}

absl::Status CheckLoss(const RiskFund& fund, const Loan& loan, const FundMovement& movement) {
  if (movement.kind == FundMovementKind::kCompensation) return CheckCompensation(fund, loan, movement);
  const int64_t compensated_fen = Moved(fund, FundMovementKind::kCompensation, movement.loan_key);
  if (Moved(fund, FundMovementKind::kRecovery, movement.loan_key) + movement.amount_fen > compensated_fen) {
    return Refuse(kFailedPrecondition, "RECOVERY_ABOVE_COMPENSATION",
                  absl::StrCat("the fund has compensated ", compensated_fen, " fen for this loan; no more flows back"),
                  "amount_fen");
  }
  return absl::OkStatus();
}

absl::StatusOr<Outcome> ImportFundMovement(roots::Session& session, const intake::Batch& batch,
                                           const FundMovementRecord& record) {
  const std::string county(CountyOf(batch.division));
  ASSIGN_OR_RETURN(const std::optional<RiskFund> found, session.Find<RiskFund>(county));
  const RiskFund before = found.value_or(RiskFund{.key = county});
  FundMovement movement{.key = batch.Key(record.movement_no),
                        .kind = record.kind,
                        .amount_fen = record.amount_fen,
                        .moved_on = record.moved_on,
                        .poverty_office_doc = record.poverty_office_doc,
                        .finance_bureau_doc = record.finance_bureau_doc,
                        .platform_company_doc = record.platform_company_doc};
  if (movement.of_loan() && !record.loan_no.empty()) movement.loan_key = batch.Key(record.loan_no);
  Outcome outcome = Outcome::kUnchanged;
  ASSIGN_OR_RETURN(RiskFund after, Move(before, movement, &outcome));
  if (outcome == Outcome::kUnchanged) return outcome;
  if (movement.of_loan()) {
    if (record.loan_no.empty()) {
      return Refuse(kInvalidArgument, "FIELD_MISSING", "name the loan that was lost", "loan_no");
    }
    ASSIGN_OR_RETURN(const std::optional<CreditAccount> account,
                     session.FindNamed<CreditAccount>(kLoanName, movement.loan_key));
    if (!account.has_value()) {
      return Refuse(kNotFound, "LOAN_NOT_FOUND", "import the loan before its compensation", "loan_no");
    }
    RETURN_IF_ERROR(CheckLoss(before, *account->FindLoan(movement.loan_key), movement));
  }
  session.Put(after);
  return outcome;
}

}  // namespace anju::microcredit
