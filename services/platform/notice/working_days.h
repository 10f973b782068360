#pragma once

#include "absl/status/statusor.h"
#include "services/platform/base/calendar.h"

namespace anju::notice {

// Whether people work on this day in China: public holidays off, weekends off unless work is made up for on them. Pure.
// Refuses with HOLIDAYS_UNKNOWN for a year whose holidays are not in the list.
absl::StatusOr<bool> IsWorkingDay(Date day);

// The last of so many working days after a day, for what must not wait until holidays are known: in a year whose
// holidays are not in the list, Monday to Friday are worked. Pure.
Date AfterWorkingDays(Date from, int64_t days);

}  // namespace anju::notice
