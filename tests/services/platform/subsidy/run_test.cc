#include "services/platform/subsidy/run.h"

#include "tests/support/refused.h"

namespace anju::subsidy {
namespace {

using enum absl::StatusCode;
using testing::RefusedWith;

const Date kEnd(2018, 9, 30), kToday(2018, 11, 1);

Run Listed() {
  return *List(std::nullopt, "450328", "2018Q3", "li",
               {{.root_id = "a", .amount_fen = 5, .reason = std::string(kEligible)},
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
  EXPECT_THAT(List(approved, "450328", "2018Q3", "li", {}), RefusedWith(kFailedPrecondition, "RUN_ALREADY_APPROVED"));
  EXPECT_THAT(Pay(approved, kEnd - 1, kEnd, kToday), RefusedWith(kFailedPrecondition, "DATES_REVERSED"));
  EXPECT_THAT(Pay(approved, kToday + 1, kEnd, kToday), RefusedWith(kFailedPrecondition, "DATES_REVERSED"));
  const subsidy::Run paid = *Pay(approved, kToday, kEnd, kToday);
  EXPECT_EQ(paid.paid_on, kToday);
  EXPECT_EQ(Pay(paid, kToday - 1, kEnd, kToday)->paid_on, kToday);
}

}  // namespace
}  // namespace anju::subsidy
