#include "services/microcredit/domain/loan.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/microcredit/domain/policy.h"
#include "services/platform/base/error.h"
#include "services/platform/base/money.h"

namespace anju::microcredit {
namespace {

using enum absl::StatusCode;
using roots::Outcome;

// A year of 360 days, a rate in 0.01 of a percent.
constexpr int64_t kInterestDivisor = 360 * 10'000;

// Goes through a loan's days once, in their order.
class Ledger {
 public:
  explicit Ledger(const Loan& loan)
      : rate_bp_(loan.annual_rate_bp),
        balance_fen_(loan.principal_fen),
        since_(loan.disbursed_on),
        settlement_(NextSettlement(loan.disbursed_on)) {}

  // Lets the interest of every settlement up to `day` fall due.
  void SettleUntil(Date day) {
    for (; balance_fen_ > 0 && settlement_ <= day; settlement_ = NextSettlement(settlement_)) FallDue(settlement_);
    Accrue(day);
  }

  int64_t OwedFen() const { return unpaid_fen_ + balance_fen_ + AccruedFen(); }

  // After SettleUntil(repayment.paid_on); at most what is owed.
  void Take(Repayment& repayment) {
    const Date day = repayment.paid_on;
    int64_t left = repayment.amount_fen;
    repayment.overdue_interest_fen = repayment.interest_fen = repayment.principal_fen = 0;
    PayDues(day, left, repayment);
    if (left == 0) return;
    repayment.principal_fen = std::min(left, balance_fen_);
    left -= repayment.principal_fen;
    const bool last = balance_fen_ > 0 && repayment.principal_fen == balance_fen_;
    if (last) FallDue(day);
    balance_fen_ -= repayment.principal_fen;
    // What is left is for the interest that falls due with the last of the principal.
    PayDues(day, left, repayment);
    ANJU_CHECK(left == 0);
  }

  Statement Close(Date day, Date matures_on) && {
    Statement statement{.balance_fen = balance_fen_, .unpaid_interest_fen = unpaid_fen_, .accrued_fen = AccruedFen()};
    if (first_unpaid_ < dues_.size() && dues_[first_unpaid_].due_on < day) {
      statement.overdue_since = dues_[first_unpaid_].due_on;
    }
    if (balance_fen_ > 0 && matures_on < day) {
      statement.overdue_since = std::min(matures_on, statement.overdue_since.value_or(matures_on));
    }
    statement.dues = std::move(dues_);
    return statement;
  }

 private:
  // Rounded half up.
  int64_t AccruedFen() const { return (2 * product_ * rate_bp_ + kInterestDivisor) / (2 * kInterestDivisor); }
  void Accrue(Date day) {
    product_ += balance_fen_ * (day - since_);
    since_ = day;
  }
  void FallDue(Date day) {
    Accrue(day);
    const int64_t interest_fen = AccruedFen();
    product_ = 0;
    if (interest_fen == 0) return;
    dues_.push_back({.due_on = day, .interest_fen = interest_fen, .unpaid_fen = interest_fen});
    unpaid_fen_ += interest_fen;
  }
  void PayDues(Date day, int64_t& left, Repayment& repayment) {
    while (left > 0 && first_unpaid_ < dues_.size()) {
      Due& due = dues_[first_unpaid_];
      const int64_t part = std::min(left, due.unpaid_fen);
      (due.due_on < day ? repayment.overdue_interest_fen : repayment.interest_fen) += part;
      due.unpaid_fen -= part;
      unpaid_fen_ -= part;
      left -= part;
      if (due.unpaid_fen > 0) return;
      due.paid_on = day;
      ++first_unpaid_;
    }
  }

  const int64_t rate_bp_;
  int64_t balance_fen_;
  Date since_;
  Date settlement_;
  // Sum of principal times days since the last settlement.
  int64_t product_ = 0;
  std::vector<Due> dues_;
  size_t first_unpaid_ = 0;
  int64_t unpaid_fen_ = 0;
};

absl::Status BeforeDisbursement(const Loan& loan) {
  return Refuse(kFailedPrecondition, "BEFORE_DISBURSEMENT",
                absl::StrCat("the loan was disbursed on ", Format(loan.disbursed_on)), "paid_on");
}

}  // namespace

int64_t Loan::BalanceOn(Date day) const {
  if (disbursed_on > day) return 0;
  int64_t balance = principal_fen;
  for (const Repayment& repayment : repayments) {
    if (repayment.paid_on <= day) balance -= repayment.principal_fen;
  }
  return balance;
}

bool Loan::SameTerms(const Loan& other) const {
  return key == other.key && bank == other.bank && principal_fen == other.principal_fen &&
         annual_rate_bp == other.annual_rate_bp && disbursed_on == other.disbursed_on &&
         matures_on == other.matures_on && purpose == other.purpose;
}

Statement StatementOn(const Loan& loan, Date day) {
  if (day < loan.disbursed_on) return {};
  Ledger ledger(loan);
  for (Repayment repayment : loan.repayments) {
    if (repayment.paid_on > day) break;
    ledger.SettleUntil(repayment.paid_on);
    ledger.Take(repayment);
  }
  ledger.SettleUntil(day);
  return std::move(ledger).Close(day, loan.matures_on);
}

absl::StatusOr<Loan> Replay(Loan loan) {
  Ledger ledger(loan);
  loan.balance_fen = loan.principal_fen;
  for (Repayment& repayment : loan.repayments) {
    if (repayment.paid_on < loan.disbursed_on) return BeforeDisbursement(loan);
    ledger.SettleUntil(repayment.paid_on);
    if (repayment.amount_fen > ledger.OwedFen()) {
      return Refuse(kFailedPrecondition, "REPAYMENT_EXCEEDS_BALANCE",
                    absl::StrCat("on ", Format(repayment.paid_on), " the loan owes ", Yuan(ledger.OwedFen()),
                                 ", and repayment ", repayment.repayment_no, " is of more"),
                    "amount_fen");
    }
    ledger.Take(repayment);
    loan.balance_fen -= repayment.principal_fen;
  }
  ANJU_CHECK(loan.balance_fen >= 0);
  return loan;
}

absl::StatusOr<Loan> Repay(const Loan& before, const std::string& repayment_no, Date paid_on, int64_t amount_fen,
                           Outcome* outcome) {
  if (amount_fen < 1) {
    return Refuse(kInvalidArgument, "AMOUNT_NOT_POSITIVE", "a repayment is at least 1 fen", "amount_fen");
  }
  if (paid_on < before.disbursed_on) return BeforeDisbursement(before);
  Loan after = before;
  const auto known = std::find_if(after.repayments.begin(), after.repayments.end(),
                                  [&](const Repayment& repayment) { return repayment.repayment_no == repayment_no; });
  *outcome = known == after.repayments.end() ? Outcome::kAdded : Outcome::kUpdated;
  if (known != after.repayments.end()) {
    if (known->paid_on == paid_on && known->amount_fen == amount_fen) {
      *outcome = Outcome::kUnchanged;
      return before;
    }
    after.repayments.erase(known);
  }
  const auto later = std::find_if(after.repayments.begin(), after.repayments.end(),
                                  [&](const Repayment& repayment) { return repayment.paid_on > paid_on; });
  after.repayments.insert(later, {.repayment_no = repayment_no, .paid_on = paid_on, .amount_fen = amount_fen});
  return Replay(std::move(after));
}

}  // namespace anju::microcredit
