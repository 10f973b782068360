#include "services/platform/tally/spans.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"

namespace anju::tally {
namespace {

using Spans = std::vector<Span>;

constexpr int kEver = 0;

// Spans of days of January 2018, `1-5`; 0 is for ever.
Spans Days(std::vector<std::pair<int, int>> days) {
  Spans spans;
  for (const auto& [from, until] : days) {
    spans.push_back({.from = Date(2018, 1, from)});
    if (until != kEver) spans.back().until = Date(2018, 1, until);
  }
  return spans;
}

std::string Text(const Spans& spans) {
  return absl::StrJoin(spans, " ", [](std::string* out, const Span& span) {
    absl::StrAppend(out, span.from.day(), "-", span.until.has_value() ? span.until->day() : kEver);
  });
}

TEST(Spans, AreMergedInAnyOrder) {
  EXPECT_EQ(Text(Union({})), "");
  EXPECT_EQ(Text(Union(Days({{5, 9}, {1, 3}}))), "1-3 5-9");
  EXPECT_EQ(Text(Union(Days({{5, 9}, {1, 5}}))), "1-9");
  EXPECT_EQ(Text(Union(Days({{1, 9}, {2, 4}}))), "1-9");
  EXPECT_EQ(Text(Union(Days({{6, 8}, {3, kEver}, {1, 2}}))), "1-2 3-0");
  EXPECT_EQ(Text(Union(Days({{1, 4}, {3, kEver}}))), "1-0");
  EXPECT_EQ(Text(Union(Days({{7, 7}, {9, 8}}))), "");
}

TEST(Spans, AreIntersected) {
  EXPECT_EQ(Text(Intersect(Days({{1, 5}, {8, kEver}}), Days({{4, 10}}))), "4-5 8-10");
  EXPECT_EQ(Text(Intersect(Days({{1, 5}}), Days({{5, kEver}}))), "");
  EXPECT_EQ(Text(Intersect(Days({{1, kEver}}), Days({}))), "");
  EXPECT_EQ(Text(Intersect(Days({{1, kEver}}), Days({{3, kEver}}))), "3-0");
}

}  // namespace
}  // namespace anju::tally
