#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "grpcpp/support/status.h"

namespace anju::gateway {

inline constexpr absl::string_view kJson = "application/json; charset=utf-8";
inline constexpr absl::string_view kNdjson = "application/x-ndjson; charset=utf-8";

// An answer before it is bytes.
struct Reply {
  int status = 200;
  std::string type = std::string(kJson);
  // None for an answer without a body.
  std::shared_ptr<const std::string> body;
  // Beside those that every answer has. Where Cache-Control is not among them the answer is not to be kept.
  std::vector<std::pair<std::string, std::string>> fields;
  // For how long after it nothing is read from the connection.
  absl::Duration pause = absl::ZeroDuration();
};

Reply JsonReply(std::string json, int status = 200);

// An error as google.rpc.Status, with the HTTP status that stands for its code, and Retry-After where it may be tried
// again.
Reply ErrorReply(const grpc::Status& status);
Reply ErrorReply(const absl::Status& status);
// The same with another HTTP status, for what gRPC has no code for.
Reply ErrorReply(int http_status, const absl::Status& status);

// How the end of a body is told.
enum class Framing { kLength, kChunked, kUntilClose };

// The head of an answer, with its empty line. `now` is for Date.
std::string FormatHead(const Reply& reply, Framing framing, bool keep_alive, absl::Time now);

// The error as the last line of a stream that has begun: `{"error":{…}}`.
std::string ErrorLine(const grpc::Status& status);

}  // namespace anju::gateway
