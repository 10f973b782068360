#include "gateway/cli/table.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace anju::cli {
namespace {

// How a unit is shown: whole or in hundredths, and its word.
struct UnitFace {
  absl::string_view unit;
  int places;
  absl::string_view word;
};
constexpr UnitFace kFaces[] = {
    {"fen", 2, " 元"},          {"percent", 2, "%"},         {"centi_sqm", 2, " m²"},  {"person", 0, " 人"},
    {"household", 0, " 户"},    {"village", 0, " 村"},       {"unit", 0, " 套"},       {"class", 0, " 班"},
    {"workshop", 0, " 个车间"}, {"community", 0, " 个"},     {"site", 0, " 个安置点"}, {"stall", 0, " 个摊位"},
    {"group", 0, " 个团"},      {"batch", 0, " 期"},         {"enterprise", 0, " 家"}, {"job", 0, " 个岗位"},
    {"post", 0, " 个岗位"},     {"person-time", 0, " 人次"}, {"loan", 0, " 笔"},       {"centi_mu", 2, " 亩"},
    {"channel", 0, " 个渠道"},  {"finding", 0, " 条"},       {"grid", 0, " 个网格"},   {"item", 0, " 项"},
    {"issue", 0, " 个问题"},    {"milestone", 0, " 个节点"}, {"plot", 0, " 块"},       {"product", 0, " 个产品"},
    {"request", 0, " 件"},      {"route", 0, " 条线路"},     {"building", 0, " 栋"},   {"facility", 0, " 处"},
    {"terminal", 0, " 台"},     {"township", 0, " 个乡镇"},  {"point", 0, " 分"},
};

std::string Hundredths(int64_t value) {
  // Also for the most negative number, which has no positive twin.
  const uint64_t size = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  return absl::StrCat(value < 0 ? "-" : "", Grouped(static_cast<int64_t>(size / 100)), ".",
                      absl::StrFormat("%02d", size % 100));
}

// The characters that take two columns: Chinese, Japanese and Korean, their punctuation, and full-width forms.
bool IsWide(uint32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
         (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x20000 && c <= 0x3FFFD);
}

void PrintCell(std::ostream& out, const std::string& text, size_t width, bool right, bool last) {
  const std::string space(width - std::min(width, DisplayWidth(text)), ' ');
  if (right) out << space;
  out << text;
  if (!right && !last) out << space;
  if (!last) out << "  ";
}

}  // namespace

size_t DisplayWidth(absl::string_view text) {
  size_t width = 0;
  for (size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    uint32_t c = length == 1 ? first : first & (0xFF >> (length + 1));
    for (size_t k = 1; k < length && i + k < text.size(); ++k)
      c = c << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3F);
    width += IsWide(c) ? 2 : 1;
    i += length;
  }
  return width;
}

void Table::Print(std::ostream& out) const {
  std::vector<size_t> widths;
  auto measure = [&](const std::vector<std::string>& row) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  };
  measure(heading);
  for (const auto& row : rows) measure(row);
  auto print = [&](const std::vector<std::string>& row) {
    for (size_t i = 0; i < row.size(); ++i) {
      PrintCell(out, row[i], widths[i], i < numeric.size() && numeric[i], i + 1 == row.size());
    }
    out << "\n";
  };
  print(heading);
  std::vector<std::string> line;
  for (size_t width : widths) line.emplace_back(width, '-');
  print(line);
  for (const auto& row : rows) print(row);
}

std::string Grouped(int64_t number) {
  const std::string digits = absl::StrCat(number);
  std::string grouped;
  for (size_t i = 0; i < digits.size(); ++i) {
    const bool after_a_digit = i > 0 && digits[i - 1] != '-';
    if (after_a_digit && (digits.size() - i) % 3 == 0) grouped.push_back(',');
    grouped.push_back(digits[i]);
  }
  return grouped;
}

std::string Amount(int64_t value, absl::string_view unit) {
  for (const UnitFace& face : kFaces) {
    if (face.unit == unit) return absl::StrCat(face.places == 0 ? Grouped(value) : Hundredths(value), face.word);
  }
  return unit.empty() ? Grouped(value) : absl::StrCat(Grouped(value), " ", unit);
}

}  // namespace anju::cli
