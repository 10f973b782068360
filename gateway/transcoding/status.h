#pragma once

#include <string>

#include "grpcpp/support/status.h"

namespace anju::gateway {

// The HTTP status that stands for a code.
int HttpStatus(grpc::StatusCode code);

// A google.rpc.Status as JSON, with its details.
std::string ErrorJson(const grpc::Status& status);

}  // namespace anju::gateway
