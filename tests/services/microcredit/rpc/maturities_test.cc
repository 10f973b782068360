#include "services/microcredit/rpc/maturities.h"

#include "absl/strings/str_cat.h"
#include "services/microcredit/domain/account.h"
#include "services/microcredit/domain/indicators.h"
#include "tests/support/stand.h"

namespace anju::microcredit {
namespace {

using roots::Outcome;
using ::testing::IsEmpty;
using testing::Stand;

class MaturitiesTest : public ::testing::TestWithParam<std::string> {
 protected:
  MaturitiesTest() : stand_(GetParam(), {&roots::KindOf<CreditAccount>()}, Catalogue()) {}
  void Lend(int i, Date matures_on, const std::string& village = "450328100201") {
    const std::string household = absl::StrCat("h", i);
    stand_.KnowHousehold(household, village, 1);
    ASSERT_EQ(*stand_.Import(ImportRating, RatingRecord{.rating_no = absl::StrCat("p", i),
                                                        .household_no = household,
                                                        .rated_on = Date(2016, 2, 1),
                                                        .credit_score = 90,
                                                        .labour_score = 90,
                                                        .asset_score = 90}),
              Outcome::kAdded);
    ASSERT_EQ(*stand_.Import(ImportLoan, LoanRecord{.loan_no = absl::StrCat("l", i),
                                                    .household_no = household,
                                                    .bank = "样例银行",
                                                    .principal_fen = 1'000'000,
                                                    .annual_rate_bp = 435,
                                                    .disbursed_on = Date(2017, 12, 5),
                                                    .matures_on = matures_on,
                                                    .purpose = Purpose::kPlanting}),
              Outcome::kAdded);
  }
  void Wait(int days) { stand_.clock.Advance(absl::Hours(24) * days); }
  int64_t Count() {
    return *CountOverdue(stand_.store, [] { return false; });
  }
  int64_t Overdue(const std::string& month, const std::string& division = "45") {
    return stand_.Figure("microcredit.overdue_balance", division, month);
  }
  Stand stand_;
};

TEST_P(MaturitiesTest, WhatFellDueSinceIsCountedOnce) {
  Lend(1, Date(2018, 11, 5));
  Lend(2, Date(2018, 11, 5));
  Lend(3, Date(2018, 11, 30), "450328101202");
  Lend(4, Date(2018, 10, 15));
  Lend(5, Date(2018, 11, 9));
  ASSERT_TRUE(
      stand_
          .Import(ImportRepayment,
                  RepaymentRecord{
                      .repayment_no = "r5", .loan_no = "l5", .paid_on = Date(2018, 11, 1), .amount_fen = 1'039'997})
          .ok());
  EXPECT_EQ(Overdue("2018-11"), 1'000'000);
  EXPECT_EQ(Count(), 0);
  Wait(4);
  EXPECT_EQ(Count(), 0);
  Wait(1);
  stand_.TakeChanged();
  EXPECT_EQ(Count(), 2);
  // Who keeps an answer with the figure is told.
  EXPECT_THAT(stand_.TakeChanged(), ::testing::ElementsAre("450328100201"));
  EXPECT_EQ(Count(), 0);
  EXPECT_EQ(Overdue("2018-11"), 3'000'000);
  EXPECT_EQ(Overdue("2018-11", "450328101202"), 0);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
  // A service that was down for long finds what came due meanwhile, in the month in which it did.
  Wait(300);
  EXPECT_EQ(Count(), 1);
  EXPECT_EQ(Overdue("2018-11"), 3'000'000);
  EXPECT_EQ(Overdue("2018-12"), 4'000'000);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(MaturitiesTest, CountsMoreThanAPageAndGoesOnWhereItStopped) {
  constexpr int kLoans = 205;
  for (int i = 0; i < kLoans; ++i) Lend(i, Date(2018, 11, 5));
  Wait(10);
  int left = 3;
  EXPECT_EQ(*CountOverdue(stand_.store, [&] { return left-- == 0; }), 3);
  EXPECT_EQ(Overdue("2018-11"), 3'000'000);
  EXPECT_EQ(Count(), kLoans - 3);
  EXPECT_EQ(Overdue("2018-11"), kLoans * 1'000'000);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, MaturitiesTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::microcredit
