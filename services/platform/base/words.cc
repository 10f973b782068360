#include "services/platform/base/words.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace anju {
namespace {

// Old ID numbers have 15 digits; no code of a division and no number that a record counts has so many.
constexpr size_t kLong = 15, kMobile = 11, kWithCountry = 13;
constexpr size_t kLeastTelephone = 10, kMostTelephone = 12;
// Beside a group of more digits than the first there is another number, unless both make one of at most the second.
constexpr size_t kGroup = 8, kLongest = 19;
constexpr size_t kShownBefore = 3, kShownBehind = 4;
// Of a long one, too, what tells it from that of the next member, but leaves thousands of others.
constexpr size_t kShownOfLong = 2;
constexpr size_t kUuid = 36;
// A wide digit is its last byte after these two.
constexpr absl::string_view kWide = "\xEF\xBC";
constexpr unsigned char kWideZero = 0x90;

struct Digit {
  size_t begin = 0;
  size_t size = 0;
  char value = '0';
};
using Group = std::vector<Digit>;

// Size 0 when there is none.
Digit DigitAt(absl::string_view text, size_t at) {
  if (at < text.size() && absl::ascii_isdigit(static_cast<unsigned char>(text[at]))) return {at, 1, text[at]};
  if (absl::StartsWith(text.substr(std::min(at, text.size())), kWide) && at + 2 < text.size()) {
    const int value = static_cast<unsigned char>(text[at + 2]) - kWideZero;
    if (value >= 0 && value <= 9) return {at, 3, static_cast<char>('0' + value)};
  }
  return {};
}

size_t EndOf(const Group& group) { return group.back().begin + group.back().size; }

// The groups of digits from `at` on with one space or hyphen between them.
std::vector<Group> GroupsAt(absl::string_view text, size_t at) {
  std::vector<Group> groups;
  while (DigitAt(text, at).size > 0) {
    Group& group = groups.emplace_back();
    for (Digit digit = DigitAt(text, at); digit.size > 0; digit = DigitAt(text, at)) {
      group.push_back(digit);
      at += digit.size;
    }
    if (at < text.size() && (text[at] == ' ' || text[at] == '-')) ++at;
  }
  return groups;
}

bool MayBePersonal(absl::string_view digits) {
  const auto is_mobile = [](absl::string_view number) { return number[0] == '1' && number[1] >= '3'; };
  if (digits.size() >= kLong) return true;
  if (digits.size() == kMobile && is_mobile(digits)) return true;
  if (digits.size() == kWithCountry && absl::ConsumePrefix(&digits, "86") && is_mobile(digits)) return true;
  return digits.size() >= kLeastTelephone && digits.size() <= kMostTelephone && digits[0] == '0';
}

// How many groups are a date: three of `2018-10-31`, one of `20181031`; 0 when they are none.
size_t DateAt(const std::vector<Group>& groups, size_t first) {
  const size_t count = groups[first].size() == 8 ? 1 : 3;
  if (first + count > groups.size()) return 0;
  std::string date;
  for (size_t i = first; i < first + count; ++i) {
    if (i > first && groups[i].size() == 1) date.push_back('0');
    for (const Digit& digit : groups[i]) date.push_back(digit.value);
  }
  const bool is_recent = absl::StartsWith(date, "19") || absl::StartsWith(date, "20");
  if (date.size() != 8 || (count == 3 && groups[first].size() != 4) || !is_recent) return 0;
  return date.substr(4, 2) <= "12" && date.substr(6) <= "31" ? count : 0;
}

// How many groups from `first` on are one number that has to be hidden; 0 for none.
size_t Personal(const std::vector<Group>& groups, size_t first) {
  size_t found = 0;
  bool large = false;
  std::string digits;
  for (size_t i = first; i < groups.size(); ++i) {
    large = large || groups[i].size() > kGroup;
    for (const Digit& digit : groups[i]) digits.push_back(digit.value);
    if (i > first && large && digits.size() > kLongest) break;
    if (MayBePersonal(digits)) found = i - first + 1;
  }
  return found;
}

// The id that another system made: 32 hexadecimal digits in five groups. One without a letter may be anything.
size_t UuidAt(absl::string_view text, size_t at) {
  const absl::string_view uuid = text.substr(at, kUuid);
  const absl::string_view behind = text.substr(at + uuid.size(), 1);
  if (uuid.size() < kUuid || (!behind.empty() && absl::ascii_isalnum(static_cast<unsigned char>(behind[0])))) return 0;
  bool has_letter = false;
  for (size_t i = 0; i < kUuid; ++i) {
    const auto c = static_cast<unsigned char>(uuid[i]);
    const bool is_between = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_between ? c != '-' : !absl::ascii_isxdigit(c)) return 0;
    has_letter = has_letter || absl::ascii_isalpha(c);
  }
  return has_letter ? kUuid : 0;
}

// An id of a record or a hash, which is no number however many digits it has.
size_t HexAt(absl::string_view text, size_t at) {
  if (const size_t uuid = UuidAt(text, at); uuid > 0) return uuid;
  size_t end = at;
  while (end < text.size() && absl::ascii_isxdigit(static_cast<unsigned char>(text[end]))) ++end;
  if (end < text.size() && absl::ascii_isalnum(static_cast<unsigned char>(text[end]))) return 0;
  return end - at == 32 || end - at == 64 ? end - at : 0;
}

void Hide(const std::vector<Group>& groups, size_t first, size_t count, std::string& text) {
  std::vector<Digit> digits;
  for (size_t i = first; i < first + count; ++i) digits.insert(digits.end(), groups[i].begin(), groups[i].end());
  const bool is_long = digits.size() >= kLong;
  const size_t before = is_long ? kShownOfLong : kShownBefore, behind = is_long ? kShownOfLong : kShownBehind;
  for (size_t i = before; i + behind < digits.size(); ++i) {
    // As many bytes as there were, so that what comes behind stays where it is.
    text.replace(digits[i].begin, digits[i].size, digits[i].size == 1 ? "*" : "\xEF\xBC\x8A");
  }
}

}  // namespace

std::string HideNumbers(absl::string_view text) {
  std::string hidden(text);
  // Most texts have few digits or none, and lists have many texts.
  const auto may_be_digit = [](unsigned char c) {
    return absl::ascii_isdigit(c) || c == static_cast<unsigned char>(kWide.front());
  };
  if (std::count_if(text.begin(), text.end(), may_be_digit) < static_cast<int64_t>(kLeastTelephone)) return hidden;
  for (size_t at = 0; at < text.size();) {
    const bool begins = at == 0 || !absl::ascii_isalnum(static_cast<unsigned char>(text[at - 1]));
    if (const size_t hex = begins ? HexAt(text, at) : 0; hex > 0) {
      at += hex;
      continue;
    }
    const std::vector<Group> groups = GroupsAt(text, at);
    if (groups.empty()) {
      ++at;
      continue;
    }
    for (size_t i = 0; i < groups.size();) {
      const size_t date = DateAt(groups, i);
      const size_t count = date > 0 ? 0 : Personal(groups, i);
      if (count > 0) Hide(groups, i, count, hidden);
      i += std::max<size_t>(1, date + count);
    }
    at = EndOf(groups.back());
  }
  return hidden;
}

std::string HideNames(absl::string_view text, const std::vector<std::string>& names) {
  std::vector<std::pair<std::string, std::string>> hidden;
  for (const std::string& name : names) {
    size_t first = 1;
    while (first < name.size() && (static_cast<unsigned char>(name[first]) & 0xC0) == 0x80) ++first;
    if (first < name.size()) hidden.emplace_back(name, absl::StrCat(name.substr(0, first), "**"));
  }
  return absl::StrReplaceAll(text, hidden);
}

}  // namespace anju
