#include "services/relocation/domain/unit.h"

#include "tests/services/relocation/domain/resettlement.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;

using UnitTest = Resettlement;

TEST_P(UnitTest, CountsFromItsCompletionAtEveryLevel) {
  ASSERT_TRUE(stand.Import(ImportSite, SiteRow("s1")).ok());
  UnitRecord row = UnitRow("u1", "s1");
  row.completed_on.reset();
  EXPECT_EQ(*stand.Import(ImportUnit, row), Outcome::kAdded);
  EXPECT_EQ(*stand.Import(ImportUnit, row), Outcome::kUnchanged);
  EXPECT_EQ(Figure("units_completed", "45", "2018-10"), 0);
  row.completed_on = Date(2018, 6, 25);
  EXPECT_EQ(*stand.Import(ImportUnit, row), Outcome::kUpdated);
  for (const std::string division : {"45", "4503", "450328", kTown}) {
    EXPECT_EQ(Figure("units_completed", division, "2018-05"), 0) << division;
    EXPECT_EQ(Figure("units_completed", division, "2018-06"), 1) << division;
  }
  EXPECT_EQ(Figure("township_units", "45", "2018-06"), 0);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(UnitTest, RefusesRowsInOrder) {
  Build();
  ASSERT_TRUE(stand.Import(ImportSite, SiteRow("s2")).ok());
  UnitRecord row = UnitRow("u1", "s9");
  row.area_centi_sqm = 0;
  row.completed_on = Date(2016, 5, 5);
  EXPECT_THAT(stand.Import(ImportUnit, row).status(), RefusedWith(kNotFound, "SITE_NOT_FOUND"));
  row.site_no = "s2";
  EXPECT_THAT(stand.Import(ImportUnit, row).status(), RefusedWith(kInvalidArgument, "UNIT_AREA_NOT_POSITIVE"));
  row.area_centi_sqm = 1;
  EXPECT_THAT(stand.Import(ImportUnit, row).status(), RefusedWith(kFailedPrecondition, "UNIT_OF_OTHER_SITE"));
  row.site_no = "s1";
  EXPECT_THAT(stand.Import(ImportUnit, row).status(), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
}

INSTANTIATE_TEST_SUITE_P(Engines, UnitTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
