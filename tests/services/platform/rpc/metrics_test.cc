#include "services/platform/rpc/metrics.h"

#include "gtest/gtest.h"

namespace anju::rpc {
namespace {

TEST(MetricsTest, CountsByCode) {
  Metrics metrics;
  Metrics::Method* method = metrics.Find("anju.x.v1.X.Do");
  EXPECT_EQ(metrics.Find("anju.x.v1.X.Do"), method);
  Metrics::Handled(method, absl::StatusCode::kOk, absl::Milliseconds(3));
  Metrics::Handled(method, static_cast<absl::StatusCode>(99), absl::Milliseconds(3));
  const std::string text = metrics.Text();
  EXPECT_NE(text.find(R"({grpc_code="OK",grpc_method="Do",grpc_service="anju.x.v1.X"} 1)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"(grpc_code="Unknown")"), std::string::npos) << text;
}

TEST(MetricsPageTest, ABadAddressIsAnError) {
  Metrics metrics;
  EXPECT_FALSE(MetricsPage::Open("not an address", metrics).ok());
  EXPECT_TRUE(MetricsPage::Open("127.0.0.1:0", metrics).ok());
}

}  // namespace
}  // namespace anju::rpc
