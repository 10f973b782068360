#include "gateway/proxy/door.h"

#include <gmock/gmock.h>

#include <set>
#include <thread>

#include "absl/synchronization/notification.h"
#include "anju/feed/v1/feed.grpc.pb.h"
#include "tests/support/gateway_house.h"
#include "tests/support/http_client.h"
#include "tests/support/redis_server.h"
#include "tests/support/refused.h"

namespace anju::gateway {
namespace {

using ::anju::testing::Connection;
using ::anju::testing::Eventually;
using ::anju::testing::GatewayHouse;
using ::anju::testing::RefusedWith;
using ::testing::HasSubstr;
using ::testing::Not;
using enum absl::StatusCode;
using registry::v1::Registry;

class PassageTest : public ::testing::Test {
 protected:
  absl::Status GetHousehold(const std::string& id, const std::string& authorization) {
    grpc::ClientContext context;
    house_.Prepare(context, authorization);
    return GetHousehold(id, context);
  }
  absl::Status GetHousehold(const std::string& id, grpc::ClientContext& context) {
    registry::v1::GetHouseholdRequest request;
    request.set_id(id);
    return rpc::FromGrpc(registry_->GetHousehold(&context, request, &household_));
  }

  GatewayHouse house_;
  std::unique_ptr<Registry::Stub> registry_ = Registry::NewStub(house_.channel);
  registry::v1::Household household_;
};

std::string Sent(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata, const char* name) {
  auto found = metadata.find(name);
  return found == metadata.end() ? "" : std::string(found->second.data(), found->second.size());
}

TEST_F(PassageTest, PassesOnWhatTheEnvelopeCarriesAndNothingElse) {
  grpc::ClientContext context;
  house_.Prepare(context, house_.Officer());
  context.AddMetadata("x-request-id", "r1");
  context.AddMetadata("x-anju-purpose", "case 7");
  for (const char* other :
       {"x-secret", "x-forwarded-for", "x-real-ip", "cookie", "x-anju-other", "grpc-previous-rpc-attempts"}) {
    context.AddMetadata(other, "1");
  }
  ASSERT_TRUE(GetHousehold("h1", context).ok());
  EXPECT_EQ(household_.id(), "h1");
  EXPECT_EQ(house_.registry.last("x-request-id"), "r1");
  EXPECT_EQ(house_.registry.last("x-anju-purpose"), "case 7");
  EXPECT_THAT(house_.registry.last("authorization"), HasSubstr("Bearer ey"));
  const std::set<std::string> may = {"authorization", "x-request-id", "x-anju-purpose", "traceparent", "user-agent"};
  for (const std::string& name : house_.registry.headers()) EXPECT_TRUE(may.contains(name)) << name;
  // Nor does a service tell more than what is in our own words.
  EXPECT_EQ(Sent(context.GetServerInitialMetadata(), "x-anju-head"), "h");
  EXPECT_EQ(Sent(context.GetServerInitialMetadata(), "x-request-id"), "r1");
  EXPECT_EQ(context.GetServerInitialMetadata().count("x-request-id"), 1);
  EXPECT_EQ(context.GetServerInitialMetadata().count("x-powered-by"), 0);
  EXPECT_EQ(context.GetServerTrailingMetadata().count("x-anju-tail"), 1);
  EXPECT_EQ(context.GetServerTrailingMetadata().count("server"), 0);
}

TEST_F(PassageTest, IsASpanOfItsCallersTrace) {
  constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";
  const auto call = [&](const std::string& parent) {
    grpc::ClientContext context;
    house_.Prepare(context, house_.Officer());
    context.AddMetadata("traceparent", parent);
    context.AddMetadata("tracestate", "congo=t61rcWkgMzE");
    ASSERT_TRUE(GetHousehold("h1", context).ok());
  };
  call(absl::StrCat("00-", kTrace, "-00f067aa0ba902b7-01"));
  EXPECT_THAT(house_.registry.last("traceparent"), ::testing::MatchesRegex(absl::StrCat("00-", kTrace, "-.*-01")));
  EXPECT_THAT(house_.registry.last("traceparent"), Not(HasSubstr("00f067aa0ba902b7")));
  EXPECT_EQ(house_.registry.last("tracestate"), "congo=t61rcWkgMzE");
  call("t1");
  EXPECT_THAT(house_.registry.last("traceparent"), ::testing::MatchesRegex("00-[0-9a-f]+-[0-9a-f]+-00"));
  EXPECT_EQ(house_.registry.last("tracestate"), "");

  // What the gateway asks for by itself belongs to the call as well.
  auto gateway = v1::Gateway::NewStub(house_.channel);
  grpc::ClientContext context;
  house_.Prepare(context, house_.Officer());
  context.AddMetadata("traceparent", absl::StrCat("00-", kTrace, "-00f067aa0ba902b7-01"));
  v1::GetOverviewRequest request;
  request.set_division("450328");
  request.set_month("2018-10");
  v1::Overview overview;
  ASSERT_TRUE(gateway->GetOverview(&context, request, &overview).ok());
  EXPECT_THAT(house_.workshops.last("traceparent"), HasSubstr(kTrace));
}

TEST_F(PassageTest, PassesOnRefusalsWithTheirDetails) {
  const absl::Status status = GetHousehold("h0", house_.Officer());
  EXPECT_THAT(status, RefusedWith(kNotFound, "HOUSEHOLD_NOT_FOUND"));
  EXPECT_EQ(FieldOf(status), "id");
}

TEST_F(PassageTest, StrangersNeverReachAService) {
  FakeClock past(absl::Now() - absl::Hours(3));
  const std::string expired =
      absl::StrCat("Bearer ", *rpc::Sign(house_.identity.key(), {.subject = "x",
                                                                 .roles = {"officer"},
                                                                 .scope = "45",
                                                                 .issued_at = past.Now(),
                                                                 .expires_at = past.Now() + absl::Hours(1)}));
  EXPECT_THAT(GetHousehold("h1", ""), RefusedWith(kUnauthenticated, "TOKEN_MISSING"));
  EXPECT_THAT(GetHousehold("h1", "Bearer rubbish"), RefusedWith(kUnauthenticated, "TOKEN_MALFORMED"));
  EXPECT_THAT(GetHousehold("h1", expired), RefusedWith(kUnauthenticated, "TOKEN_EXPIRED"));
  EXPECT_THAT(GetHousehold("h1", house_.identity.Bearer({"reader"}, "45")),
              RefusedWith(kPermissionDenied, "ROLE_NOT_ALLOWED"));
  EXPECT_EQ(house_.registry.calls, 0);
}

TEST_F(PassageTest, NamesTheServiceThatIsNotThere) {
  house_.registry.Stop();
  const absl::Status status = GetHousehold("h1", house_.Officer());
  EXPECT_EQ(status.code(), kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("registry"));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("127.0.0.1")));
  house_.registry.Start();
  EXPECT_TRUE(Eventually([&] { return GetHousehold("h1", house_.Officer()).ok(); }));
}

TEST_F(PassageTest, PassesOnTheDeadlineAndTheCancellation) {
  grpc::ClientContext hurried;
  house_.Prepare(hurried, house_.Officer());
  // Long enough to arrive there.
  hurried.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(1));
  EXPECT_EQ(GetHousehold("slow", hurried).code(), kDeadlineExceeded);
  EXPECT_TRUE(Eventually([&] { return house_.registry.cancelled == 1; }));

  grpc::ClientContext cancelled;
  house_.Prepare(cancelled, house_.Officer());
  std::thread canceller([&] {
    EXPECT_TRUE(Eventually([&] { return house_.registry.waiting == 2; }));
    cancelled.TryCancel();
  });
  EXPECT_EQ(GetHousehold("slow", cancelled).code(), kCancelled);
  canceller.join();
  EXPECT_TRUE(Eventually([&] { return house_.registry.cancelled == 2; }));
}

TEST_F(PassageTest, ChoosesTheServiceOfASharedContractByName) {
  auto stub = indicators::v1::Indicators::NewStub(house_.channel);
  const auto recount = [&](const std::string& service) {
    grpc::ClientContext context;
    house_.Prepare(context, house_.Officer());
    if (!service.empty()) context.AddMetadata("x-anju-service", service);
    indicators::v1::RecountResponse response;
    return rpc::FromGrpc(stub->Recount(&context, {}, &response));
  };
  EXPECT_TRUE(recount("workshops").ok());
  EXPECT_EQ(house_.workshops.calls, 1);
  EXPECT_EQ(house_.registry.calls, 0);
  EXPECT_THAT(recount(""), RefusedWith(kInvalidArgument, "SERVICE_NOT_NAMED"));
  EXPECT_THAT(recount("nobody"), RefusedWith(kInvalidArgument, "SERVICE_UNKNOWN"));
}

TEST_F(PassageTest, StreamsBothWays) {
  grpc::ClientContext context;
  house_.Prepare(context, house_.Officer());
  auto stream = registry_->ImportHouseholds(&context);
  registry::v1::ImportHouseholdsRequest request;
  type::v1::ImportReceipt receipt;
  for (int i = 1; i <= 200; ++i) {
    request.mutable_batch()->set_number(i);
    request.add_rows()->set_household_no(std::string(1000, 'x'));
    ASSERT_TRUE(stream->Write(request));
    ASSERT_TRUE(stream->Read(&receipt));
    EXPECT_EQ(receipt.number(), i);
    EXPECT_EQ(receipt.received(), i);
  }
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&receipt));
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(context.GetServerTrailingMetadata().count("x-anju-tail"), 1);
}

TEST_F(PassageTest, EndsAStreamThatTheServiceEndsEarly) {
  for (int round = 0; round < 20; ++round) {
    grpc::ClientContext context;
    house_.Prepare(context, house_.Officer());
    auto stream = registry_->ImportHouseholds(&context);
    registry::v1::ImportHouseholdsRequest request;
    request.mutable_batch()->set_import_id("early");
    int number = 0;
    do {
      request.mutable_batch()->set_number(++number);
    } while (number < 1000 && stream->Write(request));
    type::v1::ImportReceipt receipt;
    while (stream->Read(&receipt)) {
    }
    EXPECT_THAT(rpc::FromGrpc(stream->Finish()), RefusedWith(kFailedPrecondition, "BATCH_OUT_OF_ORDER"));
  }
}

TEST_F(PassageTest, ASlowServiceSlowsItsWriterAndLearnsThatItHasGone) {
  grpc::ClientContext context;
  house_.Prepare(context, house_.Officer());
  auto stream = registry_->ImportHouseholds(&context);
  registry::v1::ImportHouseholdsRequest request;
  request.mutable_batch()->set_import_id("stuck");
  request.add_rows()->set_household_no(std::string(1 << 20, 'x'));
  std::atomic<int> written = 0;
  std::thread writer([&] {
    while (written < 100 && stream->Write(request)) ++written;
  });
  // What fits in the windows of two connections, not what the writer has to send.
  EXPECT_TRUE(Eventually([&] { return house_.registry.read == 1; }));
  absl::SleepFor(absl::Milliseconds(300));
  EXPECT_LT(written, 50);
  context.TryCancel();
  writer.join();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(Eventually([&] { return house_.registry.cancelled == 1; }));
}

TEST_F(PassageTest, RefusesStreamsOfStrangers) {
  grpc::ClientContext context;
  auto stream = registry_->ImportHouseholds(&context);
  type::v1::ImportReceipt receipt;
  EXPECT_FALSE(stream->Read(&receipt));
  EXPECT_THAT(rpc::FromGrpc(stream->Finish()), RefusedWith(kUnauthenticated, "TOKEN_MISSING"));
  EXPECT_EQ(house_.registry.calls, 0);
}

TEST_F(PassageTest, SurvivesManyCallersWhoLeave) {
  std::vector<std::thread> callers;
  for (int t = 0; t < 4; ++t) {
    callers.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        grpc::ClientContext context;
        house_.Prepare(context, house_.Officer());
        auto stream = registry_->ImportHouseholds(&context);
        registry::v1::ImportHouseholdsRequest request;
        request.mutable_batch()->set_number(1);
        stream->Write(request);
        type::v1::ImportReceipt receipt;
        if ((i + t) % 3 != 0) stream->Read(&receipt);
        if ((i + t) % 2 == 0) context.TryCancel();
        stream->WritesDone();
        // A client that does not read to the end waits for its own deadline.
        while (stream->Read(&receipt)) {
        }
        (void)stream->Finish();
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_TRUE(GetHousehold("h1", house_.Officer()).ok());
}

// HTTP lets bytes through that gRPC cannot send; once they ended the process.
TEST_F(PassageTest, PassesNothingOnThatCannotBeSent) {
  const auto* registry = Registry::service_full_name();
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  registry::v1::GetHouseholdRequest household;
  household.set_id("h1");
  v1::GetOverviewRequest overview;
  overview.set_division("450328");
  overview.set_month("2018-10");
  struct Row {
    Route route;
    std::string request;
  };
  for (const Row& row :
       {Row{{.method = pool->FindServiceByName(registry)->FindMethodByName("GetHousehold"), .peer = 0},
            household.SerializeAsString()},
        Row{{.method = pool->FindServiceByName(v1::Gateway::service_full_name())->FindMethodByName("GetOverview")},
            overview.SerializeAsString()}}) {
    absl::Notification done;
    grpc::Status outcome;
    house_.switchboard->Call(row.route,
                             {.authorization = absl::StrCat("Bearer \t", house_.Officer().substr(7)),
                              .request_id = "r1",
                              .traceparent = "\x80",
                              .service = "\xff",
                              .tracestate = "\r\nx: y",
                              .purpose = "\xe6\xa1\x88"},
                             row.request, [&](const grpc::Status& status, const Switchboard::Bytes&) {
                               outcome = status;
                               done.Notify();
                             });
    done.WaitForNotification();
    EXPECT_TRUE(outcome.ok()) << outcome.error_message();
    EXPECT_EQ(house_.registry.last("x-request-id"), "r1");
    EXPECT_EQ(house_.registry.last("x-anju-purpose"), "");
    EXPECT_EQ(house_.registry.last("authorization"), "");
  }
}

TEST_F(PassageTest, RefusesAMessageThatIsTooLarge) {
  grpc::ClientContext context;
  house_.Prepare(context, house_.Officer());
  registry::v1::GetHouseholdRequest request;
  request.set_id(std::string(rpc::kMaxMessageBytes + 1, 'x'));
  // The client has the same limit; this one has none.
  grpc::ChannelArguments arguments;
  arguments.SetMaxSendMessageSize(-1);
  auto channel = grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", house_.grpc_door->port()),
                                           grpc::InsecureChannelCredentials(), arguments);
  EXPECT_EQ(rpc::FromGrpc(Registry::NewStub(channel)->GetHousehold(&context, request, &household_)).code(),
            kResourceExhausted);
  EXPECT_EQ(house_.registry.calls, 0);
  EXPECT_TRUE(GetHousehold("h1", house_.Officer()).ok());
}

TEST_F(PassageTest, TakesNothingThatIsPacked) {
  for (const grpc_compression_algorithm packed : {GRPC_COMPRESS_GZIP, GRPC_COMPRESS_DEFLATE}) {
    grpc::ClientContext context;
    house_.Prepare(context, house_.Officer());
    context.set_compression_algorithm(packed);
    EXPECT_EQ(GetHousehold(std::string(100'000, 'h'), context).code(), kUnimplemented);
    grpc::ClientContext own;
    house_.Prepare(own, house_.Officer());
    own.set_compression_algorithm(packed);
    v1::Overview overview;
    EXPECT_EQ(v1::Gateway::NewStub(house_.channel)->GetOverview(&own, {}, &overview).error_code(),
              grpc::StatusCode::UNIMPLEMENTED);
  }
  EXPECT_EQ(house_.registry.calls, 0);
  grpc::ClientContext plain;
  house_.Prepare(plain, house_.Officer());
  plain.set_compression_algorithm(GRPC_COMPRESS_NONE);
  EXPECT_TRUE(GetHousehold("h1", plain).ok());
  EXPECT_FALSE(house_.registry.headers().contains("grpc-accept-encoding"));
}

TEST_F(PassageTest, NoAddressTakesThePlacesOfAll) {
  std::vector<std::unique_ptr<Connection>> held;
  for (int i = 0; i < 256; ++i) held.push_back(std::make_unique<Connection>(house_.grpc_door->port(), "127.0.0.9"));
  EXPECT_EQ(Connection(house_.grpc_door->port(), "127.0.0.9").Receive().status, 0);
  EXPECT_TRUE(GetHousehold("h1", house_.Officer()).ok());
}

TEST_F(PassageTest, FinishesWhatIsUnderWayWhenItDrains) {
  grpc::ClientContext context;
  house_.Prepare(context, house_.Officer());
  auto stream = registry_->ImportHouseholds(&context);
  registry::v1::ImportHouseholdsRequest request;
  type::v1::ImportReceipt receipt;
  request.mutable_batch()->set_number(1);
  ASSERT_TRUE(stream->Write(request) && stream->Read(&receipt));
  absl::Status refused;
  std::thread drain([&] { house_.grpc_door->Drain(absl::Now() + absl::Seconds(10)); });
  // Who comes now finds the door closed.
  EXPECT_TRUE(Eventually([&] {
    grpc::ClientContext late;
    house_.Prepare(late, house_.Officer());
    late.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(200));
    refused = GetHousehold("h1", late);
    return !refused.ok();
  }));
  EXPECT_THAT(refused.code(), ::testing::AnyOf(kUnavailable, kCancelled));
  for (int i = 2; i <= 20; ++i) {
    request.mutable_batch()->set_number(i);
    ASSERT_TRUE(stream->Write(request) && stream->Read(&receipt)) << i;
    EXPECT_EQ(receipt.number(), i);
  }
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&receipt));
  EXPECT_TRUE(stream->Finish().ok());
  drain.join();
}

TEST_F(PassageTest, EndsStreamsThatDoNotEndWhenItDrains) {
  grpc::ClientContext context;
  house_.Prepare(context, house_.Officer());
  auto stream = registry_->ImportHouseholds(&context);
  registry::v1::ImportHouseholdsRequest request;
  type::v1::ImportReceipt receipt;
  ASSERT_TRUE(stream->Write(request) && stream->Read(&receipt));
  house_.grpc_door->Drain(absl::Now() + absl::Milliseconds(100));
  EXPECT_FALSE(stream->Read(&receipt));
  EXPECT_FALSE(stream->Finish().ok());
}

// A service that goes away and comes back, under load.
TEST(RepeatTest, NoCallThatMayBeRepeatedFailsWhileItsServiceRestarts) {
  GatewayHouse house("", {}, {}, {}, GatewayHouse::Generous(), absl::Seconds(5));
  std::atomic<bool> stop = false;
  std::atomic<int> succeeded = 0, failed = 0;
  absl::Mutex mutex;
  std::string failure;
  std::vector<std::thread> callers;
  for (int t = 0; t < 8; ++t) {
    callers.emplace_back([&] {
      auto stub = Registry::NewStub(rpc::Connect(absl::StrCat("127.0.0.1:", house.grpc_door->port())));
      while (!stop) {
        grpc::ClientContext context;
        house.Prepare(context, house.Officer());
        registry::v1::GetHouseholdRequest request;
        request.set_id("h1");
        registry::v1::Household household;
        const grpc::Status status = stub->GetHousehold(&context, request, &household);
        ++(status.ok() ? succeeded : failed);
        if (status.ok()) continue;
        absl::MutexLock lock(&mutex);
        failure = absl::StrCat(status.error_code(), " ", status.error_message());
      }
    });
  }
  for (int round = 0; round < 3; ++round) {
    const int before = succeeded;
    EXPECT_TRUE(Eventually([&] { return succeeded > before + 50; }));
    house.registry.Stop();
    absl::SleepFor(absl::Milliseconds(400));
    house.registry.Start();
  }
  const int before = succeeded;
  EXPECT_TRUE(Eventually([&] { return succeeded > before + 50; }));
  stop = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(failed, 0) << failure;
}

// Calls a method that says nothing before its answer, which is how a connection breaks.
absl::Status Recount(GatewayHouse& house) {
  grpc::ClientContext context;
  house.Prepare(context, house.Officer());
  context.AddMetadata("x-anju-service", "workshops");
  indicators::v1::RecountResponse response;
  return rpc::FromGrpc(indicators::v1::Indicators::NewStub(house.channel)->Recount(&context, {}, &response));
}

TEST(RepeatTest, WhatFailsBeforeAnAnswerIsTriedAgainAFewTimes) {
  GatewayHouse house("", {}, {}, {}, GatewayHouse::Generous(), absl::Seconds(5));
  house.workshops.SetFailure(absl::UnavailableError("not now"));
  EXPECT_EQ(Recount(house).code(), kUnavailable);
  EXPECT_EQ(house.workshops.calls, 4);
  house.workshops.SetFailure(Refuse(kFailedPrecondition, "NO", "no"));
  EXPECT_THAT(Recount(house), RefusedWith(kFailedPrecondition, "NO"));
  EXPECT_EQ(house.workshops.calls, 5);

  // What begins an answer is one, and an import is taken up again by its sender.
  house.registry.SetFailure(absl::UnavailableError("not now"));
  auto stub = Registry::NewStub(house.channel);
  grpc::ClientContext one, other;
  house.Prepare(one, house.Officer());
  registry::v1::Household household;
  EXPECT_EQ(stub->GetHousehold(&one, {}, &household).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(house.registry.calls, 1);
  house.Prepare(other, house.Officer());
  auto stream = stub->ImportHouseholds(&other);
  stream->WritesDone();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(house.registry.calls, 2);
}

TEST(RepeatTest, AnExtensiveRequestIsNotKeptForARepeat) {
  GatewayHouse house("", {}, {}, {}, GatewayHouse::Generous(), absl::Seconds(5));
  house.workshops.SetFailure(absl::UnavailableError("not now"));
  const auto query = [&](size_t size) {
    house.workshops.calls = 0;
    grpc::ClientContext context;
    house.Prepare(context, house.Officer());
    context.AddMetadata("x-anju-service", "workshops");
    indicators::v1::QueryIndicatorsRequest request;
    request.add_divisions("450328");
    request.add_indicators(std::string(size, 'i'));
    indicators::v1::QueryIndicatorsResponse response;
    return rpc::FromGrpc(
        indicators::v1::Indicators::NewStub(house.channel)->QueryIndicators(&context, request, &response));
  };
  EXPECT_EQ(query(60'000).code(), kUnavailable);
  EXPECT_EQ(house.workshops.calls, 4);
  EXPECT_EQ(query(70'000).code(), kUnavailable);
  EXPECT_EQ(house.workshops.calls, 1);
  EXPECT_EQ(query(4'000'000).code(), kUnavailable);
  EXPECT_EQ(house.workshops.calls, 1);
  house.workshops.SetFailure(absl::OkStatus());
  for (const size_t size : {size_t{60'000}, size_t{70'000}, size_t{4'000'000}}) EXPECT_TRUE(query(size).ok()) << size;
}

TEST(RepeatTest, AnOutageDoesNotMultiplyTheLoad) {
  GatewayHouse house("", {}, {}, {}, GatewayHouse::Generous(), absl::Seconds(5));
  house.workshops.SetFailure(absl::UnavailableError("not now"));
  constexpr int kThreads = 32, kCalls = 50;
  std::vector<std::thread> callers;
  for (int t = 0; t < kThreads; ++t) {
    callers.emplace_back([&] {
      for (int i = 0; i < kCalls; ++i) EXPECT_FALSE(Recount(house).ok());
    });
  }
  for (std::thread& caller : callers) caller.join();
  // 500 failures use the budget up; afterwards each call is tried once.
  EXPECT_GT(house.workshops.calls, kThreads * kCalls + 100);
  EXPECT_LT(house.workshops.calls, kThreads * kCalls + 600);
}

TEST(RepeatTest, WaitsNoLongerThanTheCallerAndThenSaysWhoIsNotThere) {
  GatewayHouse house("", {}, {}, {}, GatewayHouse::Generous(), absl::Seconds(2));
  auto stub = Registry::NewStub(house.channel);
  const auto get = [&](absl::Duration patience) {
    grpc::ClientContext context;
    house.Prepare(context, house.Officer());
    context.set_deadline(absl::ToChronoTime(absl::Now() + patience));
    registry::v1::Household household;
    return rpc::FromGrpc(stub->GetHousehold(&context, {}, &household));
  };
  ASSERT_TRUE(get(absl::Seconds(10)).ok());
  house.registry.Stop();
  EXPECT_TRUE(Eventually([&] { return house.peers->all()[0].channel->GetState(true) != GRPC_CHANNEL_READY; }));
  absl::Time start = absl::Now();
  EXPECT_EQ(get(absl::Milliseconds(100)).code(), kDeadlineExceeded);
  EXPECT_LT(absl::Now() - start, absl::Seconds(1));
  const absl::Status away = get(absl::Seconds(10));
  EXPECT_EQ(away.code(), kUnavailable);
  EXPECT_THAT(std::string(away.message()), HasSubstr("registry"));
  // It has been away for long enough.
  EXPECT_TRUE(Eventually([&] {
    start = absl::Now();
    return get(absl::Seconds(10)).code() == kUnavailable && absl::Now() - start < absl::Seconds(1);
  }));
}

gateway::LimitOptions Tight(gateway::Party party, gateway::Allowance allowance) {
  gateway::LimitOptions options;
  options.of(party) = allowance;
  return options;
}

TEST(LimitedPassageTest, WhoAsksForTooMuchIsToldWhenToComeBack) {
  GatewayHouse house("", {}, {}, {}, Tight(Party::kCaller, {.per_second = 0.1, .burst = 3, .under_way = 10}));
  auto stub = Registry::NewStub(house.channel);
  registry::v1::Household household;
  grpc::Status status;
  const auto get = [&](const std::string& authorization) {
    grpc::ClientContext context;
    house.Prepare(context, authorization);
    status = stub->GetHousehold(&context, {}, &household);
    return rpc::FromGrpc(status);
  };
  const std::string wei = house.Bearer("wei"), li = house.Bearer("li");
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(get(wei).ok());
  EXPECT_THAT(get(wei), RefusedWith(kResourceExhausted, "RATE_LIMITED"));
  ASSERT_TRUE(rpc::RetryDelay(status).has_value());
  EXPECT_GT(*rpc::RetryDelay(status), absl::Seconds(8));
  EXPECT_LE(*rpc::RetryDelay(status), absl::Seconds(10));
  EXPECT_EQ(house.registry.calls, 3);
  EXPECT_TRUE(get(li).ok());
  // The overview counts as well.
  auto gateway = v1::Gateway::NewStub(house.channel);
  grpc::ClientContext context;
  house.Prepare(context, wei);
  v1::Overview overview;
  EXPECT_THAT(rpc::FromGrpc(gateway->GetOverview(&context, {}, &overview)),
              RefusedWith(kResourceExhausted, "RATE_LIMITED"));
  EXPECT_THAT(house.identity.guard().metrics().Text(),
              HasSubstr("anju_gateway_refused_total{reason=\"RATE_LIMITED\"} 2"));
}

TEST(LimitedPassageTest, StrangersAreCountedByTheirAddress) {
  GatewayHouse house("", {}, {}, {}, Tight(Party::kStranger, {.per_second = 0.1, .burst = 2, .under_way = 1}));
  auto stub = Registry::NewStub(house.channel);
  registry::v1::Household household;
  const auto get = [&](const std::string& authorization) {
    grpc::ClientContext context;
    house.Prepare(context, authorization);
    return rpc::FromGrpc(stub->GetHousehold(&context, {}, &household));
  };
  const std::string known = house.Bearer("wei");
  EXPECT_TRUE(get(known).ok());
  EXPECT_THAT(get(""), RefusedWith(kUnauthenticated, "TOKEN_MISSING"));
  EXPECT_THAT(get("Bearer y"), RefusedWith(kResourceExhausted, "RATE_LIMITED"));
  // Who is known does not pay for it. Whose signature has not been looked at cannot be told from the others.
  EXPECT_TRUE(get(known).ok());
  EXPECT_THAT(get(house.Bearer("li")), RefusedWith(kResourceExhausted, "RATE_LIMITED"));
}

TEST(LimitedPassageTest, WhatIsAskedForInVainIsCountedByItsAddress) {
  GatewayHouse house("", {}, {}, {}, Tight(Party::kStranger, {.per_second = 0.1, .burst = 2, .under_way = 1}));
  auto stub = feed::v1::Feed::NewStub(house.channel);
  const auto get = [&] {
    grpc::ClientContext context;
    feed::v1::GetFactsResponse facts;
    return rpc::FromGrpc(stub->GetFacts(&context, {}, &facts));
  };
  EXPECT_EQ(get().code(), kUnimplemented);
  EXPECT_EQ(get().code(), kUnimplemented);
  EXPECT_THAT(get(), RefusedWith(kResourceExhausted, "RATE_LIMITED"));
}

TEST(LimitedPassageTest, WhoMayNotCallIsCountedByTheirAddressToo) {
  GatewayHouse house("", {}, {}, {}, Tight(Party::kStranger, {.per_second = 0.1, .burst = 4, .under_way = 1}));
  auto stub = Registry::NewStub(house.channel);
  registry::v1::Household household;
  const auto get = [&](const std::string& authorization) {
    grpc::ClientContext context;
    house.Prepare(context, authorization);
    return rpc::FromGrpc(stub->GetHousehold(&context, {}, &household));
  };
  // A new token is one more.
  const std::string reader = house.identity.Bearer({"reader"}, "45"), officer = house.Officer();
  EXPECT_TRUE(get(officer).ok());
  EXPECT_THAT(get(reader), RefusedWith(kPermissionDenied, "ROLE_NOT_ALLOWED"));
  EXPECT_THAT(get(reader), RefusedWith(kPermissionDenied, "ROLE_NOT_ALLOWED"));
  EXPECT_THAT(get(reader), RefusedWith(kResourceExhausted, "RATE_LIMITED"));
  EXPECT_TRUE(get(officer).ok());
}

TEST(LimitedPassageTest, StreamsAndCallsHoldTheirPlacesUntilTheyEnd) {
  gateway::LimitOptions options = Tight(Party::kImporter, {.per_second = 100, .burst = 100, .under_way = 1});
  options.of(Party::kCaller).under_way = 1;
  GatewayHouse house("", {}, {}, {}, options);
  auto stub = Registry::NewStub(house.channel);
  type::v1::ImportReceipt receipt;
  grpc::ClientContext first, second, third;
  for (grpc::ClientContext* context : {&first, &second, &third}) house.Prepare(*context, house.Officer());
  auto open = stub->ImportHouseholds(&first);
  ASSERT_TRUE(open->Write({}) && open->Read(&receipt));
  auto refused = stub->ImportHouseholds(&second);
  EXPECT_FALSE(refused->Read(&receipt));
  EXPECT_THAT(rpc::FromGrpc(refused->Finish()), RefusedWith(kResourceExhausted, "TOO_MANY_CALLS"));
  // A call is another matter than an import.
  for (int i = 0; i < 3; ++i) {
    grpc::ClientContext context;
    house.Prepare(context, house.Officer());
    registry::v1::Household household;
    EXPECT_TRUE(stub->GetHousehold(&context, {}, &household).ok());
  }
  open->WritesDone();
  EXPECT_FALSE(open->Read(&receipt));
  EXPECT_TRUE(open->Finish().ok());
  auto next = stub->ImportHouseholds(&third);
  EXPECT_TRUE(next->Write({}) && next->Read(&receipt));
  next->WritesDone();
  EXPECT_FALSE(next->Read(&receipt));
  EXPECT_TRUE(next->Finish().ok());
}

// Callers who fill the gateway up are refused at once, and those who are in are still answered.
TEST(LimitedPassageTest, OverloadIsRefusedAtOnceWhileAcceptedCallsStayFast) {
  gateway::LimitOptions options = GatewayHouse::Generous();
  options.under_way = 8;
  GatewayHouse house("", {}, {}, {}, options);
  auto stub = Registry::NewStub(house.channel);
  registry::v1::GetHouseholdRequest slow;
  slow.set_id("slow");
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::thread> callers;
  for (int i = 0; i < 5; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    house.Prepare(*contexts.back(), house.Officer());
    callers.emplace_back([&, context = contexts.back().get()] {
      registry::v1::Household household;
      (void)stub->GetHousehold(context, slow, &household);
    });
  }
  EXPECT_TRUE(Eventually([&] { return house.registry.waiting == 5; }));
  std::atomic<int> fast = 0, refused = 0, other = 0;
  std::vector<std::thread> crowd;
  for (int t = 0; t < 4; ++t) {
    crowd.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        grpc::ClientContext context;
        house.Prepare(context, house.Officer());
        registry::v1::Household household;
        const absl::Time start = absl::Now();
        const absl::Status status = rpc::FromGrpc(stub->GetHousehold(&context, {}, &household));
        EXPECT_LT(absl::Now() - start, absl::Seconds(1));
        ++(status.ok() ? fast : ReasonOf(status) == "SERVICE_OVERLOADED" ? refused : other);
      }
    });
  }
  for (std::thread& caller : crowd) caller.join();
  EXPECT_GT(fast, 0);
  EXPECT_GT(refused, 0);
  EXPECT_EQ(other, 0);
  // Who calls another service does not notice.
  grpc::ClientContext context;
  house.Prepare(context, house.Officer());
  context.AddMetadata("x-anju-service", "workshops");
  indicators::v1::ListIndicatorsResponse listed;
  EXPECT_TRUE(indicators::v1::Indicators::NewStub(house.channel)->ListIndicators(&context, {}, &listed).ok());
  for (auto& context : contexts) context->TryCancel();
  for (std::thread& caller : callers) caller.join();
}

}  // namespace
}  // namespace anju::gateway
