#include "services/platform/rpc/channel.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/test/client_context_test_peer.h>

#include "anju/feed/v1/feed.pb.h"
#include "anju/registry/v1/registry.pb.h"
#include "google/protobuf/descriptor.pb.h"
#include "gtest/gtest.h"
#include "services/platform/rpc/trace.h"
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

TEST(MayRepeatTest, WhatTheContractSaysOfCallsWithOneAnswer) {
  const auto* registry = registry::v1::Household::descriptor()->file()->service(0);
  EXPECT_TRUE(MayRepeat(*registry->FindMethodByName("GetHousehold")));
  // Its sender takes an import up where it broke off.
  EXPECT_FALSE(MayRepeat(*registry->FindMethodByName("ImportHouseholds")));
  const auto* feed = feed::v1::Fact::descriptor()->file()->service(0);
  EXPECT_FALSE(MayRepeat(*feed->FindMethodByName("Follow")));
  EXPECT_TRUE(MayRepeat(*feed->FindMethodByName("GetFacts")));

  google::protobuf::DescriptorPool pool;
  google::protobuf::FileDescriptorProto file;
  file.set_name("silent.proto");
  file.add_message_type()->set_name("Ask");
  auto* service = file.add_service();
  service->set_name("Silent");
  auto* method = service->add_method();
  method->set_name("Do");
  method->set_input_type(".Ask");
  method->set_output_type(".Ask");
  EXPECT_FALSE(MayRepeat(*pool.BuildFile(file)->service(0)->method(0))) << "it says nothing";
}

TEST(TokenFileTest, ACallIsPartOfTheTraceThatTheThreadWorksFor) {
  TokenFile token("");
  grpc::ClientContext none, one;
  ASSERT_TRUE(token.Prepare(none, absl::Seconds(1)).ok());
  const Trace trace = ChildOf("");
  const TraceScope scope(trace);
  ASSERT_TRUE(token.Prepare(one, absl::Seconds(1)).ok());
  const auto sent = [](grpc::ClientContext& context) {
    return grpc::testing::ClientContextTestPeer(&context).GetSendInitialMetadata();
  };
  EXPECT_EQ(sent(none).count("traceparent"), 0);
  ASSERT_EQ(sent(one).count("traceparent"), 1);
  EXPECT_EQ(sent(one).find("traceparent")->second, Traceparent(trace));
}

TEST(ConnectTest, MakesAChannelWithoutWaitingForThePeer) { EXPECT_NE(Connect("127.0.0.1:1"), nullptr); }

}  // namespace
}  // namespace anju::rpc
