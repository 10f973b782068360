#pragma once

#include "absl/functional/function_ref.h"
#include "services/platform/base/succession.h"
#include "services/platform/tally/contribution.h"

namespace anju::tally {

// Lets contributions follow the first `count` changes of codes: what counts in the month of a change or later counts
// under the new code, and a stock of before leaves the old code in that month and comes to the new one. So the old
// totals stay under the old tree. What followed by itself, as a household whose residence ends there does, comes to the
// same. Pure.
void Follow(const Successions& successions, size_t count, absl::FunctionRef<bool(absl::string_view)> is_flow,
            Contributions& parts);

}  // namespace anju::tally
