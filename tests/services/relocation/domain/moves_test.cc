#include "services/relocation/domain/moves.h"

#include <algorithm>
#include <functional>
#include <map>

#include "services/relocation/domain/area.h"
#include "services/relocation/domain/ceremony.h"
#include "services/relocation/domain/homes.h"
#include "services/relocation/domain/step_back.h"
#include "tests/services/relocation/domain/resettlement.h"
#include "tests/support/recode.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using notice::DayKind;
using notice::ObjectionOutcome;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;

constexpr char kTownship[] = "450328101";

notice::Posting Posted() {
  return {.places = {"450328101202", kTownship, "450328"},
          .span_days = 5,
          .day_kind = DayKind::kCalendar,
          .title = "搬迁对象公示",
          .text = "示例"};
}

// How far the notice is that the next step of a case needs.
enum class Stage { kNone, kOpen, kObjected, kUpheld, kClean };

// Plays the life of a case, a step a day: everything by li, decided and approved by wang.
class Life {
 public:
  Life() {
    const feed::HouseholdFact household{
        .id = "h1",
        .residences = {{.since = Date(2016, 1, 1), .village = "450328101202"}},
        .classifications = {{.since = Date(2016, 1, 1), .household_class = feed::HouseholdClass::kRegisteredPoor}},
        .registered_on = Date(2016, 1, 1),
        .persons = {{.person_no = "p1", .joined_on = Date(2016, 1, 1)}}};
    relocation_ = *Declare("450328/anju/c1", household, {.by = "li", .on = day_});
  }

  // The case in this state with the notice of that state at this stage.
  static Case Reach(CaseState state, Stage stage) {
    Life life;
    Case& relocation = life.relocation_;
    if (state >= CaseState::kVerified) relocation = *Verify(relocation, life.Next("li"));
    if (state == CaseState::kWithdrawn || state == CaseState::kRejected) {
      life.Notice(NoticePurpose::kBefore, Stage::kObjected);
      return state == CaseState::kWithdrawn ? *Withdraw(relocation, "不愿搬迁", life.Next("li"))
                                            : *Reject(relocation, "不符合条件", life.Next("wang"));
    }
    if (state >= CaseState::kVerified) {
      life.Notice(NoticePurpose::kBefore, state == CaseState::kVerified ? stage : Stage::kClean);
    }
    if (state >= CaseState::kApproved) {
      relocation = *Approve(relocation, Approver("wang", life.Next("").on), {});
      life.Notice(NoticePurpose::kDuring, state == CaseState::kApproved ? stage : Stage::kClean);
    }
    if (state >= CaseState::kAllotted) {
      relocation = *AllotOn(relocation, FlatUnit(), false, life.Next("li"), {});
      life.Notice(NoticePurpose::kAfter, state == CaseState::kAllotted ? stage : Stage::kClean);
    }
    if (relocation.state == CaseState::kAllotted && state > CaseState::kAllotted) {
      relocation =
          MoveIn({relocation}, {.division = "450328", .place = "广场", .moved_in_on = life.Next("li").on}, "li")->at(0);
    }
    if (state >= CaseState::kOldHouseDemolished) relocation = *DemolishOldHouse(relocation, life.Next("li"));
    if (state >= CaseState::kReclaimed) relocation = *ReclaimLand(relocation, 80, life.Next("li"));
    if (state >= CaseState::kTitled) relocation = *IssueTitle(relocation, "t1", life.Next("li"));
    EXPECT_EQ(relocation.state, state);
    return relocation;
  }

  static Unit FlatUnit() {
    return {
        .key = "u1", .site_key = "s1", .tier = Tier::kCounty, .site_location = "450328100", .area_centi_sqm = 25'00};
  }

 private:
  Act Next(const std::string& by) { return {.by = by, .on = ++day_}; }

  void Notice(NoticePurpose purpose, Stage stage) {
    if (stage == Stage::kNone) return;
    relocation_ = *OpenNotice(relocation_, purpose, Posted(), Next("li"), {});
    const int32_t number = relocation_.notices.back().notice_no;
    if (stage == Stage::kOpen) return;
    relocation_ = *FileObjection(relocation_, number, "letter-7", "示例", Next("li"));
    if (stage == Stage::kObjected) return;
    const auto outcome = stage == Stage::kUpheld ? ObjectionOutcome::kUpheld : ObjectionOutcome::kDismissed;
    relocation_ = *DecideObjection(relocation_, number, 1, outcome, "查实", Next("wang"));
    day_ = relocation_.notices.back().last_day;
    relocation_ = *CloseNotice(relocation_, number, Next("li"));
  }

  Date day_ = Date(2018, 11, 1);
  Case relocation_;
};

// The whole of it: every verb in every state, and in those that wait for a notice, at every stage of that notice.
TEST(LifeTest, EveryVerbInEveryState) {
  using enum CaseState;
  constexpr char OK[] = "", ND[] = "CASE_NOT_DECLARED", NV[] = "CASE_NOT_VERIFIED", NA[] = "CASE_NOT_APPROVED",
                 NL[] = "CASE_NOT_ALLOTTED", EN[] = "CASE_ENDED", UA[] = "UNIT_ALLOTTED", NF[] = "NOTICE_NOT_FOUND",
                 OF[] = "OBJECTION_NOT_FOUND", CL[] = "NOTICE_CLOSED", AO[] = "NOTICE_ALREADY_OPEN",
                 OU[] = "OBJECTION_UNDECIDED", NC[] = "NOTICE_NOT_CLEAN", NM[] = "CASE_NOT_MOVED_IN",
                 DN[] = "CASE_NOT_DEMOLISHED", NR[] = "CASE_NOT_RECLAIMED", NB[] = "NOTHING_TO_TAKE_BACK",
                 OG[] = "OLD_HOUSE_GONE", AE[] = "AREA_NOT_EXCEEDED";
  // After every notice and step of the case.
  const Date late(2019, 3, 1);
  const Act li{.by = "li", .on = late}, wang{.by = "wang", .on = late}, chen = Approver("chen", late);
  const auto last = [](const Case& c) { return std::max<int32_t>(1, static_cast<int32_t>(c.notices.size())); };
  struct Verb {
    std::string name;
    std::function<absl::StatusOr<Case>(const Case&)> act;
    // Unspecified: the case stays in its state.
    CaseState to = kUnspecified;
  };
  const Verb verbs[] = {
      {"verify", [&](const Case& c) { return Verify(c, li); }, kVerified},
      {"open before", [&](const Case& c) { return OpenNotice(c, NoticePurpose::kBefore, Posted(), li, {}); }},
      {"open during", [&](const Case& c) { return OpenNotice(c, NoticePurpose::kDuring, Posted(), li, {}); }},
      {"open after", [&](const Case& c) { return OpenNotice(c, NoticePurpose::kAfter, Posted(), li, {}); }},
      {"file",
       [&](const Case& c) {
         const Date day = c.notices.empty() ? late : c.notices.back().opened_on;
         return FileObjection(c, last(c), "visit-3", "示例", {.by = "li", .on = day});
       }},
      {"decide",
       [&](const Case& c) { return DecideObjection(c, last(c), 1, ObjectionOutcome::kDismissed, "不实", wang); }},
      {"close", [&](const Case& c) { return CloseNotice(c, last(c), li); }},
      {"approve", [&](const Case& c) { return Approve(c, chen, {}); }, kApproved},
      {"allot", [&](const Case& c) { return AllotOn(c, Life::FlatUnit(), false, li, {}); }, kAllotted},
      {"move in",
       [&](const Case& c) -> absl::StatusOr<Case> {
         ASSIGN_OR_RETURN(const std::vector<Case> moved,
                          MoveIn({c}, {.division = "450328", .place = "广场", .moved_in_on = late}, "li"));
         return moved.at(0);
       },
       kMovedIn},
      {"withdraw", [&](const Case& c) { return Withdraw(c, "不愿搬迁", li); }, kWithdrawn},
      {"reject", [&](const Case& c) { return Reject(c, "不符合条件", wang); }, kRejected},
      {"demolish", [&](const Case& c) { return DemolishOldHouse(c, li); }, kOldHouseDemolished},
      {"reclaim", [&](const Case& c) { return ReclaimLand(c, 80, li); }, kReclaimed},
      {"title", [&](const Case& c) { return IssueTitle(c, "t1", li); }, kTitled},
      // To what it was before its last step, or, of a case that had ended, to what it was when it ended.
      {"step back", [&](const Case& c) { return StepBack(c, c.state, "登记有误", wang); }, kDeclared},
      {"return",
       [&](const Case& c) {
         return Decide(c, NationalCaseFlow(), {.verdict = approval::Verdict::kReturn, .reason = "补正"}, chen, {});
       },
       kDeclared},
      {"draw", [&](const Case& c) { return AllotDrawn(c, Life::FlatUnit(), false, "d1", wang, {}); }, kAllotted},
      {"old house", [&](const Case& c) { return RecordOldHouse(c, {.village = "450328101202"}, {}); }},
      {"confirm area", [&](const Case& c) { return ConfirmArea(c, "老人同住", wang); }},
  };
  const std::map<CaseState, CaseState> beneath = {
      {kVerified, kDeclared}, {kApproved, kVerified},          {kAllotted, kApproved},
      {kMovedIn, kAllotted},  {kOldHouseDemolished, kMovedIn}, {kReclaimed, kOldHouseDemolished},
      {kTitled, kReclaimed},  {kWithdrawn, kVerified},         {kRejected, kVerified},
  };
  // clang-format off
  const struct {
    CaseState state;
    Stage stage;
    absl::string_view expected[20];
  } table[] = {
      //                           verify before during after file decide close approve allot move withdraw reject demolish reclaim title back return draw old area
      {kDeclared,  Stage::kNone,     {OK, NV, NA, NL, NF, NF, NF, NV, NA, NL, OK, OK, NM, DN, NR, NB, NV, NA, OK, AE}},
      {kVerified,  Stage::kNone,     {ND, OK, NA, NL, NF, NF, NF, NC, NA, NL, OK, OK, NM, DN, NR, OK, OK, NA, OK, AE}},
      {kVerified,  Stage::kOpen,     {ND, AO, NA, NL, OK, OF, OK, NC, NA, NL, OK, OK, NM, DN, NR, OK, OK, NA, OK, AE}},
      {kVerified,  Stage::kObjected, {ND, AO, NA, NL, OK, OK, OU, NC, NA, NL, OK, OK, NM, DN, NR, OK, OK, NA, OK, AE}},
      {kVerified,  Stage::kUpheld,   {ND, OK, NA, NL, CL, CL, CL, NC, NA, NL, OK, OK, NM, DN, NR, OK, OK, NA, OK, AE}},
      {kVerified,  Stage::kClean,    {ND, OK, NA, NL, CL, CL, CL, OK, NA, NL, OK, OK, NM, DN, NR, OK, OK, NA, OK, AE}},
      {kApproved,  Stage::kNone,     {ND, NV, OK, NL, CL, CL, CL, NV, NC, NL, OK, OK, NM, DN, NR, OK, NV, NC, OK, AE}},
      {kApproved,  Stage::kOpen,     {ND, NV, AO, NL, OK, OF, OK, NV, NC, NL, OK, OK, NM, DN, NR, OK, NV, NC, OK, AE}},
      {kApproved,  Stage::kObjected, {ND, NV, AO, NL, OK, OK, OU, NV, NC, NL, OK, OK, NM, DN, NR, OK, NV, NC, OK, AE}},
      {kApproved,  Stage::kUpheld,   {ND, NV, OK, NL, CL, CL, CL, NV, NC, NL, OK, OK, NM, DN, NR, OK, NV, NC, OK, AE}},
      {kApproved,  Stage::kClean,    {ND, NV, OK, NL, CL, CL, CL, NV, OK, NL, OK, OK, NM, DN, NR, OK, NV, OK, OK, AE}},
      {kAllotted,  Stage::kNone,     {ND, NV, NA, OK, CL, CL, CL, NV, NA, NC, UA, UA, NM, DN, NR, OK, NV, NA, OK, AE}},
      {kAllotted,  Stage::kOpen,     {ND, NV, NA, AO, OK, OF, OK, NV, NA, NC, UA, UA, NM, DN, NR, OK, NV, NA, OK, AE}},
      {kAllotted,  Stage::kObjected, {ND, NV, NA, AO, OK, OK, OU, NV, NA, NC, UA, UA, NM, DN, NR, OK, NV, NA, OK, AE}},
      {kAllotted,  Stage::kUpheld,   {ND, NV, NA, OK, CL, CL, CL, NV, NA, NC, UA, UA, NM, DN, NR, OK, NV, NA, OK, AE}},
      {kAllotted,  Stage::kClean,    {ND, NV, NA, OK, CL, CL, CL, NV, NA, OK, UA, UA, NM, DN, NR, OK, NV, NA, OK, AE}},
      {kMovedIn,   Stage::kNone,     {ND, NV, NA, NL, CL, CL, CL, NV, NA, NL, UA, UA, OK, DN, NR, OK, NV, NA, OK, AE}},
      {kOldHouseDemolished, Stage::kNone, {ND, NV, NA, NL, CL, CL, CL, NV, NA, NL, UA, UA, NM, OK, NR, OK, NV, NA, OG, AE}},
      {kReclaimed, Stage::kNone,     {ND, NV, NA, NL, CL, CL, CL, NV, NA, NL, UA, UA, NM, DN, OK, OK, NV, NA, OG, AE}},
      {kTitled,    Stage::kNone,     {ND, NV, NA, NL, CL, CL, CL, NV, NA, NL, UA, UA, NM, DN, NR, OK, NV, NA, OG, AE}},
      {kWithdrawn, Stage::kNone,     {ND, NV, NA, NL, EN, EN, EN, NV, NA, NL, EN, EN, NM, DN, NR, OK, NV, NA, EN, AE}},
      {kRejected,  Stage::kNone,     {ND, NV, NA, NL, EN, EN, EN, NV, NA, NL, EN, EN, NM, DN, NR, OK, NV, NA, EN, AE}},
  };
  // clang-format on
  for (const auto& row : table) {
    const Case before = Life::Reach(row.state, row.stage);
    for (size_t i = 0; i < std::size(verbs); ++i) {
      SCOPED_TRACE(::testing::Message() << "state " << static_cast<int>(row.state) << ", stage "
                                        << static_cast<int>(row.stage) << ", " << verbs[i].name);
      const absl::StatusOr<Case> after = verbs[i].act(before);
      EXPECT_EQ(ReasonOf(after.status()), row.expected[i]) << after.status();
      if (!after.ok()) continue;
      const CaseState to = verbs[i].name == "step back" ? beneath.at(row.state) : verbs[i].to;
      EXPECT_EQ(after->state, to == kUnspecified ? row.state : to);
      EXPECT_EQ(*StateAfter(after->steps), after->state);
    }
  }
}

// A household that waited for no site waits for none again; one that named a site keeps it.
TEST(TakeBackTest, TheSiteOfTheUnitGoesWithTheUnit) {
  const Act wang{.by = "wang", .on = Date(2019, 3, 1)};
  Case relocation = Life::Reach(CaseState::kApproved, Stage::kClean);
  for (const std::string& named : {std::string(), Life::FlatUnit().site_key}) {
    relocation.site_key = named;
    const Case allotted = *AllotDrawn(relocation, Life::FlatUnit(), false, "d1", wang, {});
    EXPECT_EQ(allotted.site_key, Life::FlatUnit().site_key);
    EXPECT_EQ(TakeBack(allotted, "登记有误", wang)->site_key, named);
  }
}

TEST(ApproveTest, NobodyApprovesWhatTheyEntered) {
  const Case clean = Life::Reach(CaseState::kVerified, Stage::kClean);
  // Before the notice is looked at.
  for (const Stage stage : {Stage::kNone, Stage::kClean}) {
    EXPECT_THAT(Approve(Life::Reach(CaseState::kVerified, stage), Approver("li", Date(2019, 3, 1)), {}),
                RefusedWith(kFailedPrecondition, "APPROVER_IS_AUTHOR"));
  }
  const Case approved = *Approve(clean, Approver("wang", Date(2019, 3, 1)), {});
  EXPECT_EQ(approved.trail.back(), (CaseMove{.verb = CaseVerb::kApprove, .by = "wang", .on = Date(2019, 3, 1)}));
}

TEST(GateTest, AStepIsNotDatedBackToBeforeItsNoticeWasClosed) {
  const Case relocation = Life::Reach(CaseState::kAllotted, Stage::kClean);
  const Date closed_on = *relocation.notices.back().closed_on;
  const auto move = [&](Date day) {
    return MoveIn({relocation}, {.division = "450328", .place = "广场", .moved_in_on = day}, "li").status();
  };
  EXPECT_THAT(move(closed_on - 1), RefusedWith(kFailedPrecondition, "NOTICE_NOT_CLEAN"));
  EXPECT_TRUE(move(closed_on).ok());
}

TEST(OpenNoticeTest, HangsWhereThePeopleAreAndLongEnough) {
  const Case relocation = Life::Reach(CaseState::kAllotted, Stage::kNone);
  const Act act{.by = "li", .on = Date(2019, 3, 1)};
  notice::Posting posting = Posted();
  posting.span_days = 4;
  for (const char* elsewhere : {"450328101201", "450328102", "450327"}) {
    posting.places = {elsewhere};
    EXPECT_THAT(OpenNotice(relocation, NoticePurpose::kAfter, posting, act, {}),
                RefusedWith(kInvalidArgument, "PLACES_ELSEWHERE"));
  }
  // Its new home.
  posting.places = {"450327", "450328100"};
  EXPECT_THAT(OpenNotice(relocation, NoticePurpose::kAfter, posting, act, {}),
              RefusedWith(kInvalidArgument, "SPAN_OUT_OF_RANGE"));
  posting.places.clear();
  EXPECT_THAT(OpenNotice(relocation, NoticePurpose::kAfter, posting, act, {}),
              RefusedWith(kInvalidArgument, "PLACES_OUT_OF_RANGE"));
  posting = Posted();
  EXPECT_EQ(OpenNotice(relocation, NoticePurpose::kAfter, posting, act, {})->notices.back().purpose, "AFTER");
}

// The same on the store, as the officers of a county do it.
class MovesTest : public Resettlement {
 protected:
  void SetUp() override {
    for (const char* code : {kTownship, "45"}) stand.KnowDivision(code);
    Build();
  }

  using Rule = std::function<absl::StatusOr<Case>(roots::Session&, const Case&, const Act&)>;
  // One verb on the only case, in a transaction of its own, as the service does it.
  absl::StatusOr<Case> Do(const std::string& by, const Rule& rule) {
    const std::string request_id = absl::StrCat("r", ++requests_);
    std::string answer;
    RETURN_IF_ERROR(stand.store.ChangeOnce(
        {.subject = by, .method = "Verb"}, request_id, request_id,
        [&](roots::Session& session) -> absl::StatusOr<std::string> {
          Case before;
          if (!id_.empty()) {
            ASSIGN_OR_RETURN(before, FindCase(session, id_));
          }
          ASSIGN_OR_RETURN(Case after, rule(session, before, Approver(by, DayInChina(session.now()))));
          session.Put(after);
          return roots::ToJson(after);
        },
        &answer));
    return roots::FromJson<Case>(answer);
  }
  absl::StatusOr<Case> DeclareIt(const Declaration& declaration) {
    return Do("zhao", [&](roots::Session& session, const Case&, const Act& act) {
      return DeclareCase(session, declaration, act);
    });
  }
  void Declared() {
    const absl::StatusOr<Case> declared =
        DeclareIt({.division = "450328", .case_no = "c1", .household = "450328/county/h1"});
    ASSERT_TRUE(declared.ok()) << declared.status();
    id_ = declared->id;
  }
  absl::StatusOr<Case> VerifyIt() {
    return Do("li", [](roots::Session& session, const Case& before, const Act& act) {
      return VerifyCase(session, before, act);
    });
  }
  absl::StatusOr<Case> ApproveIt() {
    return Do("wang", [](roots::Session& session, const Case& before, const Act& act) {
      return DecideCase(session, before, {.verdict = approval::Verdict::kApprove}, act);
    });
  }
  absl::StatusOr<Case> AllotIt(const std::string& unit = "450328/county/u1") {
    return Do("li", [&](roots::Session& session, const Case& before, const Act& act) {
      return AllotCase(session, before, unit, act);
    });
  }
  absl::Status MoveItIn() {
    return stand.store.Change({}, [&](roots::Session& session) {
      const Ceremony ceremony{
          .division = "450328", .place = "广场", .moved_in_on = DayInChina(session.now()), .cases = {id_}};
      return MoveInHouseholds(session, ceremony, "li").status();
    });
  }
  absl::StatusOr<Case> OpenIt(NoticePurpose purpose, const notice::Posting& posting = Posted()) {
    return Do("li", [&](roots::Session& session, const Case& before, const Act& act) {
      return OpenCaseNotice(session, before, {.purpose = purpose, .posting = posting}, act);
    });
  }
  absl::StatusOr<Case> ObjectTo(int32_t number) {
    return Do("zhao", [&](roots::Session&, const Case& before, const Act& act) {
      return FileObjection(before, number, "letter-7", "示例", act);
    });
  }
  absl::StatusOr<Case> Decide(int32_t number, ObjectionOutcome outcome) {
    return Do("wang", [&](roots::Session&, const Case& before, const Act& act) {
      return DecideObjection(before, number, 1, outcome, "查实", act);
    });
  }
  absl::StatusOr<Case> CloseIt(int32_t number) {
    return Do("li",
              [&](roots::Session&, const Case& before, const Act& act) { return CloseNotice(before, number, act); });
  }
  void Wait(int days) { stand.clock.Advance(absl::Hours(24 * days)); }
  // Opens a notice, waits, and closes it clean.
  void PassNotice(NoticePurpose purpose) {
    const absl::StatusOr<Case> opened = OpenIt(purpose);
    ASSERT_TRUE(opened.ok()) << opened.status();
    Wait(6);
    const absl::StatusOr<Case> closed = CloseIt(opened->notices.back().notice_no);
    ASSERT_TRUE(closed.ok()) << closed.status();
  }

  std::string id_;
  int requests_ = 0;
};

TEST_P(MovesTest, FromDeclarationToTheNewHome) {
  Declared();
  EXPECT_EQ(Figure("persons_due", kVillage, "2018-11"), 3);
  ASSERT_TRUE(VerifyIt().ok());
  PassNotice(NoticePurpose::kBefore);
  EXPECT_EQ(Figure("persons_to_move", kVillage, "2018-12"), 0);
  ASSERT_TRUE(ApproveIt().ok());
  EXPECT_EQ(Figure("persons_to_move", kVillage, "2018-11"), 3);
  PassNotice(NoticePurpose::kDuring);
  const absl::StatusOr<Case> allotted = AllotIt();
  ASSERT_TRUE(allotted.ok()) << allotted.status();
  EXPECT_EQ(allotted->site_key, "450328/county/s1");
  EXPECT_EQ(allotted->unit_key, "450328/county/u1");
  PassNotice(NoticePurpose::kAfter);
  ASSERT_TRUE(MoveItIn().ok());
  EXPECT_EQ(Figure("persons_moved_in", "450328", "2018-11"), 3);
  EXPECT_EQ(Figure("county_tier_persons", "450328", "2018-11"), 3);
  const Case moved = *stand.store.Get<Case>(id_).value();
  EXPECT_EQ(moved.state, CaseState::kMovedIn);
  EXPECT_EQ(moved.key, "450328/anju/c1");
  EXPECT_EQ(moved.notices.size(), 3);
  EXPECT_EQ(moved.trail.size(), 5);
  EXPECT_EQ(moved.trail.back().verb, CaseVerb::kMoveIn);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(MovesTest, IsStoppedAtEachGate) {
  Declared();
  ASSERT_TRUE(VerifyIt().ok());
  const struct {
    NoticePurpose purpose;
    std::function<absl::Status()> step;
  } gates[] = {{NoticePurpose::kBefore, [&] { return ApproveIt().status(); }},
               {NoticePurpose::kDuring, [&] { return AllotIt().status(); }},
               {NoticePurpose::kAfter, [&] { return MoveItIn(); }}};
  int32_t number = 0;
  for (const auto& gate : gates) {
    const auto stopped = [&] { EXPECT_THAT(gate.step(), RefusedWith(kFailedPrecondition, "NOTICE_NOT_CLEAN")); };
    stopped();
    ASSERT_TRUE(OpenIt(gate.purpose).ok());
    ++number;
    stopped();
    ASSERT_TRUE(ObjectTo(number).ok());
    // Noon of the last day, and a second before it ends in China.
    Wait(5);
    EXPECT_THAT(CloseIt(number), RefusedWith(kFailedPrecondition, "SPAN_NOT_OVER"));
    stand.clock.Advance(absl::Hours(12) - absl::Seconds(1));
    EXPECT_THAT(CloseIt(number), RefusedWith(kFailedPrecondition, "SPAN_NOT_OVER"));
    stand.clock.Advance(absl::Seconds(1));
    EXPECT_THAT(ObjectTo(number), RefusedWith(kFailedPrecondition, "NOTICE_CLOSED"));
    EXPECT_THAT(CloseIt(number), RefusedWith(kFailedPrecondition, "OBJECTION_UNDECIDED"));
    stopped();
    ASSERT_TRUE(Decide(number, ObjectionOutcome::kUpheld).ok());
    EXPECT_EQ(CloseIt(number)->notices.back().state, notice::NoticeState::kClosedUpheld);
    stopped();
    const absl::StatusOr<Case> again = OpenIt(gate.purpose);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->notices.back().rerun_of, number);
    ++number;
    // Noon again.
    stand.clock.Advance(absl::Hours(12));
    Wait(6);
    ASSERT_TRUE(CloseIt(number).ok());
    ASSERT_TRUE(gate.step().ok());
  }
  EXPECT_EQ((*stand.store.Get<Case>(id_))->state, CaseState::kMovedIn);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(MovesTest, ANoticeHangsAtTheSiteUnderTheCodeItHasNow) {
  ASSERT_TRUE(stand.Import(ImportCase, Allotted("c1", "h1", "u1")).ok());
  testing::Recode(stand, "2018-06", {{.old_code = "450328", .new_code = "450399"}});
  id_ = stand.store.List(Case::kKind, "450399", "", 1)->roots.at(0).id;
  notice::Posting posting = Posted();
  posting.places = {"450399100"};
  stand.KnowDivision("450399100");
  ASSERT_TRUE(OpenIt(NoticePurpose::kAfter, posting).ok());
  // What the case says of its site stays.
  EXPECT_EQ((*stand.store.Get<Case>(id_))->site_location, kTown);
}

TEST_P(MovesTest, ARejectedCaseCountsNoMore) {
  Declared();
  ASSERT_TRUE(VerifyIt().ok());
  EXPECT_EQ(Figure("persons_due", "450328", "2018-11"), 3);
  Wait(30);
  ASSERT_TRUE(Do("wang", [](roots::Session&, const Case& before, const Act& act) {
                return Reject(before, "不符合条件", act);
              }).ok());
  EXPECT_EQ(Figure("persons_due", "450328", "2018-11"), 3);
  EXPECT_EQ(Figure("persons_due", "450328", "2018-12"), 0);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(MovesTest, DeclaresInOrder) {
  ASSERT_TRUE(stand.Import(ImportCase, Resettlement::Declared("c2", "h2")).ok());
  Declaration declaration{.division = "450399", .case_no = "c1", .household = "450328/county/h9"};
  EXPECT_THAT(DeclareIt(declaration), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
  declaration.division = kTown;
  EXPECT_THAT(DeclareIt(declaration), RefusedWith(kNotFound, "HOUSEHOLD_NOT_FOUND"));
  declaration.household = "450328/county/h2";
  EXPECT_THAT(DeclareIt(declaration), RefusedWith(kNotFound, "HOUSEHOLD_NOT_FOUND"));
  declaration.division = "450328";
  Declared();
  id_.clear();
  EXPECT_THAT(DeclareIt(declaration), RefusedWith(kAlreadyExists, "CASE_NO_TAKEN"));
  declaration.case_no = "c2";
  for (const char* household : {"450328/county/h1", "450328/county/h2"}) {
    declaration.household = household;
    EXPECT_THAT(DeclareIt(declaration), RefusedWith(kAlreadyExists, "HOUSEHOLD_HAS_CASE"));
  }
  feed::HouseholdFact general = stand.KnowHousehold("h3", kVillage, 1);
  general.classifications[0].household_class = feed::HouseholdClass::kGeneral;
  stand.Know(general.key, general);
  declaration.household = general.key;
  EXPECT_THAT(DeclareIt(declaration), RefusedWith(kFailedPrecondition, "NOT_REGISTERED_POOR"));
}

TEST_P(MovesTest, AllotsInOrder) {
  UnitRecord large = UnitRow("u9", "s1");
  large.area_centi_sqm = 75'01;
  ASSERT_TRUE(stand.Import(ImportUnit, large).ok());
  ASSERT_TRUE(stand.Import(ImportCase, Allotted("c2", "h2", "u2")).ok());
  Declared();
  ASSERT_TRUE(VerifyIt().ok());
  PassNotice(NoticePurpose::kBefore);
  EXPECT_THAT(AllotIt("450328/county/u8"), RefusedWith(kNotFound, "UNIT_NOT_FOUND"));
  EXPECT_THAT(AllotIt("450328/county/u2"), RefusedWith(kFailedPrecondition, "CASE_NOT_APPROVED"));
  ASSERT_TRUE(ApproveIt().ok());
  EXPECT_THAT(AllotIt("450328/county/u2"), RefusedWith(kFailedPrecondition, "NOTICE_NOT_CLEAN"));
  PassNotice(NoticePurpose::kDuring);
  EXPECT_THAT(AllotIt("450328/county/u2"), RefusedWith(kAlreadyExists, "UNIT_TAKEN"));
  EXPECT_THAT(AllotIt("450328/county/u9"), RefusedWith(kFailedPrecondition, "UNIT_TOO_LARGE"));
  ASSERT_TRUE(AllotIt("450328/county/u3").ok());
  EXPECT_THAT(stand.Import(ImportCase, Allotted("c2", "h2", "u3")).status(), RefusedWith(kAlreadyExists, "UNIT_TAKEN"));
}

TEST_P(MovesTest, ACaseOfAnotherSystemNeedsNoNotices) {
  ASSERT_TRUE(stand.Import(ImportCase, Allotted("c1", "h1", "u1")).ok());
  id_ = Find<Case>("c1").id;
  EXPECT_TRUE(MoveItIn().ok());
  EXPECT_THAT(Find<Case>("c1").trail, IsEmpty());
}

TEST_P(MovesTest, ACaseThatIsTakenUpHereIsNotImportedAnyMore) {
  CaseRecord row = Resettlement::Declared("c1", "h1");
  ASSERT_TRUE(stand.Import(ImportCase, row).ok());
  id_ = Find<Case>("c1").id;
  ASSERT_TRUE(VerifyIt().ok());
  // The file again says nothing new; another day or a further step would.
  EXPECT_EQ(*stand.Import(ImportCase, row), Outcome::kUnchanged);
  EXPECT_EQ(Find<Case>("c1").state, CaseState::kVerified);
  row.steps.verified_on = Date(2018, 10, 31);
  EXPECT_THAT(stand.Import(ImportCase, row).status(), RefusedWith(kFailedPrecondition, "CASE_KEPT_HERE"));
  row = Allotted("c1", "h1", "u1");
  EXPECT_THAT(stand.Import(ImportCase, row).status(), RefusedWith(kFailedPrecondition, "CASE_KEPT_HERE"));
  row = Resettlement::Declared("c1", "h1");
  row.steps.verified_on = Date(2018, 11, 1);
  EXPECT_EQ(*stand.Import(ImportCase, row), Outcome::kUnchanged);
  // The steps of the other system are no notices: the next one here needs its own.
  EXPECT_THAT(ApproveIt(), RefusedWith(kFailedPrecondition, "NOTICE_NOT_CLEAN"));
}

TEST_P(MovesTest, AStepIsNotBeforeOneOfAnotherSystem) {
  CaseRecord row = Resettlement::Declared("c1", "h1");
  row.steps.declared_on = Date(2018, 12, 1);
  // A clock may be set back.
  stand.clock.Advance(absl::Hours(24 * 40));
  ASSERT_TRUE(stand.Import(ImportCase, row).ok());
  stand.clock.Advance(-absl::Hours(24 * 40));
  id_ = Find<Case>("c1").id;
  EXPECT_THAT(VerifyIt(), RefusedWith(kFailedPrecondition, "STEPS_OUT_OF_ORDER"));
}

TEST_P(MovesTest, ANoticeHangsInDivisionsThatThereAre) {
  Declared();
  ASSERT_TRUE(VerifyIt().ok());
  notice::Posting posting = Posted();
  posting.places.push_back("45");
  EXPECT_THAT(OpenIt(NoticePurpose::kBefore, posting), RefusedWith(kInvalidArgument, "PLACE_NOT_A_DIVISION"));
}

INSTANTIATE_TEST_SUITE_P(Engines, MovesTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
