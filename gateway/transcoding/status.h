#pragma once

#include <string>

#include "absl/time/time.h"
#include "grpcpp/support/status.h"

namespace anju::gateway {

// The HTTP status that stands for a code.
int HttpStatus(grpc::StatusCode code);

// A google.rpc.Status as JSON, with its details.
std::string ErrorJson(const grpc::Status& status);

// After how long the call may be tried again, from the RetryInfo of the status; nothing where it has none.
absl::Duration RetryAfter(const grpc::Status& status);

}  // namespace anju::gateway
