#pragma once

#include <vector>

#include "google/protobuf/descriptor.h"

namespace anju {

// Every contract of the platform, in the order of their files' names.
const std::vector<const google::protobuf::ServiceDescriptor*>& AllContracts();

}  // namespace anju
