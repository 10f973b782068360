#include "services/relocation/domain/area.h"

#include "services/platform/roots/queue.h"
#include "services/relocation/domain/ceremony.h"
#include "services/relocation/domain/step_back.h"
#include "tests/services/relocation/domain/resettlement.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using ::testing::IsEmpty;
using testing::RefusedWith;

// A unit of 75.00 m² since 2018-06-01 for three people, who join and leave on the given days.
Case Housed(const std::vector<std::pair<Date, std::optional<Date>>>& people) {
  Case relocation{.state = CaseState::kAllotted,
                  .steps = {.declared_on = Date(2016, 1, 1), .allotted_on = Date(2018, 6, 1)},
                  .unit_key = "u1",
                  .unit_area_centi_sqm = 75'00,
                  .area_per_person_centi_sqm = 25'00};
  for (const auto& [joined, left] : people) {
    relocation.household.persons.push_back({.person_no = "p", .joined_on = joined, .left_on = left});
  }
  return relocation;
}

constexpr Date kLongAgo(2016, 1, 1);

TEST(AreaTest, ToTheHundredth) {
  Case relocation = Housed({{kLongAgo, {}}, {kLongAgo, {}}, {kLongAgo, {}}});
  EXPECT_EQ(ExcessOn(relocation, Date(2018, 6, 1)), 0);
  relocation.unit_area_centi_sqm = 75'01;
  EXPECT_EQ(ExcessOn(relocation, Date(2018, 6, 1)), 1);
  EXPECT_EQ(ExcessOn(relocation, Date(2018, 5, 31)), 0);
  // Allotted before areas were kept.
  relocation.unit_area_centi_sqm = 0;
  EXPECT_THAT(Excesses(relocation), IsEmpty());
}

TEST(AreaTest, FollowsEverybodyWhoLeavesAndComes) {
  // One left before the allotment, one after it, one more later; a child was born in between.
  const Case relocation = Housed({{kLongAgo, {}},
                                  {kLongAgo, Date(2018, 8, 1)},
                                  {kLongAgo, Date(2018, 9, 1)},
                                  {Date(2018, 8, 20), {}},
                                  {kLongAgo, Date(2018, 1, 1)}});
  const std::vector<Excess> excesses = Excesses(relocation);
  ASSERT_EQ(excesses.size(), 2);
  EXPECT_EQ(excesses[0].centi_sqm, 25'00);
  EXPECT_EQ(excesses[0].days.from, Date(2018, 8, 1));
  EXPECT_EQ(excesses[0].days.until, Date(2018, 8, 20));
  EXPECT_EQ(excesses[1].days.from, Date(2018, 9, 1));
  EXPECT_FALSE(excesses[1].days.until.has_value());
  Case checked = relocation;
  CheckArea(checked, Date(2018, 8, 19));
  EXPECT_EQ(checked.area_excess_centi_sqm, 25'00);
  EXPECT_EQ(checked.area_excess_since, Date(2018, 8, 1));
  CheckArea(checked, Date(2018, 8, 20));
  EXPECT_EQ(checked.area_excess_centi_sqm, 0);
  EXPECT_FALSE(checked.area_excess_since.has_value());
}

TEST(ConfirmAreaTest, IsOfSoMuchAndOfThisUnit) {
  const Act wang{.by = "wang", .on = Date(2018, 10, 1)};
  EXPECT_THAT(ConfirmArea(Housed({{kLongAgo, {}}, {kLongAgo, {}}, {kLongAgo, {}}}), "丧偶", wang),
              RefusedWith(kFailedPrecondition, "AREA_NOT_EXCEEDED"));
  Case relocation = Housed({{kLongAgo, {}}, {kLongAgo, {}}, {kLongAgo, Date(2018, 9, 1)}});
  relocation.trail = {{.verb = CaseVerb::kAllot, .by = "li"}};
  EXPECT_THAT(ConfirmArea(relocation, "丧偶", {.by = "li", .on = Date(2018, 10, 1)}),
              RefusedWith(kFailedPrecondition, "APPROVER_IS_AUTHOR"));
  EXPECT_THAT(CheckMayEnter(relocation, wang.on), RefusedWith(kFailedPrecondition, "AREA_EXCEEDED"));
  EXPECT_EQ(JudgeEntry(relocation, wang.on).reason, "AREA_EXCEEDED");
  // On the day before it still was small enough.
  EXPECT_TRUE(CheckMayEnter(relocation, Date(2018, 8, 31)).ok());
  Case confirmed = *ConfirmArea(relocation, "丧偶", wang);
  EXPECT_TRUE(CheckMayEnter(confirmed, wang.on).ok());
  EXPECT_THAT(ConfirmArea(confirmed, "丧偶", wang), RefusedWith(kFailedPrecondition, "AREA_NOT_EXCEEDED"));
  ASSERT_EQ(Unconfirmed(confirmed).size(), 1);
  EXPECT_EQ(Unconfirmed(confirmed)[0].days.until, wang.on);
  // One more has left: that was not confirmed.
  confirmed.household.persons[1].left_on = Date(2018, 11, 1);
  EXPECT_THAT(CheckMayEnter(confirmed, Date(2018, 11, 1)), RefusedWith(kFailedPrecondition, "AREA_EXCEEDED"));
  EXPECT_EQ(Unconfirmed(confirmed).back().days.from, Date(2018, 11, 1));
  // Nor is another unit.
  confirmed.household.persons[1].left_on.reset();
  confirmed.unit_key = "u2";
  EXPECT_THAT(CheckMayEnter(confirmed, wang.on), RefusedWith(kFailedPrecondition, "AREA_EXCEEDED"));
}

class AreaOnStoreTest : public Resettlement {
 protected:
  void SetUp() override {
    Build();
    ASSERT_TRUE(stand.Import(ImportCase, Allotted("c1", "h1", "u1")).ok());
  }
  size_t Waiting() { return stand.store.Queue(kAreaExcess, "450328", roots::kWhenever, "", 10)->roots.size(); }
  absl::Status MoveItIn() {
    return stand.store.Change({}, [&](roots::Session& session) {
      return MoveInHouseholds(session,
                              {.division = "450328",
                               .place = "广场",
                               .moved_in_on = Date(2018, 11, 1),
                               .cases = {"450328/county/c1"}},
                              "li")
          .status();
    });
  }
};

TEST_P(AreaOnStoreTest, AHouseholdThatShrinksIsListedAndKeptOut) {
  EXPECT_EQ(Waiting(), 0);
  household.persons[2].left_on = Date(2018, 9, 10);
  ASSERT_TRUE(Absorb(household).ok());
  EXPECT_EQ(Find<Case>("c1").area_excess_centi_sqm, 25'00);
  EXPECT_EQ(Find<Case>("c1").area_excess_since, Date(2018, 9, 10));
  EXPECT_EQ(Waiting(), 1);
  EXPECT_EQ(Figure("area_excess_households", "450328", "2018-08"), 0);
  EXPECT_EQ(Figure("area_excess_households", kVillage, "2018-09"), 1);
  EXPECT_THAT(MoveItIn(), RefusedWith(kFailedPrecondition, "AREA_EXCEEDED"));
  ASSERT_TRUE(Do("c1", [](roots::Session&, const Case& before, const Act& act) {
                return ConfirmArea(before, "丧偶", act);
              }).ok());
  EXPECT_EQ(Waiting(), 0);
  EXPECT_EQ(Figure("area_excess_households", "450328", "2018-10"), 1);
  EXPECT_EQ(Figure("area_excess_households", "450328", "2018-11"), 0);
  // It is still shown, with who confirmed it.
  EXPECT_EQ(Find<Case>("c1").area_excess_centi_sqm, 25'00);
  EXPECT_EQ(Find<Case>("c1").area_confirmation.by, "wang");
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(AreaOnStoreTest, GrowingAgainAndAnotherUnitEndIt) {
  household.persons[2].left_on = Date(2018, 9, 10);
  ASSERT_TRUE(Absorb(household).ok());
  household.persons.push_back({.person_no = "p4", .joined_on = Date(2018, 10, 5)});
  ASSERT_TRUE(Absorb(household).ok());
  EXPECT_EQ(Waiting(), 0);
  EXPECT_EQ(Find<Case>("c1").area_excess_centi_sqm, 0);
  EXPECT_EQ(Figure("area_excess_households", "450328", "2018-09"), 1);
  EXPECT_EQ(Figure("area_excess_households", "450328", "2018-10"), 0);
  household.persons.pop_back();
  ASSERT_TRUE(Absorb(household).ok());
  EXPECT_EQ(Waiting(), 1);
  ASSERT_TRUE(Do("c1", [](roots::Session&, const Case& before, const Act& act) {
                return StepBack(before, CaseState::kAllotted, "人口减少", act);
              }).ok());
  EXPECT_EQ(Waiting(), 0);
  EXPECT_EQ(Find<Case>("c1").area_excess_centi_sqm, 0);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(AreaOnStoreTest, AUnitThatIsMeasuredAnewIsCheckedAgain) {
  UnitRecord larger = UnitRow("u1", "s1");
  larger.area_centi_sqm = 75'01;
  ASSERT_TRUE(stand.Import(ImportUnit, larger).ok());
  EXPECT_EQ(Find<Case>("c1").area_excess_centi_sqm, 1);
  EXPECT_EQ(Waiting(), 1);
  ASSERT_TRUE(stand.Import(ImportUnit, UnitRow("u1", "s1")).ok());
  EXPECT_EQ(Waiting(), 0);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, AreaOnStoreTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
