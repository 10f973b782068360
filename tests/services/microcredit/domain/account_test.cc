#include "services/microcredit/domain/account.h"

#include "absl/strings/str_cat.h"
#include "services/microcredit/domain/indicators.h"
#include "tests/support/stand.h"

namespace anju::microcredit {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;
using testing::Stand;

constexpr char kVillage[] = "450328100201";
constexpr char kOther[] = "450328101202";

RatingRecord Rated(const std::string& number, const std::string& household, Date day, int32_t score) {
  return {.rating_no = number,
          .household_no = household,
          .rated_on = day,
          .credit_score = score,
          .labour_score = score,
          .asset_score = score};
}

LoanRecord Lent(const std::string& number, const std::string& household, int64_t principal_fen) {
  return {.loan_no = number,
          .household_no = household,
          .bank = "样例银行",
          .principal_fen = principal_fen,
          .annual_rate_bp = 475,
          .disbursed_on = Date(2017, 1, 5),
          .matures_on = Date(2018, 7, 5),
          .purpose = Purpose::kBreeding};
}

class AccountTest : public ::testing::TestWithParam<std::string> {
 protected:
  AccountTest() : stand_(GetParam(), {&roots::KindOf<CreditAccount>()}, Catalogue()) {
    stand_.KnowHousehold("h1", kVillage, 3);
    stand_.KnowHousehold("h2", kVillage, 2);
  }
  int64_t Figure(const std::string& name, const std::string& month, const std::string& division = "450328") {
    return stand_.Figure("microcredit." + name, division, month);
  }
  void RateAndLend() {
    ASSERT_EQ(*stand_.Import(ImportRating, Rated("p1", "h1", Date(2016, 2, 1), 85)), Outcome::kAdded);
    ASSERT_EQ(*stand_.Import(ImportLoan, Lent("l1", "h1", 3'000'000)), Outcome::kAdded);
  }
  RepaymentRecord Paid(const std::string& number, Date day, int64_t amount_fen) {
    return {.repayment_no = number, .loan_no = "l1", .paid_on = day, .amount_fen = amount_fen};
  }

  Stand stand_;
};

TEST_P(AccountTest, CountsAtEveryLevel) {
  RateAndLend();
  // 74 days on 30,000 yuan: 29,291.67.
  ASSERT_EQ(*stand_.Import(ImportRepayment, Paid("r1", Date(2017, 3, 20), 29292 + 1'000'000)), Outcome::kAdded);
  for (const std::string division : {"45", "4503", "450328", "450328100", kVillage}) {
    EXPECT_EQ(Figure("rated_households", "2016-02", division), 1) << division;
    EXPECT_EQ(Figure("rated_households", "2016-01", division), 0) << division;
    EXPECT_EQ(Figure("credit_lines", "2018-10", division), 3'000'000) << division;
    EXPECT_EQ(Figure("loans", "2018-10", division), 1) << division;
    EXPECT_EQ(Figure("loans_disbursed", "2017-01", division), 3'000'000) << division;
    EXPECT_EQ(Figure("loan_balance", "2017-02", division), 3'000'000) << division;
    EXPECT_EQ(Figure("loan_balance", "2017-03", division), 2'000'000) << division;
    EXPECT_EQ(Figure("interest_paid", "2017-03", division), 29292) << division;
    EXPECT_EQ(Figure("principal_repaid_in_period", "2017-03", division), 1'000'000) << division;
    EXPECT_EQ(Figure("principal_repaid_in_period", "2017-04", division), 0) << division;
    EXPECT_EQ(Figure("loans_disbursed_in_period", "2017-01", division), 3'000'000) << division;
    EXPECT_EQ(Figure("overdue_balance", "2018-06", division), 0) << division;
    EXPECT_EQ(Figure("overdue_balance", "2018-07", division), 2'000'000) << division;
  }
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(AccountTest, NobodyIsRatedOnADayThatHasNotCome) {
  EXPECT_THAT(stand_.Import(ImportRating, Rated("p1", "h1", Date(2099, 1, 1), 95)),
              RefusedWith(kInvalidArgument, "DATE_IN_FUTURE"));
}

TEST_P(AccountTest, TheLatestRatingSetsTheLine) {
  ASSERT_EQ(*stand_.Import(ImportRating, Rated("p2", "h1", Date(2017, 5, 1), 95)), Outcome::kAdded);
  ASSERT_EQ(*stand_.Import(ImportRating, Rated("p1", "h1", Date(2016, 2, 1), 65)), Outcome::kAdded);
  ASSERT_EQ(*stand_.Import(ImportRating, Rated("p3", "h1", Date(2018, 5, 1), 10)), Outcome::kAdded);
  EXPECT_EQ(Figure("credit_lines", "2017-04"), 1'000'000);
  EXPECT_EQ(Figure("credit_lines", "2017-05"), 5'000'000);
  EXPECT_EQ(Figure("rated_households", "2018-04"), 1);
  EXPECT_EQ(Figure("rated_households", "2018-05"), 0);
  EXPECT_EQ(Figure("credit_lines", "2018-05"), 0);
  EXPECT_EQ(*stand_.Import(ImportRating, Rated("p1", "h1", Date(2016, 2, 1), 75)), Outcome::kUpdated);
  EXPECT_EQ(Figure("credit_lines", "2017-04"), 2'000'000);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(AccountTest, ABorrowerIsCountedOnceAndActiveWhileItOwes) {
  RateAndLend();
  // 85 days on 30,000 yuan: 33,645.83.
  ASSERT_TRUE(stand_.Import(ImportRepayment, Paid("r1", Date(2017, 3, 20), 29292)).ok());
  ASSERT_TRUE(stand_.Import(ImportRepayment, Paid("r2", Date(2017, 6, 20), 36417 + 3'000'000)).ok());
  LoanRecord again = Lent("l2", "h1", 3'000'000);
  again.disbursed_on = Date(2018, 2, 1);
  again.matures_on = Date(2019, 2, 1);
  again.annual_rate_bp = 435;
  EXPECT_EQ(*stand_.Import(ImportLoan, again), Outcome::kAdded);
  EXPECT_EQ(Figure("borrower_households", "2018-10"), 1);
  EXPECT_EQ(Figure("active_borrower_households", "2017-05"), 1);
  EXPECT_EQ(Figure("active_borrower_households", "2017-06"), 0);
  EXPECT_EQ(Figure("active_borrower_households", "2018-02"), 1);
  EXPECT_EQ(Figure("loans_disbursed", "2018-10"), 6'000'000);
  EXPECT_EQ(Figure("loan_balance", "2018-10"), 3'000'000);
  EXPECT_EQ(Figure("overdue_balance", "2018-10"), 0);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(AccountTest, TheSameAgainChangesNothingAndACorrectionUpdates) {
  RateAndLend();
  LoanRecord corrected = Lent("l1", "h1", 2'500'000);
  EXPECT_EQ(*stand_.Import(ImportLoan, corrected), Outcome::kUpdated);
  EXPECT_EQ(Figure("loan_balance", "2017-01"), 2'500'000);
  ASSERT_EQ(*stand_.Import(ImportRepayment, Paid("r1", Date(2017, 3, 20), 1'000'000)), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportRating, Rated("p1", "h1", Date(2016, 2, 1), 85)), Outcome::kUnchanged);
  EXPECT_EQ(*stand_.Import(ImportLoan, corrected), Outcome::kUnchanged);
  EXPECT_EQ(*stand_.Import(ImportRepayment, Paid("r1", Date(2017, 3, 20), 1'000'000)), Outcome::kUnchanged);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(AccountTest, AnOverdueLoanIsOneWhoseDayHasCome) {
  ASSERT_EQ(*stand_.Import(ImportRating, Rated("p1", "h1", Date(2016, 2, 1), 95)), Outcome::kAdded);
  LoanRecord loan = Lent("l1", "h1", 3'000'000);
  loan.matures_on = Date(2018, 11, 5);
  ASSERT_EQ(*stand_.Import(ImportLoan, loan), Outcome::kAdded);
  EXPECT_EQ(Figure("overdue_balance", "2018-11"), 0);
  EXPECT_EQ(Figure("overdue_balance", "2030-01"), 0);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
  std::string id;
  const auto look = [&](Date day) {
    stand_.clock.Advance(absl::Hours(24) * (day - DayInChina(stand_.clock.Now())));
    ASSERT_TRUE(stand_.store
                    .Change({},
                            [&](roots::Session& session) -> absl::Status {
                              ASSIGN_OR_RETURN(const auto account, session.Find<CreditAccount>("450328/county/h1"));
                              return LookAgain(session, account->id);
                            })
                    .ok());
    EXPECT_THAT(stand_.Recount(), IsEmpty());
  };
  // On the day of its maturity it is not overdue yet.
  look(Date(2018, 11, 5));
  EXPECT_EQ(Figure("overdue_balance", "2018-11"), 0);
  look(Date(2018, 11, 6));
  EXPECT_EQ(Figure("overdue_balance", "2018-10"), 0);
  EXPECT_EQ(Figure("overdue_balance", "2018-11"), 3'000'000);
  ASSERT_EQ(*stand_.Import(ImportRepayment, Paid("r1", Date(2018, 11, 6), 1'000'000)), Outcome::kAdded);
  EXPECT_EQ(Figure("overdue_balance", "2018-11"), Figure("loan_balance", "2018-11"));
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(AccountTest, ACorrectedRepaymentCorrectsAllMonths) {
  RateAndLend();
  ASSERT_EQ(*stand_.Import(ImportRepayment, Paid("r2", Date(2017, 6, 20), 1'000'000)), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportRepayment, Paid("r2", Date(2017, 6, 20), 100'000)), Outcome::kUpdated);
  // 29,292 fell due in March, 36,417 in June.
  EXPECT_EQ(Figure("loan_balance", "2017-06"), 3'000'000 - (100'000 - 29292 - 36417));
  EXPECT_EQ(*stand_.Import(ImportRepayment, Paid("r1", Date(2017, 3, 20), 29292)), Outcome::kAdded);
  EXPECT_EQ(Figure("interest_paid", "2017-03"), 29292);
  EXPECT_EQ(Figure("interest_paid", "2017-06"), 29292 + 36417);
  EXPECT_EQ(Figure("loan_balance", "2017-06"), 3'000'000 - (100'000 - 36417));
  EXPECT_EQ(Figure("overdue_balance", "2018-07"), 3'000'000 - (100'000 - 36417));
  EXPECT_EQ(*stand_.Import(ImportRepayment, Paid("r2", Date(2017, 6, 20), 100'000)), Outcome::kUnchanged);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(AccountTest, CorrectedTermsMakeTheBooksOfALoanAnew) {
  RateAndLend();
  ASSERT_EQ(*stand_.Import(ImportRepayment, Paid("r1", Date(2017, 3, 20), 100'000)), Outcome::kAdded);
  LoanRecord corrected = Lent("l1", "h1", 3'000'000);
  corrected.annual_rate_bp = 435;
  EXPECT_EQ(*stand_.Import(ImportLoan, corrected), Outcome::kUpdated);
  // 74 days on 30,000 yuan at 4.35%: 26,825.
  EXPECT_EQ(Figure("interest_paid", "2017-03"), 26825);
  EXPECT_EQ(Figure("loan_balance", "2017-03"), 3'000'000 - (100'000 - 26825));
  EXPECT_EQ(*stand_.Import(ImportLoan, corrected), Outcome::kUnchanged);
  corrected.disbursed_on = Date(2017, 3, 21);
  EXPECT_THAT(stand_.Import(ImportLoan, corrected), RefusedWith(kFailedPrecondition, "BEFORE_DISBURSEMENT"));
  corrected.disbursed_on = Date(2017, 1, 5);
  corrected.principal_fen = 50'000;
  EXPECT_THAT(stand_.Import(ImportLoan, corrected), RefusedWith(kFailedPrecondition, "REPAYMENT_EXCEEDS_BALANCE"));
  corrected.principal_fen = 3'000'001;
  EXPECT_THAT(stand_.Import(ImportLoan, corrected), RefusedWith(kFailedPrecondition, "LINE_EXCEEDED"));
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(AccountTest, ACorrectedRepaymentLeavesRoomForLaterLoans) {
  RateAndLend();
  ASSERT_EQ(*stand_.Import(ImportRepayment, Paid("r1", Date(2017, 3, 20), 29292 + 1'000'000)), Outcome::kAdded);
  LoanRecord second = Lent("l2", "h1", 1'000'000);
  second.disbursed_on = Date(2017, 4, 1);
  ASSERT_EQ(*stand_.Import(ImportLoan, second), Outcome::kAdded);
  EXPECT_THAT(stand_.Import(ImportRepayment, Paid("r1", Date(2017, 3, 20), 29292 + 999'999)),
              RefusedWith(kFailedPrecondition, "LINE_EXCEEDED"));
  EXPECT_THAT(stand_.Import(ImportRepayment, Paid("r1", Date(2017, 4, 2), 29292 + 1'000'000)),
              RefusedWith(kFailedPrecondition, "LINE_EXCEEDED"));
  EXPECT_EQ(Figure("loan_balance", "2018-10"), 3'000'000);
}

TEST_P(AccountTest, RefusesRatingsInOrder) {
  EXPECT_THAT(stand_.Import(ImportRating, Rated("p1", "h9", Date(2015, 2, 1), 101)),
              RefusedWith(kNotFound, "HOUSEHOLD_NOT_FOUND"));
  EXPECT_THAT(stand_.Import(ImportRating, Rated("p1", "h1", Date(2015, 2, 1), 101)),
              RefusedWith(kFailedPrecondition, "NOT_REGISTERED_POOR"));
  EXPECT_THAT(stand_.Import(ImportRating, Rated("p1", "h1", Date(2016, 2, 1), 101)),
              RefusedWith(kInvalidArgument, "SCORE_OUT_OF_RANGE"));
  EXPECT_THAT(stand_.Import(ImportRating, Rated("p1", "h1", Date(2016, 2, 1), -1)),
              RefusedWith(kInvalidArgument, "SCORE_OUT_OF_RANGE"));
  RateAndLend();
  for (const Date day : {Date(2016, 5, 1), Date(2017, 1, 5), Date(2018, 1, 1)}) {
    EXPECT_THAT(stand_.Import(ImportRating, Rated("p2", "h1", day, 65)),
                RefusedWith(kFailedPrecondition, "LINE_BELOW_BALANCE"))
        << Format(day);
  }
  EXPECT_THAT(stand_.Import(ImportRating, Rated("p1", "h1", Date(2017, 1, 6), 85)),
              RefusedWith(kFailedPrecondition, "LINE_BELOW_BALANCE"));
  EXPECT_EQ(*stand_.Import(ImportRating, Rated("p2", "h1", Date(2016, 1, 5), 65)), Outcome::kAdded);
}

TEST_P(AccountTest, RefusesLoansInOrder) {
  LoanRecord row = Lent("l1", "h9", 0);
  row.disbursed_on = Date(2015, 1, 5);
  row.matures_on = Date(2018, 1, 6);
  row.purpose = Purpose::kLentOn;
  row.annual_rate_bp = 476;
  EXPECT_THAT(stand_.Import(ImportLoan, row), RefusedWith(kNotFound, "HOUSEHOLD_NOT_FOUND"));
  row.household_no = "h1";
  EXPECT_THAT(stand_.Import(ImportLoan, row), RefusedWith(kInvalidArgument, "AMOUNT_NOT_POSITIVE"));
  row.principal_fen = 5'000'001;
  EXPECT_THAT(stand_.Import(ImportLoan, row), RefusedWith(kFailedPrecondition, "PRINCIPAL_ABOVE_LIMIT"));
  row.principal_fen = 5'000'000;
  EXPECT_THAT(stand_.Import(ImportLoan, row), RefusedWith(kFailedPrecondition, "TERM_TOO_LONG"));
  row.matures_on = row.disbursed_on;
  EXPECT_THAT(stand_.Import(ImportLoan, row), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  row.matures_on = Date(2018, 1, 5);
  EXPECT_THAT(stand_.Import(ImportLoan, row), RefusedWith(kFailedPrecondition, "NOT_REGISTERED_POOR"));
  row.disbursed_on = Date(2017, 1, 5);
  row.matures_on = Date(2018, 1, 6);
  EXPECT_THAT(stand_.Import(ImportLoan, row), RefusedWith(kFailedPrecondition, "NOT_RATED"));
  ASSERT_TRUE(stand_.Import(ImportRating, Rated("p2", "h1", Date(2017, 1, 6), 95)).ok());
  EXPECT_THAT(stand_.Import(ImportLoan, row), RefusedWith(kFailedPrecondition, "NOT_RATED"));
  ASSERT_TRUE(stand_.Import(ImportRating, Rated("p1", "h1", Date(2016, 2, 1), 85)).ok());
  EXPECT_THAT(stand_.Import(ImportLoan, row), RefusedWith(kFailedPrecondition, "LENT_ON"));
  row.purpose = Purpose::kTrade;
  EXPECT_THAT(stand_.Import(ImportLoan, row), RefusedWith(kFailedPrecondition, "RATE_ABOVE_BASE"));
  row.matures_on = Date(2018, 1, 5);
  row.annual_rate_bp = 436;
  EXPECT_THAT(stand_.Import(ImportLoan, row), RefusedWith(kFailedPrecondition, "RATE_ABOVE_BASE"));
  row.annual_rate_bp = -1;
  EXPECT_THAT(stand_.Import(ImportLoan, row), RefusedWith(kInvalidArgument, "RATE_NEGATIVE"));
  row.annual_rate_bp = 435;
  // The rating in force on the day decides, not the better one that came since.
  EXPECT_THAT(stand_.Import(ImportLoan, row), RefusedWith(kFailedPrecondition, "LINE_EXCEEDED"));
  row.principal_fen = 2'000'000;
  EXPECT_EQ(*stand_.Import(ImportLoan, row), Outcome::kAdded);
  LoanRecord second = Lent("l2", "h1", 1'000'001);
  EXPECT_THAT(stand_.Import(ImportLoan, second), RefusedWith(kFailedPrecondition, "LINE_EXCEEDED"));
  second.disbursed_on = Date(2017, 1, 4);
  EXPECT_THAT(stand_.Import(ImportLoan, second), RefusedWith(kFailedPrecondition, "LINE_EXCEEDED"));
  second.principal_fen = 1'000'000;
  EXPECT_EQ(*stand_.Import(ImportLoan, second), Outcome::kAdded);
  ASSERT_TRUE(stand_.Import(ImportRating, Rated("p9", "h2", Date(2016, 2, 1), 85)).ok());
  second.household_no = "h2";
  EXPECT_THAT(stand_.Import(ImportLoan, second), RefusedWith(kAlreadyExists, "LOAN_NO_TAKEN"));
}

TEST_P(AccountTest, ARepaymentGoesOverToTheLoanThatItIsOf) {
  RateAndLend();
  ASSERT_TRUE(stand_.Import(ImportRating, Rated("p9", "h2", Date(2016, 2, 1), 85)).ok());
  ASSERT_TRUE(stand_.Import(ImportLoan, Lent("l2", "h2", 1'000'000)).ok());
  ASSERT_TRUE(stand_.Import(ImportRepayment, Paid("r1", Date(2017, 3, 20), 100)).ok());
  RepaymentRecord row = Paid("r1", Date(2017, 3, 20), 100);
  row.loan_no = "l3";
  EXPECT_THAT(stand_.Import(ImportRepayment, row), RefusedWith(kNotFound, "LOAN_NOT_FOUND"));
  row.loan_no = "l2";
  row.amount_fen = 90'000'000;
  EXPECT_THAT(stand_.Import(ImportRepayment, row), RefusedWith(kFailedPrecondition, "REPAYMENT_EXCEEDS_BALANCE"));
  const auto repayments = [&](const std::string& household) {
    size_t found = 99;
    EXPECT_TRUE(stand_.store
                    .Look([&](roots::Session& session) -> absl::Status {
                      ASSIGN_OR_RETURN(const auto account, session.Find<CreditAccount>("450328/county/" + household));
                      found = account->loans[0].repayments.size();
                      return absl::OkStatus();
                    })
                    .ok());
    return found;
  };
  EXPECT_EQ(repayments("h1"), 1);
  row.amount_fen = 100;
  EXPECT_EQ(*stand_.Import(ImportRepayment, row), Outcome::kUpdated);
  EXPECT_EQ(*stand_.Import(ImportRepayment, row), Outcome::kUnchanged);
  EXPECT_EQ(repayments("h1"), 0);
  EXPECT_EQ(repayments("h2"), 1);
  row.repayment_no = "r2";
  EXPECT_EQ(*stand_.Import(ImportRepayment, row), Outcome::kAdded);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(AccountTest, AHouseholdThatMovesKeepsItsHistory) {
  RateAndLend();
  ASSERT_TRUE(stand_.Import(ImportRepayment, Paid("r1", Date(2017, 3, 20), 29292 + 1'000'000)).ok());
  feed::HouseholdFact moved = stand_.KnowHousehold("h1", kVillage, 3);
  moved.residences.push_back({.since = Date(2018, 8, 20), .village = kOther});
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(stand_.store.Change({}, [&](roots::Session& session) { return FollowHousehold(session, moved); }).ok());
    EXPECT_EQ(Figure("loan_balance", "2018-07", kVillage), 2'000'000);
    EXPECT_EQ(Figure("loan_balance", "2018-08", kVillage), 0);
    EXPECT_EQ(Figure("loan_balance", "2018-08", kOther), 2'000'000);
    EXPECT_EQ(Figure("loans_disbursed", "2018-08", kOther), 3'000'000);
    EXPECT_EQ(Figure("loans_disbursed_in_period", "2017-01", kVillage), 3'000'000);
    EXPECT_EQ(Figure("loan_balance", "2018-08"), 2'000'000);
    EXPECT_EQ(Figure("rated_households", "2018-08", kOther), 1);
  }
  // The bank goes on where it was.
  EXPECT_EQ(*stand_.Import(ImportRepayment, Paid("r2", Date(2018, 9, 1), 500'000)), Outcome::kAdded);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(AccountTest, EveryPoorHouseholdHasAnAccountAndNoOther) {
  feed::HouseholdFact poor = stand_.KnowHousehold("h7", kVillage, 1);
  feed::HouseholdFact general = stand_.KnowHousehold("h8", kVillage, 1);
  general.classifications[0].household_class = feed::HouseholdClass::kGeneral;
  ASSERT_TRUE(stand_.store
                  .Change({},
                          [&](roots::Session& session) -> absl::Status {
                            RETURN_IF_ERROR(FollowHousehold(session, poor));
                            return FollowHousehold(session, general);
                          })
                  .ok());
  ASSERT_TRUE(stand_.store
                  .Look([&](roots::Session& session) -> absl::Status {
                    ASSIGN_OR_RETURN(const std::vector<std::string> ids, session.IdsIn<CreditAccount>(kVillage));
                    EXPECT_EQ(ids.size(), 1);
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(*stand_.Import(ImportRating, Rated("p1", "h7", Date(2016, 2, 1), 85)), Outcome::kAdded);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(AccountTest, NoFaultLosesAFen) {
  RateAndLend();
  int broken = 0;
  for (int n = 1;; ++n) {
    testing::FaultyDatabase faulty(*stand_.database, n);
    roots::Store store(faulty, stand_.clock, {&roots::KindOf<CreditAccount>()}, nullptr, [](const auto&) {});
    const absl::Status status = store.Change({}, [&](roots::Session& session) {
      return ImportRepayment(session, stand_.batch, Paid("r1", Date(2017, 3, 20), 29292 + 1'000'000)).status();
    });
    ASSERT_THAT(stand_.Recount(), IsEmpty()) << "statement " << n << ": " << status;
    if (!faulty.failed()) break;
    EXPECT_EQ(Figure("loan_balance", "2018-10"), 3'000'000) << "statement " << n << ": " << status;
    EXPECT_EQ(Figure("interest_paid", "2018-10"), 0) << "statement " << n << ": " << status;
    ++broken;
  }
  EXPECT_GT(broken, 5);
  EXPECT_EQ(Figure("loan_balance", "2018-10"), 2'000'000);
  EXPECT_EQ(Figure("interest_paid", "2018-10"), 29292);
}

TEST(CreditAccount, TellsWhatTheHouseholdHasBorrowed) {
  CreditAccount account{.household_id = "h"};
  EXPECT_FALSE(Tell(account).has_value());
  account.ratings = {{.rated_on = Date(2016, 1, 1)}, {.rated_on = Date(2017, 1, 1)}};
  account.loans = {
      {.principal_fen = 9, .disbursed_on = Date(2017, 2, 1), .matures_on = Date(2020, 2, 1), .balance_fen = 5}};
  const roots::Told told = *Tell(account);
  EXPECT_EQ(told.topic, feed::CreditFact::kTopic);
  EXPECT_EQ(told.key, "h");
  const feed::CreditFact expected{
      .household_id = "h",
      .rated_on = Date(2017, 1, 1),
      .loans = {
          {.disbursed_on = Date(2017, 2, 1), .matures_on = Date(2020, 2, 1), .principal_fen = 9, .balance_fen = 5}}};
  EXPECT_EQ(*roots::FromJson<feed::CreditFact>(told.body), expected);
}

INSTANTIATE_TEST_SUITE_P(Engines, AccountTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::microcredit
