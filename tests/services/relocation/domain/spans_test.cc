#include "services/relocation/domain/spans.h"

#include <gtest/gtest.h>

namespace anju::relocation {
namespace {

using tally::Span;

Date Day(int day) { return Date(2018, 1, 1) + day; }
Span From(int from, int until) { return {.from = Day(from), .until = Day(until)}; }
Span From(int from) { return {.from = Day(from)}; }

TEST(SpansTest, ASetEndsWithItsLastSpan) {
  EXPECT_EQ(EndOf({}, Day(3)), Day(3));
  EXPECT_EQ(EndOf({From(1, 2), From(4, 6)}, Day(3)), Day(6));
  EXPECT_EQ(EndOf({From(1, 2), From(4)}, Day(3)), std::nullopt);
}

}  // namespace
}  // namespace anju::relocation
