#include "services/relocation/domain/building.h"

#include "tests/services/relocation/domain/resettlement.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;

TEST(BuildingTest, RefusesInOrder) {
  const Site site{.key = "s1", .location = "450328100", .started_on = Date(2016, 5, 6)};
  const Building elsewhere{.site_key = "s2"};
  BuildingRecord row{
      .building_no = "b1", .name = "1栋", .started_on = Date(2016, 5, 5), .completed_on = Date(2016, 1, 1)};
  const auto record = [&] { return Record(elsewhere, row, "b1", site); };
  for (const int32_t floors : {0, kMostFloors + 1}) {
    row.floors = floors;
    EXPECT_THAT(record(), RefusedWith(kInvalidArgument, "FLOORS_OUT_OF_RANGE"));
  }
  row.floors = 6;
  for (const int32_t units : {0, kMostUnitsOfBuilding + 1}) {
    row.planned_units = units;
    EXPECT_THAT(record(), RefusedWith(kInvalidArgument, "UNITS_OUT_OF_RANGE"));
  }
  row.planned_units = 24;
  EXPECT_THAT(record(), RefusedWith(kFailedPrecondition, "BUILDING_OF_OTHER_SITE"));
  EXPECT_THAT(Record(std::nullopt, row, "b1", site), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  row.started_on = Date(2016, 5, 6);
  EXPECT_THAT(Record(std::nullopt, row, "b1", site), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  row.completed_on.reset();
  EXPECT_EQ(Record(std::nullopt, row, "b1", site)->site_location, "450328100");
}

class BuildingsTest : public Resettlement {};

TEST_P(BuildingsTest, AUnitStandsInABuildingOfItsSite) {
  Build();
  ASSERT_TRUE(stand.Import(ImportSite, SiteRow("s2")).ok());
  BuildingRecord row{.building_no = "b1",
                     .site_no = "s9",
                     .name = "1栋",
                     .floors = 6,
                     .planned_units = 24,
                     .started_on = Date(2016, 6, 1),
                     .completed_on = Date(2018, 4, 1)};
  EXPECT_THAT(stand.Import(ImportBuilding, row).status(), RefusedWith(kNotFound, "SITE_NOT_FOUND"));
  row.site_no = "s1";
  EXPECT_EQ(*stand.Import(ImportBuilding, row), Outcome::kAdded);
  EXPECT_EQ(*stand.Import(ImportBuilding, row), Outcome::kUnchanged);
  EXPECT_EQ(Figure("buildings", kTown, "2016-06"), 1);
  EXPECT_EQ(Figure("buildings_completed", "450328", "2018-04"), 1);
  UnitRecord unit = UnitRow("u1", "s1");
  unit.building_no = "b2";
  EXPECT_THAT(stand.Import(ImportUnit, unit).status(), RefusedWith(kNotFound, "BUILDING_NOT_FOUND"));
  unit.building_no = "b1";
  EXPECT_EQ(*stand.Import(ImportUnit, unit), Outcome::kUpdated);
  EXPECT_EQ(Find<Unit>("u1").building_key, "450328/county/b1");
  // A file that says nothing of buildings leaves it where it is.
  EXPECT_EQ(*stand.Import(ImportUnit, UnitRow("u1", "s1")), Outcome::kUnchanged);
  unit = UnitRow("v1", "s2");
  unit.building_no = "b1";
  EXPECT_THAT(stand.Import(ImportUnit, unit).status(), RefusedWith(kFailedPrecondition, "BUILDING_OF_OTHER_SITE"));
  // A site that is corrected takes its buildings along.
  SiteRecord site = SiteRow("s1");
  site.location = kVillage;
  ASSERT_TRUE(stand.Import(ImportSite, site).ok());
  EXPECT_EQ(Find<Building>("b1").Division(), kVillage);
  EXPECT_EQ(Figure("buildings", kTown, "2018-10"), 0);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, BuildingsTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
