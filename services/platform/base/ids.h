#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace anju {

// A new id: 32 hexadecimal digits that begin with the milliseconds of `now`, so that ids made later sort later.
std::string NewId(absl::Time now);

// Whether a text looks like one.
bool IsId(absl::string_view text);

// 32 bytes in hexadecimal that nobody can guess, from the system's source of randomness.
std::string NewSecret();

// The SHA-256 of `text` in hexadecimal.
std::string Sha256(absl::string_view text);

}  // namespace anju
