#pragma once

#include "absl/strings/string_view.h"

namespace anju::gateway {

// A file of the API page by its name in this folder, as the build found it; empty when there is none.
absl::string_view PageBytes(absl::string_view name);

}  // namespace anju::gateway
