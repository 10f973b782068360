#include "services/platform/base/calendar.h"
#include "services/platform/base/division.h"
#include "services/platform/base/ids.h"
#include "tests/support/refused.h"

namespace anju {
namespace {

using enum absl::StatusCode;
using testing::RefusedWith;

TEST(Calendar, ReadsOnlyDaysThatExist) {
  EXPECT_EQ(*ParseDate("2016-02-29"), Date(2016, 2, 29));
  for (const char* text : {"", "2017-02-29", "2018-10-32", "2018-13-01", "2018-1-1", "18-10-17", "2018/10/17",
                           "2018-10-17 ", "1800-01-01", "2018-00-10", "２０１８-10-17"}) {
    EXPECT_THAT(ParseDate(text), RefusedWith(kInvalidArgument, "DATE_MALFORMED")) << text;
  }
  for (const char* text : {"", "2018-13", "2018-0", "201810", "2018-10-01"}) {
    EXPECT_THAT(ParseMonth(text), RefusedWith(kInvalidArgument, "MONTH_MALFORMED")) << text;
  }
  EXPECT_EQ(Format(Date(2018, 3, 7)), "2018-03-07");
  EXPECT_EQ(Format(*ParseMonth("2018-03")), "2018-03");
}

TEST(Calendar, CountsMonths) {
  const Month month = *ParseMonth("2018-12");
  EXPECT_EQ(Format(month.Plus(1)), "2019-01");
  EXPECT_EQ(month.LastDay(), Date(2018, 12, 31));
  EXPECT_EQ(ParseMonth("2016-02")->LastDay(), Date(2016, 2, 29));
  EXPECT_EQ(Month::Of(Date(2018, 12, 31)), month);
}

TEST(Calendar, BusinessDaysAreChinese) {
  EXPECT_EQ(DayInChina(absl::FromUnixSeconds(1541001600 - 1)), Date(2018, 10, 31));
  EXPECT_EQ(DayInChina(absl::FromUnixSeconds(1541001600)), Date(2018, 11, 1));
}

TEST(Division, APrefixIsTheParent) {
  EXPECT_TRUE(IsWithin("450328100", "4503"));
  EXPECT_TRUE(IsWithin("450328", "450328"));
  EXPECT_FALSE(IsWithin("4503", "450328"));
  EXPECT_THAT(Lineage("450328100"), ::testing::ElementsAre("45", "4503", "450328", "450328100"));
  EXPECT_EQ(CommonDivision("450328100201", "450328100202"), "450328100");
  EXPECT_EQ(CommonDivision("450328100201", "450328"), "450328");
  EXPECT_EQ(CommonDivision("450328", "450329"), "4503");
  EXPECT_EQ(CommonDivision("450328", "360731"), "");
  EXPECT_EQ(CommonDivision("450328", ""), "");
  for (const char* code : {"", "4", "450", "45032a", "4503281002010"}) EXPECT_FALSE(IsDivisionCode(code)) << code;
}

TEST(Division, ThePrefixEndLiesBehindAllBeneath) {
  for (const std::string prefix : {"45", "4509", "4599", "99", "450328100"}) {
    const std::string end = PrefixEnd(prefix);
    EXPECT_LT(prefix + std::string(12 - prefix.size(), '9'), end) << prefix;
    EXPECT_LT(prefix, end);
  }
  EXPECT_GE("4504", PrefixEnd("4503"));
  EXPECT_GE("4510", PrefixEnd("4509"));
}

// ++ on the last byte of ÿ would leave half a character, which PostgreSQL refuses with a fault.
TEST(Division, WhatIsNoCodeHasNothingBeneathIt) {
  for (const std::string prefix : {"450328\u00ff", "45x", "x9"}) EXPECT_LE(PrefixEnd(prefix), prefix);
}

TEST(Ids, SortByTheirTime) {
  const std::string early = NewId(absl::FromUnixMillis(1541044800000)),
                    late = NewId(absl::FromUnixMillis(1541044800001));
  EXPECT_EQ(early.size(), 32);
  EXPECT_LT(early, late);
  EXPECT_NE(NewId(absl::FromUnixMillis(5)), NewId(absl::FromUnixMillis(5)));
}

TEST(Ids, ASecretIsNeverTheSame) {
  const std::string secret = NewSecret();
  EXPECT_EQ(secret.size(), 64);
  EXPECT_NE(secret, NewSecret());
}

}  // namespace
}  // namespace anju
