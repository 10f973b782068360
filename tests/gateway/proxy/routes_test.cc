#include "gateway/proxy/routes.h"

#include <gmock/gmock.h>

#include "tests/support/refused.h"

namespace anju::gateway {
namespace {

using ::anju::testing::RefusedWith;
using enum absl::StatusCode;

const std::vector<std::string> kServices = {"registry", "channels"};

TEST(FindRouteTest, GoesByThePackage) {
  struct Row {
    const char* path;
    const char* named;
    absl::StatusCode code;
    const char* reason;
    int peer;
  };
  for (const Row& row : std::vector<Row>{
           {"/anju.registry.v1.Registry/GetHousehold", "", kOk, "", 0},
           {"/anju.channels.v1.Channels/ListSales", "registry", kOk, "", 1},
           {"/anju.gateway.v1.Gateway/GetOverview", "", kOk, "", -1},
           {"/anju.indicators.v1.Indicators/Recount", "channels", kOk, "", 1},
           {"/anju.files.v1.Files/GetFilePart", "registry", kOk, "", 0},
           {"/anju.policy.v1.Policies/ExplainDecision", "channels", kOk, "", 1},
           {"/anju.policy.v1.Policies/ExplainDecision", "", kInvalidArgument, "SERVICE_NOT_NAMED", 0},
           {"/anju.approval.v1.Approvals/ListDue", "channels", kOk, "", 1},
           {"/anju.indicators.v1.Indicators/Recount", "", kInvalidArgument, "SERVICE_NOT_NAMED", 0},
           {"/anju.files.v1.Files/GetFilePart", "", kInvalidArgument, "SERVICE_NOT_NAMED", 0},
           {"/anju.indicators.v1.Indicators/Recount", "microcredit", kInvalidArgument, "SERVICE_UNKNOWN", 0},
           {"/anju.microcredit.v1.Microcredit/GetCreditAccount", "", kUnimplemented, "METHOD_UNKNOWN", 0},
           {"/anju.registry.v1.Registry/Nothing", "", kUnimplemented, "METHOD_UNKNOWN", 0},
           {"/grpc.health.v1.Health/Check", "", kUnimplemented, "METHOD_UNKNOWN", 0},
           {"/google.protobuf.Any/x", "", kUnimplemented, "METHOD_UNKNOWN", 0},
           {"", "", kUnimplemented, "METHOD_UNKNOWN", 0},
           {"/", "", kUnimplemented, "METHOD_UNKNOWN", 0},
           {"//", "", kUnimplemented, "METHOD_UNKNOWN", 0},
           {"anju.registry.v1.Registry/GetHousehold", "", kUnimplemented, "METHOD_UNKNOWN", 0},
       }) {
    const auto route = FindRoute(row.path, row.named, kServices);
    ASSERT_EQ(route.status().code(), row.code) << row.path << " " << route.status();
    EXPECT_EQ(ReasonOf(route.status()), row.reason) << row.path;
    if (!route.ok()) continue;
    EXPECT_EQ(route->peer, row.peer) << row.path;
    EXPECT_EQ(PathOf(*route->method), row.path);
  }
}

TEST(FindRouteTest, LeavesTheFeedToTheServices) {
  const auto* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName("anju/feed/v1/feed.proto");
  ASSERT_NE(file, nullptr);
  ASSERT_GT(file->service_count(), 0);
  EXPECT_EQ(FindRoute(*file->service(0)->method(0), "registry", kServices).status().code(), kUnimplemented);
}

}  // namespace
}  // namespace anju::gateway
