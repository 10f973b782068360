#include "services/relocation/domain/policy.h"

#include <gtest/gtest.h>

namespace anju::relocation {
namespace {

TEST(PolicyTest, GivesEachPersonTwentyFiveSquareMetres) {
  for (const Date day : {Date(2015, 12, 1), Date(2016, 1, 1), Date(2018, 7, 20)}) {
    EXPECT_EQ(PolicyOn({}, day)[kAreaPerPerson], 2500);
    EXPECT_EQ(PolicyOn({}, day)[kShortestNotice], 5);
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
