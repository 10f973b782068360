#pragma once

#include "absl/status/statusor.h"
#include "services/platform/base/calendar.h"

namespace anju::notice {

// Whether people work on this day in China: public holidays off, weekends off unless work is made up for on them. Pure.
// Refuses with HOLIDAYS_UNKNOWN for a year whose holidays are not in the list.
absl::StatusOr<bool> IsWorkingDay(Date day);

}  // namespace anju::notice
