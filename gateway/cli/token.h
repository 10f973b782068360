#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace anju::cli {

// Makes a signing key in `directory`: signing.jwk, which only its owner can read, and jwks.json for the services. A key
// that is there stays, so that tokens stay good; then only a jwks.json that is missing is made.
absl::Status InitKeys(absl::string_view directory);

struct TokenRequest {
  std::string keys;
  std::string subject;
  std::vector<std::string> roles;
  // A division code; empty or * for the whole country.
  std::string division;
  int hours = 720;
};

// A token signed with the key in `keys`. Refuses with ROLE_UNKNOWN, DIVISION_MALFORMED, SUBJECT_MISSING,
// HOURS_OUT_OF_RANGE or SCOPE_TOO_WIDE.
absl::StatusOr<std::string> MakeToken(const TokenRequest& request, absl::Time now);

}  // namespace anju::cli
