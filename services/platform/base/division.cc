#include "services/platform/base/division.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace anju {
namespace {
constexpr size_t kLengths[] = {2, 4, 6, 9, 12};
}

bool IsDivisionCode(absl::string_view code) {
  return std::find(std::begin(kLengths), std::end(kLengths), code.size()) != std::end(kLengths) &&
         std::all_of(code.begin(), code.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
}

std::vector<absl::string_view> Lineage(absl::string_view code) {
  std::vector<absl::string_view> lineage;
  for (size_t length : kLengths) {
    if (length <= code.size()) lineage.push_back(code.substr(0, length));
  }
  return lineage;
}

absl::string_view CommonDivision(absl::string_view a, absl::string_view b) {
  absl::string_view common;
  for (absl::string_view division : Lineage(a)) {
    if (IsWithin(b, division)) common = division;
  }
  return common;
}

std::string PrefixEnd(absl::string_view prefix) {
  // Only digits are compared, so that the order is the same in every collation.
  std::string end(prefix);
  while (!end.empty() && end.back() == '9') end.pop_back();
  if (end.empty()) return std::string(prefix.size() + 12, '9');
  // What is no code has nothing beneath it, and its last byte may be half of a character.
  if (absl::ascii_isdigit(static_cast<unsigned char>(end.back()))) ++end.back();
  return end;
}

}  // namespace anju
