#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace anju::intake {

// What tells the batches of an import so far from those of another file, once `request` is taken too; empty `before`
// the first. See ImportReceipt.digest.
std::string DigestAfter(absl::string_view before, absl::string_view request);

}  // namespace anju::intake
