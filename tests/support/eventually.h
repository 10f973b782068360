#pragma once

#include "absl/time/clock.h"

namespace anju::testing {

// Waits until `condition` holds, at most 10 s; for what other threads bring about.
template <typename Condition>
bool Eventually(Condition condition) {
  for (const absl::Time end = absl::Now() + absl::Seconds(10); absl::Now() < end;) {
    if (condition()) return true;
    absl::SleepFor(absl::Milliseconds(5));
  }
  return condition();
}

}  // namespace anju::testing
