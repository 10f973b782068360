// Tokens. An input that begins with a brace is a set of claims, signed by the key that the verifier trusts: whatever
// it says, who comes out has a name and a division. Any other input is a token as a stranger sends it: as it
// cannot have been signed by that key, nobody comes out.

#include <stdlib.h>

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <memory>
#include <string>

#include "services/platform/base/clock.h"
#include "services/platform/rpc/identity.h"
#include "services/platform/rpc/keys.h"
#include "tests/fuzz/property.h"

namespace {

using anju::rpc::Verifier;

// Any other run's keys are others.
struct Issuer {
  Issuer() {
    std::string folder = "/tmp/anju-fuzz-XXXXXX";
    PROPERTY(mkdtemp(folder.data()) != nullptr);
    const std::string path = folder + "/jwks.json";
    std::ofstream(path) << *anju::rpc::PublicKeys({key});
    verifier = *Verifier::Open(path, "anju", "anju", clock);
  }
  const std::string key = *anju::rpc::MakeKey("ES256", "fuzz");
  anju::FakeClock clock{absl::FromUnixSeconds(1'800'000'000)};
  std::unique_ptr<Verifier> verifier;
};

Issuer& TheIssuer() {
  static Issuer& issuer = *new Issuer;
  return issuer;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  Issuer& issuer = TheIssuer();
  if (text.empty() || text[0] != '{') {
    PROPERTY(!issuer.verifier->Verify(text).ok());
    return 0;
  }
  const auto token = anju::rpc::SignJson(issuer.key, text);
  if (!token.ok()) return 0;
  const auto caller = issuer.verifier->Verify(*token);
  if (!caller.ok()) return 0;
  PROPERTY(!caller->subject.empty());
  // Who works for the whole country has a role that does.
  PROPERTY(!caller->scope.empty() || !caller->roles.empty());
  for (const char c : caller->scope) PROPERTY(c >= '0' && c <= '9');
  return 0;
}
