#pragma once

#include <sys/types.h>

#include <string>

#include "absl/status/statusor.h"

namespace anju::cli {

// All bytes of a file. NOT_FOUND when it cannot be read.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// Whole or not at all: under another name first. `mode` holds from the first byte on.
absl::Status WriteFile(const std::string& path, const std::string& text, mode_t mode);

}  // namespace anju::cli
