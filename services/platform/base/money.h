#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/str_format.h"

namespace anju {

// An amount in fen and a rate in hundredths of a percent as they stand in a file: 50000.00 yuan, 4.35%.
inline std::string Yuan(int64_t fen) { return absl::StrFormat("%d.%02d yuan", fen / 100, fen % 100); }
inline std::string Percent(int64_t bp) { return absl::StrFormat("%d.%02d%%", bp / 100, bp % 100); }

}  // namespace anju
