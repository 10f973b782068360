#include "services/platform/approval/item.h"

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "tests/support/stand.h"

namespace anju::approval {
namespace {

using enum absl::StatusCode;
using notice::Act;
using notice::DayKind;
using testing::RefusedWith;

// A Thursday.
const Date kToday(2018, 11, 1);
constexpr int64_t kLarge = 100'000'00;

// Checked by the township within three working days, then by the county, then reviewed; approved by the county, and a
// large amount by the prefecture too.
Flow Tested() {
  return {.name = "test.flow",
          .versions = {{.version = 1,
                        .since = Date(2016, 1, 1),
                        .steps = {{.code = "check",
                                   .level = Level::kTownship,
                                   .roles = {"officer"},
                                   .days = 3,
                                   .day_kind = DayKind::kWorking,
                                   .escalates_to = Level::kCounty},
                                  {.code = "review", .level = Level::kCounty, .roles = {"officer", "approver"}},
                                  {.code = "approve",
                                   .level = Level::kCounty,
                                   .roles = {"approver"},
                                   .days = 5,
                                   .day_kind = DayKind::kCalendar,
                                   .escalates_to = Level::kProvince,
                                   .incompatible_with = {"check", "review"}},
                                  {.code = "confirm",
                                   .level = Level::kPrefecture,
                                   .roles = {"approver"},
                                   .from_fen = kLarge,
                                   .incompatible_with = {"approve"}}}}}};
}

Act By(const std::string& who, const std::string& scope, Date on = kToday,
       std::vector<std::string> roles = {"officer", "approver"}) {
  return {.by = who, .on = on, .roles = std::move(roles), .scope = scope};
}

Ruling Approves(const std::string& step) { return {.verdict = Verdict::kApprove, .step = step}; }
Ruling Returns(const std::string& step, const std::string& to) {
  return {.verdict = Verdict::kReturn, .step = step, .to_step = to, .reason = "缺材料"};
}

Item Begun(int64_t amount_fen = 0) { return *Begin(Tested(), amount_fen, {"li"}, kToday); }
Item AtReview(int64_t amount_fen = 0) { return *Decide(Begun(amount_fen), Approves("check"), By("zhao", "450328101")); }
Item AtApprove(int64_t amount_fen = 0) {
  return *Decide(AtReview(amount_fen), Approves("review"), By("qian", "450328"));
}

TEST(DecideTest, TakesItsStepsToTheEnd) {
  Item item = Begun(kLarge - 1);
  EXPECT_EQ(item.step, "check");
  EXPECT_EQ(item.due_on, Date(2018, 11, 6));
  item = AtReview(kLarge - 1);
  EXPECT_EQ(item.step, "review");
  EXPECT_EQ(item.due_on, std::nullopt);
  item = *Decide(AtApprove(kLarge - 1), Approves("approve"), By("sun", "450328"));
  EXPECT_EQ(item.state, State::kApproved);
  EXPECT_EQ(item.step, "");
  EXPECT_EQ(item.history.size(), 3);
  EXPECT_EQ(item.history[1],
            (Entry{.step = "review", .by = "qian", .role = "officer", .verdict = Verdict::kApprove, .on = kToday}));
  // From that amount on the prefecture confirms.
  item = *Decide(AtApprove(kLarge), Approves("approve"), By("sun", "450328"));
  EXPECT_EQ(item.step, "confirm");
  item = *Decide(item, Approves("confirm"), By("zhou", "4503"));
  EXPECT_EQ(item.state, State::kApproved);
  EXPECT_THAT(Decide(item, Approves("confirm"), By("zhou", "4503")), RefusedWith(kFailedPrecondition, "NOT_UNDER_WAY"));
}

TEST(DecideTest, RefusesInOrder) {
  // Each row mends what the one before was refused for, and breaks what comes after where it can.
  const struct {
    Item item;
    Ruling ruling;
    Act act;
    absl::StatusCode code;
    absl::string_view reason;
  } cases[] = {
      {Item(), {.verdict = Verdict::kWithdraw}, By("li", "", kToday, {}), kInvalidArgument, "VERDICT_UNKNOWN"},
      {Item(), {.verdict = Verdict::kReturn}, By("li", "", kToday, {}), kFailedPrecondition, "NOT_UNDER_WAY"},
      {AtApprove(), {.verdict = Verdict::kReturn}, By("li", "", kToday, {}), kFailedPrecondition, "WRONG_STEP"},
      {AtApprove(), Approves("review"), By("li", "", kToday, {}), kFailedPrecondition, "WRONG_STEP"},
      {AtApprove(),
       {.verdict = Verdict::kReturn, .step = "approve"},
       By("li", "", kToday, {"officer", "admin"}),
       kPermissionDenied,
       "ROLE_NOT_ALLOWED"},
      {AtApprove(),
       {.verdict = Verdict::kReturn, .step = "approve"},
       By("li", ""),
       kPermissionDenied,
       "LEVEL_NOT_ALLOWED"},
      {AtApprove(),
       {.verdict = Verdict::kReturn, .step = "approve"},
       By("li", "4503"),
       kPermissionDenied,
       "LEVEL_NOT_ALLOWED"},
      {AtApprove(),
       {.verdict = Verdict::kReturn, .step = "approve"},
       By("li", "450328101"),
       kPermissionDenied,
       "LEVEL_NOT_ALLOWED"},
      {AtApprove(),
       {.verdict = Verdict::kReturn, .step = "approve"},
       By("li", "450328"),
       kFailedPrecondition,
       "APPROVER_IS_AUTHOR"},
      {AtApprove(),
       {.verdict = Verdict::kReturn, .step = "approve"},
       By("zhao", "450328"),
       kFailedPrecondition,
       "INCOMPATIBLE_ROLE"},
      {AtApprove(),
       {.verdict = Verdict::kReject, .step = "approve"},
       By("sun", "450328"),
       kInvalidArgument,
       "REASON_MISSING"},
      {AtApprove(),
       {.verdict = Verdict::kReturn, .step = "approve", .to_step = "x"},
       By("sun", "450328"),
       kInvalidArgument,
       "REASON_MISSING"},
      {AtApprove(), Returns("approve", "approve"), By("sun", "450328"), kFailedPrecondition, "STEP_NOT_EARLIER"},
      {AtApprove(), Returns("approve", "confirm"), By("sun", "450328"), kFailedPrecondition, "STEP_NOT_EARLIER"},
  };
  for (const auto& row : cases) {
    EXPECT_THAT(Decide(row.item, row.ruling, row.act), RefusedWith(row.code, row.reason));
  }
  // Nobody has to name the only step that is needed.
  Flow one = Tested();
  one.versions[0].steps.resize(1);
  EXPECT_TRUE(Decide(*Begin(one, 0, {}, kToday), {.verdict = Verdict::kApprove}, By("zhao", "450328101")).ok());
}

TEST(DecideTest, AfterTheDeadlineTheLevelsAboveMayDecideToo) {
  const struct {
    const char* scope;
    int days;
    bool may;
    bool escalated;
  } cases[] = {{"450328", 5, true, false}, {"4503", 5, false, false}, {"450328", 6, true, false},
               {"4503", 6, true, true},    {"45", 6, true, true},     {"450328101", 6, false, false}};
  for (const auto& row : cases) {
    const auto after = Decide(AtApprove(), Approves("approve"), By("sun", row.scope, kToday + row.days));
    ASSERT_EQ(after.ok(), row.may) << row.scope << ", day " << row.days << ": " << after.status();
    if (row.may) {
      EXPECT_EQ(after->history.back().escalated, row.escalated) << row.scope;
    } else {
      EXPECT_EQ(ReasonOf(after.status()), "LEVEL_NOT_ALLOWED");
    }
  }
  // No further than the step says.
  EXPECT_THAT(Decide(Begun(), Approves("check"), By("sun", "4503", kToday + 30)),
              RefusedWith(kPermissionDenied, "LEVEL_NOT_ALLOWED"));
  EXPECT_EQ(EscalatedTo(Level::kCounty, kToday, kToday), Level::kUnspecified);
  EXPECT_EQ(EscalatedTo(Level::kCounty, kToday, kToday + 1), Level::kCounty);
}

TEST(ReturnTest, GoesBackAndKeepsItsHistory) {
  Item item = *Decide(AtApprove(), Returns("approve", "check"), By("sun", "450328", kToday + 1));
  EXPECT_EQ(item.step, "check");
  EXPECT_EQ(item.due_on, Date(2018, 11, 7));
  EXPECT_EQ(item.history.size(), 3);
  EXPECT_EQ(item.history.back().to_step, "check");
  item = *Decide(item, {.verdict = Verdict::kReturn, .step = "check", .reason = "缺材料"}, By("zhao", "450328101"));
  EXPECT_EQ(item.state, State::kReturned);
  EXPECT_THAT(Decide(item, Approves("check"), By("zhao", "450328101")),
              RefusedWith(kFailedPrecondition, "NOT_UNDER_WAY"));
  item = *Resubmit(item, {"wu", "li"}, kToday + 5);
  EXPECT_EQ(item.step, "check");
  EXPECT_EQ(item.history.size(), 4);
  EXPECT_EQ(item.authors, (std::vector<std::string>{"li", "wu"}));
  EXPECT_THAT(Decide(item, Approves("check"), By("wu", "450328101")),
              RefusedWith(kFailedPrecondition, "APPROVER_IS_AUTHOR"));
  EXPECT_THAT(Resubmit(item, {}, kToday), RefusedWith(kFailedPrecondition, "NOT_RETURNED"));
}

TEST(ReturnTest, NotForEver) {
  Item item = AtReview();
  for (size_t i = 0; i < kMostReturns; ++i) {
    item = *Decide(item, Returns("review", "check"), By("qian", "450328"));
    item = *Decide(item, Approves("check"), By("zhao", "450328101"));
  }
  EXPECT_THAT(Decide(item, Returns("review", "check"), By("qian", "450328")),
              RefusedWith(kFailedPrecondition, "RETURNED_TOO_OFTEN"));
  EXPECT_TRUE(Decide(item, Approves("review"), By("qian", "450328")).ok());
}

TEST(ReturnTest, NotToAStepThatWasNotNeeded) {
  Flow flow = Tested();
  flow.versions[0].steps.push_back({.code = "seal", .level = Level::kPrefecture, .roles = {"approver"}});
  // As it would come from a flow of another time: what is needed is a matter of the amount alone.
  Item item = *Begin(flow, 0, {}, kToday);
  item.step = "seal";
  EXPECT_THAT(Decide(item, Returns("seal", "confirm"), By("zhou", "4503")),
              RefusedWith(kFailedPrecondition, "STEP_NOT_EARLIER"));
}

TEST(TakeOutTest, KeepsItsHistoryAndSaysWhy) {
  EXPECT_THAT(TakeOut(Item(), Verdict::kWithdraw, "", By("li", "450328")),
              RefusedWith(kFailedPrecondition, "NOT_UNDER_WAY"));
  EXPECT_THAT(TakeOut(AtReview(), Verdict::kWithdraw, "", By("li", "450328")),
              RefusedWith(kInvalidArgument, "REASON_MISSING"));
  const Item withdrawn = *TakeOut(AtReview(), Verdict::kWithdraw, "不愿搬迁", By("li", "450328"));
  EXPECT_EQ(withdrawn.state, State::kWithdrawn);
  EXPECT_EQ(withdrawn.history.size(), 2);
  EXPECT_EQ(withdrawn.history.back().step, "review");
  EXPECT_EQ(TakeOut(AtReview(), Verdict::kReject, "不符合条件", By("li", "450328"))->state, State::kRejected);
  const Item returned = *TakeOut(AtReview(), Verdict::kReturn, "登记有误", By("li", "450328"));
  EXPECT_EQ(returned.state, State::kReturned);
  EXPECT_THAT(TakeOut(returned, Verdict::kReturn, "又", By("li", "450328")),
              RefusedWith(kFailedPrecondition, "NOT_UNDER_WAY"));
  EXPECT_EQ(TakeOut(returned, Verdict::kWithdraw, "不愿搬迁", By("li", "450328"))->history.back().step, "");
  EXPECT_THAT(TakeOut(withdrawn, Verdict::kReject, "又", By("li", "450328")),
              RefusedWith(kFailedPrecondition, "NOT_UNDER_WAY"));
}

TEST(BeginTest, ADeadlineNeedsAYearWhoseHolidaysAreKnown) {
  EXPECT_THAT(Begin(Tested(), 0, {}, Date(2040, 1, 3)), RefusedWith(kFailedPrecondition, "HOLIDAYS_UNKNOWN"));
}

// Whatever is tried, history only grows, nobody decides what they entered or a step that theirs is incompatible with,
// and the steps are those with which it began.
TEST(ItemTest, WhateverIsTried) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  const auto pick = [&](auto... options) {
    const std::string all[] = {options...};
    return all[random() % std::size(all)];
  };
  int decided = 0;
  for (int round = 0; decided < 2000; ++round) {
    ASSERT_LT(round, 50'000);
    Item item = *Begin(Tested(), random() % 2 == 0 ? 0 : kLarge, {pick("a", "b", "c")}, kToday);
    const Item begun = item;
    for (int i = 0; i < 100; ++i) {
      const Act act{.by = pick("a", "b", "c", "d", "e", "f"),
                    .on = kToday + static_cast<int>(random() % 12),
                    .roles = {pick("officer", "approver", "reader")},
                    .scope = pick("450328101", "450328", "4503", "45", "")};
      const Ruling ruling{.verdict = static_cast<Verdict>(random() % 5),
                          .step = random() % 3 > 0 ? item.step : pick("check", "review", "approve", "confirm", ""),
                          .to_step = pick("check", "review", "approve", ""),
                          .reason = pick("缺材料", "")};
      absl::StatusOr<Item> after = absl::UnknownError("not run");
      const uint32_t what = random() % 100;
      if (what < 2) {
        after = TakeOut(item, Verdict::kWithdraw, ruling.reason, act);
      } else if (what < 20) {
        after = Resubmit(item, {act.by}, act.on);
      } else {
        after = Decide(item, ruling, act);
      }
      if (!after.ok()) continue;
      ASSERT_TRUE(std::equal(item.history.begin(), item.history.end(), after->history.begin()));
      ASSERT_LE(after->history.size(), item.history.size() + 1);
      ASSERT_EQ(after->steps, begun.steps);
      ASSERT_EQ(after->version, begun.version);
      ASSERT_EQ(after->step.empty(), after->state != State::kUnderWay);
      if (after->history.size() > item.history.size() && after->history.back().verdict != Verdict::kWithdraw) {
        ++decided;
        const Entry& entry = after->history.back();
        ASSERT_EQ(entry.step, item.step);
        ASSERT_EQ(std::count(item.authors.begin(), item.authors.end(), entry.by), 0) << entry.by;
        const Step& step = *std::find_if(item.steps.begin(), item.steps.end(),
                                         [&](const Step& candidate) { return candidate.code == entry.step; });
        ASSERT_LE(step.from_fen, item.amount_fen);
        for (const Entry& earlier : item.history) {
          const auto& others = step.incompatible_with;
          ASSERT_FALSE(earlier.by == entry.by && std::count(others.begin(), others.end(), earlier.step) > 0);
        }
      }
      item = *std::move(after);
    }
  }
}

TEST(DecisionsTest, EveryEntryIsALineAndADeadlineWaits) {
  Item withdrawn = *TakeOut(AtReview(), Verdict::kWithdraw, "不愿搬迁", By("li", "450328"));
  const std::vector<Item> items = {withdrawn, AtApprove()};
  const std::vector<roots::Decision> decisions = DecisionsOf(items);
  ASSERT_EQ(decisions.size(), 4);
  EXPECT_EQ(decisions[0].reason_hash, "");
  EXPECT_EQ(decisions[1].reason_hash.size(), 64);
  EXPECT_EQ(decisions[1].verdict, 4);
  const std::vector<roots::Waiting> waits = WaitsOf(items);
  ASSERT_EQ(waits.size(), 1);
  EXPECT_EQ(waits[0].until, kToday + 5);
  EXPECT_EQ(roots::FromJson<Due>(waits[0].body)->step, "approve");
}

}  // namespace
}  // namespace anju::approval
