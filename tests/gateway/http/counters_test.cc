#include "gateway/http/counters.h"

#include <gmock/gmock.h>

namespace anju::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(HttpCountersTest, CountsByCodeAndMethod) {
  rpc::Metrics metrics;
  HttpCounters counters(metrics);
  EXPECT_THAT(metrics.Text(), Not(HasSubstr("http_requests_total{")));
  counters.Count("GET", 200);
  counters.Count("GET", 200);
  counters.Count("POST", 404);
  counters.Count("BREW\"} 7\n", 405);
  counters.Count("", 400);
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("http_requests_total{code=\"200\",method=\"GET\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("http_requests_total{code=\"404\",method=\"POST\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("http_requests_total{code=\"405\",method=\"other\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("BREW")));
}

}  // namespace
}  // namespace anju::gateway
