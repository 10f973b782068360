#include "gateway/cli/client.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <sstream>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "anju/registry/v1/registry.grpc.pb.h"
#include "anju/type/v1/import.pb.h"
#include "gateway/cli/contracts.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/base/error.h"
#include "services/platform/rpc/status.h"

namespace anju::cli {
namespace {

using ::testing::HasSubstr;
using enum absl::StatusCode;

TEST(ClientTest, WithoutAGatewayACallIsUnavailable) {
  Client client("unix:/nowhere/socket", "", absl::Seconds(5));
  anju::registry::v1::Division answer;
  const auto* method = *FindMethod("anju.registry.v1.Registry/GetDivision");
  EXPECT_EQ(client.Call(*method, anju::registry::v1::GetDivisionRequest(), answer).code(), kUnavailable);

  auto exchange = client.Open(**FindImport("registry", "households"));
  EXPECT_EQ(exchange->Send(anju::registry::v1::ImportHouseholdsRequest()).code(), kUnavailable);
  anju::type::v1::ImportReceipt receipt;
  EXPECT_EQ(exchange->Receive(receipt).code(), kUnavailable);
  EXPECT_EQ(exchange->Close().code(), kUnavailable);
}

TEST(ClientTest, ATokenThatCannotBeReadEndsTheCallBeforeItBegins) {
  Client client("unix:/nowhere/socket", "/nowhere/token", absl::Seconds(5));
  auto exchange = client.Open(**FindImport("registry", "households"));
  EXPECT_EQ(exchange->Send(anju::registry::v1::ImportHouseholdsRequest()).code(), kNotFound);
  EXPECT_EQ(exchange->Close().code(), kNotFound);
}

// Refuses so many calls with when to come back, and answers the next.
class Busy final : public anju::registry::v1::Registry::Service {
 public:
  explicit Busy(int refusals) : left_(refusals) {}
  grpc::Status GetDivision(grpc::ServerContext*, const anju::registry::v1::GetDivisionRequest* request,
                           anju::registry::v1::Division* response) override {
    ++asked;
    response->set_code(request->code());
    if (left_-- <= 0) return grpc::Status::OK;
    return rpc::ToGrpc(
        rpc::RetryAfter(Refuse(kResourceExhausted, "RATE_LIMITED", "slow down"), absl::Milliseconds(200)));
  }
  std::atomic<int> asked = 0;

 private:
  std::atomic<int> left_;
};

TEST(ClientTest, ComesBackWhenItWasToldTo) {
  for (const auto& [refusals, timeout, code] :
       {std::tuple(2, absl::Seconds(20), kOk), std::tuple(1000, absl::Milliseconds(500), kResourceExhausted)}) {
    Busy busy(refusals);
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&busy);
    const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    Client client(absl::StrCat("127.0.0.1:", port), "", timeout);
    anju::registry::v1::GetDivisionRequest request;
    request.set_code("450328");
    anju::registry::v1::Division answer;
    const auto* method = *FindMethod("anju.registry.v1.Registry/GetDivision");
    const absl::Time began = absl::Now();
    EXPECT_EQ(client.Call(*method, request, answer).code(), code);
    EXPECT_GE(absl::Now() - began, absl::Milliseconds(200));
    EXPECT_GE(busy.asked, 2);
    EXPECT_LE(busy.asked, 3);
    EXPECT_EQ(answer.code(), code == kOk ? "450328" : "");
  }
}

TEST(PrintErrorTest, CodeReasonFieldSentenceAndHint) {
  std::ostringstream err;
  PrintError(err, Refuse(kUnauthenticated, "TOKEN_EXPIRED", "ask for a new one", "token"), "here:1");
  EXPECT_THAT(err.str(), HasSubstr("UNAUTHENTICATED TOKEN_EXPIRED (token): ask for a new one\nhint: "));
  err.str("");
  PrintError(err, absl::UnavailableError("refused"), "here:1");
  EXPECT_THAT(err.str(), HasSubstr("here:1"));
  // A fault, as the gateway tells it.
  err.str("");
  PrintError(err, Refuse(absl::StatusCode::kInternal, "INTERNAL", "internal error"), "here:1");
  EXPECT_EQ(err.str(), "error: INTERNAL: internal error\n");
}

}  // namespace
}  // namespace anju::cli
