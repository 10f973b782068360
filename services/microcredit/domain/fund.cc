#include "services/microcredit/domain/fund.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/microcredit/domain/account.h"
#include "services/microcredit/domain/policy.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/base/money.h"
#include "services/platform/base/today.h"

namespace anju::microcredit {
namespace {

using enum absl::StatusCode;
using roots::Outcome;

constexpr absl::string_view kLoanNotOverdue = "LOAN_NOT_OVERDUE";
constexpr absl::string_view kAboveShare = "COMPENSATION_ABOVE_SHARE";

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

const FundMovement* FindMovement(const RiskFund& fund, const std::string& key) {
  const auto found = std::find_if(fund.movements.begin(), fund.movements.end(),
                                  [&](const FundMovement& movement) { return movement.key == key; });
  return found == fund.movements.end() ? nullptr : &*found;
}

// The fund as it was before a movement.
RiskFund Until(RiskFund fund, const std::string& key) {
  fund.movements.erase(std::find_if(fund.movements.begin(), fund.movements.end(),
                                    [&](const FundMovement& movement) { return movement.key == key; }),
                       fund.movements.end());
  return fund;
}

RiskFund Without(RiskFund fund, const std::string& key) {
  std::erase_if(fund.movements, [&](const FundMovement& movement) { return movement.key == key; });
  return fund;
}

absl::Status CheckCompensation(const policy::Decision& decision, const policy::InForce& policy) {
  if (decision.verdict == policy::Verdict::kYes) return absl::OkStatus();
  if (decision.reason == kLoanNotOverdue) {
    return Refuse(
        kFailedPrecondition, decision.reason,
        absl::StrCat("a loss is compensated when the loan has been overdue for ", policy[kCompensationAfter], " days"),
        "moved_on");
  }
  return Refuse(
      kFailedPrecondition, decision.reason,
      absl::StrCat("the fund bears at most ", policy[kCompensationShare], "% of a loss, all compensations together"),
      "amount_fen");
}

}  // namespace

absl::StatusOr<RiskFund> Move(const RiskFund& before, const FundMovement& movement, Outcome* outcome) {
  if (movement.amount_fen < 1) {
    return Refuse(kInvalidArgument, "AMOUNT_NOT_POSITIVE", "a movement is at least 1 fen", "amount_fen");
  }
  if (movement.amount_fen > kLargestMovementFen) {
    return Refuse(kInvalidArgument, "AMOUNT_ABOVE_LIMIT",
                  absl::StrCat("a movement is at most ", Yuan(kLargestMovementFen)), "amount_fen");
  }
  const FundMovement* known = FindMovement(before, movement.key);
  *outcome = known == nullptr ? Outcome::kAdded : *known == movement ? Outcome::kUnchanged : Outcome::kUpdated;
  if (*outcome == Outcome::kUnchanged) return before;
  RiskFund after = Without(before, movement.key);
  RETURN_IF_ERROR(CheckCustody(movement));
  const auto at = std::find_if(after.movements.begin(), after.movements.end(),
                               [&](const FundMovement& later) { return later.moved_on > movement.moved_on; });
  after.movements.insert(at, movement);
  if (Overdrawn(after)) {
    return Refuse(kFailedPrecondition, "FUND_OVERDRAWN", "the fund does not hold so much on that day", "amount_fen");
  }
  return after;
}

policy::Decision JudgeCompensation(const RiskFund& fund, const Loan& loan, const FundMovement& movement,
                                   const policy::Books& books) {
  const policy::InForce policy = PolicyOn(books, movement.moved_on);
  const Statement statement = StatementOn(loan, movement.moved_on);
  const int64_t overdue_days =
      statement.overdue_since.has_value() ? movement.moved_on - *statement.overdue_since : int64_t{0};
  const int64_t loss_fen = statement.balance_fen + statement.unpaid_interest_fen;
  const int64_t compensated_fen = Moved(fund, FundMovementKind::kCompensation, movement.loan_key) + movement.amount_fen;
  std::string reason;
  if (!statement.overdue_since.has_value() || overdue_days < policy[kCompensationAfter]) {
    reason = std::string(kLoanNotOverdue);
  } else if (compensated_fen > loss_fen * policy[kCompensationShare] / 100) {
    reason = std::string(kAboveShare);
  }
  return {.rule = std::string(kCompensationRule),
          .subject = movement.key,
          .verdict = reason.empty() ? policy::Verdict::kYes : policy::Verdict::kNo,
          .amount_fen = reason.empty() ? movement.amount_fen : 0,
          .reason = reason,
          .decided_on = movement.moved_on,
          .inputs = {{"loan", movement.loan_key},
                     {"overdue_days", absl::StrCat(overdue_days)},
                     {"loss_fen", absl::StrCat(loss_fen)},
                     {"compensated_with_it_fen", absl::StrCat(compensated_fen)}},
          .used = policy.Use({kCompensationAfter, kCompensationShare})};
}

absl::Status CheckLoss(const RiskFund& fund, const Loan& loan, const FundMovement& movement,
                       const policy::Books& books) {
  if (movement.kind == FundMovementKind::kCompensation) {
    return CheckCompensation(JudgeCompensation(fund, loan, movement, books), PolicyOn(books, movement.moved_on));
  }
  const int64_t compensated_fen = Moved(fund, FundMovementKind::kCompensation, movement.loan_key);
  if (Moved(fund, FundMovementKind::kRecovery, movement.loan_key) + movement.amount_fen > compensated_fen) {
    return Refuse(
        kFailedPrecondition, "RECOVERY_ABOVE_COMPENSATION",
        absl::StrCat("the fund has compensated ", Yuan(compensated_fen), " for this loan; no more flows back"),
        "amount_fen");
  }
  return absl::OkStatus();
}

absl::Status CheckLosses(const RiskFund& fund, const Loan& loan, const policy::Books& books) {
  RiskFund known{.key = fund.key};
  for (const FundMovement& movement : fund.movements) {
    if (movement.of_loan() && movement.loan_key == loan.key) {
      RETURN_IF_ERROR(CheckLoss(known, loan, movement, books));
    }
    known.movements.push_back(movement);
  }
  return absl::OkStatus();
}

namespace {

absl::StatusOr<Loan> FindLoan(roots::Session& session, const std::string& loan_key) {
  ASSIGN_OR_RETURN(const std::optional<CreditAccount> account, session.FindNamed<CreditAccount>(kLoanName, loan_key));
  if (account.has_value()) return *account->FindLoan(loan_key);
  return Refuse(kNotFound, "LOAN_NOT_FOUND", "import the loan before its compensation", "loan_no");
}

// What was decided on a movement that is corrected goes, and if it was for another loan, that must bear what is left.
absl::Status LetGo(roots::Session& session, const RiskFund& before, const FundMovement& movement, RiskFund& after) {
  const FundMovement* old = FindMovement(before, movement.key);
  if (old == nullptr) return absl::OkStatus();
  std::erase_if(after.decisions, [&](const policy::Decision& decision) { return decision.subject == movement.key; });
  if (!old->of_loan() || old->loan_key == movement.loan_key) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Loan loan, FindLoan(session, old->loan_key));
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, before.key));
  return CheckLosses(after, loan, *books);
}

absl::Status CheckLoan(roots::Session& session, const RiskFund& before, const FundMovement& movement, RiskFund& after) {
  if (movement.loan_key.empty()) {
    return Refuse(kInvalidArgument, "FIELD_MISSING", "name the loan that was lost", "loan_no");
  }
  ASSIGN_OR_RETURN(const Loan loan, FindLoan(session, movement.loan_key));
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, before.key));
  // On what is corrected others may rest.
  const bool corrects = FindMovement(before, movement.key) != nullptr;
  const RiskFund known = corrects ? Until(after, movement.key) : before;
  RETURN_IF_ERROR(corrects ? CheckLosses(after, loan, *books) : CheckLoss(known, loan, movement, *books));
  if (movement.kind == FundMovementKind::kCompensation) {
    policy::Keep(after.decisions, JudgeCompensation(known, loan, movement, *books));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Outcome> ImportFundMovement(roots::Session& session, const intake::Batch& batch,
                                           const FundMovementRecord& record) {
  RETURN_IF_ERROR(CheckHasCome(record.moved_on, DayInChina(session.now()), "moved_on"));
  // A county that was recoded goes on with the fund that it had.
  const std::string county(CountyOf(batch.key_division.empty() ? batch.division : batch.key_division));
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
  RETURN_IF_ERROR(LetGo(session, before, movement, after));
  if (movement.of_loan()) RETURN_IF_ERROR(CheckLoan(session, before, movement, after));
  session.Put(after);
  return outcome;
}

}  // namespace anju::microcredit
