#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace anju::cli {

// All bytes of a file. NOT_FOUND when it cannot be read.
absl::StatusOr<std::string> ReadFile(const std::string& path);

}  // namespace anju::cli
