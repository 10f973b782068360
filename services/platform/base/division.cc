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

std::string PrefixEnd(absl::string_view prefix) {
  std::string end(prefix);
  // A colon sorts right after the digit nine.
  end.push_back(':');
  return end;
}

}  // namespace anju
