#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace anju {

// A day of the calendar, written `2018-10-17`.
using Date = absl::CivilDay;

// A calendar month, written `2018-10`. Ordered, and counted in months.
struct Month {
  // Months since year 0: year * 12 + month - 1.
  int32_t index = 0;

  static Month Of(Date day) { return Month{.index = static_cast<int32_t>(day.year() * 12 + day.month() - 1)}; }
  Date FirstDay() const { return Date(index / 12, index % 12 + 1, 1); }
  Date LastDay() const { return Date(index / 12, index % 12 + 2, 1) - 1; }
  Month Plus(int32_t months) const { return Month{.index = index + months}; }

  friend auto operator<=>(const Month&, const Month&) = default;
};

// Years from 1900 to 2199, real days only. Refuses with DATE_MALFORMED or MONTH_MALFORMED.
absl::StatusOr<Date> ParseDate(absl::string_view text);
absl::StatusOr<Month> ParseMonth(absl::string_view text);
std::string Format(Date day);
std::string Format(Month month);

// The day it is in China, where business days are counted.
Date DayInChina(absl::Time time);

}  // namespace anju
