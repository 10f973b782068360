#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace anju::workshops {

// Checks a unified social credit code by GB 32100. Refuses, in this order, with CREDIT_CODE_MALFORMED (18 digits and
// capital letters, without I, O, S, V and Z) and CREDIT_CODE_CHECKSUM.
absl::Status CheckCreditCode(absl::string_view code);

}  // namespace anju::workshops
