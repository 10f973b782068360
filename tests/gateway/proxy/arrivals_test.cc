#include "gateway/proxy/arrivals.h"

#include <gtest/gtest.h>

namespace anju::gateway {
namespace {

TEST(ArrivalsTest, NoAddressTakesThePlacesOfAll) {
  Arrivals arrivals(5, 2, "10.0.0.1");
  EXPECT_TRUE(arrivals.Enter("10.0.0.2"));
  EXPECT_TRUE(arrivals.Enter("10.0.0.2"));
  EXPECT_FALSE(arrivals.Enter("10.0.0.2"));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(arrivals.Enter("10.0.0.1")) << i;
  EXPECT_FALSE(arrivals.Enter("10.0.0.1"));
  EXPECT_FALSE(arrivals.Enter("10.0.0.3"));
  arrivals.Leave("10.0.0.2");
  EXPECT_TRUE(arrivals.Enter("10.0.0.3"));
  arrivals.Leave("10.0.0.1");
  EXPECT_TRUE(arrivals.Enter("10.0.0.2"));
  EXPECT_FALSE(arrivals.Enter("10.0.0.2"));
}

TEST(ArrivalsTest, WithoutAnEdgeNobodyIsIt) {
  Arrivals arrivals(3, 1, "");
  EXPECT_TRUE(arrivals.Enter("10.0.0.2"));
  EXPECT_FALSE(arrivals.Enter("10.0.0.2"));
  EXPECT_TRUE(arrivals.Enter("10.0.0.3"));
}

}  // namespace
}  // namespace anju::gateway
