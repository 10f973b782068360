#include "services/relocation/domain/step_back.h"

#include "tests/services/relocation/domain/resettlement.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using notice::NoticeState;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::RefusedWith;

const Act kWang = Approver("wang", Date(2018, 11, 1));

Case With(CaseState state, std::vector<notice::Notice> notices) {
  Case relocation{.state = state, .steps = {.declared_on = Date(2018, 1, 1), .verified_on = Date(2018, 1, 2)}};
  if (state >= CaseState::kApproved) relocation.steps.approved_on = Date(2018, 2, 1);
  if (state == CaseState::kAllotted) relocation.steps.allotted_on = Date(2018, 3, 1);
  if (state == CaseState::kWithdrawn) relocation.steps.withdrawn_on = Date(2018, 3, 1);
  relocation.notices = std::move(notices);
  return relocation;
}

// A notice that said what is not so any more must not open the gate for something else.
TEST(StepBackTest, TakesTheNoticesAlongThatHungOnTheStep) {
  const std::vector<notice::Notice> clean = {{.notice_no = 1, .purpose = "BEFORE", .state = NoticeState::kClosedClean},
                                             {.notice_no = 2, .purpose = "DURING", .state = NoticeState::kClosedClean},
                                             {.notice_no = 3, .purpose = "AFTER", .state = NoticeState::kClosedClean},
                                             {.notice_no = 4, .purpose = "AFTER", .state = NoticeState::kOpen}};
  constexpr NoticeState C = NoticeState::kClosedClean, O = NoticeState::kOpen, V = NoticeState::kVoided;
  const struct {
    CaseState from;
    NoticeState expected[4];
  } table[] = {
      {CaseState::kVerified, {V, C, C, O}},
      {CaseState::kApproved, {C, V, C, O}},
      {CaseState::kAllotted, {C, C, V, V}},
      {CaseState::kWithdrawn, {C, C, C, V}},
  };
  for (const auto& row : table) {
    const absl::StatusOr<Case> back = StepBack(With(row.from, clean), row.from, "登记有误", kWang);
    ASSERT_TRUE(back.ok()) << back.status();
    for (size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(back->notices[i].state, row.expected[i]) << static_cast<int>(row.from) << ", notice " << i + 1;
    }
  }
}

// What a county approved is in the ledger of decisions when it is no more, too.
TEST(StepBackTest, ARevokedApprovalStandsInTheLedger) {
  Case approved = With(CaseState::kApproved, {});
  approved.approvals = {{.flow = "relocation.case",
                         .state = approval::State::kApproved,
                         .history = {{.by = "li", .verdict = approval::Verdict::kApprove}}}};
  const Case back = *StepBack(approved, CaseState::kApproved, "登记有误", kWang);
  ASSERT_EQ(Decisions(back).size(), 2u);
  EXPECT_EQ(Decisions(back)[1].by, "wang");
  EXPECT_EQ(Decisions(back)[1].verdict, static_cast<int32_t>(approval::Verdict::kReturn));
  const Case rejected = *Reject(approved, "不符合", kWang);
  EXPECT_EQ(Decisions(rejected)[1].verdict, static_cast<int32_t>(approval::Verdict::kReject));
}

TEST(StepBackTest, TakesBackOnlyWhatTheCallerSaw) {
  const Case relocation = With(CaseState::kApproved, {});
  EXPECT_THAT(StepBack(relocation, CaseState::kAllotted, "登记有误", kWang),
              RefusedWith(kFailedPrecondition, "CASE_STATE_CHANGED"));
  EXPECT_THAT(StepBack({.state = CaseState::kDeclared}, CaseState::kDeclared, "登记有误", kWang),
              RefusedWith(kFailedPrecondition, "NOTHING_TO_TAKE_BACK"));
}

TEST(StepBackTest, WhoApprovedMayApproveAgain) {
  const Case approved =
      With(CaseState::kApproved,
           {{.notice_no = 1, .purpose = "BEFORE", .state = NoticeState::kClosedClean, .closed_on = Date(2018, 1, 20)}});
  const Case back = *StepBack(approved, CaseState::kApproved, "登记有误", kWang);
  EXPECT_TRUE(Approve(back, kWang, {}).ok());
}

class WayBackTest : public Resettlement {};

// All the way to the title and back to the declaration, with every figure gone again and everything in the trail.
TEST_P(WayBackTest, GoesBackAtEveryStep) {
  Build();
  ASSERT_TRUE(stand.Import(ImportCase, MovedIn("c1", "h1", "u1")).ok());
  const auto on_store = [&](auto rule) {
    const absl::StatusOr<Case> after =
        Do("c1", [&](roots::Session&, const Case& before, const Act& act) { return rule(before, act); });
    EXPECT_TRUE(after.ok()) << after.status();
  };
  on_store([](const Case& before, const Act& act) { return DemolishOldHouse(before, act); });
  on_store([](const Case& before, const Act& act) { return ReclaimLand(before, 85, act); });
  on_store([](const Case& before, const Act& act) { return IssueTitle(before, "t1", act); });
  EXPECT_EQ(Find<Case>("c1").state, CaseState::kTitled);
  const auto figures = [&] {
    std::vector<int64_t> values;
    for (const char* name : {"titled_households", "reclaimed_area", "old_houses_demolished", "households_moved_in",
                             "households_to_move", "households_due"}) {
      values.push_back(Figure(name, "450328", "2018-11"));
    }
    return values;
  };
  EXPECT_THAT(figures(), ElementsAre(1, 85, 1, 1, 1, 1));
  const struct {
    CaseVerb verb;
    std::vector<int64_t> figures;
  } ways[] = {
      {CaseVerb::kRevokeTitle, {0, 85, 1, 1, 1, 1}},       {CaseVerb::kRevokeReclamation, {0, 0, 1, 1, 1, 1}},
      {CaseVerb::kRevokeDemolition, {0, 0, 0, 1, 1, 1}},   {CaseVerb::kMoveOut, {0, 0, 0, 0, 1, 1}},
      {CaseVerb::kTakeBack, {0, 0, 0, 0, 1, 1}},           {CaseVerb::kRevokeApproval, {0, 0, 0, 0, 0, 1}},
      {CaseVerb::kRevokeVerification, {0, 0, 0, 0, 0, 1}},
  };
  for (const auto& way : ways) {
    on_store([](const Case& before, const Act& act) { return StepBack(before, before.state, "登记有误", act); });
    EXPECT_EQ(Find<Case>("c1").trail.back(),
              (CaseMove{.verb = way.verb, .by = "wang", .on = Date(2018, 11, 1), .reason = "登记有误"}));
    EXPECT_EQ(figures(), way.figures) << static_cast<int>(way.verb);
  }
  const Case back = Find<Case>("c1");
  EXPECT_EQ(back.state, CaseState::kDeclared);
  EXPECT_EQ(back.trail.size(), 10);
  EXPECT_EQ(back.old_house, (OldHouse{.village = kVillage}));
  // The unit and the title are free again.
  CaseRecord other = MovedIn("c2", "h2", "u1");
  other.steps.demolished_on = other.steps.reclaimed_on = other.steps.titled_on = Date(2018, 10, 1);
  other.reclaimed_centi_mu = 20;
  other.title_no = "t1";
  EXPECT_TRUE(stand.Import(ImportCase, other).ok());
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, WayBackTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
