#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// Keys and tokens for trying out, and for services that run on one machine. A real system has an issuer of its own.
namespace anju::rpc {

// What a token says.
struct Claims {
  std::string subject;
  // Role words: `officer`.
  std::vector<std::string> roles;
  // A division code; `*` for the whole country.
  std::string scope;
  std::string issuer = "anju";
  std::string audience = "anju";
  absl::Time issued_at = absl::UnixEpoch();
  absl::Time expires_at = absl::UnixEpoch();
};

// A new private key as a JWK. `algorithm` is ES256 or RS256.
absl::StatusOr<std::string> MakeKey(absl::string_view algorithm, absl::string_view key_id);

// The JWKS that holds the public half of each of these private keys.
absl::StatusOr<std::string> PublicKeys(const std::vector<std::string>& keys);

// A token signed with the private JWK `key`, by the algorithm that belongs to it.
absl::StatusOr<std::string> Sign(absl::string_view key, const Claims& claims);
// The same for claims that are already JSON.
absl::StatusOr<std::string> SignJson(absl::string_view key, absl::string_view claims);

}  // namespace anju::rpc
