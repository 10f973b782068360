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

int64_t HighestRateBp(Date disbursed_on, Date matures_on) {
  return PolicyOn({}, disbursed_on)[BaseRateOf(disbursed_on, matures_on)];
}

TEST(PolicyTest, TheRateIsThatOfTheDayAndTerm) {
  EXPECT_EQ(HighestRateBp(Date(2010, 1, 1), Date(2011, 1, 1)), 560);
  EXPECT_EQ(HighestRateBp(Date(2015, 10, 23), Date(2016, 10, 23)), 460);
  EXPECT_EQ(HighestRateBp(Date(2015, 10, 24), Date(2016, 10, 24)), 435);
  EXPECT_EQ(HighestRateBp(Date(2015, 10, 24), Date(2016, 10, 25)), 475);
  EXPECT_EQ(HighestRateBp(Date(2019, 8, 20), Date(2020, 8, 20)), 425);
  EXPECT_EQ(HighestRateBp(Date(2019, 8, 20), Date(2022, 8, 20)), 485);
}

TEST(PolicyTest, TheGradeSetsTheLine) {
  const policy::Books nothing_set;
  const policy::InForce policy = PolicyOn(nothing_set, Date(2016, 3, 1));
  struct Row {
    int64_t score_centi;
    const char* grade;
    int64_t line_fen;
  };
  for (const Row& row : {Row{10000, "AAA", 50'000'00},
                         {9000, "AAA", 50'000'00},
                         {8999, "AA", 30'000'00},
                         {7999, "A", 20'000'00},
                         {6999, "B", 10'000'00},
                         {6000, "B", 10'000'00}}) {
    EXPECT_EQ(GradeOf(policy, row.score_centi).name, row.grade);
    EXPECT_EQ(policy[GradeOf(policy, row.score_centi).line_fen], row.line_fen);
  }
  EXPECT_EQ(GradeOf(policy, 5999).name, "C");
  EXPECT_EQ(GradeOf(policy, 5999).line_fen, "");
  EXPECT_EQ(GradedBy(GradeOf(policy, 5999)).back(), "grade_b_least_centi");
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

TEST(PolicyTest, MonthsEndWithTheirLastDay) {
  EXPECT_EQ(AddMonths(Date(2016, 2, 29), 12), Date(2017, 2, 28));
  EXPECT_EQ(AddMonths(Date(2016, 1, 31), 1), Date(2016, 2, 29));
  EXPECT_EQ(AddMonths(Date(2016, 11, 5), 36), Date(2019, 11, 5));
}

}  // namespace
}  // namespace anju::microcredit
