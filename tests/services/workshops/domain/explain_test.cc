#include "services/workshops/domain/explain.h"

#include "services/workshops/domain/subsidy.h"
#include "tests/services/workshops/domain/workshops_stand.h"
#include "tests/support/setting.h"

namespace anju::workshops {
namespace {

using policy::Decision;
using policy::Verdict;
using ::testing::IsEmpty;

class ExplainTest : public WorkshopsStand {
 protected:
  ExplainTest() { Begin(); }

  // Six months of work of p1, up to October.
  void Work() {
    ASSERT_TRUE(stand_.Import(ImportContract, AContract("c1", "p1", Date(2018, 5, 1))).ok());
    for (int i = 0; i < 6; ++i) {
      ASSERT_TRUE(stand_.Import(ImportPay, APay("c1", Format(kOctober.Plus(-i)), 1500'00)).ok());
    }
  }
  void Set(absl::string_view name, int64_t value) { testing::SetParameter(stand_, Policies(), name, value); }
  policy::Answer Ask(const policy::Question& question = {}) {
    policy::Answer answer;
    const absl::Status status = stand_.store.Look([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const std::optional<Worker> worker, session.Find<Worker>("450328/county/h1#p1"));
      policy::Question asked = question;
      asked.today = DayInChina(session.now());
      ASSIGN_OR_RETURN(answer, Explain(session, *worker, asked));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return answer;
  }
  absl::Status PayTheRunOf(Month period, Date on) {
    return stand_.store.Change({}, [&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const subsidy::Run listed, ListRun(session, "450328", period, "li"));
      ASSIGN_OR_RETURN(const subsidy::Run approved,
                       subsidy::DecideRun(
                           session, SubsidyFlow(), listed, {.verdict = approval::Verdict::kApprove},
                           {.by = "wang", .on = DayInChina(session.now()), .roles = {"approver"}, .scope = "450328"}));
      return PayRun(session, approved, on).status();
    });
  }

  const Month kOctober = *ParseMonth("2018-10");
};

INSTANTIATE_TEST_SUITE_P(Engines, ExplainTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

TEST_P(ExplainTest, SaysWhatWouldBePaidAndWhyNot) {
  Work();
  const Decision yes = Ask().would.at(0);
  EXPECT_EQ(yes.verdict, Verdict::kYes);
  EXPECT_EQ(yes.amount_fen, 1000'00);
  EXPECT_EQ(yes.inputs[3], (policy::Input{"months_worked", "6"}));
  EXPECT_EQ(yes.used.back(), (policy::Used{"subsidy_fen", "1", 1000'00}));
  EXPECT_TRUE(Ask({.rule = "another"}).would.empty());
  EXPECT_TRUE(Ask({.subject = "another"}).would.empty());
  // Seven months are needed from November on: of the month of October the old rule is asked still.
  Set(kSubsidyMonths, 7);
  EXPECT_EQ(Ask().would.at(0).verdict, Verdict::kYes);
  ASSERT_TRUE(stand_.Import(ImportPay, APay("c1", "2018-05", 1500'00, /*days=*/0)).ok());
  const Decision no = Ask().would.at(0);
  EXPECT_EQ(no.verdict, Verdict::kNo);
  EXPECT_EQ(no.reason, "MONTHS_TOO_FEW");
  EXPECT_EQ(no.amount_fen, 0);
}

TEST_P(ExplainTest, WhatWasPaidKeepsItsVersionWhateverIsSetLater) {
  Work();
  ASSERT_TRUE(PayTheRunOf(kOctober, Date(2018, 11, 1)).ok());
  Set(kSubsidy, 2000'00);
  const policy::Answer answer = Ask();
  EXPECT_TRUE(answer.would.empty());
  EXPECT_EQ(answer.kept.at(0).amount_fen, 1000'00);
  EXPECT_EQ(answer.kept.at(0).used.back(), (policy::Used{"subsidy_fen", "1", 1000'00}));
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(ExplainTest, ACountyPaysWhatItHasSetFromItsDayOn) {
  Work();
  Set(kSubsidy, 2000'00);
  stand_.clock.Advance(absl::Hours(24 * 35));
  const Decision yes = Ask().would.at(0);
  EXPECT_EQ(yes.amount_fen, 2000'00);
  EXPECT_EQ(yes.used.back().version, "450328/1");
  ASSERT_TRUE(PayTheRunOf(kOctober.Plus(1), DayInChina(stand_.clock.Now())).ok());
  EXPECT_EQ(Ask().kept.at(0).amount_fen, 2000'00);
  EXPECT_EQ(Figure("workshop_subsidy_paid", "2018-12"), 2000'00);
}

}  // namespace
}  // namespace anju::workshops
