#include "services/workshops/domain/policy.h"

#include "gtest/gtest.h"

namespace anju::workshops {
namespace {

TEST(Policy, HoldsFromItsDateAndTheFirstAlsoBefore) {
  for (const Date day : {Date(2010, 1, 1), Date(2016, 1, 1), Date(2018, 6, 22)}) {
    EXPECT_EQ(PolicyOn(day).attendance_percent, 80);
    EXPECT_EQ(PolicyOn(day).subsidy_fen, 1000'00);
    EXPECT_EQ(PolicyOn(day).stable_months, 6);
  }
}

}  // namespace
}  // namespace anju::workshops
