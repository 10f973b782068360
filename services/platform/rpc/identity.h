#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "anju/type/v1/options.pb.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/succession.h"

namespace anju::rpc {

// Who is calling, as their token says and a key of ours has signed.
struct Caller {
  std::string subject;
  std::vector<anju::type::v1::Role> roles;
  // The division the caller works for; empty for the whole country, which only services, administrators and auditors
  // have, and only while they have no other role.
  std::string scope;
  // Codes that this division has had before: what was counted and kept under them is the caller's too.
  std::vector<std::string> former_scopes;
  // The changes of codes since, and what the division became by them; null: there are none.
  std::shared_ptr<const Successions> successions = nullptr;
  std::vector<std::string> parts = {};
  // What is being called, `anju.registry.v1.Registry.GetHousehold`, and under which id.
  std::string method;
  std::string request_id;
  // What for personal data is answered unmasked; empty when it is masked.
  std::string purpose;

  bool Has(anju::type::v1::Role role) const;
  // True when `division` is the caller's own, or was by an old code, or lies beneath it. Of a division whose code was
  // changed all that it became must be, so that an old total is for who has all that it counted.
  bool Covers(absl::string_view division) const;
};

// The word a token uses for a role, `officer` for ROLE_OFFICER; ROLE_UNSPECIFIED for a word that is no role.
std::string RoleWord(anju::type::v1::Role role);
// Those of a caller, with commas between them.
std::string RoleWords(const Caller& caller);
anju::type::v1::Role RoleOfWord(absl::string_view word);

// The largest token that is looked at, and how far clocks may differ.
inline constexpr size_t kMaxTokenBytes = 8 * 1024;
inline constexpr absl::Duration kClockSkew = absl::Seconds(60);
// How many verified tokens are remembered.
inline constexpr size_t kRememberedTokens = 10'000;

// Verifies tokens against the keys of a JWKS file. Takes ES256 and RS256 only, and each key only with the algorithm
// that belongs to it, whatever the token claims. The file is read again when it changes; a file that has become
// unreadable leaves the last good keys in place. Safe for many threads.
class Verifier {
 public:
  // `clock` must outlive the verifier. Fails when the file holds no usable key.
  static absl::StatusOr<std::unique_ptr<Verifier>> Open(absl::string_view jwks_path, absl::string_view issuer,
                                                        absl::string_view audience, const Clock& clock);
  // A verifier without keys, which refuses everybody.
  static std::unique_ptr<Verifier> Closed(const Clock& clock);
  ~Verifier();

  // Refuses with UNAUTHENTICATED, in this order: TOKEN_MISSING, TOKEN_MALFORMED, TOKEN_SIGNATURE, TOKEN_EXPIRED,
  // TOKEN_NOT_YET_VALID, TOKEN_ISSUER, TOKEN_AUDIENCE, TOKEN_SCOPE. No sentence repeats anything of the token. To look
  // at a token that is not remembered is work; `worth` is asked before, and what it refuses is the answer.
  using Worth = absl::FunctionRef<absl::Status()>;
  absl::StatusOr<Caller> Verify(absl::string_view token, Worth worth = Always);
  static absl::Status Always() { return absl::OkStatus(); }

 private:
  struct State;
  explicit Verifier(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace anju::rpc
