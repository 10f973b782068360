#pragma once

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/platform/base/calendar.h"

// The differences that one commit makes in one division, as the text that stands in tally_pending: a line for each
// cell,
// `<indicator> <month> <amount>`.
namespace anju::tally {

void AppendCell(absl::string_view indicator, Month month, int64_t amount, std::string& text);

// INTERNAL when the text is not what AppendCell writes.
absl::Status ForEachCell(absl::string_view text,
                         absl::FunctionRef<void(absl::string_view indicator, int64_t month, int64_t amount)> visit);

}  // namespace anju::tally
