#include "services/relocation/domain/decisions.h"

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "services/relocation/domain/step_back.h"
#include "tests/services/relocation/domain/resettlement.h"
#include "tests/support/recode.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using approval::Verdict;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::RefusedWith;
using ::testing::SizeIs;

// Reviewed by an officer of the county within three days, after them by one of the prefecture; then approved by an
// approver of the county who is not the reviewer.
const std::vector<approval::Step> kTwoSteps = {
    {.code = "review",
     .level = approval::Level::kCounty,
     .roles = {"officer"},
     .days = 3,
     .day_kind = notice::DayKind::kCalendar,
     .escalates_to = approval::Level::kPrefecture},
    {.code = "approve", .level = approval::Level::kCounty, .roles = {"approver"}, .incompatible_with = {"review"}}};

class DecisionsTest : public Resettlement {
 protected:
  Act By(const std::string& who, std::vector<std::string> roles, const std::string& scope = "450328") {
    return {.by = who, .on = DayInChina(stand.clock.Now()), .roles = std::move(roles), .scope = scope};
  }
  // The flow of the county from today on.
  void DefineIt(const std::vector<approval::Step>& steps = kTwoSteps) {
    const absl::Status status = stand.store.Change({.subject = "admin"}, [&](roots::Session& session) {
      const Date today = DayInChina(session.now());
      return approval::DefineFlow(session,
                                  {.division = "450328", .name = "relocation.case", .since = today, .steps = steps},
                                  {.by = "admin", .on = today})
          .status();
    });
    ASSERT_TRUE(status.ok()) << status;
  }
  // A case of another system that was verified here by li, with its BEFORE notice closed clean. Its id.
  std::string Verified(const std::string& number, const std::string& household_no) {
    EXPECT_TRUE(stand.Import(ImportCase, Declared(number, household_no)).ok());
    const auto verify = [&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const std::optional<Case> before, session.Find<Case>(stand.batch.Key(number)));
      ASSIGN_OR_RETURN(Case after, VerifyCase(session, *before, By("li", {"officer"})));
      const Date today = DayInChina(session.now());
      after.notices = {{.notice_no = 1,
                        .purpose = std::string(kBefore),
                        .state = notice::NoticeState::kClosedClean,
                        .closed_on = today}};
      session.Put(after);
      return absl::OkStatus();
    };
    const absl::Status status = stand.store.Change({.subject = "li"}, verify);
    EXPECT_TRUE(status.ok()) << status;
    return Find<Case>(number).id;
  }
  absl::StatusOr<Case> Decide(const std::string& id, const approval::Ruling& ruling, const Act& act) {
    return Decide(stand.store, id, ruling, act);
  }
  static absl::StatusOr<Case> Decide(roots::Store& store, const std::string& id, const approval::Ruling& ruling,
                                     const Act& act) {
    absl::StatusOr<Case> after = absl::UnknownError("not run");
    const absl::Status status = store.Change({.subject = act.by}, [&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const Case before, FindCase(session, id));
      after = DecideCase(session, before, ruling, act);
      if (!after.ok()) return after.status();
      session.Put(*after);
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return after;
  }
  // The lines of the ledger on a case, as `verdict by`.
  std::vector<std::string> Ledger(const std::string& id) {
    std::vector<std::string> lines;
    EXPECT_TRUE(stand.database
                    ->Read([&](storage::Transaction& t) -> absl::Status {
                      ASSIGN_OR_RETURN(const storage::Rows rows,
                                       t.Query("SELECT verdict, subject, step FROM decisions WHERE record_id = $1 "
                                               "ORDER BY number",
                                               {id}));
                      for (const storage::Row& row : rows) {
                        lines.push_back(absl::StrCat(row.Int(0), " ", row.Text(1), " ", row.Text(2)));
                      }
                      return absl::OkStatus();
                    })
                    .ok());
    return lines;
  }
};

const approval::Ruling kReview{.verdict = Verdict::kApprove, .step = "review"};
const approval::Ruling kApproval{.verdict = Verdict::kApprove, .step = "approve"};

TEST_P(DecisionsTest, ACountyDefinesItsSteps) {
  DefineIt();
  const std::string id = Verified("c1", "h1");
  EXPECT_THAT(Decide(id, kApproval, By("wang", {"approver"})), RefusedWith(kFailedPrecondition, "WRONG_STEP"));
  EXPECT_THAT(Decide(id, kReview, By("wang", {"approver"})), RefusedWith(kPermissionDenied, "ROLE_NOT_ALLOWED"));
  EXPECT_THAT(Decide(id, kReview, By("wang", {"officer"}, "4503")),
              RefusedWith(kPermissionDenied, "LEVEL_NOT_ALLOWED"));
  EXPECT_THAT(Decide(id, kReview, By("li", {"officer"})), RefusedWith(kFailedPrecondition, "APPROVER_IS_AUTHOR"));
  const absl::StatusOr<Case> reviewed = Decide(id, kReview, By("zhao", {"officer"}));
  ASSERT_TRUE(reviewed.ok()) << reviewed.status();
  EXPECT_EQ(reviewed->state, CaseState::kVerified);
  EXPECT_EQ(reviewed->approvals.back().flow_division, "450328");
  EXPECT_THAT(Decide(id, kApproval, By("zhao", {"officer", "approver"})),
              RefusedWith(kFailedPrecondition, "INCOMPATIBLE_ROLE"));
  EXPECT_EQ(Decide(id, kApproval, By("wang", {"approver"}))->state, CaseState::kApproved);
  EXPECT_THAT(Ledger(id), ElementsAre("1 zhao review", "1 wang approve"));
  EXPECT_EQ(Figure("persons_to_move", kVillage, "2018-11"), 3);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(DecisionsTest, WhatIsUnderWayKeepsTheVersionItBeganWith) {
  const std::string before = Verified("c1", "h1");
  DefineIt();
  const std::string after = Verified("c2", "h2");
  // The national one still, which has no review.
  EXPECT_THAT(Decide(before, kReview, By("zhao", {"officer"})), RefusedWith(kFailedPrecondition, "WRONG_STEP"));
  ASSERT_TRUE(Decide(after, kReview, By("zhao", {"officer"})).ok());
  std::vector<approval::Step> one = kTwoSteps;
  one.resize(1);
  DefineIt(one);
  EXPECT_EQ(Decide(before, {.verdict = Verdict::kApprove}, By("wang", {"approver"}))->state, CaseState::kApproved);
  EXPECT_EQ(Decide(after, kApproval, By("wang", {"approver"}))->state, CaseState::kApproved);
  EXPECT_EQ(Find<Case>("c1").approvals.back().flow_division, "");
  EXPECT_EQ(Find<Case>("c2").approvals.back().version, 1);
}

TEST_P(DecisionsTest, WhatIsLateIsDecidedAbove) {
  DefineIt();
  const std::string id = Verified("c1", "h1");
  stand.clock.Advance(absl::Hours(24 * 4));
  const absl::StatusOr<Case> after = Decide(id, kReview, By("qian", {"officer"}, "4503"));
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_TRUE(after->approvals.back().history.back().escalated);
}

TEST_P(DecisionsTest, IsReturnedToWhoEnteredItAndComesAgain) {
  DefineIt();
  const std::string id = Verified("c1", "h1");
  ASSERT_TRUE(Decide(id, kReview, By("zhao", {"officer"})).ok());
  const auto back = [&](const std::string& step, const std::string& to, const Act& act) {
    return Decide(id, {.verdict = Verdict::kReturn, .step = step, .to_step = to, .reason = "缺材料"}, act);
  };
  EXPECT_EQ(back("approve", "review", By("wang", {"approver"}))->approvals.back().step, "review");
  const absl::StatusOr<Case> returned = back("review", "", By("zhao", {"officer"}));
  ASSERT_TRUE(returned.ok()) << returned.status();
  EXPECT_EQ(returned->state, CaseState::kDeclared);
  EXPECT_EQ(returned->notices.back().state, notice::NoticeState::kVoided);
  EXPECT_EQ(returned->trail.back().verb, CaseVerb::kRevokeVerification);
  EXPECT_THAT(Decide(id, kReview, By("zhao", {"officer"})), RefusedWith(kFailedPrecondition, "CASE_NOT_VERIFIED"));
  const absl::StatusOr<Case> again =
      Do("c1", [&](roots::Session& session, const Case& before, const Act& act) -> absl::StatusOr<Case> {
        return VerifyCase(session, before, act);
      });
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_THAT(again->approvals, SizeIs(1));
  EXPECT_EQ(again->approvals.back().step, "review");
  // Who verified it again is an author too; and it needs a notice of its own.
  EXPECT_THAT(Decide(id, kReview, By("wang", {"officer"})), RefusedWith(kFailedPrecondition, "APPROVER_IS_AUTHOR"));
  EXPECT_THAT(Decide(id, kReview, By("zhao", {"officer"})), RefusedWith(kFailedPrecondition, "NOTICE_NOT_CLEAN"));
  EXPECT_THAT(Ledger(id), ElementsAre("1 zhao review", "3 wang approve", "3 zhao review"));
}

TEST_P(DecisionsTest, WhoeverEndsACaseEndsItsApproval) {
  const std::string id = Verified("c1", "h1");
  ASSERT_TRUE(Do("c1", [](roots::Session&, const Case& before, const Act& act) {
                return Withdraw(before, "不愿搬迁", act);
              }).ok());
  EXPECT_EQ(Find<Case>("c1").approvals.back().state, approval::State::kWithdrawn);
  EXPECT_THAT(Ledger(id), ElementsAre("4 wang approve"));
  // A case that goes on begins anew, and the old one is kept.
  ASSERT_TRUE(Do("c1", [](roots::Session&, const Case& before, const Act& act) {
                return StepBack(before, CaseState::kWithdrawn, "改变主意", act);
              }).ok());
  ASSERT_TRUE(Decide(id, {.verdict = Verdict::kReject, .reason = "不符合条件"}, By("sun", {"approver"})).ok());
  const Case rejected = Find<Case>("c1");
  EXPECT_EQ(rejected.state, CaseState::kRejected);
  EXPECT_EQ(rejected.trail.back().reason, "不符合条件");
  EXPECT_THAT(rejected.approvals, SizeIs(2));
  EXPECT_THAT(Ledger(id), ElementsAre("4 wang approve", "2 sun approve"));
}

TEST_P(DecisionsTest, AVerificationThatIsTakenBackTakesTheApprovalAlong) {
  DefineIt();
  const std::string id = Verified("c1", "h1");
  ASSERT_TRUE(Decide(id, kReview, By("zhao", {"officer"})).ok());
  ASSERT_TRUE(Do("c1", [](roots::Session&, const Case& before, const Act& act) {
                return StepBack(before, CaseState::kVerified, "登记有误", act);
              }).ok());
  EXPECT_EQ(Find<Case>("c1").approvals.back().state, approval::State::kReturned);
  EXPECT_THAT(Ledger(id), ElementsAre("1 zhao review", "3 wang approve"));
}

TEST_P(DecisionsTest, TheGoodOnesOfABatchGoOn) {
  const std::string a = Verified("c1", "h1"), b = Verified("c2", "h2");
  stand.KnowHousehold("h3", "451021001001", 1);
  stand.batch.household_source = "county";
  const auto decide = [&](const CaseRulings& batch, const Act& act) {
    absl::StatusOr<CaseOutcomes> outcomes = absl::UnknownError("not run");
    const absl::Status status = stand.store.Change({.subject = act.by}, [&](roots::Session& session) {
      outcomes = DecideCases(session, batch, act);
      return outcomes.status();
    });
    return status.ok() ? outcomes : absl::StatusOr<CaseOutcomes>(status);
  };
  EXPECT_THAT(decide({}, By("wang", {"approver"})), RefusedWith(kInvalidArgument, "BATCH_EMPTY"));
  EXPECT_THAT(decide({.rulings = std::vector<CaseRuling>(kMostRulings + 1)}, By("wang", {"approver"})),
              RefusedWith(kInvalidArgument, "BATCH_TOO_LARGE"));
  const CaseRulings batch{.rulings = {{.relocation = "450328/county/c1", .ruling = {.verdict = Verdict::kApprove}},
                                      {.relocation = "c9", .ruling = {.verdict = Verdict::kApprove}},
                                      {.relocation = a, .ruling = {.verdict = Verdict::kReject, .reason = "不"}},
                                      {.relocation = b, .ruling = {.verdict = Verdict::kReject}},
                                      {.relocation = b, .ruling = {.verdict = Verdict::kReject, .reason = "不"}}}};
  const absl::StatusOr<CaseOutcomes> elsewhere = decide(batch, By("wang", {"approver"}, "450327"));
  ASSERT_TRUE(elsewhere.ok()) << elsewhere.status();
  // Nobody learns of another county's case by a key, which can be guessed.
  EXPECT_EQ(elsewhere->outcomes[0].reason, "CASE_NOT_FOUND");
  EXPECT_EQ(elsewhere->outcomes[0].hint, elsewhere->outcomes[1].hint);
  EXPECT_EQ(elsewhere->outcomes[2].reason, "OUTSIDE_SCOPE");
  EXPECT_EQ(elsewhere->refused, 5);
  const absl::StatusOr<CaseOutcomes> outcomes = decide(batch, By("wang", {"approver"}));
  ASSERT_TRUE(outcomes.ok()) << outcomes.status();
  std::vector<std::string> reasons;
  for (const CaseOutcome& outcome : outcomes->outcomes) reasons.push_back(outcome.reason);
  EXPECT_THAT(reasons, ElementsAre("", "CASE_NOT_FOUND", "CASE_REPEATED", "REASON_MISSING", "CASE_REPEATED"));
  EXPECT_EQ(outcomes->decided, 1);
  EXPECT_EQ(outcomes->refused, 4);
  EXPECT_EQ(outcomes->outcomes[0].state, CaseState::kApproved);
  EXPECT_EQ(Find<Case>("c1").state, CaseState::kApproved);
  EXPECT_EQ(Find<Case>("c2").state, CaseState::kVerified);
  EXPECT_THAT(Ledger(a), ElementsAre("1 wang approve"));
  EXPECT_THAT(Ledger(b), IsEmpty());
  // Who is of the county under its new code decides what was entered under the old one.
  testing::Recode(stand, "2018-06", {{.old_code = "450328", .new_code = "450399"}});
  const CaseRulings rest{.rulings = {{.relocation = b, .ruling = {.verdict = Verdict::kApprove}}}};
  EXPECT_EQ(decide(rest, By("wang", {"approver"}, "450399"))->outcomes[0].reason, "");
}

TEST_P(DecisionsTest, ACaseAndItsLedgerAreNeverApart) {
  DefineIt();
  const std::string id = Verified("c1", "h1");
  bool done = false;
  for (int n = 1; !done; ++n) {
    ASSERT_LT(n, 100);
    testing::FaultyDatabase faulty(*stand.database, n);
    roots::Store store(faulty, stand.clock, Kinds(), nullptr, [](const std::set<std::string>&) {});
    done = Decide(store, id, kReview, By("zhao", {"officer"})).ok();
    EXPECT_EQ(Ledger(id).size(), Find<Case>("c1").approvals.back().history.size()) << "statement " << n;
  }
  EXPECT_THAT(Ledger(id), SizeIs(1));
}

// Two decide at once: one of them wins, and the other is told.
TEST_P(DecisionsTest, OneOfTwoWins) {
  for (int round = 0; round < 10; ++round) {
    const std::string number = absl::StrCat("r", round);
    stand.KnowHousehold(number, kVillage, 1);
    const std::string id = Verified(number, number);
    std::vector<absl::Status> answers(2);
    std::atomic<int> ready = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&, i] {
        ++ready;
        while (ready < 2) std::this_thread::yield();
        const auto verdict = i == 0 ? Verdict::kApprove : Verdict::kReject;
        answers[i] = Decide(id, {.verdict = verdict, .step = "approve", .reason = "查实"},
                            By(i == 0 ? "wang" : "sun", {"approver"}))
                         .status();
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_NE(answers[0].ok(), answers[1].ok()) << answers[0] << ", " << answers[1];
    const absl::Status& loser = answers[0].ok() ? answers[1] : answers[0];
    EXPECT_THAT(loser, RefusedWith(kFailedPrecondition, "CASE_NOT_VERIFIED"));
    EXPECT_THAT(Ledger(id), SizeIs(1));
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, DecisionsTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
