#include "services/workshops/domain/policy.h"

#include "gtest/gtest.h"

namespace anju::workshops {
namespace {

TEST(Policy, HoldsFromItsDateAndTheFirstAlsoBefore) {
  for (const Date day : {Date(2010, 1, 1), Date(2016, 1, 1), Date(2018, 6, 22)}) {
    EXPECT_EQ(PolicyOn({}, day)[kSubsidy], 1000'00);
    EXPECT_EQ(PolicyOn({}, day)[kSubsidyPay], 6000'00);
    EXPECT_EQ(PolicyOn({}, day)[kSubsidyMonths], 6);
    EXPECT_EQ(PolicyOn({}, day)[kSubsidyWindow], 12);
    EXPECT_EQ(PolicyOn({}, day)[kSubsidyDays], 1);
  }
}

TEST(Policy, EveryDefaultMayBeSetAndSaysWhereItIsFrom) {
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
}  // namespace anju::workshops
