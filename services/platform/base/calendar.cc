#include "services/platform/base/calendar.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/china.h"
#include "services/platform/base/error.h"

namespace anju {
namespace {

using enum absl::StatusCode;

// Reads `digits` digits at `offset`, or -1.
int Digits(absl::string_view text, size_t offset, size_t digits) {
  int value = 0;
  for (size_t i = offset; i < offset + digits; ++i) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(text[i]))) return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

bool InRange(int year, int month) { return year >= 1900 && year <= 2199 && month >= 1 && month <= 12; }

}  // namespace

absl::StatusOr<Date> ParseDate(absl::string_view text) {
  if (text.size() == 10 && text[4] == '-' && text[7] == '-') {
    const int year = Digits(text, 0, 4), month = Digits(text, 5, 2), day = Digits(text, 8, 2);
    // A civil day normalises what does not exist: the 31st of June becomes the 1st of July.
    if (InRange(year, month) && day >= 1 && Date(year, month, day).day() == day) return Date(year, month, day);
  }
  return Refuse(kInvalidArgument, "DATE_MALFORMED", "write the date as 2018-10-17, a day that exists");
}

absl::StatusOr<Month> ParseMonth(absl::string_view text) {
  if (text.size() == 7 && text[4] == '-') {
    const int year = Digits(text, 0, 4), month = Digits(text, 5, 2);
    if (InRange(year, month)) return Month{.index = year * 12 + month - 1};
  }
  return Refuse(kInvalidArgument, "MONTH_MALFORMED", "write the month as 2018-10");
}

std::string Format(Date day) {
  return absl::StrCat(absl::Dec(day.year(), absl::kZeroPad4), "-", absl::Dec(day.month(), absl::kZeroPad2), "-",
                      absl::Dec(day.day(), absl::kZeroPad2));
}

std::string Format(Month month) {
  return absl::StrCat(absl::Dec(month.index / 12, absl::kZeroPad4), "-",
                      absl::Dec(month.index % 12 + 1, absl::kZeroPad2));
}

Date DayInChina(absl::Time time) { return absl::ToCivilDay(time, China()); }

}  // namespace anju
