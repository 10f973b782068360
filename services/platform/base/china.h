#pragma once

#include "absl/time/time.h"

namespace anju {

// China has kept UTC+8 without daylight saving since 1991.
inline absl::TimeZone China() { return absl::FixedTimeZone(8 * 60 * 60); }

}  // namespace anju
