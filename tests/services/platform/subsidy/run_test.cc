#include "services/platform/subsidy/run.h"

#include "tests/support/refused.h"
#include "tests/support/stand.h"

namespace anju::subsidy {
namespace {

using enum absl::StatusCode;
using testing::RefusedWith;

const Date kEnd(2018, 9, 30), kToday(2018, 11, 1);

notice::Act Approver(const std::string& by) {
  return {.by = by, .on = kToday, .roles = {"approver"}, .scope = "450328"};
}
const approval::Flow kFlow = approval::OneApprover("a.subsidy");

absl::StatusOr<Run> Approve(const Run& before, const std::string& by) {
  return Decide(before, kFlow, {.verdict = approval::Verdict::kApprove}, Approver(by));
}

Run Listed() {
  return *List(
      std::nullopt, "450328", "2018Q3", "li", kToday, kFlow, {.rule = "interest", .used = {{"grace", "1", 10}}},
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
  EXPECT_THAT(Approve(listed, "li"), RefusedWith(kFailedPrecondition, "APPROVER_IS_AUTHOR"));
  EXPECT_THAT(Pay(listed, kToday, kEnd, kToday), RefusedWith(kFailedPrecondition, "RUN_NOT_APPROVED"));
  const subsidy::Run approved = *Approve(listed, "wang");
  EXPECT_EQ(Approve(approved, "wang")->state, RunState::kApproved);
  EXPECT_THAT(Approve(approved, "zhao"), RefusedWith(kFailedPrecondition, "RUN_NOT_LISTED"));
  EXPECT_THAT(List(approved, "450328", "2018Q3", "li", kToday, kFlow, {}, {}),
              RefusedWith(kFailedPrecondition, "RUN_ALREADY_APPROVED"));
  EXPECT_THAT(Pay(approved, kEnd - 1, kEnd, kToday), RefusedWith(kFailedPrecondition, "DATES_REVERSED"));
  EXPECT_THAT(Pay(approved, kToday + 1, kEnd, kToday), RefusedWith(kFailedPrecondition, "DATES_REVERSED"));
  const subsidy::Run paid = *Pay(approved, kToday, kEnd, kToday);
  EXPECT_EQ(paid.paid_on, kToday);
  EXPECT_EQ(Pay(paid, kToday, kEnd, kToday)->paid_on, kToday);
  EXPECT_THAT(Pay(paid, kToday - 1, kEnd, kToday), RefusedWith(kFailedPrecondition, "RUN_ALREADY_PAID"));
}

TEST(Run, IsListedAnewAfterItWasReturned) {
  const subsidy::Run listed = Listed();
  const subsidy::Run returned =
      *Decide(listed, kFlow, {.verdict = approval::Verdict::kReturn, .reason = "缺回单"}, Approver("wang"));
  EXPECT_EQ(returned.state, RunState::kListed);
  EXPECT_THAT(Approve(returned, "wang"), RefusedWith(kFailedPrecondition, "NOT_UNDER_WAY"));
  const subsidy::Run again = *List(returned, "450328", "2018Q3", "li", kToday, kFlow, {}, {});
  ASSERT_EQ(again.approvals.size(), 1u);
  EXPECT_EQ(again.approvals[0].history.size(), 1u);
  EXPECT_EQ(again.approvals[0].amount_fen, 0);
  EXPECT_EQ(Approve(again, "wang")->state, RunState::kApproved);
  EXPECT_EQ(Decisions(*Approve(again, "wang")).size(), 2u);
}

TEST(Run, TakesAsManyApproversAsItsAmountNeeds) {
  approval::Flow flow = approval::OneApprover("a.subsidy");
  flow.versions[0].steps.push_back(
      {.code = "prefecture", .level = approval::Level::kPrefecture, .roles = {"approver"}, .from_fen = 5});
  const auto list = [&](int64_t fen) {
    return *List(std::nullopt, "450328", "2018Q3", "li", kToday, flow, {},
                 {{.root_id = "a", .amount_fen = fen, .reason = std::string(kEligible)}});
  };
  const approval::Ruling first{.verdict = approval::Verdict::kApprove, .step = "approve"};
  EXPECT_EQ(Decide(list(4), flow, first, Approver("wang"))->state, RunState::kApproved);
  const subsidy::Run once = *Decide(list(5), flow, first, Approver("wang"));
  EXPECT_EQ(once.state, RunState::kListed);
  EXPECT_THAT(Pay(once, kToday, kEnd, kToday), RefusedWith(kFailedPrecondition, "RUN_NOT_APPROVED"));
  // A call that came again.
  EXPECT_EQ(Decide(once, flow, first, Approver("wang"))->approvals, once.approvals);
  notice::Act above = Approver("zhao");
  above.scope = "4503";
  const approval::Ruling second{.verdict = approval::Verdict::kApprove, .step = "prefecture"};
  const subsidy::Run twice = *Decide(once, flow, second, above);
  EXPECT_EQ(twice.state, RunState::kApproved);
  EXPECT_EQ(twice.approved_by, "zhao");
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
