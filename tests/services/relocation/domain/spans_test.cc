#include "services/relocation/domain/spans.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace anju::relocation {
namespace {

using tally::Span;

Date Day(int day) { return Date(2018, 1, 1) + day; }
Span From(int from, int until) { return {.from = Day(from), .until = Day(until)}; }
Span From(int from) { return {.from = Day(from)}; }

std::string Show(const std::vector<Span>& spans) {
  std::string text;
  for (const Span& span : spans) {
    absl::StrAppend(&text, "[", span.from - Day(0), ",");
    if (span.until.has_value()) absl::StrAppend(&text, *span.until - Day(0));
    text += ")";
  }
  return text;
}

TEST(SpansTest, AnIntersectionIsOfBoth) {
  EXPECT_EQ(Show(Intersect({From(1, 5), From(8)}, {From(3, 9), From(12, 14)})), "[3,5)[8,9)[12,14)");
  EXPECT_EQ(Show(Intersect({From(1, 5)}, {From(5, 9)})), "");
}

TEST(SpansTest, ASetEndsWithItsLastSpan) {
  EXPECT_EQ(EndOf({}, Day(3)), Day(3));
  EXPECT_EQ(EndOf({From(1, 2), From(4, 6)}, Day(3)), Day(6));
  EXPECT_EQ(EndOf({From(1, 2), From(4)}, Day(3)), std::nullopt);
}

}  // namespace
}  // namespace anju::relocation
