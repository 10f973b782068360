#include "services/platform/subsidy/run.h"

#include "tests/support/refused.h"
#include "tests/support/stand.h"

namespace anju::subsidy {
namespace {

using enum absl::StatusCode;
using testing::RefusedWith;

const Date kEnd(2018, 9, 30), kToday(2018, 11, 1);

Run Listed() {
  return *List(
      std::nullopt, "450328", "2018Q3", "li", kToday, {.rule = "interest", .used = {{"grace", "1", 10}}},
      {{.root_id = "a", .subject = "l1", .amount_fen = 5, .reason = std::string(kEligible), .inputs = {{"due", "x"}}},
       {.root_id = "b", .amount_fen = 7, .reason = "PAID_LATE"}});
}

TEST(Run, CountsWhatIsEligible) {
  const subsidy::Run run = Listed();
  EXPECT_EQ(run.total_fen, 5);
  EXPECT_EQ(run.eligible, 1);
  EXPECT_EQ(run.refused, 1);
}

TEST(Run, GoesFromListToPaymentOnce) {
  const subsidy::Run listed = Listed();
  EXPECT_THAT(Approve(listed, "li", kToday), RefusedWith(kFailedPrecondition, "APPROVER_IS_AUTHOR"));
  EXPECT_THAT(Pay(listed, kToday, kEnd, kToday), RefusedWith(kFailedPrecondition, "RUN_NOT_APPROVED"));
  const subsidy::Run approved = *Approve(listed, "wang", kToday);
  EXPECT_EQ(Approve(approved, "wang", kToday)->state, RunState::kApproved);
  EXPECT_THAT(Approve(approved, "zhao", kToday), RefusedWith(kFailedPrecondition, "RUN_NOT_LISTED"));
  EXPECT_THAT(List(approved, "450328", "2018Q3", "li", kToday, {}, {}),
              RefusedWith(kFailedPrecondition, "RUN_ALREADY_APPROVED"));
  EXPECT_THAT(Pay(approved, kEnd - 1, kEnd, kToday), RefusedWith(kFailedPrecondition, "DATES_REVERSED"));
  EXPECT_THAT(Pay(approved, kToday + 1, kEnd, kToday), RefusedWith(kFailedPrecondition, "DATES_REVERSED"));
  const subsidy::Run paid = *Pay(approved, kToday, kEnd, kToday);
  EXPECT_EQ(paid.paid_on, kToday);
  EXPECT_EQ(Pay(paid, kToday - 1, kEnd, kToday)->paid_on, kToday);
}

TEST(Run, SaysWhyOfEachItem) {
  testing::Stand stand("sqlite", {}, {});
  subsidy::Run run = Listed();
  const auto ask = [&](const policy::Question& question) {
    policy::Answer answer;
    const absl::Status status = stand.store.Look([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(answer, Explain(session, run, question));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return answer.kept;
  };
  EXPECT_EQ(ask({}).size(), 2u);
  EXPECT_TRUE(ask({.rule = "another"}).empty());
  EXPECT_TRUE(ask({.subject = "l9"}).empty());
  const policy::Decision yes = ask({.rule = "interest", .subject = "l1"}).at(0);
  EXPECT_EQ(yes.verdict, policy::Verdict::kYes);
  EXPECT_EQ(yes.amount_fen, 5);
  EXPECT_EQ(yes.reason, "");
  EXPECT_EQ(yes.decided_on, kToday);
  EXPECT_EQ(yes.inputs, run.items[0].inputs);
  EXPECT_EQ(yes.used[0].name, "grace");
  const policy::Decision no = ask({.subject = "b"}).at(0);
  EXPECT_EQ(no.verdict, policy::Verdict::kNo);
  EXPECT_EQ(no.reason, "PAID_LATE");
  run.items.resize(kMostExplained + 1);
  EXPECT_EQ(ask({}).size(), kMostExplained);
}

}  // namespace
}  // namespace anju::subsidy
