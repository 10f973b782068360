#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/platform/base/archive.h"
#include "services/platform/roots/outcome.h"

namespace anju::microcredit {

enum class Purpose : int32_t {
  kUnspecified = 0,
  kPlanting = 1,
  kBreeding = 2,
  kProcessing = 3,
  kTrade = 4,
  // Lending on to a company, which is a violation.
  kLentOn = 5
};

// What was paid on a day, and what it was taken for: overdue interest first, then the interest that fell due that day,
// then principal.
struct Repayment {
  std::string repayment_no;
  Date paid_on;
  int64_t amount_fen = 0;
  int64_t overdue_interest_fen = 0;
  int64_t interest_fen = 0;
  int64_t principal_fen = 0;

  void Fields(Archive& archive) {
    archive("repayment_no", repayment_no);
    archive("paid_on", paid_on);
    archive("amount_fen", amount_fen);
    archive("overdue_interest_fen", overdue_interest_fen);
    archive("interest_fen", interest_fen);
    archive("principal_fen", principal_fen);
  }
  friend bool operator==(const Repayment&, const Repayment&) = default;
};

// The interest of a quarter, `2018Q3`, that was subsidised.
struct PaidSubsidy {
  std::string quarter;
  int64_t amount_fen = 0;
  Date paid_on;
  std::string run_id;

  void Fields(Archive& archive) {
    archive("quarter", quarter);
    archive("amount_fen", amount_fen);
    archive("paid_on", paid_on);
    archive("run_id", run_id);
  }
  friend bool operator==(const PaidSubsidy&, const PaidSubsidy&) = default;
};

struct Loan {
  std::string loan_no;
  // `<division>/<source>/<loan_no>`.
  std::string key;
  std::string bank;
  int64_t principal_fen = 0;
  // In 0.01 of a percent: 475 is 4.75%.
  int32_t annual_rate_bp = 0;
  Date disbursed_on;
  Date matures_on;
  Purpose purpose = Purpose::kUnspecified;
  // The principal that is not repaid.
  int64_t balance_fen = 0;
  // In the order of their days.
  std::vector<Repayment> repayments;
  std::vector<PaidSubsidy> subsidies;

  void Fields(Archive& archive) {
    archive("loan_no", loan_no);
    archive("key", key);
    archive("bank", bank);
    archive("principal_fen", principal_fen);
    archive("annual_rate_bp", annual_rate_bp);
    archive("disbursed_on", disbursed_on);
    archive("matures_on", matures_on);
    archive("purpose", purpose);
    archive("balance_fen", balance_fen);
    archive("repayments", repayments);
    archive("subsidies", subsidies);
  }
  friend bool operator==(const Loan&, const Loan&) = default;

  // The principal outstanding at the end of a day: 0 before the disbursement.
  int64_t BalanceOn(Date day) const;
  // What it owes is overdue from this day on: the day after its maturity.
  Date OverdueFrom() const { return matures_on + 1; }
  bool SameTerms(const Loan& other) const;
};

// Interest that fell due on a day.
struct Due {
  Date due_on;
  int64_t interest_fen = 0;
  int64_t unpaid_fen = 0;
  // The day on which the last of it was paid; nothing while something is unpaid.
  std::optional<Date> paid_on;
};

// A loan's books at the end of a day.
struct Statement {
  // In the order of their days; days without interest are left out.
  std::vector<Due> dues;
  int64_t balance_fen = 0;
  // The sum of what is unpaid of `dues`.
  int64_t unpaid_interest_fen = 0;
  // Interest that has accrued and is not due yet.
  int64_t accrued_fen = 0;
  // The first day on which interest, or at maturity the principal, fell due and is still unpaid; a day before that of
  // the statement.
  std::optional<Date> overdue_since;
};

// The books of a loan at the end of `day`, from its terms and repayments. Pure, and linear in quarters and repayments.
//
// Interest is actual/360 on the outstanding principal, from the day of disbursement to the day before settlement,
// rounded half up once for a quarter; it falls due at the settlement, and on the day on which the last principal is
// repaid. Principal that is unpaid at maturity bears interest on at the loan's rate.
Statement StatementOn(const Loan& loan, Date day);

// A loan with its books made anew, from its terms and from days and amounts of its repayments: what each was taken for,
// and the balance. Pure. Refuses with BEFORE_DISBURSEMENT or REPAYMENT_EXCEEDS_BALANCE when there is such a repayment.
absl::StatusOr<Loan> Replay(Loan loan);

// What a loan becomes when this is repaid. Pure. The same again changes nothing; under a number that is known it is
// what was meant instead; and it may come after others of later days: the books are made anew. Refuses, in this order,
// with AMOUNT_NOT_POSITIVE, BEFORE_DISBURSEMENT and REPAYMENT_EXCEEDS_BALANCE (it, or another one since).
absl::StatusOr<Loan> Repay(const Loan& before, const std::string& repayment_no, Date paid_on, int64_t amount_fen,
                           roots::Outcome* outcome);

}  // namespace anju::microcredit
