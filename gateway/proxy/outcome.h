#pragma once

#include "grpcpp/support/status.h"

namespace anju::gateway {

// An outcome as every caller is told it, over gRPC and HTTP alike; whatever the gateway answers goes through here. What
// is no success is a google.rpc.Status with an ErrorInfo first, whose reason is the refusal's own, or for a fault the
// name of its code (`INTERNAL`, `UNAVAILABLE`, `DEADLINE_EXCEEDED`); and with a RetryInfo where it may be tried again:
// UNAVAILABLE and ABORTED. RESOURCE_EXHAUSTED says that itself, or it is something that stays too large. A message that
// a service could not read is MESSAGE_MALFORMED.
grpc::Status Explained(const grpc::Status& status);

}  // namespace anju::gateway
