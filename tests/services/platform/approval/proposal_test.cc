#include "services/platform/approval/proposal.h"

#include "tests/support/refused.h"

namespace anju::approval {
namespace {

using enum absl::StatusCode;
using notice::Act;
using testing::RefusedWith;
using Items = std::vector<Item>;

const Date kDay(2026, 11, 22);
const Act kLi{.by = "li", .on = kDay, .roles = {"officer"}, .scope = "450328"};
const Act kWang{.by = "wang", .on = kDay, .roles = {"approver"}, .scope = "450328"};
const Act kZhao{.by = "zhao", .on = kDay, .roles = {"approver"}, .scope = "4503"};

// Over 100,000 yuan the prefecture approves too.
Flow TwoLevels(const std::string& division = "4503", int32_t version = 1) {
  return {.division = division,
          .name = "a.payment",
          .versions = {{.version = version,
                        .since = kDay,
                        .steps = {{.code = "county", .level = Level::kCounty, .roles = {"approver"}},
                                  {.code = "prefecture",
                                   .level = Level::kPrefecture,
                                   .roles = {"approver"},
                                   .from_fen = 100'000'00,
                                   .incompatible_with = {"county"}}}}}};
}
Ruling Approving(const std::string& step = "") { return {.verdict = Verdict::kApprove, .step = step}; }
Items Proposed(int64_t fen) { return *Propose({}, TwoLevels(), fen, kLi); }
absl::StatusOr<Items> Ruled(const Items& items, const Ruling& ruling, const Act& act) {
  return Rule(items, TwoLevels("450328", 7), {.amount_fen = 1, .authors = {"another"}}, ruling, act);
}

TEST(ProposalTest, TheAmountSaysHowManyDecide) {
  const Items small = *Ruled(Proposed(99'999'99), Approving(), kWang);
  EXPECT_TRUE(IsApproved(small));
  const Items large = Proposed(100'000'00);
  EXPECT_THAT(Ruled(large, Approving(), kWang), RefusedWith(kFailedPrecondition, "WRONG_STEP"));
  EXPECT_THAT(Ruled(large, Approving("county"), kZhao), RefusedWith(kPermissionDenied, "LEVEL_NOT_ALLOWED"));
  const Items once = *Ruled(large, Approving("county"), kWang);
  EXPECT_FALSE(IsApproved(once));
  EXPECT_EQ(once.back().step, "prefecture");
  EXPECT_TRUE(IsApproved(*Ruled(once, Approving("prefecture"), kZhao)));
  // What began keeps its version, whatever flow is followed by now.
  EXPECT_EQ(once.back().version, 1);
  EXPECT_EQ(once.back().flow_division, "4503");
}

TEST(ProposalTest, TheAuthorDecidesNothingAndAloneWithdraws) {
  Act li = kWang;
  li.by = "li";
  const Items items = Proposed(1);
  EXPECT_THAT(Ruled(items, Approving(), li), RefusedWith(kFailedPrecondition, "APPROVER_IS_AUTHOR"));
  Ruling withdrawal{.verdict = Verdict::kWithdraw};
  EXPECT_THAT(Ruled(items, withdrawal, kWang), RefusedWith(kPermissionDenied, "NOT_AUTHOR"));
  EXPECT_THAT(Ruled(items, withdrawal, kLi), RefusedWith(kInvalidArgument, "REASON_MISSING"));
  withdrawal.reason = "算错了";
  const Items withdrawn = *Ruled(items, withdrawal, kLi);
  EXPECT_TRUE(IsDropped(withdrawn));
  EXPECT_THAT(Ruled(withdrawn, withdrawal, kWang), RefusedWith(kFailedPrecondition, "NOT_UNDER_WAY"));
  EXPECT_THAT(Ruled(withdrawn, Approving(), kWang), RefusedWith(kFailedPrecondition, "NOT_UNDER_WAY"));
  // Proposed again, it begins again, and nothing of what was is lost.
  const Items again = *Propose(withdrawn, TwoLevels("4503", 2), 1, kLi);
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(again[0], withdrawn[0]);
  EXPECT_EQ(again[1].version, 2);
}

TEST(ProposalTest, WhatWasReturnedGoesOnByItsVersion) {
  const Items returned = *Ruled(Proposed(1), {.verdict = Verdict::kReturn, .reason = "缺发票"}, kWang);
  EXPECT_EQ(returned.back().state, State::kReturned);
  Act chen = kLi;
  chen.by = "chen";
  const Items again = *Propose(returned, TwoLevels("450328", 9), 200'000'00, chen);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again.back().version, 1);
  EXPECT_EQ(again.back().amount_fen, 200'000'00);
  EXPECT_EQ(again.back().authors, (std::vector<std::string>{"li", "chen"}));
  EXPECT_EQ(again.back().history.size(), 1u);
  // It is more by now, and the prefecture decides too.
  EXPECT_EQ(Ruled(again, Approving("county"), kWang)->back().step, "prefecture");
}

TEST(ProposalTest, WhatIsProposedAnewIsDecidedAnew) {
  // Nobody had decided: there is nothing to keep.
  EXPECT_EQ(Propose(Proposed(1), TwoLevels(), 2, kLi)->size(), 1u);
  const Items once = *Ruled(Proposed(100'000'00), Approving("county"), kWang);
  const Items anew = *Propose(once, TwoLevels(), 2, kLi);
  ASSERT_EQ(anew.size(), 2u);
  EXPECT_EQ(anew[0].state, State::kWithdrawn);
  EXPECT_EQ(anew[0].history.size(), 2u);
  EXPECT_EQ(anew[1].amount_fen, 2);
  Items full(kMostItems, anew[0]);
  EXPECT_THAT(Propose(full, TwoLevels(), 1, kLi), RefusedWith(kFailedPrecondition, "PROPOSED_TOO_OFTEN"));
}

TEST(ProposalTest, WhatWasNotProposedHereBeginsWithItsFirstDecision) {
  const Items begun = *Ruled({}, Approving(), kWang);
  EXPECT_EQ(begun.back().version, 7);
  EXPECT_EQ(begun.back().authors, std::vector<std::string>{"another"});
  // An approval that was taken back is decided on anew.
  EXPECT_EQ(Ruled(begun, Approving(), kWang)->size(), 2u);
  Act another = kWang;
  another.by = "another";
  EXPECT_THAT(Ruled({}, Approving(), another), RefusedWith(kFailedPrecondition, "APPROVER_IS_AUTHOR"));
}

}  // namespace
}  // namespace anju::approval
