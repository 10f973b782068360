#pragma once

#include <string>

#include "grpcpp/support/status.h"

namespace anju::gateway {

// The HTTP status that stands for a code.
int HttpStatus(grpc::StatusCode code);

// A google.rpc.Status as JSON, with its details.
std::string ErrorJson(const grpc::Status& status);

// The same, saying after how long it may be tried again where that makes sense and it does not say so itself:
// UNAVAILABLE, RESOURCE_EXHAUSTED and ABORTED.
grpc::Status WithRetryInfo(const grpc::Status& status);

}  // namespace anju::gateway
