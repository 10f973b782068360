#include "gateway/proxy/grpc_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/rpc/status.h"

namespace anju::gateway {
namespace {

TEST(GrpcTextTest, ReadsTimeouts) {
  const std::vector<std::pair<const char*, std::optional<absl::Duration>>> rows = {
      {"1H", absl::Hours(1)},
      {"2M", absl::Minutes(2)},
      {"3S", absl::Seconds(3)},
      {"100m", absl::Milliseconds(100)},
      {"5u", absl::Microseconds(5)},
      {"6n", absl::Nanoseconds(6)},
      {"0m", absl::ZeroDuration()},
      {"99999999H", absl::Hours(99999999)},
      {"", std::nullopt},
      {"m", std::nullopt},
      {"100", std::nullopt},
      {"-1m", std::nullopt},
      {"+1m", std::nullopt},
      {"1 m", std::nullopt},
      {"123456789m", std::nullopt},
      {"1s", std::nullopt},
      {"0x1m", std::nullopt},
  };
  for (const auto& [text, duration] : rows) EXPECT_EQ(ParseTimeout(text), duration) << text;
}

TEST(GrpcTextTest, WritesTimeoutsThatItReads) {
  EXPECT_EQ(TimeoutText(absl::Milliseconds(1500)), "1500m");
  EXPECT_EQ(TimeoutText(absl::Microseconds(1)), "1m");
  EXPECT_EQ(TimeoutText(absl::Seconds(-1)), "0m");
  EXPECT_EQ(TimeoutText(absl::Hours(1000)), "3600000S");
}

TEST(GrpcTextTest, AStatusComesThroughAsItWas) {
  const grpc::Status statuses[] = {
      grpc::Status::OK,
      rpc::ToGrpc(Refuse(absl::StatusCode::kNotFound, "NOTHING", "there is none")),
      rpc::ToGrpc(Refuse(absl::StatusCode::kInvalidArgument, "NONE", "100% 安居\n\x7f", "a.b")),
  };
  for (const grpc::Status& status : statuses) {
    const http2::Fields fields = StatusFields(status);
    for (const auto& [name, value] : fields) {
      EXPECT_TRUE(std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7F; })) << name;
    }
    const grpc::Status again = StatusOf(fields);
    EXPECT_EQ(again.error_code(), status.error_code());
    EXPECT_EQ(again.error_message(), status.error_message());
    EXPECT_EQ(again.error_details(), status.error_details());
    EXPECT_EQ(again.error_details(), StatusOf(StatusFields(again)).error_details());
  }
}

TEST(GrpcTextTest, WhatIsNoStatusIsUnknown) {
  for (const char* code : {"", "x", "-1", "17", "1e3"}) {
    EXPECT_EQ(StatusOf({{"grpc-status", code}}).error_code(), grpc::StatusCode::UNKNOWN) << code;
  }
  EXPECT_EQ(StatusOf({}).error_code(), grpc::StatusCode::UNKNOWN);
  // What is wrong with a message or with details takes nothing from the code.
  EXPECT_EQ(StatusOf({{"grpc-status", "5"}, {"grpc-message", "50% of %zz %"}}).error_message(), "50% of %zz %");
  EXPECT_EQ(StatusOf({{"grpc-status", "5"}, {"grpc-status-details-bin", "*"}}).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

// Messages of these lengths, one after another.
std::string Stream(const std::vector<size_t>& lengths) {
  std::string bytes;
  for (const size_t length : lengths) absl::StrAppend(&bytes, PrefixOf(length), std::string(length, 'x'));
  return bytes;
}

grpc::StatusCode Passes(const std::string& stream, size_t piece, bool complete = true) {
  MessageMeter meter;
  for (size_t at = 0; at < stream.size(); at += piece) {
    const std::string part = stream.substr(at, piece);
    const grpc::Status passed = meter.Pass(reinterpret_cast<const uint8_t*>(part.data()), part.size());
    if (!passed.ok()) return passed.error_code();
  }
  EXPECT_EQ(meter.complete(), complete);
  return grpc::StatusCode::OK;
}

TEST(MessageMeterTest, KnowsMessagesHoweverTheyAreCut) {
  const std::string good = Stream({0, 1, 300, 0, 70'000}), long_one = Stream({3}) + PrefixOf(rpc::kMaxMessageBytes + 1);
  for (const size_t piece : {size_t{1}, size_t{2}, size_t{5}, size_t{6}, size_t{4096}, good.size()}) {
    EXPECT_EQ(Passes(good, piece), grpc::StatusCode::OK) << piece;
    EXPECT_EQ(Passes(long_one, piece), grpc::StatusCode::RESOURCE_EXHAUSTED) << piece;
    EXPECT_EQ(Passes(good + std::string("\1\0\0\0\0", kPrefixBytes), piece), grpc::StatusCode::UNIMPLEMENTED) << piece;
  }
  EXPECT_EQ(Passes(PrefixOf(rpc::kMaxMessageBytes), 1, /*complete=*/false), grpc::StatusCode::OK);
  EXPECT_EQ(Passes(good + std::string("\0\0", 2), 3, /*complete=*/false), grpc::StatusCode::OK);
}

TEST(MessageMeterTest, SaysHowLongTheMessageIsThatHasNotEnded) {
  const std::string stream = Stream({3, 70'000, 0});
  MessageMeter meter;
  const auto pass = [&](size_t from, size_t to) {
    EXPECT_TRUE(meter.Pass(reinterpret_cast<const uint8_t*>(stream.data()) + from, to - from).ok());
    return meter.open_bytes();
  };
  const size_t second = kPrefixBytes + 3, end = second + kPrefixBytes + 70'000;
  EXPECT_EQ(pass(0, second - 1), 3);
  EXPECT_EQ(pass(second - 1, second + 4), 0);
  EXPECT_EQ(pass(second + 4, second + 5), 70'000);
  EXPECT_EQ(pass(second + 5, end - 1), 70'000);
  EXPECT_EQ(pass(end - 1, stream.size()), 0);
}

}  // namespace
}  // namespace anju::gateway
