#include "services/relocation/domain/homes.h"

#include "services/platform/roots/queue.h"
#include "tests/services/relocation/domain/resettlement.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;

Case Moved() {
  return {.state = CaseState::kMovedIn,
          .steps = {.declared_on = Date(2016, 1, 1),
                    .verified_on = Date(2016, 1, 1),
                    .approved_on = Date(2016, 1, 1),
                    .allotted_on = Date(2016, 1, 1),
                    .moved_in_on = Date(2018, 7, 28)},
          .old_house = {.demolish_by = Date(2019, 7, 28)}};
}

TEST(ReclaimTest, TheAreaIsLookedAtFirst) {
  const Act act{.by = "li", .on = Date(2018, 11, 1)};
  const struct {
    CaseState state;
    int64_t area;
    absl::StatusCode code;
    absl::string_view reason;
  } table[] = {
      {CaseState::kMovedIn, 0, kInvalidArgument, "RECLAIMED_AREA_OUT_OF_RANGE"},
      {CaseState::kMovedIn, kMostReclaimedCentiMu + 1, kInvalidArgument, "RECLAIMED_AREA_OUT_OF_RANGE"},
      {CaseState::kMovedIn, kMostReclaimedCentiMu, kFailedPrecondition, "CASE_NOT_DEMOLISHED"},
      {CaseState::kReclaimed, 1, kFailedPrecondition, "CASE_NOT_DEMOLISHED"},
  };
  for (const auto& row : table) {
    Case relocation = Moved();
    relocation.state = row.state;
    EXPECT_THAT(ReclaimLand(relocation, row.area, act), RefusedWith(row.code, row.reason));
  }
}

TEST(HomesTest, AStepIsNotBeforeTheMove) {
  const Act early{.by = "li", .on = Date(2018, 7, 27)};
  EXPECT_THAT(DemolishOldHouse(Moved(), early), RefusedWith(kFailedPrecondition, "STEPS_OUT_OF_ORDER"));
}

TEST(HomesTest, TheHouseIsOverdueTheDayAfterItsDeadline) {
  Case relocation = Moved();
  EXPECT_EQ(DaysOverdue(relocation, Date(2019, 7, 28)), 0);
  EXPECT_EQ(DaysOverdue(relocation, Date(2019, 7, 29)), 1);
  relocation.steps.demolished_on = Date(2020, 1, 1);
  EXPECT_EQ(DaysOverdue(relocation, Date(2020, 2, 1)), 0);
  EXPECT_EQ(DaysOverdue(Case(), Date(2020, 2, 1)), 0);
}

TEST(RecordOldHouseTest, RefusesInOrder) {
  OldHouseRequest request{.village = "450328101202", .area_centi_sqm = -1, .agreed_by = Date(2018, 7, 27)};
  Case relocation = Moved();
  relocation.steps.demolished_on = Date(2018, 8, 1);
  relocation.steps.withdrawn_on = Date(2018, 8, 1);
  EXPECT_THAT(RecordOldHouse(relocation, request, {}), RefusedWith(kInvalidArgument, "OLD_HOUSE_AREA_NEGATIVE"));
  request.area_centi_sqm = 80'00;
  EXPECT_THAT(RecordOldHouse(relocation, request, {}), RefusedWith(kFailedPrecondition, "CASE_ENDED"));
  relocation.steps.withdrawn_on.reset();
  EXPECT_THAT(RecordOldHouse(relocation, request, {}), RefusedWith(kFailedPrecondition, "OLD_HOUSE_GONE"));
  relocation.steps.demolished_on.reset();
  EXPECT_THAT(RecordOldHouse(relocation, request, {}), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  request.agreed_by = Date(2018, 7, 28);
  const absl::StatusOr<Case> recorded = RecordOldHouse(relocation, request, {});
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  EXPECT_EQ(recorded->old_house.demolish_by, Date(2018, 7, 28));
  request.agreed_by.reset();
  EXPECT_EQ(RecordOldHouse(*recorded, request, {})->old_house.demolish_by, Date(2019, 7, 28));
}

class OldHousesTest : public Resettlement {
 protected:
  std::vector<std::string> ToGo(Date until = roots::kWhenever) {
    std::vector<std::string> keys;
    const auto page = stand.store.Queue(kOldHousesToGo, "450328", until, "", 10);
    EXPECT_TRUE(page.ok()) << page.status();
    for (const roots::StoredRoot& root : page->roots) keys.push_back(root.key.substr(root.key.size() - 2));
    return keys;
  }
  absl::StatusOr<Case> Demolish(const std::string& number) {
    return Do(number,
              [](roots::Session&, const Case& before, const Act& act) { return DemolishOldHouse(before, act); });
  }
};

TEST_P(OldHousesTest, AreListedByTheDayUntilWhichTheyMayStand) {
  Build();
  ASSERT_TRUE(stand.Import(ImportCase, MovedIn("c1", "h1", "u1")).ok());
  EXPECT_EQ(Find<Case>("c1").old_house, (OldHouse{.village = kVillage, .demolish_by = Date(2019, 7, 28)}));
  CaseRecord agreed = MovedIn("c2", "h2", "u2");
  agreed.demolish_by = Date(2018, 9, 30);
  agreed.old_village = kOther;
  agreed.old_area_centi_sqm = 64'30;
  ASSERT_TRUE(stand.Import(ImportCase, agreed).ok());
  EXPECT_THAT(ToGo(), ::testing::ElementsAre("c2", "c1"));
  EXPECT_THAT(ToGo(Date(2018, 9, 30)), ::testing::ElementsAre("c2"));
  EXPECT_THAT(ToGo(Date(2018, 9, 29)), IsEmpty());
  EXPECT_EQ(Figure("old_houses_overdue", "450328", "2018-09"), 0);
  EXPECT_EQ(Figure("old_houses_overdue", "450328", "2018-10"), 1);
  EXPECT_EQ(Figure("old_houses_overdue", "450328", "2019-08"), 2);
  ASSERT_TRUE(Demolish("c2").ok());
  EXPECT_THAT(ToGo(), ::testing::ElementsAre("c1"));
  EXPECT_EQ(Figure("old_houses_overdue", "450328", "2018-11"), 0);
  EXPECT_EQ(Find<Case>("c2").old_house.area_centi_sqm, 64'30);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(OldHousesTest, AnOlderFileLeavesWhatWasRecordedHere) {
  Build();
  const CaseRecord row = MovedIn("c1", "h1", "u1");
  ASSERT_TRUE(stand.Import(ImportCase, row).ok());
  ASSERT_TRUE(Demolish("c1").ok());
  EXPECT_EQ(*stand.Import(ImportCase, row), Outcome::kUnchanged);
  EXPECT_EQ(Find<Case>("c1").state, CaseState::kOldHouseDemolished);
  CaseRecord other = row;
  other.steps.demolished_on = Date(2018, 8, 1);
  EXPECT_THAT(stand.Import(ImportCase, other).status(), RefusedWith(kFailedPrecondition, "CASE_KEPT_HERE"));
}

TEST_P(OldHousesTest, TheWholeLifeOfAnImportedCase) {
  Build();
  CaseRecord row = MovedIn("c1", "h1", "u1");
  row.steps.reclaimed_on = Date(2018, 9, 1);
  EXPECT_THAT(stand.Import(ImportCase, row).status(), RefusedWith(kFailedPrecondition, "STEPS_OUT_OF_ORDER"));
  row.steps.demolished_on = Date(2018, 8, 1);
  EXPECT_THAT(stand.Import(ImportCase, row).status(), RefusedWith(kInvalidArgument, "RECLAIMED_AREA_NOT_POSITIVE"));
  row.reclaimed_centi_mu = 85;
  row.steps.titled_on = Date(2018, 10, 1);
  EXPECT_THAT(stand.Import(ImportCase, row).status(), RefusedWith(kInvalidArgument, "TITLE_NO_MISSING"));
  row.title_no = "t1";
  row.old_village = kTown;
  EXPECT_THAT(stand.Import(ImportCase, row).status(), RefusedWith(kInvalidArgument, "NOT_A_VILLAGE"));
  row.old_village = kOther;
  ASSERT_EQ(*stand.Import(ImportCase, row), Outcome::kAdded);
  EXPECT_EQ(*stand.Import(ImportCase, row), Outcome::kUnchanged);
  EXPECT_EQ(Find<Case>("c1").state, CaseState::kTitled);
  EXPECT_EQ(Figure("reclaimed_area", kVillage, "2018-09"), 85);
  EXPECT_EQ(Figure("titled_households", "45", "2018-10"), 1);
  // Another system may take its own steps back, and a title is of one home.
  CaseRecord second = MovedIn("c2", "h2", "u2");
  second.steps.demolished_on = second.steps.reclaimed_on = second.steps.titled_on = Date(2018, 10, 1);
  second.reclaimed_centi_mu = 20;
  second.title_no = "t1";
  EXPECT_THAT(stand.Import(ImportCase, second).status(), RefusedWith(kAlreadyExists, "TITLE_NO_TAKEN"));
  ASSERT_EQ(*stand.Import(ImportCase, MovedIn("c1", "h1", "u1")), Outcome::kUpdated);
  EXPECT_EQ(Figure("reclaimed_area", kVillage, "2018-09"), 0);
  EXPECT_TRUE(stand.Import(ImportCase, second).ok());
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(OldHousesTest, ATitleIsOfOneHome) {
  Build();
  CaseRecord row = MovedIn("c1", "h1", "u1");
  row.steps.demolished_on = row.steps.reclaimed_on = row.steps.titled_on = Date(2018, 10, 1);
  row.reclaimed_centi_mu = 20;
  row.title_no = "t1";
  ASSERT_TRUE(stand.Import(ImportCase, row).ok());
  CaseRecord second = MovedIn("c2", "h2", "u2");
  second.steps.demolished_on = second.steps.reclaimed_on = Date(2018, 10, 1);
  second.reclaimed_centi_mu = 20;
  ASSERT_TRUE(stand.Import(ImportCase, second).ok());
  const auto issue = [&](const std::string& title_no) {
    return Do("c2", [&](roots::Session& session, const Case& before, const Act& act) {
      return IssueTitle(session, before, title_no, act);
    });
  };
  EXPECT_THAT(issue("t1"), RefusedWith(kAlreadyExists, "TITLE_NO_TAKEN"));
  EXPECT_EQ(issue("t2")->title_no, "t2");
}

TEST_P(OldHousesTest, AnOldHouseStandsInAVillage) {
  Build();
  ASSERT_TRUE(stand.Import(ImportCase, Declared("c1", "h1")).ok());
  const auto record = [&](const std::string& village) {
    return Do("c1", [&](roots::Session& session, const Case& before, const Act&) {
      return RecordOldHouse(session, before, {.village = village});
    });
  };
  EXPECT_THAT(record("450399"), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
  EXPECT_THAT(record(kTown), RefusedWith(kInvalidArgument, "NOT_A_VILLAGE"));
  EXPECT_EQ(record(kOther)->old_house.village, kOther);
  // A row that says nothing of it leaves it.
  EXPECT_EQ(*stand.Import(ImportCase, Declared("c1", "h1")), Outcome::kUnchanged);
}

INSTANTIATE_TEST_SUITE_P(Engines, OldHousesTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
