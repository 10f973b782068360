#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/platform/base/calendar.h"
#include "services/platform/base/error.h"

namespace anju {

// Refuses with DATE_IN_FUTURE a day on which nothing can have happened yet.
inline absl::Status CheckHasCome(std::optional<Date> day, Date today, absl::string_view field) {
  if (!day.has_value() || *day <= today) return absl::OkStatus();
  return Refuse(absl::StatusCode::kInvalidArgument, "DATE_IN_FUTURE",
                "this day has not come yet: what has not happened cannot be recorded", field);
}

// Refuses with MONTH_IN_FUTURE a month of which nothing can be known yet.
inline absl::Status CheckHasBegun(Month month, Date today, absl::string_view field) {
  if (month <= Month::Of(today)) return absl::OkStatus();
  return Refuse(absl::StatusCode::kInvalidArgument, "MONTH_IN_FUTURE",
                "this month has not begun in China: there are no figures of it yet", field);
}

}  // namespace anju
