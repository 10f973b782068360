#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/http2/session.h"
#include "grpcpp/support/status.h"

// How gRPC writes things in HTTP/2: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
namespace anju::gateway {

// `100m` is a tenth of a second. Nothing when it is no timeout.
std::optional<absl::Duration> ParseTimeout(absl::string_view text);
// Rounded up to a millisecond.
std::string TimeoutText(absl::Duration timeout);

// grpc-status, grpc-message and grpc-status-details-bin, Explained.
http2::Fields StatusFields(const grpc::Status& outcome);
// The way back. UNKNOWN when there is no status among them.
grpc::Status StatusOf(const http2::Fields& fields);

// Refuse with ENCODING_UNKNOWN (UNIMPLEMENTED), MESSAGE_TOO_LARGE (RESOURCE_EXHAUSTED) and MESSAGE_MALFORMED
// (INVALID_ARGUMENT).
absl::Status EncodingUnknown();
absl::Status MessageTooLarge();
absl::Status MessageMalformed(absl::string_view sentence);

// The length of a message and whether it is compressed, before its bytes.
inline constexpr size_t kPrefixBytes = 5;
std::string PrefixOf(size_t message_bytes);

// Watches the messages of a stream pass by, however they are cut.
class MessageMeter {
 public:
  // MESSAGE_TOO_LARGE once a message is longer than `rpc::kMaxMessageBytes`, and ENCODING_UNKNOWN when one is not said
  // to be as it is.
  grpc::Status Pass(const uint8_t* bytes, size_t size);
  // Whether no message is only half there.
  bool complete() const { return prefix_bytes_ == 0 && missing_ == 0; }
  // How many have begun.
  int64_t messages() const { return messages_; }
  // How long the one at hand says that it is; 0 when it has come as a whole.
  size_t open_bytes() const { return missing_ > 0 ? message_bytes_ : 0; }

 private:
  uint8_t prefix_[kPrefixBytes] = {};
  size_t prefix_bytes_ = 0;
  // Of the message at hand.
  uint64_t missing_ = 0;
  size_t message_bytes_ = 0;
  int64_t messages_ = 0;
};

}  // namespace anju::gateway
