#include "services/microcredit/domain/correction.h"

#include "absl/strings/match.h"
#include "services/microcredit/domain/fund.h"
#include "services/microcredit/domain/indicators.h"
#include "services/microcredit/domain/interest_subsidy.h"
#include "tests/support/stand.h"

namespace anju::microcredit {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;
using testing::Stand;

// Interest of 20,000 yuan from 2017-01-05 to 2017-03-20 at 4.75%: 19,527.78.
constexpr int64_t kFirst = 19528;

class CorrectionTest : public ::testing::TestWithParam<std::string> {
 protected:
  CorrectionTest()
      : stand_(GetParam(),
               {&roots::KindOf<CreditAccount>(), &roots::KindOf<RiskFund>(), &roots::KindOf<subsidy::Run>()},
               Catalogue()) {
    stand_.KnowDivision("450328");
    stand_.KnowHousehold("h1", "450328100201", 1);
    EXPECT_TRUE(stand_
                    .Import(ImportRating, RatingRecord{.rating_no = "p1",
                                                       .household_no = "h1",
                                                       .rated_on = Date(2016, 2, 1),
                                                       .credit_score = 90,
                                                       .labour_score = 90,
                                                       .asset_score = 90})
                    .ok());
    EXPECT_TRUE(stand_.Import(ImportLoan, Terms()).ok());
  }
  static LoanRecord Terms(int32_t annual_rate_bp = 475) {
    return {.loan_no = "l1",
            .household_no = "h1",
            .bank = "样例银行",
            .principal_fen = 2'000'000,
            .annual_rate_bp = annual_rate_bp,
            .disbursed_on = Date(2017, 1, 5),
            .matures_on = Date(2018, 4, 11),
            .purpose = Purpose::kPlanting};
  }
  absl::StatusOr<Outcome> Pay(const std::string& number, Date day, int64_t amount_fen) {
    return stand_.Import(
        ImportRepayment,
        RepaymentRecord{.repayment_no = number, .loan_no = "l1", .paid_on = day, .amount_fen = amount_fen});
  }
  subsidy::Run Do(absl::FunctionRef<absl::StatusOr<subsidy::Run>(roots::Session&)> step) {
    subsidy::Run run;
    const absl::Status status = stand_.store.Change({}, [&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(run, step(session));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return run;
  }
  subsidy::Run List() {
    return Do([](roots::Session& session) { return ListRun(session, "450328", "2017Q1", "li"); });
  }
  subsidy::Run Decide(const subsidy::Run& run, approval::Verdict verdict, const std::string& by) {
    return Do([&](roots::Session& session) -> absl::StatusOr<subsidy::Run> {
      ASSIGN_OR_RETURN(const subsidy::Run before, FindRun(session, run.id));
      return subsidy::DecideRun(session, SubsidyFlow(), before, {.verdict = verdict, .reason = "样"},
                                {.by = by, .on = DayInChina(session.now()), .roles = {"approver"}, .scope = "450328"});
    });
  }
  // Everything that would change what the run pays.
  void ExpectHeld(const subsidy::Run& run) {
    for (const auto& outcome : {Pay("r1", Date(2017, 4, 20), kFirst), Pay("r1", Date(2017, 3, 20), kFirst - 1),
                                Pay("r0", Date(2017, 2, 1), 100'000), stand_.Import(ImportLoan, Terms(435))}) {
      EXPECT_THAT(outcome, RefusedWith(kFailedPrecondition, "SUBSIDY_STANDS"));
      EXPECT_TRUE(absl::StrContains(outcome.status().message(), run.id)) << outcome.status();
    }
    EXPECT_THAT(stand_.Recount(), IsEmpty());
  }
  Stand stand_;
};

TEST_P(CorrectionTest, WhatASubsidyRestsOnStays) {
  ASSERT_EQ(*Pay("r1", Date(2017, 3, 20), kFirst), Outcome::kAdded);
  ASSERT_EQ(*Pay("r2", Date(2017, 6, 20), 50'000), Outcome::kAdded);
  subsidy::Run run = List();
  ASSERT_EQ(run.total_fen, kFirst);
  ExpectHeld(run);
  // What changes nothing for it may change, before its quarter and after.
  EXPECT_EQ(*Pay("r1", Date(2017, 3, 22), kFirst), Outcome::kUpdated);
  EXPECT_EQ(*Pay("r1", Date(2017, 3, 20), kFirst), Outcome::kUpdated);
  EXPECT_EQ(*Pay("r2", Date(2017, 6, 20), 60'000), Outcome::kUpdated);
  run = Decide(run, approval::Verdict::kApprove, "wang");
  ASSERT_EQ(run.state, subsidy::RunState::kApproved);
  ExpectHeld(run);
  run = Do([&](roots::Session& session) -> absl::StatusOr<subsidy::Run> {
    ASSIGN_OR_RETURN(const subsidy::Run before, FindRun(session, run.id));
    return PayRun(session, before, Date(2017, 4, 28));
  });
  ExpectHeld(run);
  EXPECT_EQ(*Pay("r3", Date(2017, 9, 20), 70'000), Outcome::kAdded);
  EXPECT_EQ(*Pay("r4", Date(2017, 7, 20), 10'000), Outcome::kAdded);
}

TEST_P(CorrectionTest, ARunThatIsWithdrawnHoldsNothing) {
  ASSERT_EQ(*Pay("r1", Date(2017, 3, 20), kFirst), Outcome::kAdded);
  const subsidy::Run run = List();
  ExpectHeld(run);
  Decide(run, approval::Verdict::kWithdraw, "li");
  EXPECT_EQ(*stand_.Import(ImportLoan, Terms(435)), Outcome::kUpdated);
  // 74 days at 4.35%: 17,883.33.
  EXPECT_EQ(List().total_fen, 17883);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(CorrectionTest, ALossThatWasCompensatedStays) {
  ASSERT_EQ(*Pay("r1", Date(2017, 3, 20), kFirst), Outcome::kAdded);
  ASSERT_TRUE(stand_
                  .Import(ImportFundMovement, FundMovementRecord{.movement_no = "f1",
                                                                 .kind = FundMovementKind::kContribution,
                                                                 .amount_fen = 9'000'000,
                                                                 .moved_on = Date(2016, 1, 18)})
                  .ok());
  FundMovementRecord loss{.movement_no = "f2",
                          .kind = FundMovementKind::kCompensation,
                          .amount_fen = 1'600'000,
                          .moved_on = Date(2018, 8, 15),
                          .loan_no = "l1",
                          .poverty_office_doc = "样函1号",
                          .finance_bureau_doc = "样函1号",
                          .platform_company_doc = "样函1号"};
  ASSERT_EQ(*stand_.Import(ImportFundMovement, loss), Outcome::kAdded);
  EXPECT_THAT(Pay("r1", Date(2017, 3, 20), kFirst + 1'000'000),
              RefusedWith(kFailedPrecondition, "COMPENSATION_STANDS"));
  loss.amount_fen = 160'000;
  ASSERT_EQ(*stand_.Import(ImportFundMovement, loss), Outcome::kUpdated);
  EXPECT_EQ(*Pay("r1", Date(2017, 3, 20), kFirst + 1'000'000), Outcome::kUpdated);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, CorrectionTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::microcredit
