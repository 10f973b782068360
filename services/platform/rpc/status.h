#pragma once

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace anju::rpc {

// An outcome as gRPC sends it. A refusal carries its reason and field as a google.rpc.Status with an ErrorInfo (domain
// `anju`) and, with a field, a BadRequest. A fault of ours becomes INTERNAL `internal error`; what it was goes to the
// log.
grpc::Status ToGrpc(const absl::Status& status);

// The way back, at the client: a refusal is a refusal again.
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace anju::rpc
