#include "services/microcredit/domain/interest_subsidy.h"

#include "absl/strings/str_cat.h"
#include "services/microcredit/domain/account.h"
#include "services/microcredit/domain/indicators.h"
#include "tests/support/stand.h"

namespace anju::microcredit {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using subsidy::RunState;
using ::testing::IsEmpty;
using testing::RefusedWith;
using testing::Stand;

// Interest of 20,000 yuan from 2017-01-05 to 2017-03-20 at 4.75%: 19,527.78.
constexpr int64_t kFirst = 19528;

TEST(QuarterTest, EndsWithItsSettlement) {
  const Quarter quarter = *ParseQuarter("2018Q1", {});
  EXPECT_EQ(quarter.after, Date(2017, 12, 20));
  EXPECT_EQ(quarter.settled_on, Date(2018, 3, 20));
  EXPECT_EQ(quarter.grace_until, Date(2018, 3, 30));
  EXPECT_EQ(ParseQuarter("2018Q4", {})->settled_on, Date(2018, 12, 20));
  for (const char* text : {"", "2018", "2018Q0", "2018Q5", "2018q3", "18Q3", "2018Q33", "+018Q3", "201 Q3", "2018-3"}) {
    EXPECT_THAT(ParseQuarter(text, {}), RefusedWith(kInvalidArgument, "PERIOD_MALFORMED")) << text;
  }
}

TEST(JudgeTest, SaysWhyAndWhyNot) {
  Loan loan{.key = "450328/bank/l1",
            .principal_fen = 2'000'000,
            .annual_rate_bp = 475,
            .disbursed_on = Date(2017, 1, 5),
            .matures_on = Date(2019, 1, 5),
            .purpose = Purpose::kLentOn,
            .balance_fen = 2'000'000};
  const Quarter quarter = *ParseQuarter("2017Q1", {});
  const Date today(2017, 5, 1);
  EXPECT_FALSE(Judge("a", loan, *ParseQuarter("2016Q4", {}), today).has_value());
  loan.subsidies = {{.quarter = "2017Q1"}};
  EXPECT_EQ(Judge("a", loan, quarter, today)->reason, "ALREADY_PAID");
  loan.subsidies.clear();
  EXPECT_EQ(Judge("a", loan, quarter, today)->reason, "PURPOSE_VIOLATION");
  loan.purpose = Purpose::kTrade;
  EXPECT_EQ(Judge("a", loan, quarter, today)->reason, "NOT_PAID");
  Outcome outcome = Outcome::kUnchanged;
  EXPECT_EQ(Judge("a", *Repay(loan, "r", Date(2017, 3, 31), kFirst, &outcome), quarter, today)->reason, "PAID_LATE");
  EXPECT_EQ(Judge("a", *Repay(loan, "r", Date(2017, 3, 30), kFirst - 1, &outcome), quarter, today)->reason, "NOT_PAID");
  const Loan paid = *Repay(loan, "r", Date(2017, 3, 30), kFirst, &outcome);
  EXPECT_EQ(Judge("a", paid, quarter, today)->reason, "ELIGIBLE");
  EXPECT_EQ(Judge("a", paid, quarter, today)->amount_fen, kFirst);
  EXPECT_EQ(Judge("a", paid, quarter, Date(2017, 3, 29))->reason, "NOT_PAID");
  // With the last principal between settlements its interest belongs to the quarter of that day.
  const Loan early = *Repay(loan, "r", Date(2017, 1, 15), 2'000'000 + 2639, &outcome);
  EXPECT_EQ(Judge("a", early, quarter, today)->amount_fen, 2639);
  EXPECT_FALSE(Judge("a", early, *ParseQuarter("2017Q2", {}), today).has_value());
}

class SubsidyRunTest : public ::testing::TestWithParam<std::string> {
 protected:
  SubsidyRunTest() : stand_(GetParam(), Kinds(), Catalogue()) {
    for (const char* code : {"450328", "450328100"}) stand_.KnowDivision(code);
    for (int i = 1; i <= 3; ++i) Borrow(i);
    Pay(1, Date(2017, 3, 20));
    Pay(2, Date(2017, 4, 20));
    Pay(3, Date(2017, 3, 30));
  }
  static std::vector<const roots::Kind*> Kinds() {
    return {&roots::KindOf<CreditAccount>(), &roots::KindOf<subsidy::Run>()};
  }
  void Borrow(int i) {
    const std::string household = absl::StrCat("h", i);
    stand_.KnowHousehold(household, "450328100201", 1);
    ASSERT_TRUE(stand_
                    .Import(ImportRating, RatingRecord{.rating_no = absl::StrCat("p", i),
                                                       .household_no = household,
                                                       .rated_on = Date(2016, 2, 1),
                                                       .credit_score = 90,
                                                       .labour_score = 90,
                                                       .asset_score = 90})
                    .ok());
    ASSERT_TRUE(stand_
                    .Import(ImportLoan, LoanRecord{.loan_no = absl::StrCat("l", i),
                                                   .household_no = household,
                                                   .bank = "样例银行",
                                                   .principal_fen = 2'000'000,
                                                   .annual_rate_bp = 475,
                                                   .disbursed_on = Date(2017, 1, 5),
                                                   .matures_on = Date(2019, 1, 5),
                                                   .purpose = Purpose::kPlanting})
                    .ok());
  }
  void Pay(int i, Date day) {
    ASSERT_TRUE(stand_
                    .Import(ImportRepayment, RepaymentRecord{.repayment_no = absl::StrCat("r", i),
                                                             .loan_no = absl::StrCat("l", i),
                                                             .paid_on = day,
                                                             .amount_fen = kFirst})
                    .ok());
  }
  absl::StatusOr<subsidy::Run> Do(absl::FunctionRef<absl::StatusOr<subsidy::Run>(roots::Session&)> step,
                                  storage::Database* on = nullptr) {
    roots::Store store(on == nullptr ? *stand_.database : *on, stand_.clock, Kinds(), nullptr, [](const auto&) {});
    subsidy::Run run;
    RETURN_IF_ERROR(store.Change({}, [&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(run, step(session));
      return absl::OkStatus();
    }));
    return run;
  }
  absl::StatusOr<subsidy::Run> Listed(const std::string& period = "2017Q1", const std::string& division = "450328") {
    return Do([&](roots::Session& session) { return ListRun(session, division, period, "li"); });
  }
  absl::StatusOr<subsidy::Run> Approved(const std::string& id) {
    return Do([&](roots::Session& session) -> absl::StatusOr<subsidy::Run> {
      ASSIGN_OR_RETURN(const subsidy::Run before, FindRun(session, id));
      return subsidy::DecideRun(
          session, SubsidyFlow(), before, {.verdict = approval::Verdict::kApprove},
          {.by = "wang", .on = DayInChina(session.now()), .roles = {"approver"}, .scope = "450328"});
    });
  }
  absl::StatusOr<subsidy::Run> Paid(const std::string& id, storage::Database* on = nullptr) {
    return Do(
        [&](roots::Session& session) -> absl::StatusOr<subsidy::Run> {
          ASSIGN_OR_RETURN(const subsidy::Run before, FindRun(session, id));
          return PayRun(session, before, Date(2017, 4, 28));
        },
        on);
  }
  int64_t Subsidised(const std::string& month) {
    return stand_.Figure("microcredit.interest_subsidy_paid", "450328", month);
  }

  Stand stand_;
};

TEST_P(SubsidyRunTest, PaysTheInterestThatWasPaidInTimeOnce) {
  const subsidy::Run listed = *Listed();
  EXPECT_EQ(listed.eligible, 2);
  EXPECT_EQ(listed.refused, 1);
  EXPECT_EQ(listed.total_fen, 2 * kFirst);
  EXPECT_EQ(Listed()->id, listed.id);
  EXPECT_THAT(Paid(listed.id), RefusedWith(kFailedPrecondition, "RUN_NOT_APPROVED"));
  ASSERT_TRUE(Approved(listed.id).ok());
  EXPECT_THAT(Listed(), RefusedWith(kFailedPrecondition, "RUN_ALREADY_APPROVED"));
  EXPECT_EQ(Subsidised("2018-10"), 0);
  for (int i = 0; i < 2; ++i) {
    const subsidy::Run paid = *Paid(listed.id);
    EXPECT_EQ(paid.state, RunState::kPaid);
    EXPECT_EQ(paid.total_fen, 2 * kFirst);
    EXPECT_EQ(Subsidised("2017-03"), 0);
    EXPECT_EQ(Subsidised("2017-04"), 2 * kFirst);
  }
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(SubsidyRunTest, RefusesInOrder) {
  EXPECT_THAT(Listed("2018", "459999"), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
  EXPECT_THAT(Listed("2018", "450328100"), RefusedWith(kInvalidArgument, "NOT_A_COUNTY"));
  EXPECT_THAT(Listed("2018"), RefusedWith(kInvalidArgument, "PERIOD_MALFORMED"));
  EXPECT_THAT(Listed("2018Q4"), RefusedWith(kInvalidArgument, "PERIOD_NOT_OVER"));
  EXPECT_TRUE(Listed("2018Q3").ok());
  EXPECT_THAT(Approved("nothing"), RefusedWith(kNotFound, "RUN_NOT_FOUND"));
}

TEST_P(SubsidyRunTest, WhatAnotherRunHasPaidMeanwhileIsNotPaidAgain) {
  const subsidy::Run listed = *Listed();
  ASSERT_TRUE(Approved(listed.id).ok());
  ASSERT_TRUE(
      stand_.store
          .Change({},
                  [&](roots::Session& session) -> absl::Status {
                    ASSIGN_OR_RETURN(std::optional<CreditAccount> account,
                                     session.Find<CreditAccount>("450328/county/h1"));
                    account->loans[0].subsidies.push_back(
                        {.quarter = "2017Q1", .amount_fen = kFirst, .paid_on = Date(2017, 4, 20), .run_id = "another"});
                    session.Put(*account);
                    return absl::OkStatus();
                  })
          .ok());
  const subsidy::Run paid = *Paid(listed.id);
  EXPECT_EQ(paid.total_fen, kFirst);
  EXPECT_EQ(paid.eligible, 1);
  EXPECT_EQ(Subsidised("2018-10"), 2 * kFirst);
}

TEST_P(SubsidyRunTest, AFaultPaysAllOrNone) {
  const subsidy::Run listed = *Listed();
  ASSERT_TRUE(Approved(listed.id).ok());
  int broken = 0;
  for (int n = 1;; ++n) {
    testing::FaultyDatabase faulty(*stand_.database, n);
    const absl::Status status = Paid(listed.id, &faulty).status();
    ASSERT_THAT(stand_.Recount(), IsEmpty()) << "statement " << n << ": " << status;
    if (!faulty.failed()) break;
    EXPECT_EQ(Subsidised("2018-10"), 0) << "statement " << n << ": " << status;
    ++broken;
  }
  EXPECT_GT(broken, 5);
  EXPECT_EQ(Subsidised("2018-10"), 2 * kFirst);
}

INSTANTIATE_TEST_SUITE_P(Engines, SubsidyRunTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::microcredit
