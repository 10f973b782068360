#include "gateway/proxy/outcome.h"

#include "absl/status/status.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/platform/base/error.h"
#include "services/platform/rpc/status.h"

namespace anju::gateway {

namespace {

// For what comes without a delay of its own.
constexpr int kRetrySeconds = 1;

bool HasReason(const google::rpc::Status& status) {
  for (const auto& detail : status.details()) {
    google::rpc::ErrorInfo info;
    if (detail.UnpackTo(&info) && !info.reason().empty()) return true;
  }
  return false;
}

}  // namespace

grpc::Status Explained(const grpc::Status& status) {
  if (status.ok()) return status;
  if (status.error_code() == grpc::StatusCode::INTERNAL && status.error_message().empty()) {
    // So gRPC's library answers in a service's name when it cannot read a message; a service itself says what failed.
    return rpc::ToGrpc(Refuse(absl::StatusCode::kInvalidArgument, "MESSAGE_MALFORMED",
                              "the message is not one that this method takes; compare your contract with ours"));
  }
  google::rpc::Status details;
  if (status.error_details().empty() || !details.ParseFromString(status.error_details())) details.Clear();
  const bool may_retry =
      status.error_code() == grpc::StatusCode::UNAVAILABLE || status.error_code() == grpc::StatusCode::ABORTED;
  const bool has_reason = HasReason(details), has_delay = !may_retry || rpc::RetryDelay(status).has_value();
  if (has_reason && has_delay) return status;
  google::rpc::Status told;
  told.set_code(status.error_code());
  told.set_message(status.error_message());
  if (!has_reason) {
    google::rpc::ErrorInfo info;
    info.set_reason(absl::StatusCodeToString(static_cast<absl::StatusCode>(status.error_code())));
    info.set_domain(rpc::kDomain);
    told.add_details()->PackFrom(info);
  }
  told.mutable_details()->MergeFrom(details.details());
  if (!has_delay) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(kRetrySeconds);
    told.add_details()->PackFrom(retry);
  }
  return {status.error_code(), status.error_message(), told.SerializeAsString()};
}

}  // namespace anju::gateway
