// Proves that the structs name every field of their messages, so that nothing is lost on the way in or out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "anju/microcredit/v1/microcredit.pb.h"
#include "services/microcredit/domain/account.h"
#include "services/microcredit/domain/credit_place.h"
#include "services/microcredit/domain/fund.h"
#include "services/microcredit/domain/terminal.h"
#include "services/platform/messages/archive.h"
#include "services/platform/records/read.h"
#include "services/platform/subsidy/run.h"

namespace anju::microcredit {
namespace {

using ::testing::UnorderedElementsAreArray;

std::vector<std::string> FieldsOf(const google::protobuf::Descriptor& descriptor) {
  std::vector<std::string> names;
  for (int i = 0; i < descriptor.field_count(); ++i) names.push_back(descriptor.field(i)->name());
  return names;
}

template <typename Message, typename Value>
void ExpectAlike() {
  Value value;
  const std::vector<std::string> names = messages::FieldNames([&](Archive& archive) {
    if constexpr (requires { value.Shown(archive); }) {
      value.Shown(archive);
    } else {
      value.Fields(archive);
    }
  });
  EXPECT_THAT(names, UnorderedElementsAreArray(FieldsOf(*Message::descriptor()))) << Message::descriptor()->name();
}

TEST(FieldsTest, RecordsNameEveryField) {
  ExpectAlike<v1::RatingRecord, RatingRecord>();
  ExpectAlike<v1::LoanRecord, LoanRecord>();
  ExpectAlike<v1::RepaymentRecord, RepaymentRecord>();
  ExpectAlike<v1::FundMovementRecord, FundMovementRecord>();
  ExpectAlike<v1::TerminalRecord, TerminalRecord>();
  ExpectAlike<v1::CreditPlaceRecord, CreditPlaceRecord>();
}

TEST(FieldsTest, ResourcesNameEveryField) {
  ExpectAlike<v1::Rating, Rating>();
  ExpectAlike<v1::Repayment, Repayment>();
  ExpectAlike<v1::PaidSubsidy, PaidSubsidy>();
  ExpectAlike<v1::Loan, Loan>();
  ExpectAlike<v1::CreditAccount, CreditAccount>();
  ExpectAlike<v1::SubsidyItem, subsidy::Item>();
  ExpectAlike<v1::SubsidyRun, subsidy::Run>();
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
