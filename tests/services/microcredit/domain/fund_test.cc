#include "services/microcredit/domain/fund.h"

#include "services/microcredit/domain/account.h"
#include "services/microcredit/domain/indicators.h"
#include "tests/support/stand.h"

namespace anju::microcredit {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;
using testing::Stand;

FundMovementRecord Row(const std::string& number, FundMovementKind kind, int64_t amount_fen, Date day) {
  return {.movement_no = number, .kind = kind, .amount_fen = amount_fen, .moved_on = day};
}

FundMovementRecord Signed(FundMovementRecord row) {
  row.poverty_office_doc = row.finance_bureau_doc = row.platform_company_doc = "样函1号";
  return row;
}

class FundTest : public ::testing::TestWithParam<std::string> {
 protected:
  FundTest() : stand_(GetParam(), {&roots::KindOf<RiskFund>(), &roots::KindOf<CreditAccount>()}, Catalogue()) {
    stand_.KnowHousehold("h1", "450328100201", 3);
  }
  // 20,000 yuan that matured on 2018-04-11 and were never repaid.
  void Default() {
    ASSERT_TRUE(stand_
                    .Import(ImportRating, RatingRecord{.rating_no = "p1",
                                                       .household_no = "h1",
                                                       .rated_on = Date(2016, 2, 1),
                                                       .credit_score = 90,
                                                       .labour_score = 90,
                                                       .asset_score = 90})
                    .ok());
    ASSERT_TRUE(stand_
                    .Import(ImportLoan, LoanRecord{.loan_no = "l1",
                                                   .household_no = "h1",
                                                   .bank = "样例银行",
                                                   .principal_fen = 2'000'000,
                                                   .annual_rate_bp = 0,
                                                   .disbursed_on = Date(2017, 4, 11),
                                                   .matures_on = Date(2018, 4, 11),
                                                   .purpose = Purpose::kPlanting})
                    .ok());
  }
  int64_t Figure(const std::string& name, const std::string& month, const std::string& division = "450328") {
    return stand_.Figure("microcredit." + name, division, month);
  }
  Stand stand_;
};

TEST_P(FundTest, KeepsItsBalance) {
  Default();
  using enum FundMovementKind;
  const FundMovementRecord paid_in = Row("f1", kContribution, 10'000'000, Date(2016, 1, 18));
  EXPECT_EQ(*stand_.Import(ImportFundMovement, paid_in), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportFundMovement, paid_in), Outcome::kUnchanged);
  EXPECT_EQ(*stand_.Import(ImportFundMovement, Signed(Row("f2", kWithdrawal, 500'000, Date(2018, 1, 15)))),
            Outcome::kAdded);
  FundMovementRecord loss = Signed(Row("f3", kCompensation, 1'600'000, Date(2018, 8, 15)));
  loss.loan_no = "l1";
  EXPECT_EQ(*stand_.Import(ImportFundMovement, loss), Outcome::kAdded);
  FundMovementRecord back = Row("f4", kRecovery, 16'000, Date(2018, 9, 28));
  back.loan_no = "l1";
  EXPECT_EQ(*stand_.Import(ImportFundMovement, back), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportFundMovement, loss), Outcome::kUnchanged);
  for (const std::string division : {"45", "4503", "450328"}) {
    EXPECT_EQ(Figure("risk_fund", "2016-01", division), 10'000'000) << division;
    EXPECT_EQ(Figure("risk_fund", "2018-10", division), 7'916'000) << division;
    EXPECT_EQ(Figure("compensated", "2018-08", division), 1'600'000) << division;
    EXPECT_EQ(Figure("recovered", "2018-09", division), 16'000) << division;
  }
  // The household owes what it owed.
  EXPECT_EQ(Figure("loan_balance", "2018-10"), 2'000'000);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(FundTest, RefusesRowsInOrder) {
  Default();
  using enum FundMovementKind;
  ASSERT_TRUE(stand_.Import(ImportFundMovement, Row("f1", kContribution, 1'700'000, Date(2018, 1, 18))).ok());
  ASSERT_TRUE(stand_.Import(ImportFundMovement, Signed(Row("f2", kWithdrawal, 1, Date(2018, 10, 30)))).ok());
  FundMovementRecord row = Row("f1", kCompensation, 0, Date(2018, 11, 2));
  EXPECT_THAT(stand_.Import(ImportFundMovement, row), RefusedWith(kInvalidArgument, "DATE_IN_FUTURE"));
  row.moved_on = Date(2018, 7, 9);
  EXPECT_THAT(stand_.Import(ImportFundMovement, row), RefusedWith(kInvalidArgument, "AMOUNT_NOT_POSITIVE"));
  row.amount_fen = kLargestMovementFen + 1;
  EXPECT_THAT(stand_.Import(ImportFundMovement, row), RefusedWith(kInvalidArgument, "AMOUNT_ABOVE_LIMIT"));
  row.amount_fen = 1'700'000;
  row.movement_no = "f3";
  for (std::string* document : {&row.poverty_office_doc, &row.finance_bureau_doc, &row.platform_company_doc}) {
    EXPECT_THAT(stand_.Import(ImportFundMovement, row), RefusedWith(kFailedPrecondition, "CUSTODY_INCOMPLETE"));
    *document = "样函1号";
  }
  // The withdrawal of October would find too little.
  EXPECT_THAT(stand_.Import(ImportFundMovement, row), RefusedWith(kFailedPrecondition, "FUND_OVERDRAWN"));
  row.amount_fen = 1'600'001;
  EXPECT_THAT(stand_.Import(ImportFundMovement, row), RefusedWith(kInvalidArgument, "FIELD_MISSING"));
  row.loan_no = "l9";
  EXPECT_THAT(stand_.Import(ImportFundMovement, row), RefusedWith(kNotFound, "LOAN_NOT_FOUND"));
  row.loan_no = "l1";
  EXPECT_THAT(stand_.Import(ImportFundMovement, row), RefusedWith(kFailedPrecondition, "LOAN_NOT_OVERDUE"));
  row.moved_on = Date(2018, 7, 10);
  EXPECT_THAT(stand_.Import(ImportFundMovement, row), RefusedWith(kFailedPrecondition, "COMPENSATION_ABOVE_SHARE"));
  row.amount_fen = 1'000'000;
  EXPECT_EQ(*stand_.Import(ImportFundMovement, row), Outcome::kAdded);
  // Both together are above the share.
  row.movement_no = "f4";
  row.amount_fen = 600'001;
  EXPECT_THAT(stand_.Import(ImportFundMovement, row), RefusedWith(kFailedPrecondition, "COMPENSATION_ABOVE_SHARE"));
  row.kind = kRecovery;
  row.amount_fen = 1'000'001;
  EXPECT_THAT(stand_.Import(ImportFundMovement, row), RefusedWith(kFailedPrecondition, "RECOVERY_ABOVE_COMPENSATION"));
}

TEST_P(FundTest, ACorrectedMovementCorrectsAllBalances) {
  Default();
  using enum FundMovementKind;
  ASSERT_TRUE(stand_.Import(ImportFundMovement, Row("f1", kContribution, 10'000'000, Date(2016, 1, 18))).ok());
  FundMovementRecord loss = Signed(Row("f2", kCompensation, 160'000, Date(2018, 8, 15)));
  loss.loan_no = "l1";
  ASSERT_TRUE(stand_.Import(ImportFundMovement, loss).ok());
  FundMovementRecord back = Row("f3", kRecovery, 100'000, Date(2018, 9, 28));
  back.loan_no = "l1";
  ASSERT_TRUE(stand_.Import(ImportFundMovement, back).ok());
  loss.amount_fen = 1'600'000;
  EXPECT_EQ(*stand_.Import(ImportFundMovement, loss), Outcome::kUpdated);
  EXPECT_EQ(*stand_.Import(ImportFundMovement, loss), Outcome::kUnchanged);
  EXPECT_EQ(Figure("compensated", "2018-08"), 1'600'000);
  EXPECT_EQ(Figure("risk_fund", "2018-10"), 8'500'000);
  EXPECT_EQ(*stand_.Import(ImportFundMovement, Row("f1", kContribution, 2'000'000, Date(2016, 2, 18))),
            Outcome::kUpdated);
  EXPECT_EQ(Figure("risk_fund", "2016-01"), 0);
  EXPECT_EQ(Figure("risk_fund", "2018-10"), 500'000);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
  // What hangs on it holds it.
  EXPECT_THAT(stand_.Import(ImportFundMovement, Row("f1", kContribution, 1'599'999, Date(2016, 2, 18))),
              RefusedWith(kFailedPrecondition, "FUND_OVERDRAWN"));
  EXPECT_THAT(stand_.Import(ImportFundMovement, Row("f1", kContribution, 2'000'000, Date(2018, 8, 16))),
              RefusedWith(kFailedPrecondition, "FUND_OVERDRAWN"));
  loss.amount_fen = 99'999;
  EXPECT_THAT(stand_.Import(ImportFundMovement, loss), RefusedWith(kFailedPrecondition, "RECOVERY_ABOVE_COMPENSATION"));
  loss.amount_fen = 1'600'001;
  EXPECT_THAT(stand_.Import(ImportFundMovement, loss), RefusedWith(kFailedPrecondition, "COMPENSATION_ABOVE_SHARE"));
  EXPECT_THAT(stand_.Import(ImportFundMovement, Row("f2", kContribution, 5, Date(2018, 8, 15))),
              RefusedWith(kFailedPrecondition, "RECOVERY_ABOVE_COMPENSATION"));
  EXPECT_EQ(Figure("risk_fund", "2018-10"), 500'000);
}

INSTANTIATE_TEST_SUITE_P(Engines, FundTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::microcredit
