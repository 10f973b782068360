#include "gateway/proxy/passage.h"

#include <gmock/gmock.h>

#include <thread>

#include "tests/support/gateway_house.h"
#include "tests/support/redis_server.h"
#include "tests/support/refused.h"

namespace anju::gateway {
namespace {

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

TEST_F(PassageTest, PassesOnWhatTheEnvelopeCarriesAndNothingElse) {
  grpc::ClientContext context;
  house_.Prepare(context, house_.Officer());
  context.AddMetadata("x-request-id", "r1");
  context.AddMetadata("traceparent", "t1");
  context.AddMetadata("x-secret", "s");
  ASSERT_TRUE(GetHousehold("h1", context).ok());
  EXPECT_EQ(household_.id(), "h1");
  EXPECT_EQ(house_.registry.last("x-request-id"), "r1");
  EXPECT_EQ(house_.registry.last("traceparent"), "t1");
  EXPECT_EQ(house_.registry.last("x-secret"), "");
  EXPECT_THAT(house_.registry.last("authorization"), HasSubstr("Bearer ey"));
  EXPECT_EQ(context.GetServerInitialMetadata().count("x-head"), 1);
  EXPECT_EQ(context.GetServerInitialMetadata().count("x-request-id"), 1);
  EXPECT_EQ(context.GetServerTrailingMetadata().count("x-tail"), 1);
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
  hurried.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(50));
  EXPECT_EQ(GetHousehold("slow", hurried).code(), kDeadlineExceeded);
  EXPECT_TRUE(Eventually([&] { return house_.registry.cancelled == 1; }));

  grpc::ClientContext cancelled;
  house_.Prepare(cancelled, house_.Officer());
  std::thread canceller([&] {
    absl::SleepFor(absl::Milliseconds(30));
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
  EXPECT_EQ(context.GetServerTrailingMetadata().count("x-tail"), 1);
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

}  // namespace
}  // namespace anju::gateway
