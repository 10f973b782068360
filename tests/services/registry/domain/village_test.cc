#include "services/registry/domain/village.h"

#include "services/registry/domain/indicators.h"
#include "tests/support/stand.h"

namespace anju::registry {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using testing::RefusedWith;

constexpr char kVillage[] = "450328100201";

class VillageTest : public ::testing::TestWithParam<std::string> {
 protected:
  VillageTest() : stand_(GetParam(), {&roots::KindOf<Village>()}, Catalogue()) {
    stand_.KnowDivision("450328");
    stand_.KnowDivision(kVillage);
    stand_.Know("450399100201", feed::DivisionFact{.code = "450399100201", .successor = kVillage});
  }
  testing::Stand stand_;
};

TEST_P(VillageTest, CountsUntilItLeavesPoverty) {
  VillageRecord record{.village = kVillage, .poor_since = Date(2015, 11, 1)};
  EXPECT_EQ(*stand_.Import(ImportVillage, record), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportVillage, record), Outcome::kUnchanged);
  EXPECT_EQ(stand_.Figure("registry.poor_villages", "4503", "2018-10"), 1);
  record.poor_until = Date(2018, 10, 1);
  EXPECT_EQ(*stand_.Import(ImportVillage, record), Outcome::kUpdated);
  EXPECT_EQ(stand_.Figure("registry.poor_villages", "4503", "2018-09"), 1);
  EXPECT_EQ(stand_.Figure("registry.poor_villages", "4503", "2018-10"), 0);
}

TEST_P(VillageTest, AnOldCodeIsTheSameVillage) {
  ASSERT_TRUE(stand_.Import(ImportVillage, {.village = kVillage, .poor_since = Date(2015, 11, 1)}).ok());
  EXPECT_EQ(*stand_.Import(ImportVillage, {.village = "450399100201", .poor_since = Date(2015, 11, 1)}),
            Outcome::kUnchanged);
}

TEST_P(VillageTest, RefusesInOrder) {
  VillageRecord record{.village = "1", .poor_since = Date(2015, 11, 1), .poor_until = Date(2015, 1, 1)};
  EXPECT_THAT(stand_.Import(ImportVillage, record).status(), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
  record.village = "450328";
  EXPECT_THAT(stand_.Import(ImportVillage, record).status(), RefusedWith(kInvalidArgument, "NOT_A_VILLAGE"));
  record.village = kVillage;
  EXPECT_THAT(stand_.Import(ImportVillage, record).status(), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
}

INSTANTIATE_TEST_SUITE_P(Engines, VillageTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::registry
