#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace anju {

// Codes of the national statistical tree: 2 digits (province), 4 (prefecture), 6 (county), 9 (township), 12 (village).
// A code's prefix is its parent.
inline constexpr size_t kCountyDigits = 6;
bool IsDivisionCode(absl::string_view code);

// True when `code` is `scope` or lies beneath it. The empty scope is the whole country.
inline bool IsWithin(absl::string_view code, absl::string_view scope) { return code.substr(0, scope.size()) == scope; }

// The code itself and all above it, the province first: 45, 4503, 450328.
std::vector<absl::string_view> Lineage(absl::string_view code);

// The smallest division in which both lie; empty for two provinces.
absl::string_view CommonDivision(absl::string_view a, absl::string_view b);

// The county a code lies in; the code itself when it is above the counties.
inline absl::string_view CountyOf(absl::string_view code) { return code.substr(0, kCountyDigits); }

// The first code after all codes beneath `prefix`, for a range in an index: 4503 -> 4504, 4509 -> 451. For
// a prefix that is no code the range is empty.
std::string PrefixEnd(absl::string_view prefix);

}  // namespace anju
