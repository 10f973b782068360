#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/support/status.h"

namespace anju::rpc {

// Where the reasons of all refusals and faults of the house are of: ErrorInfo.domain.
inline constexpr char kDomain[] = "anju";

// An outcome as gRPC sends it. A refusal carries its reason and field as a google.rpc.Status with an ErrorInfo (of
// kDomain), with a field a BadRequest, and with a delay a RetryInfo. A fault of ours becomes INTERNAL `internal error`;
// what it was goes to the log.
grpc::Status ToGrpc(const absl::Status& status);

// A refusal of what may be tried again once `delay` has passed.
absl::Status RetryAfter(absl::Status refusal, absl::Duration delay);

// What a RetryInfo says, or RetryAfter has said; nothing when there is none.
std::optional<absl::Duration> RetryDelay(const grpc::Status& status);
std::optional<absl::Duration> RetryDelay(const absl::Status& status);

// The way back, at the client: a refusal is a refusal again, with its delay.
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace anju::rpc
