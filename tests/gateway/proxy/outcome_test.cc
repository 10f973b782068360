#include "gateway/proxy/outcome.h"

#include <gmock/gmock.h>

#include "services/platform/base/error.h"
#include "services/platform/rpc/status.h"
#include "tests/support/explained.h"

namespace anju::gateway {
namespace {

using ::anju::testing::ToldReason;

TEST(ExplainedTest, EveryOutcomeButSuccessHasAReason) {
  EXPECT_TRUE(Explained(grpc::Status::OK).ok());
  EXPECT_EQ(Explained(grpc::Status::OK).error_details(), "");
  for (int code = 1; code <= 16; ++code) {
    for (const char* details : {"", "\xff rubbish"}) {
      const grpc::Status told = Explained({static_cast<grpc::StatusCode>(code), "it is so", details});
      EXPECT_EQ(told.error_code(), code);
      EXPECT_EQ(told.error_message(), "it is so");
      EXPECT_EQ(ToldReason(told), absl::StatusCodeToString(static_cast<absl::StatusCode>(code)));
    }
  }
}

TEST(ExplainedTest, ARefusalKeepsWhatItSays) {
  const grpc::Status refusal = rpc::ToGrpc(Refuse(absl::StatusCode::kNotFound, "CASE_NOT_FOUND", "none", "id"));
  EXPECT_EQ(Explained(refusal).error_details(), refusal.error_details());
  const grpc::Status limit = rpc::ToGrpc(
      rpc::RetryAfter(Refuse(absl::StatusCode::kResourceExhausted, "RATE_LIMITED", "slow"), absl::Seconds(3)));
  EXPECT_EQ(Explained(limit).error_details(), limit.error_details());
  // What is too large is no smaller a second later.
  EXPECT_FALSE(rpc::RetryDelay(Explained({grpc::StatusCode::RESOURCE_EXHAUSTED, "too large"})).has_value());
  const grpc::Status away = Explained(rpc::ToGrpc(Refuse(absl::StatusCode::kUnavailable, "AWAY", "away")));
  EXPECT_EQ(ToldReason(away), "AWAY");
  EXPECT_EQ(rpc::RetryDelay(away), absl::Seconds(1));
  EXPECT_EQ(Explained(away).error_details(), away.error_details());
}

TEST(ExplainedTest, AMessageThatCannotBeReadIsTheCallersFault) {
  const grpc::Status told = Explained({grpc::StatusCode::INTERNAL, ""});
  EXPECT_EQ(told.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ToldReason(told), "MESSAGE_MALFORMED");
}

TEST(ExplainedTest, TheReasonComesFirstAndTheDelayLast) {
  google::rpc::Status error;
  google::rpc::BadRequest other;
  error.add_details()->PackFrom(other);
  const grpc::Status told = Explained({grpc::StatusCode::ABORTED, "lost", error.SerializeAsString()});
  ASSERT_TRUE(error.ParseFromString(told.error_details()));
  ASSERT_EQ(error.details_size(), 3);
  EXPECT_TRUE(error.details(0).Is<google::rpc::ErrorInfo>());
  EXPECT_TRUE(error.details(1).Is<google::rpc::BadRequest>());
  EXPECT_TRUE(error.details(2).Is<google::rpc::RetryInfo>());
}

}  // namespace
}  // namespace anju::gateway
