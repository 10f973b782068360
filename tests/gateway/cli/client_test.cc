#include "gateway/cli/client.h"

#include <sstream>

#include "anju/registry/v1/registry.pb.h"
#include "anju/type/v1/import.pb.h"
#include "gateway/cli/contracts.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/base/error.h"

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

TEST(PrintErrorTest, CodeReasonFieldSentenceAndHint) {
  std::ostringstream err;
  PrintError(err, Refuse(kUnauthenticated, "TOKEN_EXPIRED", "ask for a new one", "token"), "here:1");
  EXPECT_THAT(err.str(), HasSubstr("UNAUTHENTICATED TOKEN_EXPIRED (token): ask for a new one\nhint: "));
  err.str("");
  PrintError(err, absl::UnavailableError("refused"), "here:1");
  EXPECT_THAT(err.str(), HasSubstr("here:1"));
}

}  // namespace
}  // namespace anju::cli
