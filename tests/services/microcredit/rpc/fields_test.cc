#include "tests/support/fields.h"

#include "anju/microcredit/v1/microcredit.pb.h"
#include "anju/type/v1/subsidy.pb.h"
#include "services/microcredit/domain/account.h"
#include "services/microcredit/domain/credit_place.h"
#include "services/microcredit/domain/fund.h"
#include "services/microcredit/domain/terminal.h"
#include "services/platform/records/read.h"
#include "services/platform/subsidy/run.h"

namespace anju::microcredit {
namespace {

using testing::ExpectSameFields;

TEST(FieldsTest, RecordsNameEveryField) {
  ExpectSameFields<v1::RatingRecord, RatingRecord>();
  ExpectSameFields<v1::LoanRecord, LoanRecord>();
  ExpectSameFields<v1::RepaymentRecord, RepaymentRecord>();
  ExpectSameFields<v1::FundMovementRecord, FundMovementRecord>();
  ExpectSameFields<v1::TerminalRecord, TerminalRecord>();
  ExpectSameFields<v1::CreditPlaceRecord, CreditPlaceRecord>();
}

TEST(FieldsTest, ResourcesNameEveryField) {
  ExpectSameFields<v1::Rating, Rating>();
  ExpectSameFields<v1::Repayment, Repayment>();
  ExpectSameFields<v1::PaidSubsidy, PaidSubsidy>();
  ExpectSameFields<v1::Loan, Loan>();
  ExpectSameFields<v1::CreditAccount, CreditAccount>();
  ExpectSameFields<type::v1::SubsidyItem, subsidy::Item>();
  ExpectSameFields<type::v1::SubsidyRun, subsidy::Run>();
}

TEST(FieldsTest, AnAccountIsAnsweredWithItsLoans) {
  const CreditAccount account{
      .id = "a",
      .household_id = "h",
      .ratings = {{.rating_no = "p1", .rated_on = Date(2016, 2, 1), .grade = "AA", .line_fen = 3'000'000}},
      .loans = {{.loan_no = "l1",
                 .disbursed_on = Date(2017, 1, 5),
                 .matures_on = Date(2018, 1, 5),
                 .purpose = Purpose::kTrade,
                 .repayments = {{.repayment_no = "r1", .paid_on = Date(2017, 3, 20), .amount_fen = 7}}}},
      .household = {.id = "h"}};
  const auto message = records::ToMasked<v1::CreditAccount>(account);
  EXPECT_EQ(message.household_id(), "h");
  EXPECT_EQ(message.ratings(0).line_fen(), 3'000'000);
  EXPECT_EQ(message.loans(0).purpose(), v1::PURPOSE_TRADE);
  EXPECT_EQ(message.loans(0).repayments(0).amount_fen(), 7);
}

}  // namespace
}  // namespace anju::microcredit
