#include "services/platform/rpc/channel.h"

#include "gtest/gtest.h"
#include "tests/support/identity.h"

namespace anju::rpc {
namespace {

TEST(TokenFileTest, ReadsWithoutTheWhiteSpace) {
  testing::TemporaryDirectory directory;
  TokenFile file(directory.Write("token", "  abc.def.ghi\n"));
  EXPECT_EQ(*file.Read(), "abc.def.ghi");
}

TEST(TokenFileTest, SaysWhenThereIsNone) {
  EXPECT_EQ(TokenFile("/nowhere/token").Read().status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(*TokenFile("").Read(), "");
}

TEST(TokenFileTest, ACallGetsADeadline) {
  grpc::ClientContext context;
  EXPECT_TRUE(TokenFile("").Prepare(context, absl::Seconds(5)).ok());
  EXPECT_LE(context.deadline(), std::chrono::system_clock::now() + std::chrono::seconds(5));
}

TEST(ConnectTest, MakesAChannelWithoutWaitingForThePeer) { EXPECT_NE(Connect("127.0.0.1:1"), nullptr); }

}  // namespace
}  // namespace anju::rpc
