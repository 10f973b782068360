#pragma once

#include <string>
#include <vector>

#include "services/microcredit/domain/loan.h"
#include "services/platform/feed/facts.h"
#include "services/platform/intake/batch.h"
#include "services/platform/policy/policy.h"
#include "services/platform/roots/session.h"

namespace anju::microcredit {

// What the scorecard said of a household, and the line that its grade sets.
struct Rating {
  std::string rating_no;
  Date rated_on;
  int32_t credit_score = 0;
  int32_t labour_score = 0;
  int32_t asset_score = 0;
  // The weighed score times 100.
  int32_t score_centi = 0;
  std::string grade;
  int64_t line_fen = 0;

  void Fields(Archive& archive) {
    archive("rating_no", rating_no);
    archive("rated_on", rated_on);
    archive("credit_score", credit_score);
    archive("labour_score", labour_score);
    archive("asset_score", asset_score);
    archive("score_centi", score_centi);
    archive("grade", grade);
    archive("line_fen", line_fen);
  }
  friend bool operator==(const Rating&, const Rating&) = default;
};

// All a household owes and may borrow. Every household that was ever registered poor has an account, rated or not, so
// that shares of them can be told.
struct CreditAccount {
  static constexpr absl::string_view kKind = "credit_account";
  std::string id;
  // The household's key.
  std::string key;
  std::string household_id;
  // In the order of their days.
  std::vector<Rating> ratings;
  // In the order in which they came.
  std::vector<Loan> loans;
  // What the registry tells of the household, without its persons.
  feed::HouseholdFact household;
  // On its lines and loans; see explain.h.
  std::vector<policy::Decision> decisions;
  // The day on which its loans were looked at last: what is overdue since counts when they are looked at again. Nothing
  // of an account that was kept before there was such a day: its loans count as overdue ahead, until one changes.
  std::optional<Date> seen_on;

  void Shown(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("household_id", household_id);
    archive("ratings", ratings);
    archive("loans", loans);
  }
  void Fields(Archive& archive) {
    Shown(archive);
    archive("household", household);
    archive("decisions", decisions);
    archive("seen_on", seen_on);
  }
  std::string Division() const { return household.Village(); }
  friend bool operator==(const CreditAccount&, const CreditAccount&) = default;

  // The last rating on a day; null when there is none.
  const Rating* RatingOn(Date day) const;
  // The principal that all loans owe at the end of a day.
  int64_t BalanceOn(Date day) const;
  const Loan* FindLoan(absl::string_view loan_key) const;
};

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const CreditAccount& account);
// The keys of its loans and of their repayments.
std::vector<roots::Name> Names(const CreditAccount& account);
std::vector<roots::Name> Links(const CreditAccount& account);
// Nothing while it was neither rated nor lent to.
std::optional<roots::Told> Tell(const CreditAccount& account);

inline constexpr absl::string_view kLoanName = "loan";
inline constexpr absl::string_view kRepaymentName = "repayment";

// The queue of the accounts of which a loan will be overdue, by the day from which on; see roots/queue.h. It is kept of
// provinces only.
inline constexpr absl::string_view kComingDue = "coming_due";
// Looks at the loans of an account today. Nothing changes but what is overdue.
absl::Status LookAgain(roots::Session& session, const std::string& id);

// A row of anju.microcredit.v1.RatingRecord.
struct RatingRecord {
  std::string rating_no;
  std::string household_no;
  Date rated_on;
  int32_t credit_score = 0;
  int32_t labour_score = 0;
  int32_t asset_score = 0;

  void Fields(Archive& archive) {
    archive("rating_no", rating_no);
    archive("household_no", household_no);
    archive("rated_on", rated_on);
    archive("credit_score", credit_score);
    archive("labour_score", labour_score);
    archive("asset_score", asset_score);
  }
};

// A row of anju.microcredit.v1.LoanRecord.
struct LoanRecord {
  std::string loan_no;
  std::string household_no;
  std::string bank;
  int64_t principal_fen = 0;
  int32_t annual_rate_bp = 0;
  Date disbursed_on;
  Date matures_on;
  Purpose purpose = Purpose::kUnspecified;

  void Fields(Archive& archive) {
    archive("loan_no", loan_no);
    archive("household_no", household_no);
    archive("bank", bank);
    archive("principal_fen", principal_fen);
    archive("annual_rate_bp", annual_rate_bp);
    archive("disbursed_on", disbursed_on);
    archive("matures_on", matures_on);
    archive("purpose", purpose);
  }
};

// A row of anju.microcredit.v1.RepaymentRecord.
struct RepaymentRecord {
  std::string repayment_no;
  std::string loan_no;
  Date paid_on;
  int64_t amount_fen = 0;

  void Fields(Archive& archive) {
    archive("repayment_no", repayment_no);
    archive("loan_no", loan_no);
    archive("paid_on", paid_on);
    archive("amount_fen", amount_fen);
  }
};

// What an account becomes when the household is rated so. Pure. A rating that is known changes nothing. Refuses, in
// this order, with NOT_REGISTERED_POOR, SCORE_OUT_OF_RANGE and LINE_BELOW_BALANCE.
absl::StatusOr<CreditAccount> Rate(const CreditAccount& before, const RatingRecord& record, const policy::Books& books,
                                   roots::Outcome* outcome);

// What an account becomes when a loan of these terms is disbursed. Pure. A loan that is known changes nothing; with
// other terms its books are made anew. The line is that of the rating in force on the day, and must hold on the days of
// later loans too, because rows may come late. Refuses, in this order, with AMOUNT_NOT_POSITIVE, PRINCIPAL_ABOVE_LIMIT,
// TERM_TOO_LONG, DATES_REVERSED, NOT_REGISTERED_POOR, NOT_RATED, LENT_ON, RATE_NEGATIVE, RATE_ABOVE_BASE, as Replay
// does, and with LINE_EXCEEDED.
absl::StatusOr<CreditAccount> Lend(const CreditAccount& before, const Loan& terms, const policy::Books& books,
                                   roots::Outcome* outcome);

// Use cases. Besides what the rules refuse with: DATE_IN_FUTURE, HOUSEHOLD_NOT_FOUND, LOAN_NO_TAKEN (by another
// household) and LOAN_NOT_FOUND; last, what corrects a loan or its repayments, with LINE_EXCEEDED and as
// CheckCorrection does. A repayment that was said to be of another loan leaves that one.
absl::StatusOr<roots::Outcome> ImportRating(roots::Session& session, const intake::Batch& batch,
                                            const RatingRecord& record);
absl::StatusOr<roots::Outcome> ImportLoan(roots::Session& session, const intake::Batch& batch,
                                          const LoanRecord& record);
absl::StatusOr<roots::Outcome> ImportRepayment(roots::Session& session, const intake::Batch& batch,
                                               const RepaymentRecord& record);

// Takes in what the registry tells of a household.
absl::Status FollowHousehold(roots::Session& session, const feed::HouseholdFact& household);

}  // namespace anju::microcredit
