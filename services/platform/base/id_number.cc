#include "services/platform/base/id_number.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/calendar.h"

namespace anju {
namespace {

constexpr size_t kDigits = 17;
constexpr int kWeights[kDigits] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
constexpr char kChecks[] = "10X98765432";

bool IsDigit(unsigned char c) { return absl::ascii_isdigit(c); }

bool BeginsWithIdNumber(absl::string_view number) {
  if (number.size() <= kDigits || !std::all_of(number.begin(), number.begin() + kDigits, IsDigit)) return false;
  const absl::string_view year = number.substr(6, 4);
  // No county's code begins with 0, and a 9 does so of an enterprise.
  if (number[0] == '0' || number[0] == '9' || year < "1900" || year > "2099") return false;
  return ParseDate(absl::StrCat(year, "-", number.substr(10, 2), "-", number.substr(12, 2))).ok() &&
         absl::ascii_toupper(number[kDigits]) == IdCheckDigit(number.substr(0, kDigits));
}

}  // namespace

char IdCheckDigit(absl::string_view digits) {
  int sum = 0;
  for (size_t i = 0; i < kDigits; ++i) sum += (digits[i] - '0') * kWeights[i];
  return kChecks[sum % 11];
}

std::string NormalIdNumber(absl::string_view text) {
  std::string number(text);
  const bool is_small = number.size() == kDigits + 1 && number.back() == 'x' &&
                        std::all_of(number.begin(), number.begin() + kDigits, IsDigit);
  if (is_small) number.back() = 'X';
  return number;
}

bool HoldsIdNumber(absl::string_view text) {
  for (size_t at = 0; at < text.size(); ++at) {
    const bool begins = IsDigit(text[at]) && (at == 0 || !IsDigit(text[at - 1]));
    if (begins && BeginsWithIdNumber(text.substr(at))) return true;
  }
  return false;
}

}  // namespace anju
