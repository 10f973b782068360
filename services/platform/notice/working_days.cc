#include "services/platform/notice/working_days.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"

namespace anju::notice {
namespace {

struct Holiday {
  Date first;
  Date last;
};

// Both lists as the General Office of the State Council announces them each autumn for the year to come; of 2019 with
// the longer Labour Day, of 2020 with the longer Spring Festival.
constexpr int64_t kFirstYear = 2016;
constexpr int64_t kLastYear = 2026;

constexpr Holiday kHolidays[] = {
    {Date(2016, 1, 1), Date(2016, 1, 1)},   {Date(2016, 2, 7), Date(2016, 2, 13)},
    {Date(2016, 4, 4), Date(2016, 4, 4)},   {Date(2016, 5, 1), Date(2016, 5, 2)},
    {Date(2016, 6, 9), Date(2016, 6, 11)},  {Date(2016, 9, 15), Date(2016, 9, 17)},
    {Date(2016, 10, 1), Date(2016, 10, 7)}, {Date(2017, 1, 1), Date(2017, 1, 2)},
    {Date(2017, 1, 27), Date(2017, 2, 2)},  {Date(2017, 4, 2), Date(2017, 4, 4)},
    {Date(2017, 5, 1), Date(2017, 5, 1)},   {Date(2017, 5, 28), Date(2017, 5, 30)},
    {Date(2017, 10, 1), Date(2017, 10, 8)}, {Date(2018, 1, 1), Date(2018, 1, 1)},
    {Date(2018, 2, 15), Date(2018, 2, 21)}, {Date(2018, 4, 5), Date(2018, 4, 7)},
    {Date(2018, 4, 29), Date(2018, 5, 1)},  {Date(2018, 6, 18), Date(2018, 6, 18)},
    {Date(2018, 9, 24), Date(2018, 9, 24)}, {Date(2018, 10, 1), Date(2018, 10, 7)},
    {Date(2018, 12, 30), Date(2019, 1, 1)}, {Date(2019, 2, 4), Date(2019, 2, 10)},
    {Date(2019, 4, 5), Date(2019, 4, 5)},   {Date(2019, 5, 1), Date(2019, 5, 4)},
    {Date(2019, 6, 7), Date(2019, 6, 7)},   {Date(2019, 9, 13), Date(2019, 9, 13)},
    {Date(2019, 10, 1), Date(2019, 10, 7)}, {Date(2020, 1, 1), Date(2020, 1, 1)},
    {Date(2020, 1, 24), Date(2020, 2, 2)},  {Date(2020, 4, 4), Date(2020, 4, 6)},
    {Date(2020, 5, 1), Date(2020, 5, 5)},   {Date(2020, 6, 25), Date(2020, 6, 27)},
    {Date(2020, 10, 1), Date(2020, 10, 8)}, {Date(2021, 1, 1), Date(2021, 1, 3)},
    {Date(2021, 2, 11), Date(2021, 2, 17)}, {Date(2021, 4, 3), Date(2021, 4, 5)},
    {Date(2021, 5, 1), Date(2021, 5, 5)},   {Date(2021, 6, 12), Date(2021, 6, 14)},
    {Date(2021, 9, 19), Date(2021, 9, 21)}, {Date(2021, 10, 1), Date(2021, 10, 7)},
    {Date(2022, 1, 1), Date(2022, 1, 3)},   {Date(2022, 1, 31), Date(2022, 2, 6)},
    {Date(2022, 4, 3), Date(2022, 4, 5)},   {Date(2022, 4, 30), Date(2022, 5, 4)},
    {Date(2022, 6, 3), Date(2022, 6, 5)},   {Date(2022, 9, 10), Date(2022, 9, 12)},
    {Date(2022, 10, 1), Date(2022, 10, 7)}, {Date(2022, 12, 31), Date(2023, 1, 2)},
    {Date(2023, 1, 21), Date(2023, 1, 27)}, {Date(2023, 4, 5), Date(2023, 4, 5)},
    {Date(2023, 4, 29), Date(2023, 5, 3)},  {Date(2023, 6, 22), Date(2023, 6, 24)},
    {Date(2023, 9, 29), Date(2023, 10, 6)}, {Date(2024, 1, 1), Date(2024, 1, 1)},
    {Date(2024, 2, 10), Date(2024, 2, 17)}, {Date(2024, 4, 4), Date(2024, 4, 6)},
    {Date(2024, 5, 1), Date(2024, 5, 5)},   {Date(2024, 6, 10), Date(2024, 6, 10)},
    {Date(2024, 9, 15), Date(2024, 9, 17)}, {Date(2024, 10, 1), Date(2024, 10, 7)},
    {Date(2025, 1, 1), Date(2025, 1, 1)},   {Date(2025, 1, 28), Date(2025, 2, 4)},
    {Date(2025, 4, 4), Date(2025, 4, 6)},   {Date(2025, 5, 1), Date(2025, 5, 5)},
    {Date(2025, 5, 31), Date(2025, 6, 2)},  {Date(2025, 10, 1), Date(2025, 10, 8)},
    {Date(2026, 1, 1), Date(2026, 1, 3)},   {Date(2026, 2, 15), Date(2026, 2, 23)},
    {Date(2026, 4, 4), Date(2026, 4, 6)},   {Date(2026, 5, 1), Date(2026, 5, 5)},
    {Date(2026, 6, 19), Date(2026, 6, 21)}, {Date(2026, 9, 25), Date(2026, 9, 27)},
    {Date(2026, 10, 1), Date(2026, 10, 7)},
};

// Weekends on which work is made up for 调休.
constexpr Date kMadeUpFor[] = {
    Date(2016, 2, 6),  Date(2016, 2, 14), Date(2016, 6, 12), Date(2016, 9, 18),  Date(2016, 10, 8),  Date(2016, 10, 9),
    Date(2017, 1, 22), Date(2017, 2, 4),  Date(2017, 4, 1),  Date(2017, 5, 27),  Date(2017, 9, 30),  Date(2018, 2, 11),
    Date(2018, 2, 24), Date(2018, 4, 8),  Date(2018, 4, 28), Date(2018, 9, 29),  Date(2018, 9, 30),  Date(2018, 12, 29),
    Date(2019, 2, 2),  Date(2019, 2, 3),  Date(2019, 4, 28), Date(2019, 5, 5),   Date(2019, 9, 29),  Date(2019, 10, 12),
    Date(2020, 1, 19), Date(2020, 4, 26), Date(2020, 5, 9),  Date(2020, 6, 28),  Date(2020, 9, 27),  Date(2020, 10, 10),
    Date(2021, 2, 7),  Date(2021, 2, 20), Date(2021, 4, 25), Date(2021, 5, 8),   Date(2021, 9, 18),  Date(2021, 9, 26),
    Date(2021, 10, 9), Date(2022, 1, 29), Date(2022, 1, 30), Date(2022, 4, 2),   Date(2022, 4, 24),  Date(2022, 5, 7),
    Date(2022, 10, 8), Date(2022, 10, 9), Date(2023, 1, 28), Date(2023, 1, 29),  Date(2023, 4, 23),  Date(2023, 5, 6),
    Date(2023, 6, 25), Date(2023, 10, 7), Date(2023, 10, 8), Date(2024, 2, 4),   Date(2024, 2, 18),  Date(2024, 4, 7),
    Date(2024, 4, 28), Date(2024, 5, 11), Date(2024, 9, 14), Date(2024, 9, 29),  Date(2024, 10, 12), Date(2025, 1, 26),
    Date(2025, 2, 8),  Date(2025, 4, 27), Date(2025, 9, 28), Date(2025, 10, 11), Date(2026, 1, 4),   Date(2026, 2, 14),
    Date(2026, 2, 28), Date(2026, 5, 9),  Date(2026, 9, 20), Date(2026, 10, 10),
};

bool IsWeekend(Date day) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
}

}  // namespace

absl::StatusOr<bool> IsWorkingDay(Date day) {
  if (day.year() < kFirstYear || day.year() > kLastYear) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "HOLIDAYS_UNKNOWN",
                  absl::StrCat("the public holidays of ", day.year(), " are not known here: count in calendar days"));
  }
  if (IsWeekend(day)) {
    return std::find(std::begin(kMadeUpFor), std::end(kMadeUpFor), day) != std::end(kMadeUpFor);
  }
  return std::none_of(std::begin(kHolidays), std::end(kHolidays),
                      [&](const Holiday& holiday) { return holiday.first <= day && day <= holiday.last; });
}

Date AfterWorkingDays(Date from, int64_t days) {
  Date day = from;
  while (days > 0) {
    ++day;
    if (IsWorkingDay(day).value_or(!IsWeekend(day))) --days;
  }
  return day;
}

}  // namespace anju::notice
