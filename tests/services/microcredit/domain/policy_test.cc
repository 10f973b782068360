#include "services/microcredit/domain/policy.h"

#include <gtest/gtest.h>

namespace anju::microcredit {
namespace {

TEST(PolicyTest, InterestFallsDueFourTimesAYear) {
  EXPECT_EQ(NextSettlement(Date(2017, 1, 5)), Date(2017, 3, 20));
  EXPECT_EQ(NextSettlement(Date(2017, 3, 19)), Date(2017, 3, 20));
  EXPECT_EQ(NextSettlement(Date(2017, 3, 20)), Date(2017, 6, 20));
  EXPECT_EQ(NextSettlement(Date(2017, 4, 1)), Date(2017, 6, 20));
  EXPECT_EQ(NextSettlement(Date(2017, 12, 20)), Date(2018, 3, 20));
  EXPECT_EQ(NextSettlement(Date(2017, 12, 31)), Date(2018, 3, 20));
}

TEST(PolicyTest, TheRateIsThatOfTheDayAndTerm) {
  EXPECT_EQ(HighestRateBp(Date(2015, 10, 23), Date(2016, 10, 23)), 460);
  EXPECT_EQ(HighestRateBp(Date(2015, 10, 24), Date(2016, 10, 24)), 435);
  EXPECT_EQ(HighestRateBp(Date(2015, 10, 24), Date(2016, 10, 25)), 475);
  EXPECT_EQ(HighestRateBp(Date(2019, 8, 20), Date(2020, 8, 20)), 425);
  EXPECT_EQ(HighestRateBp(Date(2019, 8, 20), Date(2022, 8, 20)), 485);
}

TEST(PolicyTest, TheGradeSetsTheLine) {
  const Policy& policy = PolicyOn(Date(2016, 3, 1));
  EXPECT_EQ(GradeOf(policy, 10000).line_fen, 50'000'00);
  EXPECT_EQ(GradeOf(policy, 9000).name, "AAA");
  EXPECT_EQ(GradeOf(policy, 8999).line_fen, 30'000'00);
  EXPECT_EQ(GradeOf(policy, 7999).line_fen, 20'000'00);
  EXPECT_EQ(GradeOf(policy, 6999).line_fen, 10'000'00);
  EXPECT_EQ(GradeOf(policy, 6000).name, "B");
  EXPECT_EQ(GradeOf(policy, 5999).line_fen, 0);
}

TEST(PolicyTest, MonthsEndWithTheirLastDay) {
  EXPECT_EQ(AddMonths(Date(2016, 2, 29), 12), Date(2017, 2, 28));
  EXPECT_EQ(AddMonths(Date(2016, 1, 31), 1), Date(2016, 2, 29));
  EXPECT_EQ(AddMonths(Date(2016, 11, 5), 36), Date(2019, 11, 5));
}

}  // namespace
}  // namespace anju::microcredit
