#include "services/relocation/domain/construction.h"

#include "tests/services/relocation/domain/resettlement.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;

SiteWorks Works() {
  return {.milestones = {{.milestone_no = "m1",
                          .kind = MilestoneKind::kStructure,
                          .planned_on = Date(2018, 3, 1),
                          .reached_on = Date(2018, 3, 11)},
                         {.milestone_no = "m2", .kind = MilestoneKind::kAcceptance, .planned_on = Date(2018, 10, 1)},
                         {.milestone_no = "m3",
                          .building_key = "b1",
                          .kind = MilestoneKind::kAcceptance,
                          .planned_on = Date(2018, 9, 1),
                          .reached_on = Date(2018, 9, 1)}}};
}

TEST(WorksTest, DaysLateAreOfTheLatestMilestone) {
  const struct {
    Date day;
    int64_t late;
  } table[] = {{Date(2018, 2, 1), 0},   {Date(2018, 3, 1), 0},   {Date(2018, 3, 4), 3},
               {Date(2018, 3, 11), 10}, {Date(2018, 10, 5), 10}, {Date(2018, 10, 31), 30}};
  for (const auto& row : table) EXPECT_EQ(DaysLate(Works(), row.day), row.late) << Format(row.day);
  EXPECT_EQ(DaysLate({}, Date(2018, 3, 1)), 0);
}

TEST(WorksTest, IsAcceptedAsAWholeOrByBuilding) {
  SiteWorks works = Works();
  EXPECT_FALSE(IsAccepted(works, "", Date(2018, 12, 1)));
  EXPECT_FALSE(IsAccepted(works, "b2", Date(2018, 12, 1)));
  EXPECT_TRUE(IsAccepted(works, "b1", Date(2018, 9, 1)));
  EXPECT_FALSE(IsAccepted(works, "b1", Date(2018, 8, 31)));
  works.milestones[1].reached_on = Date(2018, 10, 2);
  EXPECT_TRUE(IsAccepted(works, "b2", Date(2018, 10, 2)));
  EXPECT_TRUE(IsAccepted(works, "", Date(2018, 10, 2)));
}

TEST(ReachMilestoneTest, RefusesInOrder) {
  const Date today(2018, 11, 1);
  EXPECT_THAT(ReachMilestone(Works(), {.milestone_no = "m9", .reached_on = today + 1}, today),
              RefusedWith(kNotFound, "MILESTONE_NOT_FOUND"));
  EXPECT_THAT(ReachMilestone(Works(), {.milestone_no = "m1", .reached_on = today + 1}, today),
              RefusedWith(kFailedPrecondition, "MILESTONE_REACHED"));
  EXPECT_THAT(ReachMilestone(Works(), {.milestone_no = "m2", .reached_on = today + 1}, today),
              RefusedWith(kInvalidArgument, "DAY_IN_FUTURE"));
  const absl::StatusOr<SiteWorks> reached = ReachMilestone(Works(), {.milestone_no = "m2", .reached_on = today}, today);
  ASSERT_TRUE(reached.ok()) << reached.status();
  EXPECT_EQ(reached->milestones[1].reached_on, today);
  EXPECT_TRUE(ReachMilestone(*reached, {.milestone_no = "m2", .reached_on = today}, today).ok());
}

class ConstructionTest : public Resettlement {};

TEST_P(ConstructionTest, KeepsWhatIsDoneAtASite) {
  ASSERT_TRUE(stand.Import(ImportSite, SiteRow("s1")).ok());
  MilestoneRecord milestone{.milestone_no = "m1",
                            .site_no = "s9",
                            .kind = MilestoneKind::kFoundation,
                            .planned_on = Date(2017, 1, 10),
                            .reached_on = Date(2018, 11, 2)};
  EXPECT_THAT(stand.Import(ImportMilestone, milestone).status(), RefusedWith(kNotFound, "SITE_NOT_FOUND"));
  milestone.site_no = "s1";
  milestone.building_no = "b1";
  EXPECT_THAT(stand.Import(ImportMilestone, milestone).status(), RefusedWith(kNotFound, "BUILDING_NOT_FOUND"));
  milestone.building_no.clear();
  EXPECT_THAT(stand.Import(ImportMilestone, milestone).status(), RefusedWith(kInvalidArgument, "DAY_IN_FUTURE"));
  milestone.reached_on.reset();
  ASSERT_EQ(*stand.Import(ImportMilestone, milestone), Outcome::kAdded);
  EXPECT_EQ(Figure("milestones_overdue", "450328", "2016-12"), 0);
  EXPECT_EQ(Figure("milestones_overdue", kTown, "2017-01"), 1);
  milestone.reached_on = Date(2017, 4, 2);
  ASSERT_EQ(*stand.Import(ImportMilestone, milestone), Outcome::kUpdated);
  EXPECT_EQ(*stand.Import(ImportMilestone, milestone), Outcome::kUnchanged);
  EXPECT_EQ(Figure("milestones_overdue", kTown, "2017-03"), 1);
  EXPECT_EQ(Figure("milestones_overdue", kTown, "2017-04"), 0);
  const InspectionRecord inspection{.inspection_no = "i1",
                                    .site_no = "s1",
                                    .inspected_on = Date(2017, 5, 1),
                                    .inspector = "report-7",
                                    .result = InspectionResult::kPassedWithIssues};
  ASSERT_EQ(*stand.Import(ImportInspection, inspection), Outcome::kAdded);
  const FacilityRecord facility{.site_no = "s1",
                                .facility = {.facility_no = "f1",
                                             .kind = FacilityKind::kSchool,
                                             .name = "小学（示例）",
                                             .planned_on = Date(2018, 8, 31),
                                             .completed_on = Date(2018, 9, 1)}};
  ASSERT_EQ(*stand.Import(ImportFacility, facility), Outcome::kAdded);
  EXPECT_EQ(Figure("facilities_completed", "45", "2018-09"), 1);
  const SiteWorks works = Find<SiteWorks>("s1");
  EXPECT_EQ(works.milestones.size() + works.inspections.size() + works.facilities.size(), 3);
  SiteRecord site = SiteRow("s1");
  site.location = kVillage;
  ASSERT_TRUE(stand.Import(ImportSite, site).ok());
  EXPECT_EQ(Find<SiteWorks>("s1").Division(), kVillage);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(ConstructionTest, ASiteHasOnlySoManyFacilities) {
  ASSERT_TRUE(stand.Import(ImportSite, SiteRow("s1")).ok());
  ASSERT_TRUE(stand.store
                  .Change({},
                          [&](roots::Session& session) -> absl::Status {
                            ASSIGN_OR_RETURN(SiteWorks works, FindWorks(session, "450328/county/s1"));
                            for (size_t i = 0; i < kMostFacilities; ++i) {
                              works.facilities.push_back({.facility_no = absl::StrCat("f", i)});
                            }
                            session.Put(works);
                            return absl::OkStatus();
                          })
                  .ok());
  FacilityRecord row{.site_no = "s1", .facility = {.facility_no = "f0", .name = "示例"}};
  EXPECT_EQ(*stand.Import(ImportFacility, row), Outcome::kUpdated);
  row.facility.facility_no = "one more";
  EXPECT_THAT(stand.Import(ImportFacility, row).status(), RefusedWith(kFailedPrecondition, "ITEMS_TOO_MANY"));
}

INSTANTIATE_TEST_SUITE_P(Engines, ConstructionTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
