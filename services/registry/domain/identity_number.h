#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/platform/base/calendar.h"

namespace anju::registry {

enum class Sex : int32_t { kUnspecified = 0, kMale = 1, kFemale = 2 };

// What an ID number by GB 11643 says of its bearer.
struct Identity {
  Date born_on;
  Sex sex = Sex::kUnspecified;
};

// As NormalIdNumber writes it. Refuses, in this order, with ID_NUMBER_MALFORMED (18 characters, a birth date that
// exists) and ID_NUMBER_CHECKSUM.
absl::StatusOr<Identity> ReadIdNumber(absl::string_view id_number);

}  // namespace anju::registry
