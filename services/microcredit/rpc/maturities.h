#pragma once

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "services/platform/roots/store.h"

namespace anju::microcredit {

// Lets loans that have become overdue since they were looked at count as such, each account in a transaction of its
// own, until there are none or `stopped` says so. Safe to repeat, and to run in several processes at once. Answers how
// many accounts it looked at.
absl::StatusOr<int64_t> CountOverdue(roots::Store& store, absl::FunctionRef<bool()> stopped);

}  // namespace anju::microcredit
