#include "services/platform/rpc/purpose.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "google/protobuf/stubs/common.h"
#include "services/platform/base/words.h"

namespace anju::rpc {
namespace {

// Of a purpose, in characters.
constexpr size_t kShortest = 6, kLongest = 100;

// Nothing when a sign is not followed by two digits.
std::optional<std::string> PercentDecoded(absl::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    const std::string hex(text.substr(i + 1, 2));
    if (hex.size() < 2 || !absl::ascii_isxdigit(hex[0]) || !absl::ascii_isxdigit(hex[1])) return std::nullopt;
    decoded += absl::HexStringToBytes(hex);
    i += 2;
  }
  return decoded;
}

}  // namespace

std::optional<std::string> ReadPurpose(absl::string_view stated) {
  std::optional<std::string> purpose = PercentDecoded(stated);
  if (!purpose.has_value() ||
      !google::protobuf::internal::IsStructurallyValidUTF8(purpose->data(), static_cast<int>(purpose->size()))) {
    return std::nullopt;
  }
  size_t characters = 0;
  for (const unsigned char byte : *purpose) {
    if (absl::ascii_iscntrl(byte)) return std::nullopt;
    characters += (byte & 0xC0) != 0x80 ? 1 : 0;
  }
  if (characters < kShortest || characters > kLongest || HideNumbers(*purpose) != *purpose) return std::nullopt;
  return purpose;
}

std::string AsMetadata(absl::string_view text) {
  std::string encoded;
  for (const unsigned char byte : text) {
    if (absl::ascii_isprint(byte)) {
      encoded.push_back(static_cast<char>(byte));
    } else {
      absl::StrAppendFormat(&encoded, "%%%02X", byte);
    }
  }
  return encoded;
}

}  // namespace anju::rpc
