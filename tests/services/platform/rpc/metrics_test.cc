#include "services/platform/rpc/metrics.h"

#include "anju/feed/v1/feed.pb.h"
#include "anju/registry/v1/registry.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace anju::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const google::protobuf::MethodDescriptor& MethodOf(const google::protobuf::Descriptor& message, const char* name) {
  return *message.file()->service(0)->FindMethodByName(name);
}

TEST(MetricsTest, CountsByMethodAndCode) {
  Metrics metrics;
  const auto& get = MethodOf(*registry::v1::Household::descriptor(), "GetHousehold");
  Metrics::Method* method = metrics.Find(get);
  EXPECT_EQ(metrics.Find(get), method);
  Metrics::Started(method);
  Metrics::Started(method);
  Metrics::Received(method, 3);
  Metrics::Sent(method);
  Metrics::Handled(method, absl::StatusCode::kOk, absl::Milliseconds(3));
  Metrics::Handled(method, static_cast<absl::StatusCode>(99), absl::Milliseconds(3));
  const std::string labels =
      R"(grpc_method="GetHousehold",grpc_service="anju.registry.v1.Registry",grpc_type="unary"})";
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("grpc_server_started_total{" + labels + " 2"));
  EXPECT_THAT(text, HasSubstr("grpc_server_msg_received_total{" + labels + " 3"));
  EXPECT_THAT(text, HasSubstr("grpc_server_msg_sent_total{" + labels + " 1"));
  EXPECT_THAT(text, HasSubstr(R"(grpc_server_handled_total{grpc_code="OK",)" + labels + " 1"));
  EXPECT_THAT(text, HasSubstr(R"(grpc_code="Unknown")"));
  EXPECT_THAT(text, HasSubstr("grpc_server_handling_seconds_count{" + labels + " 2"));
}

TEST(MetricsTest, KnowsTheKindsOfMethods) {
  Metrics metrics;
  metrics.Find(MethodOf(*feed::v1::Fact::descriptor(), "Follow"));
  metrics.Find(MethodOf(*registry::v1::Household::descriptor(), "ImportHouseholds"));
  EXPECT_THAT(metrics.Text(),
              HasSubstr(R"(grpc_method="Follow",grpc_service="anju.feed.v1.Feed",grpc_type="server_stream")"));
  EXPECT_THAT(metrics.Text(), HasSubstr(R"(grpc_type="bidi_stream")"));
}

TEST(MetricsTest, CountsWhatARoomNames) {
  Metrics metrics;
  metrics.Count("http_requests_total", "Requests.", {{"code", "200"}});
  metrics.Count("http_requests_total", "Requests.", {{"code", "404"}});
  metrics.Count("http_requests_total", "Requests.", {{"code", "200"}});
  EXPECT_THAT(metrics.Text(), HasSubstr("http_requests_total{code=\"200\"} 2"));
  EXPECT_THAT(metrics.Text(), HasSubstr("http_requests_total{code=\"404\"} 1"));
}

TEST(MetricsTest, ShowsWhatOthersCountAsLongAsTheyLive) {
  Metrics metrics;
  int hits = 7;
  auto shown = metrics.Show("cache_total", "Asked.", {{"result", "hit"}}, [&] { return hits; });
  auto other = metrics.Show("cache_total", "Asked.", {{"result", "miss"}}, [] { return 1; });
  EXPECT_THAT(metrics.Text(), HasSubstr("cache_total{result=\"hit\"} 7"));
  hits = 8;
  EXPECT_THAT(metrics.Text(), HasSubstr("cache_total{result=\"hit\"} 8"));
  shown.reset();
  EXPECT_THAT(metrics.Text(), Not(HasSubstr("hit")));
  EXPECT_THAT(metrics.Text(), HasSubstr("miss"));
}

TEST(MetricsPageTest, ABadAddressIsAnError) {
  Metrics metrics;
  EXPECT_FALSE(MetricsPage::Open("not an address", metrics).ok());
  EXPECT_TRUE(MetricsPage::Open("127.0.0.1:0", metrics).ok());
}

}  // namespace
}  // namespace anju::rpc
