#pragma once

#include <string>

#include "gateway/transcoding/transcoding.h"

namespace anju::gateway {

// The description of everything that the transcoder serves, and of the addresses that the port has besides, as
// OpenAPI 3.1: made from the contracts and their comments alone, with the roles that may call each method. `services`
// are those behind this gateway.
std::string DescribeApi(const Transcoder& transcoder, const std::vector<std::string>& services);

}  // namespace anju::gateway
