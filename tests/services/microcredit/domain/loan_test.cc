#include "services/microcredit/domain/loan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "services/microcredit/domain/policy.h"
#include "tests/support/refused.h"

namespace anju::microcredit {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using testing::RefusedWith;

Loan Fresh(int64_t principal_fen = 5'000'000, Date disbursed_on = Date(2017, 1, 5),
           Date matures_on = Date(2020, 1, 5)) {
  return {.loan_no = "L1",
          .key = "450328/bank/L1",
          .principal_fen = principal_fen,
          .annual_rate_bp = 475,
          .disbursed_on = disbursed_on,
          .matures_on = matures_on,
          .purpose = Purpose::kPlanting,
          .balance_fen = principal_fen};
}

Loan After(const Loan& loan, const std::string& number, Date day, int64_t amount_fen) {
  Outcome outcome = Outcome::kUnchanged;
  absl::StatusOr<Loan> after = Repay(loan, number, day, amount_fen, &outcome);
  EXPECT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(outcome, Outcome::kAdded);
  return after.value_or(loan);
}

TEST(LoanTest, InterestIsSettledByTheQuarterAndRoundedOnce) {
  const Statement books = StatementOn(Fresh(), Date(2017, 7, 1));
  ASSERT_EQ(books.dues.size(), 2);
  // 74 days from the 5th of January to the 19th of March: 48,819.44.
  EXPECT_EQ(books.dues[0].due_on, Date(2017, 3, 20));
  EXPECT_EQ(books.dues[0].interest_fen, 48819);
  // 92 days: 60,694.44.
  EXPECT_EQ(books.dues[1].interest_fen, 60694);
  // 11 days since: 7,256.94.
  EXPECT_EQ(books.accrued_fen, 7257);
  EXPECT_EQ(books.unpaid_interest_fen, 48819 + 60694);
  EXPECT_EQ(books.overdue_since, Date(2017, 3, 20));
}

TEST(LoanTest, WhatIsDueTodayIsNotOverdue) {
  EXPECT_FALSE(StatementOn(Fresh(), Date(2017, 3, 20)).overdue_since.has_value());
  EXPECT_EQ(StatementOn(Fresh(), Date(2017, 3, 21)).overdue_since, Date(2017, 3, 20));
  const Loan no_interest = [] {
    Loan loan = Fresh(1'000, Date(2017, 1, 5), Date(2018, 1, 5));
    loan.annual_rate_bp = 0;
    return loan;
  }();
  EXPECT_FALSE(StatementOn(no_interest, Date(2018, 1, 5)).overdue_since.has_value());
  EXPECT_EQ(StatementOn(no_interest, Date(2018, 1, 6)).overdue_since, Date(2018, 1, 5));
}

TEST(LoanTest, ARepaymentGoesToOverdueInterestThenInterestThenPrincipal) {
  Loan loan = After(Fresh(), "r1", Date(2017, 6, 20), 48819 + 60694 + 1'000'000);
  EXPECT_EQ(loan.repayments[0].overdue_interest_fen, 48819);
  EXPECT_EQ(loan.repayments[0].interest_fen, 60694);
  EXPECT_EQ(loan.repayments[0].principal_fen, 1'000'000);
  EXPECT_EQ(loan.balance_fen, 4'000'000);
  // Between settlements interest is not due: all is principal, and bears no interest from its day on.
  loan = After(loan, "r2", Date(2017, 6, 30), 400'000);
  EXPECT_EQ(loan.repayments[1].principal_fen, 400'000);
  // 10 days on 40,000 yuan, 82 days on 36,000: (4,000,000 * 10 + 3,600,000 * 82) * 475 / 3,600,000 = 44,227.78.
  const Statement books = StatementOn(loan, Date(2017, 9, 20));
  EXPECT_EQ(books.dues.back().interest_fen, 44228);
  EXPECT_EQ(books.dues[0].paid_on, Date(2017, 6, 20));
  EXPECT_FALSE(books.dues.back().paid_on.has_value());
}

TEST(LoanTest, WithTheLastPrincipalItsInterestFallsDue) {
  const Loan paid = After(After(Fresh(), "r1", Date(2017, 3, 20), 48819), "r2", Date(2017, 4, 1), 5'000'000 + 7917);
  EXPECT_EQ(paid.repayments[1].interest_fen, 7917);
  EXPECT_EQ(paid.balance_fen, 0);
  const Statement books = StatementOn(paid, Date(2019, 1, 1));
  EXPECT_EQ(books.dues.size(), 2);
  EXPECT_EQ(books.dues[1].due_on, Date(2017, 4, 1));
  EXPECT_EQ(books.dues[1].paid_on, Date(2017, 4, 1));
  EXPECT_FALSE(books.overdue_since.has_value());
  // Without its interest it is overdue the next day.
  const Loan short_of = After(After(Fresh(), "r1", Date(2017, 3, 20), 48819), "r2", Date(2017, 4, 1), 5'000'000 + 900);
  EXPECT_EQ(short_of.balance_fen, 0);
  EXPECT_EQ(StatementOn(short_of, Date(2017, 4, 2)).unpaid_interest_fen, 7017);
  EXPECT_EQ(StatementOn(short_of, Date(2017, 4, 2)).overdue_since, Date(2017, 4, 1));
  EXPECT_EQ(After(short_of, "r3", Date(2017, 5, 1), 7017).repayments[2].overdue_interest_fen, 7017);
}

TEST(LoanTest, RefusesRepaymentsInOrder) {
  const Loan loan = After(Fresh(), "r1", Date(2017, 3, 20), 48819);
  struct Row {
    const char* number;
    Date day;
    int64_t amount_fen;
    absl::StatusCode code;
    const char* reason;
  };
  for (const Row& row : std::vector<Row>{
           {"r1", Date(2017, 1, 4), 0, kInvalidArgument, "AMOUNT_NOT_POSITIVE"},
           {"r1", Date(2017, 1, 4), 90'000'000, kFailedPrecondition, "BEFORE_DISBURSEMENT"},
           {"r1", Date(2017, 3, 20), 90'000'000, kFailedPrecondition, "REPAYMENT_EXCEEDS_BALANCE"},
           // It leaves too little for the one of March.
           {"r2", Date(2017, 3, 19), 5'000'000, kFailedPrecondition, "REPAYMENT_EXCEEDS_BALANCE"},
           {"r2", Date(2017, 4, 1), 5'000'000 + 7918, kFailedPrecondition, "REPAYMENT_EXCEEDS_BALANCE"},
       }) {
    Outcome outcome = Outcome::kUnchanged;
    EXPECT_THAT(Repay(loan, row.number, row.day, row.amount_fen, &outcome), RefusedWith(row.code, row.reason))
        << row.number << " " << Format(row.day);
  }
  Outcome outcome = Outcome::kAdded;
  EXPECT_EQ(*Repay(loan, "r1", Date(2017, 3, 20), 48819, &outcome), loan);
  EXPECT_EQ(outcome, Outcome::kUnchanged);
}

TEST(LoanTest, ACorrectionMakesTheBooksAnew) {
  const Loan said = After(After(Fresh(), "r1", Date(2017, 3, 20), 48819), "r2", Date(2017, 6, 20), 1'060'694);
  // Ten times too much was typed, and an earlier repayment forgotten.
  Loan typed = After(Fresh(), "r2", Date(2017, 6, 20), 48819 + 60694 + 900'000);
  Outcome outcome = Outcome::kUnchanged;
  typed = *Repay(typed, "r1", Date(2017, 3, 20), 48819, &outcome);
  EXPECT_EQ(outcome, Outcome::kAdded);
  EXPECT_EQ(typed.repayments[0].interest_fen, 48819);
  EXPECT_EQ(typed.repayments[1].overdue_interest_fen, 0);
  EXPECT_EQ(typed.balance_fen, 5'000'000 - 900'000 - 48819);
  EXPECT_EQ(*Repay(typed, "r2", Date(2017, 6, 20), 1'060'694, &outcome), said);
  EXPECT_EQ(outcome, Outcome::kUpdated);
  // So does another day, which was another quarter's.
  const Loan moved = *Repay(said, "r1", Date(2017, 6, 21), 48819, &outcome);
  EXPECT_EQ(outcome, Outcome::kUpdated);
  EXPECT_EQ(moved.repayments[0].repayment_no, "r2");
  EXPECT_EQ(moved.repayments[0].overdue_interest_fen, 48819);
  EXPECT_EQ(moved.repayments[1].principal_fen, 48819);
  EXPECT_EQ(*Replay(moved), moved);
}

TEST(LoanTest, TheBooksAreTheSameInWhateverOrderRepaymentsCome) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 200; ++round) {
    Loan loan = Fresh(), shuffled = loan;
    std::vector<Repayment> rows;
    for (int i = 0; i < 6; ++i) {
      rows.push_back({.repayment_no = absl::StrCat("r", i),
                      .paid_on = loan.disbursed_on + 150 * i + static_cast<int>(random() % 150),
                      .amount_fen = 1 + static_cast<int64_t>(random() % 800'000)});
      loan = After(loan, rows.back().repayment_no, rows.back().paid_on, rows.back().amount_fen);
    }
    std::shuffle(rows.begin(), rows.end(), random);
    // Each comes with a wrong amount first.
    for (const Repayment& row : rows) shuffled = After(shuffled, row.repayment_no, row.paid_on, 1 + random() % 700'000);
    for (const Repayment& row : rows) {
      Outcome outcome = Outcome::kUnchanged;
      shuffled = *Repay(shuffled, row.repayment_no, row.paid_on, row.amount_fen, &outcome);
    }
    ASSERT_EQ(shuffled, loan);
  }
}

// The books kept day by day, as slowly and plainly as can be.
struct Plain {
  std::map<Date, int64_t> unpaid;
  int64_t balance = 0;
  int64_t Overdue() const {
    int64_t sum = 0;
    for (const auto& [day, fen] : unpaid) sum += fen;
    return sum;
  }
};

TEST(LoanTest, AgreesWithBooksKeptDayByDay) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 300; ++round) {
    const Date start = Date(2016, 1, 1) + static_cast<int>(random() % 700);
    Loan loan = Fresh(1 + random() % 5'000'000, start, start + 365);
    Plain plain{.balance = loan.principal_fen};
    int64_t product = 0;
    const auto interest = [&] { return (2 * product * 475 + 3'600'000) / 7'200'000; };
    for (Date day = start; day < start + 500; ++day) {
      if (day > start) product += plain.balance;
      const bool settles = day.month() % 3 == 0 && day.day() == 20 && day > start;
      if (settles) {
        plain.unpaid[day] += interest();
        product = 0;
      }
      if (random() % 40 == 0 && plain.Overdue() + plain.balance + interest() > 0) {
        const int64_t owed = plain.Overdue() + plain.balance + interest();
        const int64_t amount = random() % 8 == 0 ? owed : 1 + random() % owed;
        int64_t left = amount;
        const auto pay = [&] {
          for (auto& [due, fen] : plain.unpaid) {
            const int64_t part = std::min(left, fen);
            fen -= part;
            left -= part;
          }
        };
        pay();
        const int64_t part = std::min(left, plain.balance);
        const bool had = plain.balance > 0;
        plain.balance -= part;
        left -= part;
        if (had && plain.balance == 0) {
          plain.unpaid[day] += interest();
          product = 0;
          pay();
        }
        ASSERT_EQ(left, 0);
        loan = After(loan, absl::StrCat("r", loan.repayments.size()), day, amount);
        const Repayment& repayment = loan.repayments.back();
        ASSERT_EQ(repayment.overdue_interest_fen + repayment.interest_fen + repayment.principal_fen, amount);
      }
      if (random() % 20 != 0) continue;
      const Statement books = StatementOn(loan, day);
      ASSERT_EQ(books.balance_fen, plain.balance) << Format(day);
      ASSERT_EQ(books.unpaid_interest_fen, plain.Overdue()) << Format(day);
      ASSERT_EQ(books.accrued_fen, interest()) << Format(day);
      ASSERT_EQ(loan.BalanceOn(day), plain.balance);
    }
    ASSERT_EQ(loan.balance_fen, plain.balance);
  }
}

}  // namespace
}  // namespace anju::microcredit
