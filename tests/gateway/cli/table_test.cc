#include "gateway/cli/table.h"

#include <limits>
#include <sstream>

#include "gtest/gtest.h"

namespace anju::cli {
namespace {

TEST(TableTest, ColumnsFitChineseToo) {
  std::ostringstream out;
  Table{.heading = {"指标", "数值", ""},
        .numeric = {false, true},
        .rows = {{"贷款余额", "1.00", "x"}, {"a", "23.00", ""}}}
      .Print(out);
  EXPECT_EQ(out.str(),
            "指标       数值  \n"
            "--------  -----  -\n"
            "贷款余额   1.00  x\n"
            "a         23.00  \n");
}

TEST(DisplayWidthTest, WideCharactersTakeTwo) {
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("户a"), 3u);
  EXPECT_EQ(DisplayWidth("m²"), 2u);
  EXPECT_EQ(DisplayWidth("（，"), 4u);
  EXPECT_EQ(DisplayWidth("\xF0\xA0\x80\x80"), 2u);
  // What is cut off does not matter, as long as it ends.
  EXPECT_EQ(DisplayWidth("\xE6\x88"), 1u);
}

TEST(AmountTest, AsPeopleReadIt) {
  struct Row {
    int64_t value;
    const char* unit;
    const char* text;
  };
  const Row rows[] = {
      {10'482'730'000, "fen", "104,827,300.00 元"},
      {5, "fen", "0.05 元"},
      {-123'456, "fen", "-1,234.56 元"},
      {std::numeric_limits<int64_t>::min(), "fen", "-92,233,720,368,547,758.08 元"},
      {3'454, "percent", "34.54%"},
      {9'850, "centi_sqm", "98.50 m²"},
      {1'234, "person", "1,234 人"},
      {-12, "household", "-12 户"},
      {123, "", "123"},
      {-123'456, "", "-123,456"},
      {1'000, "parsec", "1,000 parsec"},
  };
  for (const Row& row : rows) EXPECT_EQ(Amount(row.value, row.unit), row.text);
}

}  // namespace
}  // namespace anju::cli
