#include "services/relocation/domain/policy.h"

#include <gtest/gtest.h>

#include <set>

#include "services/relocation/domain/community_policy.h"

namespace anju::relocation {
namespace {

TEST(PolicyTest, GivesEachPersonTwentyFiveSquareMetres) {
  for (const Date day : {Date(2015, 12, 1), Date(2016, 1, 1), Date(2018, 7, 20)}) {
    EXPECT_EQ(PolicyOn({}, day)[kAreaPerPerson], 2500);
    EXPECT_EQ(PolicyOn({}, day)[kShortestNotice], 5);
  }
}

TEST(PolicyTest, GivesCommitteesTheTermOfTheLawOfTheirDay) {
  EXPECT_EQ(PolicyOn({}, Date(2018, 12, 28))[kLongestTerm], 36);
  EXPECT_EQ(PolicyOn({}, Date(2018, 12, 29))[kLongestTerm], 60);
}

TEST(PolicyTest, GivesTheHallDaysForEveryKindOfRequest) {
  std::set<std::string> names;
  for (int kind = 1; kind <= static_cast<int>(RequestKind::kParty); ++kind) {
    const absl::string_view name = HallWorkingDays(static_cast<RequestKind>(kind));
    EXPECT_GT(PolicyOn({}, Date(2018, 8, 6))[name], 0) << name;
    EXPECT_TRUE(names.emplace(name).second) << name;
  }
}

TEST(PolicyTest, EveryDefaultMayBeSetAndSaysWhereItIsFrom) {
  for (const policy::Parameter& parameter : Policies().parameters()) {
    for (const policy::Setting& setting : parameter.defaults) {
      EXPECT_LE(parameter.least, setting.value) << setting.name;
      EXPECT_GE(parameter.greatest, setting.value) << setting.name;
      EXPECT_NE(setting.document, "") << setting.name;
      EXPECT_NE(setting.text, "") << setting.name;
    }
  }
}

}  // namespace
}  // namespace anju::relocation
