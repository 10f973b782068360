#include "services/platform/rpc/purpose.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "google/protobuf/stubs/common.h"
#include "services/platform/base/words.h"

namespace anju::rpc {
namespace {

// Of a purpose, in characters.
constexpr size_t kShortest = 6, kLongest = 100;
// Less are no words, such as six points.
constexpr size_t kLeastDifferent = 4;

// From the first to the last, both included: spaces, and marks that are not seen.
constexpr std::pair<char32_t, char32_t> kBlanks[] = {
    {0x00, 0x20},     {0x7F, 0xA0},     {0xAD, 0xAD},     {0x034F, 0x034F}, {0x115F, 0x1160}, {0x1680, 0x1680},
    {0x17B4, 0x17B5}, {0x180B, 0x180F}, {0x2000, 0x200F}, {0x2028, 0x202F}, {0x205F, 0x206F}, {0x2800, 0x2800},
    {0x3000, 0x3000}, {0x3164, 0x3164}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xE0000, 0xE0FFF}};

struct Character {
  char32_t code = 0;
  size_t begin = 0, end = 0;
};

bool IsBlank(const Character& character) {
  return std::any_of(std::begin(kBlanks), std::end(kBlanks), [&](const auto& range) {
    return character.code >= range.first && character.code <= range.second;
  });
}

// Of a text in UTF-8.
std::vector<Character> CharactersOf(absl::string_view text) {
  std::vector<Character> characters;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) != 0x80) {
      const unsigned char own = byte < 0x80   ? byte
                                : byte < 0xE0 ? byte & 0x1F
                                : byte < 0xF0 ? byte & 0x0F
                                              : byte & 0x07;
      characters.push_back({.code = own, .begin = i});
    } else {
      characters.back().code = characters.back().code << 6 | (byte & 0x3F);
    }
    characters.back().end = i + 1;
  }
  return characters;
}

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
  if (std::any_of(purpose->begin(), purpose->end(), [](unsigned char byte) { return absl::ascii_iscntrl(byte); })) {
    return std::nullopt;
  }
  std::vector<Character> seen = CharactersOf(*purpose);
  const size_t all = seen.size();
  seen.erase(std::remove_if(seen.begin(), seen.end(), IsBlank), seen.end());
  if (seen.size() < kShortest || all > kLongest || HideNumbers(*purpose) != *purpose) return std::nullopt;
  std::set<char32_t> different;
  for (const Character& character : seen) different.insert(character.code);
  if (different.size() < kLeastDifferent) return std::nullopt;
  return purpose->substr(seen.front().begin, seen.back().end - seen.front().begin);
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
