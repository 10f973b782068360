#include "services/platform/rpc/status.h"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "services/platform/base/error.h"
#include "tests/support/refused.h"

namespace anju::rpc {
namespace {

using anju::testing::RefusedWith;
using enum absl::StatusCode;

TEST(StatusTest, ARefusalComesBackAsItWas) {
  const absl::Status sent = Refuse(kFailedPrecondition, "LINE_EXCEEDED", "borrow less", "rows.principal_fen");
  const grpc::Status wire = ToGrpc(sent);
  EXPECT_EQ(wire.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(wire.error_message(), "borrow less");
  const absl::Status back = FromGrpc(wire);
  EXPECT_THAT(back, RefusedWith(kFailedPrecondition, "LINE_EXCEEDED"));
  EXPECT_EQ(FieldOf(back), "rows.principal_fen");
  EXPECT_EQ(back.message(), "borrow less");
}

TEST(StatusTest, ADelayComesBackWithItsRefusal) {
  const absl::Status sent =
      RetryAfter(Refuse(kResourceExhausted, "RATE_LIMITED", "slow down"), absl::Milliseconds(1500));
  EXPECT_EQ(RetryDelay(ToGrpc(sent)), absl::Milliseconds(1500));
  EXPECT_EQ(RetryDelay(FromGrpc(ToGrpc(sent))), absl::Milliseconds(1500));
  EXPECT_EQ(RetryDelay(RetryAfter(sent, absl::Microseconds(3))), absl::Milliseconds(1)) << "at once is not later";
  EXPECT_EQ(RetryDelay(Refuse(kNotFound, "LOAN_NOT_FOUND", "no such loan")), std::nullopt);
}

TEST(StatusTest, DetailsAreWhatOtherClientsExpect) {
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(
      ToGrpc(Refuse(kInvalidArgument, "MONTH_MALFORMED", "write 2018-10", "month")).error_details()));
  EXPECT_EQ(details.code(), 3);
  ASSERT_EQ(details.details_size(), 2);
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(details.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "MONTH_MALFORMED");
  EXPECT_EQ(info.domain(), "anju");
  EXPECT_EQ(info.metadata().at("field"), "month");
  google::rpc::BadRequest bad;
  ASSERT_TRUE(details.details(1).UnpackTo(&bad));
  EXPECT_EQ(bad.field_violations(0).field(), "month");

  ASSERT_TRUE(details.ParseFromString(ToGrpc(Refuse(kNotFound, "LOAN_NOT_FOUND", "no such loan")).error_details()));
  EXPECT_EQ(details.details_size(), 1);
}

TEST(StatusTest, FaultsOfOursSayNothing) {
  for (auto code : {kInternal, kUnknown, kDataLoss}) {
    const grpc::Status wire = ToGrpc(absl::Status(code, "disk /var/lib is full"));
    EXPECT_EQ(wire.error_code(), grpc::StatusCode::INTERNAL);
    EXPECT_EQ(wire.error_message(), "internal error");
    EXPECT_TRUE(wire.error_details().empty());
  }
}

TEST(StatusTest, OtherFaultsKeepTheirCode) {
  for (auto code : {kUnavailable, kAborted, kDeadlineExceeded, kCancelled, kUnimplemented}) {
    const absl::Status back = FromGrpc(ToGrpc(absl::Status(code, "the registry does not answer")));
    EXPECT_EQ(back.code(), code);
    EXPECT_FALSE(IsRefusal(back));
    EXPECT_EQ(back.message(), "the registry does not answer");
  }
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
  EXPECT_TRUE(FromGrpc(grpc::Status::OK).ok());
}

TEST(StatusTest, StrangeDetailsAreNoRefusal) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  info.set_reason("QUOTA");
  info.set_domain("example.org");
  details.add_details()->PackFrom(info);
  for (const std::string& bytes : {details.SerializeAsString(), std::string("\xff\xff rubbish")}) {
    EXPECT_FALSE(IsRefusal(FromGrpc({grpc::StatusCode::NOT_FOUND, "no", bytes})));
  }
}

}  // namespace
}  // namespace anju::rpc
