#include "services/platform/notice/working_days.h"

#include "tests/support/refused.h"

namespace anju::notice {
namespace {

using testing::RefusedWith;

int WorkingDaysOf(int year) {
  int count = 0;
  for (Date day(year, 1, 1); day.year() == year; ++day) count += *IsWorkingDay(day) ? 1 : 0;
  return count;
}

TEST(WorkingDays, HolidaysAndWeekendsAreOffAndMadeUpWeekendsAreNot) {
  const struct {
    Date day;
    bool working;
  } cases[] = {
      {Date(2018, 9, 28), true},    // A Friday.
      {Date(2018, 9, 29), true},    // A Saturday that is made up for.
      {Date(2018, 9, 30), true},    // A Sunday that is made up for.
      {Date(2018, 10, 1), false},   // National Day.
      {Date(2018, 10, 7), false},   // Its last day.
      {Date(2018, 10, 8), true},    // The Monday after it.
      {Date(2018, 10, 13), false},  // An ordinary Saturday.
      {Date(2016, 2, 14), true},    // A Sunday after the Spring Festival.
      {Date(2018, 12, 31), false},  // A Monday, announced with the year 2019.
      {Date(2019, 5, 3), false},    // The Labour Day that was made longer.
      {Date(2020, 1, 31), false},   // The Spring Festival that was made longer.
      {Date(2020, 2, 1), false},    // It was to be made up for, until it was made longer.
      {Date(2020, 2, 3), true},
  };
  for (const auto& row : cases) EXPECT_EQ(*IsWorkingDay(row.day), row.working) << Format(row.day);
}

TEST(WorkingDays, EveryYearHasThoseThatItHad) {
  // Eleven public holidays a year, thirteen since 2025; in 2020 the Spring Festival was made three days longer, and one
  // day of it was to be made up for.
  const int expected[] = {250, 249, 250, 250, 249, 250, 249, 249, 251, 248, 248};
  for (int i = 0; i < 11; ++i) EXPECT_EQ(WorkingDaysOf(2016 + i), expected[i]) << 2016 + i;
}

TEST(WorkingDays, RefusesAYearThatItDoesNotKnow) {
  for (const Date day : {Date(2015, 12, 31), Date(2027, 1, 1)}) {
    EXPECT_THAT(IsWorkingDay(day), RefusedWith(absl::StatusCode::kFailedPrecondition, "HOLIDAYS_UNKNOWN"));
  }
}

}  // namespace
}  // namespace anju::notice
