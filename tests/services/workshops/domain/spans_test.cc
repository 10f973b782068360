#include "services/workshops/domain/spans.h"

#include "gtest/gtest.h"

namespace anju::workshops {
namespace {

TEST(Spans, MonthsLaterIsTheSameDayOrTheLast) {
  EXPECT_EQ(PlusMonths(Date(2018, 1, 15), 6), Date(2018, 7, 15));
  EXPECT_EQ(PlusMonths(Date(2018, 5, 31), 6), Date(2018, 11, 30));
  EXPECT_EQ(PlusMonths(Date(2017, 8, 31), 6), Date(2018, 2, 28));
  EXPECT_EQ(PlusMonths(Date(2017, 12, 1), 12), Date(2018, 12, 1));
}

}  // namespace
}  // namespace anju::workshops
