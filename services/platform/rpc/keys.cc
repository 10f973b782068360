#include "services/platform/rpc/keys.h"

#include <cjose/cjose.h>

#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"

namespace anju::rpc {
namespace {

using nlohmann::json;

using Jwk = std::unique_ptr<cjose_jwk_t, bool (*)(cjose_jwk_t*)>;
using Jws = std::unique_ptr<cjose_jws_t, void (*)(cjose_jws_t*)>;
using Header = std::unique_ptr<cjose_header_t, void (*)(cjose_header_t*)>;

constexpr size_t kRsaBits = 2048;

absl::StatusOr<json> Parse(absl::string_view key) {
  json parsed = json::parse(key.begin(), key.end(), nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object() || !parsed.contains("kid") || !parsed.contains("alg") || !parsed["kid"].is_string() ||
      !parsed["alg"].is_string()) {
    return absl::InvalidArgumentError("this is not a key that anjuctl has made");
  }
  return parsed;
}

}  // namespace

absl::StatusOr<std::string> MakeKey(absl::string_view algorithm, absl::string_view key_id) {
  cjose_err error;
  Jwk key(nullptr, cjose_jwk_release);
  if (algorithm == "ES256") {
    key.reset(cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &error));
  } else if (algorithm == "RS256") {
    const uint8_t exponent[] = {1, 0, 1};
    key.reset(cjose_jwk_create_RSA_random(kRsaBits, exponent, sizeof exponent, &error));
  } else {
    return absl::InvalidArgumentError("a key is for ES256 or RS256");
  }
  if (key == nullptr) return absl::InternalError("no key could be made");
  std::unique_ptr<char, void (*)(void*)> text(cjose_jwk_to_json(key.get(), /*priv=*/true, &error), std::free);
  if (text == nullptr) return absl::InternalError("the key could not be written");
  json jwk = json::parse(text.get());
  jwk["kid"] = std::string(key_id);
  jwk["alg"] = std::string(algorithm);
  jwk["use"] = "sig";
  return jwk.dump();
}

absl::StatusOr<std::string> PublicKeys(const std::vector<std::string>& keys) {
  json set = {{"keys", json::array()}};
  for (const std::string& key : keys) {
    ASSIGN_OR_RETURN(const json jwk, Parse(key));
    json part;
    for (const char* name : {"kty", "kid", "alg", "use", "crv", "x", "y", "n", "e"}) {
      if (jwk.contains(name)) part[name] = jwk[name];
    }
    set["keys"].push_back(part);
  }
  return set.dump(2);
}

absl::StatusOr<std::string> SignJson(absl::string_view key, absl::string_view claims) {
  ASSIGN_OR_RETURN(const json parsed, Parse(key));
  const std::string algorithm = parsed["alg"], id = parsed["kid"];
  cjose_err error;
  Jwk jwk(cjose_jwk_import(key.data(), key.size(), &error), cjose_jwk_release);
  Header header(cjose_header_new(&error), cjose_header_release);
  if (jwk == nullptr || header == nullptr || !cjose_header_set(header.get(), "alg", algorithm.c_str(), &error) ||
      !cjose_header_set(header.get(), "kid", id.c_str(), &error) ||
      !cjose_header_set(header.get(), "typ", "JWT", &error)) {
    return absl::InvalidArgumentError("the key cannot be read");
  }
  Jws jws(
      cjose_jws_sign(jwk.get(), header.get(), reinterpret_cast<const uint8_t*>(claims.data()), claims.size(), &error),
      cjose_jws_release);
  // The text belongs to the signature and goes with it.
  const char* token = nullptr;
  if (jws == nullptr || !cjose_jws_export(jws.get(), &token, &error)) {
    return absl::InvalidArgumentError("the key cannot sign");
  }
  return std::string(token);
}

absl::StatusOr<std::string> Sign(absl::string_view key, const Claims& claims) {
  const json body = {{"sub", claims.subject},
                     {"iss", claims.issuer},
                     {"aud", claims.audience},
                     {"iat", absl::ToUnixSeconds(claims.issued_at)},
                     {"nbf", absl::ToUnixSeconds(claims.issued_at)},
                     {"exp", absl::ToUnixSeconds(claims.expires_at)},
                     {"roles", claims.roles},
                     {"scope", claims.scope}};
  return SignJson(key, body.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace anju::rpc
