#include "services/workshops/domain/credit_code.h"

#include "services/platform/base/error.h"

namespace anju::workshops {
namespace {

using enum absl::StatusCode;

// Without I, O, S, V and Z, which are easily misread. A character counts as its place.
constexpr absl::string_view kCharacters = "0123456789ABCDEFGHJKLMNPQRTUWXY";
constexpr size_t kLength = 18;
// The weights are the powers of 3.
constexpr int64_t kBase = 3;
constexpr int64_t kModulus = 31;

}  // namespace

absl::Status CheckCreditCode(absl::string_view code) {
  static_assert(kCharacters.size() == kModulus);
  if (code.size() != kLength || code.find_first_not_of(kCharacters) != absl::string_view::npos) {
    return Refuse(kInvalidArgument, "CREDIT_CODE_MALFORMED",
                  "a credit code has 18 digits and capital letters, none of them I, O, S, V or Z", "credit_code");
  }
  int64_t sum = 0, weight = 1;
  for (const char character : code.substr(0, kLength - 1)) {
    sum += static_cast<int64_t>(kCharacters.find(character)) * weight;
    weight = weight * kBase % kModulus;
  }
  if ((sum + static_cast<int64_t>(kCharacters.find(code.back()))) % kModulus == 0) return absl::OkStatus();
  return Refuse(kInvalidArgument, "CREDIT_CODE_CHECKSUM",
                "the check character does not agree: look for a mistyped character", "credit_code");
}

}  // namespace anju::workshops
