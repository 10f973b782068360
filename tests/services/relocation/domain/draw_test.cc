#include "services/relocation/domain/draw.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/ids.h"
#include "services/relocation/domain/step_back.h"
#include "tests/services/relocation/domain/resettlement.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using lottery::Allotment;
using roots::Outcome;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::RefusedWith;
using ::testing::SizeIs;

const std::string kSeed(64, '7');
const Act kOfficer{.by = "li", .on = Date(2018, 11, 1)}, kApprover{.by = "wang", .on = Date(2018, 11, 2)};

std::string CommitmentOf(const std::string& seed) { return Sha256(absl::HexStringToBytes(seed)); }

Draw InState(DrawState state) {
  const Site site{.key = "450328/county/s1", .location = "450328100"};
  Draw draw = *Commit(site, 1, CommitmentOf(kSeed), false, {.by = "zhao"});
  draw.secret = kSeed;
  if (state == DrawState::kCommitted) return draw;
  if (state == DrawState::kVoided) return *Void(draw, "停电", kApprover);
  draw = *Freeze(draw, {.households = {{"c1", 3}}, .units = {{"u1", 75'00}}}, kOfficer, {});
  return state == DrawState::kFrozen ? draw : *Reveal(draw, "", kApprover);
}

TEST(Draw, GoesFromCommitmentToResult) {
  const Draw drawn = InState(DrawState::kDrawn);
  EXPECT_EQ(drawn.key, "450328/county/s1/1");
  EXPECT_EQ(drawn.Division(), "450328100");
  EXPECT_EQ(drawn.seed, kSeed);
  EXPECT_EQ(drawn.secret, "");
  EXPECT_EQ(drawn.allotted, 1);
  EXPECT_EQ(*lottery::Verify({.list = drawn.list,
                              .list_hash = drawn.list_hash,
                              .commitment = drawn.commitment,
                              .seed = drawn.seed,
                              .result = drawn.result}),
            Drawn(drawn));
}

TEST(Draw, RefusesEveryStepOutOfTurn) {
  const Act late{.by = "zhao", .on = Date(2018, 11, 3)};
  struct Row {
    DrawState state;
    absl::string_view freeze, run, void_;
  };
  // An empty list, an author and a wrong seed break the later rules.
  const Row rows[] = {
      {DrawState::kCommitted, "NO_HOUSEHOLDS", "DRAW_NOT_FROZEN", ""},
      {DrawState::kFrozen, "DRAW_NOT_COMMITTED", "APPROVER_IS_AUTHOR", ""},
      {DrawState::kDrawn, "DRAW_NOT_COMMITTED", "DRAW_NOT_FROZEN", ""},
      {DrawState::kVoided, "DRAW_VOIDED", "DRAW_VOIDED", "DRAW_VOIDED"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(static_cast<int>(row.state));
    const Draw before = InState(row.state);
    EXPECT_EQ(ReasonOf(Freeze(before, {}, late, {}).status()), row.freeze);
    EXPECT_EQ(ReasonOf(Reveal(before, "x", late).status()), row.run);
    EXPECT_EQ(ReasonOf(Void(before, "停电", late).status()), row.void_);
  }
}

TEST(Draw, RefusesTheRestInOrder) {
  const Site site{.key = "450328/county/s1"};
  EXPECT_THAT(Commit(site, 1, std::string(64, 'A'), true, kOfficer),
              RefusedWith(kInvalidArgument, "COMMITMENT_MALFORMED"));
  EXPECT_THAT(Commit(site, 1, kSeed, true, kOfficer), RefusedWith(kAlreadyExists, "COMMITMENT_USED"));
  const Draw committed = InState(DrawState::kCommitted);
  lottery::List list;
  EXPECT_THAT(Freeze(committed, list, kOfficer, {}), RefusedWith(kFailedPrecondition, "NO_HOUSEHOLDS"));
  list.households = {{"c\n", 3}};
  EXPECT_THAT(Freeze(committed, list, kOfficer, {}), RefusedWith(kFailedPrecondition, "NO_UNITS"));
  list.units = {{"u1", 75'00}};
  EXPECT_THAT(Freeze(committed, list, kOfficer, {}), RefusedWith(kInvalidArgument, "LIST_MALFORMED"));
  Draw frozen = InState(DrawState::kFrozen);
  for (const char* author : {"zhao", "li"}) {
    EXPECT_THAT(Reveal(frozen, "x", {.by = author}), RefusedWith(kFailedPrecondition, "APPROVER_IS_AUTHOR"));
  }
  for (const std::string& wrong : {std::string("x"), std::string(64, '8'), std::string(64, 'A')}) {
    const auto refused = Reveal(frozen, wrong, kApprover);
    EXPECT_THAT(refused, RefusedWith(kFailedPrecondition, "SEED_NOT_COMMITTED"));
    EXPECT_THAT(refused.status().ToString(), Not(HasSubstr(kSeed)));
  }
  // A second party holds the seed.
  frozen.secret.clear();
  EXPECT_THAT(Reveal(frozen, "", kApprover), RefusedWith(kFailedPrecondition, "SEED_NOT_COMMITTED"));
  EXPECT_EQ(Reveal(frozen, kSeed, kApprover)->result, InState(DrawState::kDrawn).result);
  EXPECT_EQ(Void(frozen, "停电", kApprover)->seed, "");
}

TEST(Draw, ASecretIsShownOnlyOnceItIsRevealed) {
  for (const DrawState state : {DrawState::kCommitted, DrawState::kFrozen}) {
    Draw draw = InState(state);
    const std::string shown = roots::WriteJson([&](Archive& archive) { draw.Shown(archive); });
    EXPECT_THAT(shown, Not(HasSubstr(kSeed)));
    EXPECT_THAT(roots::ToJson(draw), HasSubstr(kSeed));
    // What a void avoids is seen by all.
    const Draw voided = *Void(draw, "停电", kApprover);
    EXPECT_EQ(voided.seed, kSeed);
    EXPECT_EQ(voided.void_reason, "停电");
    EXPECT_EQ(voided.list, draw.list);
  }
}

class DrawTest : public Resettlement {
 protected:
  // A site with three units of 75 m², and three households of which two are approved.
  void Wait() {
    Build();
    stand.KnowHousehold("h3", kVillage, 2);
    ASSERT_TRUE(stand.Import(ImportCase, Approved("c1", "h1")).ok());
    ASSERT_TRUE(stand.Import(ImportCase, Approved("c2", "h2")).ok());
    ASSERT_TRUE(stand.Import(ImportCase, Declared("c3", "h3")).ok());
  }
  static CaseRecord Approved(const std::string& number, const std::string& household_no) {
    CaseRecord row = Allotted(number, household_no, "");
    row.steps.allotted_on.reset();
    return row;
  }
  static Act By(const std::string& who) { return {.by = who, .on = Date(2018, 11, 1)}; }
  template <typename Step>
  absl::StatusOr<Draw> Do(Step step) {
    absl::StatusOr<Draw> after = absl::UnknownError("not run");
    const absl::Status status =
        stand.store.Change({.subject = "tester", .method = "Draw"}, [&](roots::Session& session) {
          after = step(session);
          return after.status();
        });
    if (!status.ok()) return status;
    return after;
  }
  absl::StatusOr<Draw> DoCommit(const std::string& site = "450328/county/s1", const std::string& commitment = "") {
    return Do([&](roots::Session& session) {
      return CommitDraw(session, {.site = site, .commitment = commitment}, NewSecret(), By("zhao"));
    });
  }
  absl::StatusOr<Draw> DoFreeze(const Draw& draw, const std::vector<std::string>& cases = {}) {
    return Do([&](roots::Session& session) -> absl::StatusOr<Draw> {
      ASSIGN_OR_RETURN(const Draw before, FindDraw(session, draw.id));
      return FreezeDraw(session, before, cases, By("li"));
    });
  }
  absl::StatusOr<Draw> DoRun(const Draw& draw, const std::string& seed = "") {
    return Do([&](roots::Session& session) -> absl::StatusOr<Draw> {
      ASSIGN_OR_RETURN(const Draw before, FindDraw(session, draw.id));
      return RunDraw(session, before, seed, By("wang"));
    });
  }
  absl::StatusOr<Draw> DoVoid(const Draw& draw) {
    return Do([&](roots::Session& session) -> absl::StatusOr<Draw> {
      ASSIGN_OR_RETURN(const Draw before, FindDraw(session, draw.id));
      return VoidDraw(session, before, "停电", By("wang"));
    });
  }
};

TEST_P(DrawTest, AllotsWhatItDraws) {
  Wait();
  Draw draw = *DoCommit();
  EXPECT_EQ(draw.key, "450328/county/s1/1");
  EXPECT_EQ(draw.commitment, CommitmentOf(draw.secret));
  draw = *DoFreeze(draw);
  EXPECT_EQ(draw.households, 2);
  EXPECT_EQ(draw.units, 3);
  draw = *DoRun(draw);
  EXPECT_EQ(draw.allotted, 2);
  for (const Allotment& drawn : Drawn(draw)) {
    const Case relocation = Find<Case>(drawn.household.substr(drawn.household.size() - 2));
    EXPECT_EQ(relocation.unit_key, drawn.unit);
    EXPECT_EQ(relocation.draw, draw.key);
    EXPECT_EQ(relocation.state, CaseState::kAllotted);
    EXPECT_EQ(relocation.steps.allotted_on, Date(2018, 11, 1));
  }
  EXPECT_EQ(Find<Case>("c3").state, CaseState::kDeclared);
  EXPECT_THAT(stand.Recount(), IsEmpty());
  EXPECT_EQ(*stand.store.Get<Draw>(draw.id), draw);
}

// The result that was published is what was allotted, or the draw says what is not.
TEST_P(DrawTest, WhatIsGivenBackIsSaidAndNotExchanged) {
  Wait();
  const Draw draw = *DoRun(*DoFreeze(*DoCommit()));
  const Case first = Find<Case>("c1"), second = Find<Case>("c2");
  const StepBackRequest request{.from = CaseState::kAllotted, .reason = "户主不要"};
  for (const Case& relocation : {first, second}) {
    const absl::Status back = stand.store.Change({}, [&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const Case before, FindCase(session, relocation.id));
      ASSIGN_OR_RETURN(Case after, StepBackCase(session, before, request, By("wang")));
      session.Put(after);
      return absl::OkStatus();
    });
    ASSERT_TRUE(back.ok()) << back;
  }
  const std::vector<GivenBack> given_back = stand.store.Get<Draw>(draw.id)->value().given_back;
  ASSERT_THAT(given_back, SizeIs(2));
  EXPECT_EQ(given_back[0].unit, first.unit_key);
  EXPECT_EQ(given_back[0].reason, "户主不要");
  const auto decides = [&](const std::string& unit_key) {
    absl::StatusOr<std::string> by = absl::UnknownError("not run");
    (void)stand.store.Look([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const std::optional<Unit> unit, session.Find<Unit>(unit_key));
      by = CheckDrawDecides(session, first, *unit);
      return absl::OkStatus();
    });
    return by;
  };
  EXPECT_THAT(decides(second.unit_key), RefusedWith(kFailedPrecondition, "DRAW_DECIDES"));
  EXPECT_EQ(*decides(first.unit_key), draw.key);
  // Of a draw that was voided nothing stands.
  ASSERT_TRUE(DoVoid(draw).ok());
  EXPECT_EQ(*decides(second.unit_key), "");
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

// Households whose members the feed has not brought yet are asked for, not left out.
TEST_P(DrawTest, NobodyIsLeftOutWhoseMembersComeLate) {
  Wait();
  stand.KnowHousehold("h4", kVillage, 0);
  ASSERT_TRUE(stand.Import(ImportCase, Approved("c4", "h4")).ok());
  const Draw draw = *DoCommit();
  EXPECT_THAT(DoFreeze(draw), RefusedWith(kFailedPrecondition, "HOUSEHOLD_WITHOUT_MEMBERS"));
  stand.KnowHousehold("h4", kVillage, 2);
  EXPECT_EQ(DoFreeze(draw)->households, 3);
  EXPECT_EQ(Find<Case>("c4").household.persons.size(), 2u);
}

TEST_P(DrawTest, AFileDoesNotChangeWhatADrawAllotted) {
  Wait();
  const Draw draw = *DoRun(*DoFreeze(*DoCommit()));
  Case before = Find<Case>("c1");
  EXPECT_EQ(before.trail.back(), (CaseMove{.verb = CaseVerb::kAllot, .by = "wang", .on = Date(2018, 11, 1)}));
  // The file from before the draw says nothing new, and leaves what the draw gave.
  EXPECT_EQ(*stand.Import(ImportCase, Approved("c1", "h1")), Outcome::kUnchanged);
  EXPECT_EQ(Find<Case>("c1"), before);
  CaseRecord row = Approved("c1", "h1");
  row.steps.approved_on = *row.steps.approved_on + 1;
  EXPECT_THAT(stand.Import(ImportCase, row).status(), RefusedWith(kFailedPrecondition, "CASE_KEPT_HERE"));
  row = Approved("c1", "h1");
  row.steps.allotted_on = Date(2018, 11, 1);
  row.unit_no = before.unit_key.substr(before.unit_key.size() - 2);
  EXPECT_EQ(*stand.Import(ImportCase, row), Outcome::kUnchanged);
  before.steps.moved_in_on = Date(2018, 11, 20);
  before.state = CaseState::kMovedIn;
  EXPECT_THAT(TakeBack(before, "停电", kApprover), RefusedWith(kFailedPrecondition, "HOUSEHOLD_MOVED_IN"));
}

TEST_P(DrawTest, TakesInCasesWithoutASite) {
  Wait();
  CaseRecord row = Approved("c3", "h3");
  row.site_no.clear();
  ASSERT_TRUE(stand.Import(ImportCase, row).ok());
  ASSERT_TRUE(stand.Import(ImportSite, SiteRow("s2")).ok());
  ASSERT_TRUE(stand
                  .Import(ImportUnit,
                          [] {
                            UnitRecord unit = UnitRow("u4", "s2");
                            unit.area_centi_sqm = 50'00;
                            return unit;
                          }())
                  .ok());
  const Draw draw = *DoCommit("450328/county/s2");
  EXPECT_THAT(DoFreeze(draw, {"x"}).status(), RefusedWith(kNotFound, "CASE_NOT_FOUND"));
  EXPECT_THAT(DoFreeze(draw, {"450328/county/c9"}).status(), RefusedWith(kNotFound, "CASE_NOT_FOUND"));
  EXPECT_THAT(DoFreeze(draw, {"450328/county/c1"}).status(), RefusedWith(kFailedPrecondition, "CASE_OF_OTHER_SITE"));
  EXPECT_THAT(DoFreeze(draw).status(), RefusedWith(kFailedPrecondition, "NO_HOUSEHOLDS"));
  const std::string c3 = Find<Case>("c3").id;
  feed::HouseholdFact elsewhere = Find<Case>("c3").household;
  elsewhere.residences.push_back({.since = Date(2018, 9, 1), .village = "451021001001"});
  ASSERT_TRUE(Absorb(elsewhere).ok());
  EXPECT_THAT(DoFreeze(draw, {c3}).status(), RefusedWith(kFailedPrecondition, "CASE_OF_OTHER_COUNTY"));
  elsewhere.residences.pop_back();
  ASSERT_TRUE(Absorb(elsewhere).ok());
  ASSERT_TRUE(DoRun(*DoFreeze(draw, {Find<Case>("c3").id})).ok());
  EXPECT_EQ(Find<Case>("c3").site_key, "450328/county/s2");
  EXPECT_EQ(Find<Case>("c3").unit_key, "450328/county/u4");
  EXPECT_EQ(Find<Case>("c3").tier, Tier::kCounty);
}

TEST(MayDraw, NeedsWhatAnAllotmentNeeds) {
  Case relocation{.state = CaseState::kVerified,
                  .steps = {.declared_on = Date(2018, 1, 1), .verified_on = Date(2018, 1, 2)}};
  const Date day(2018, 11, 1);
  EXPECT_THAT(CheckMayDraw(relocation, day), RefusedWith(kFailedPrecondition, "CASE_NOT_APPROVED"));
  relocation.steps.approved_on = day + 1;
  relocation.state = CaseState::kApproved;
  EXPECT_THAT(CheckMayDraw(relocation, day), RefusedWith(kFailedPrecondition, "CASE_NOT_APPROVED"));
  relocation.steps.approved_on = day;
  EXPECT_TRUE(CheckMayDraw(relocation, day).ok());
  relocation.notices = {{.notice_no = 1, .purpose = std::string(kDuring), .state = notice::NoticeState::kOpen}};
  EXPECT_THAT(CheckMayDraw(relocation, day), RefusedWith(kFailedPrecondition, "NOTICE_NOT_CLEAN"));
  relocation.notices.clear();
  relocation.trail = {{.verb = CaseVerb::kApprove}};
  EXPECT_THAT(CheckMayDraw(relocation, day), RefusedWith(kFailedPrecondition, "NOTICE_NOT_CLEAN"));
}

TEST_P(DrawTest, AVoidedDrawIsKeptAndTakesItsUnitsBack) {
  Wait();
  const Draw first = *DoRun(*DoFreeze(*DoCommit()));
  const Draw voided = *DoVoid(first);
  EXPECT_EQ(voided.state, DrawState::kVoided);
  EXPECT_EQ(voided.result, first.result);
  for (const char* number : {"c1", "c2"}) {
    EXPECT_EQ(Find<Case>(number).state, CaseState::kApproved);
    EXPECT_EQ(Find<Case>(number).unit_key, "");
    EXPECT_EQ(Find<Case>(number).draw, "");
  }
  EXPECT_THAT(DoVoid(first).status(), RefusedWith(kFailedPrecondition, "DRAW_VOIDED"));
  const Draw second = *DoRun(*DoFreeze(*DoCommit()));
  EXPECT_EQ(second.key, "450328/county/s1/2");
  EXPECT_EQ(second.allotted, 2);
  EXPECT_EQ(stand.store.Get<Draw>(first.id)->value().void_reason, "停电");
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(DrawTest, AHouseholdAndAUnitAreInOneDraw) {
  Wait();
  const Draw first = *DoCommit(), second = *DoCommit(Find<Site>("s1").id);
  ASSERT_TRUE(DoFreeze(first).ok());
  EXPECT_THAT(DoFreeze(first).status(), RefusedWith(kFailedPrecondition, "DRAW_NOT_COMMITTED"));
  EXPECT_THAT(DoFreeze(second).status(), RefusedWith(kFailedPrecondition, "HOUSEHOLD_IN_ANOTHER_DRAW"));
  // Nor does a file allot beside the draw.
  ASSERT_TRUE(stand.Import(ImportUnit, UnitRow("u4", "s1")).ok());
  EXPECT_THAT(stand.Import(ImportCase, Allotted("c1", "h1", "u4")).status(),
              RefusedWith(kFailedPrecondition, "HOUSEHOLD_IN_DRAW"));
  ASSERT_TRUE(stand
                  .Import(ImportUnit,
                          [] {
                            UnitRecord unit = UnitRow("u1", "s1");
                            unit.area_centi_sqm = 50'00;
                            return unit;
                          }())
                  .ok());
  EXPECT_THAT(stand.Import(ImportCase, Allotted("c3", "h3", "u1")).status(),
              RefusedWith(kFailedPrecondition, "UNIT_IN_DRAW"));
  EXPECT_EQ(*stand.Import(ImportCase, Approved("c1", "h1")), Outcome::kUnchanged);
  // One who withdraws makes the list untrue.
  CaseRecord row = Approved("c1", "h1");
  row.steps.withdrawn_on = Date(2018, 10, 1);
  ASSERT_TRUE(stand.Import(ImportCase, row).ok());
  EXPECT_THAT(DoRun(first).status(), RefusedWith(kFailedPrecondition, "DRAW_OUTDATED"));
  ASSERT_TRUE(stand.Import(ImportCase, Approved("c1", "h1")).ok());
  ASSERT_TRUE(DoVoid(first).ok());
  EXPECT_EQ(DoRun(*DoFreeze(second))->allotted, 2);
}

TEST_P(DrawTest, AUnitIsInOneDraw) {
  Wait();
  const Draw first = *DoCommit(), second = *DoCommit();
  ASSERT_TRUE(DoFreeze(first).ok());
  // Of the households on the first list none is left: their members have gone.
  for (const char* number : {"c1", "c2"}) {
    feed::HouseholdFact fact = Find<Case>(number).household;
    for (feed::PersonFact& person : fact.persons) person.left_on = Date(2018, 10, 1);
    ASSERT_TRUE(Absorb(fact).ok());
  }
  EXPECT_THAT(DoFreeze(second).status(), RefusedWith(kFailedPrecondition, "UNIT_IN_ANOTHER_DRAW"));
  const absl::Status outdated = DoRun(first).status();
  EXPECT_THAT(outdated, RefusedWith(kFailedPrecondition, "DRAW_OUTDATED"));
  EXPECT_EQ(stand.store.Get<Draw>(first.id)->value().seed, "");
  ASSERT_TRUE(DoVoid(first).ok());
  EXPECT_THAT(DoFreeze(second).status(), RefusedWith(kFailedPrecondition, "NO_HOUSEHOLDS"));
}

TEST_P(DrawTest, RefusesWhatIsNotThere) {
  Wait();
  EXPECT_THAT(DoCommit("450328/county/s9").status(), RefusedWith(kNotFound, "SITE_NOT_FOUND"));
  EXPECT_THAT(DoCommit("s9").status(), RefusedWith(kNotFound, "SITE_NOT_FOUND"));
  EXPECT_THAT(DoFreeze({.id = "x"}).status(), RefusedWith(kNotFound, "DRAW_NOT_FOUND"));
  const Draw draw = *DoCommit("450328/county/s1", CommitmentOf(kSeed));
  EXPECT_EQ(draw.secret, "");
  EXPECT_THAT(DoCommit("450328/county/s1", CommitmentOf(kSeed)).status(),
              RefusedWith(kAlreadyExists, "COMMITMENT_USED"));
  for (const char* number : {"u1", "u2", "u3"}) {
    stand.KnowHousehold(number, kVillage, 3);
    ASSERT_TRUE(stand.Import(ImportCase, Allotted(absl::StrCat("c", number), number, number)).ok());
  }
  EXPECT_THAT(DoFreeze(draw).status(), RefusedWith(kFailedPrecondition, "NO_UNITS"));
  ASSERT_TRUE(stand.Import(ImportUnit, UnitRow("u4", "s1")).ok());
  ASSERT_TRUE(DoFreeze(draw).ok());
  EXPECT_THAT(DoRun(draw).status(), RefusedWith(kFailedPrecondition, "SEED_NOT_COMMITTED"));
  EXPECT_EQ(DoRun(draw, kSeed)->allotted, 1);
}

TEST_P(DrawTest, AUnitThatGrewIsNotDrawn) {
  Wait();
  const Draw draw = *DoFreeze(*DoCommit());
  UnitRecord row = UnitRow("u3", "s1");
  row.area_centi_sqm = 75'01;
  ASSERT_EQ(*stand.Import(ImportUnit, row), Outcome::kUpdated);
  EXPECT_THAT(DoRun(draw).status(), RefusedWith(kFailedPrecondition, "DRAW_OUTDATED"));
  ASSERT_EQ(*stand.Import(ImportUnit, UnitRow("u3", "s1")), Outcome::kUpdated);
  EXPECT_TRUE(DoRun(draw).ok());
}

TEST_P(DrawTest, FollowsItsSite) {
  Wait();
  const Draw draw = *DoCommit();
  SiteRecord row = SiteRow("s1");
  row.location = kOther;
  ASSERT_EQ(*stand.Import(ImportSite, row), Outcome::kUpdated);
  EXPECT_EQ(stand.store.Get<Draw>(draw.id)->value().Division(), kOther);
  EXPECT_THAT(stand.store.List(Draw::kKind, kOther, "", 10)->roots, SizeIs(1));
}

TEST_P(DrawTest, NoFaultAllotsHalfADraw) {
  Wait();
  const Draw draw = *DoFreeze(*DoCommit());
  int broken = 0;
  for (int n = 1;; ++n) {
    testing::FaultyDatabase faulty(*stand.database, n);
    roots::Store store(faulty, stand.clock, Kinds(), nullptr, [](const auto&) {});
    const absl::Status status = store.Change({}, [&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const Draw before, FindDraw(session, draw.id));
      return RunDraw(session, before, "", By("wang")).status();
    });
    if (!faulty.failed()) break;
    EXPECT_EQ(*stand.store.Get<Draw>(draw.id), draw) << "statement " << n << ": " << status;
    for (const char* number : {"c1", "c2"}) EXPECT_EQ(Find<Case>(number).state, CaseState::kApproved) << n;
    ++broken;
  }
  EXPECT_GT(broken, 10);
  for (const char* number : {"c1", "c2"}) EXPECT_EQ(Find<Case>(number).state, CaseState::kAllotted);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, DrawTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
