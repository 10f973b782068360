#include "services/platform/rpc/identity.h"

#include <cjose/cjose.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/base/ids.h"
#include "spdlog/spdlog.h"

namespace anju::rpc {
namespace {

using anju::type::v1::Role;
using nlohmann::json;
using enum absl::StatusCode;

constexpr absl::string_view kRolePrefix = "ROLE_";
constexpr size_t kMaxSubjectBytes = 128;
constexpr size_t kMinRsaBits = 2048;
// Of the 64 bytes of an ES256 signature.
constexpr size_t kEs256Letters = 86;
// Seconds since 1970 in the year 9999; what lies beyond is no time.
constexpr int64_t kLastSecond = 253402300799;
constexpr absl::Duration kFileCheckEvery = absl::Seconds(1);

absl::Status NotAuthentic(absl::string_view reason, absl::string_view sentence) {
  return Refuse(kUnauthenticated, reason, sentence);
}

absl::Status Malformed() { return NotAuthentic("TOKEN_MALFORMED", "this is not a token; ask for a new one"); }
absl::Status BadSignature() {
  return NotAuthentic("TOKEN_SIGNATURE", "the token is not signed by a key that is known here; ask for a new one");
}

// A public key with the one algorithm it may be used with.
struct Key {
  std::string algorithm;
  std::unique_ptr<cjose_jwk_t, bool (*)(cjose_jwk_t*)> jwk{nullptr, cjose_jwk_release};
};

// Keys by their id.
using KeySet = std::map<std::string, Key, std::less<>>;

std::string Text(const json& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// The algorithm that belongs to the key; empty when it is not a key for us.
std::string AlgorithmOf(const json& jwk) {
  std::string algorithm;
  if (Text(jwk, "kty") == "EC" && Text(jwk, "crv") == "P-256") algorithm = "ES256";
  if (Text(jwk, "kty") == "RSA") algorithm = "RS256";
  if (jwk.contains("alg") && Text(jwk, "alg") != algorithm) return "";
  if (jwk.contains("use") && Text(jwk, "use") != "sig") return "";
  const json uses = jwk.value("key_ops", json::array({"verify"}));
  return std::find(uses.begin(), uses.end(), json("verify")) == uses.end() ? "" : algorithm;
}

absl::StatusOr<KeySet> ParseKeys(const std::string& text) {
  const json file = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!file.is_object() || !file.contains("keys") || !file["keys"].is_array()) {
    return absl::InvalidArgumentError("the key file is not a JWKS");
  }
  KeySet keys;
  for (const json& entry : file["keys"]) {
    if (!entry.is_object()) continue;
    const std::string algorithm = AlgorithmOf(entry), id = Text(entry, "kid");
    if (algorithm.empty() || id.empty()) continue;
    // Only the public members are taken: what verifies must not be able to sign.
    json part;
    for (const char* name : {"kty", "kid", "crv", "x", "y", "n", "e"}) {
      if (entry.contains(name)) part[name] = entry[name];
    }
    const std::string serialized = part.dump();
    cjose_err error;
    Key key{.algorithm = algorithm};
    key.jwk.reset(cjose_jwk_import(serialized.data(), serialized.size(), &error));
    if (key.jwk == nullptr) return absl::InvalidArgumentError("a key of the key file cannot be read");
    if (algorithm == "RS256" && cjose_jwk_get_keysize(key.jwk.get(), &error) < kMinRsaBits) continue;
    if (!keys.emplace(id, std::move(key)).second) {
      return absl::InvalidArgumentError("two keys of the key file share an id");
    }
  }
  if (keys.empty()) return absl::InvalidArgumentError("the key file holds no key for ES256 or RS256 with an id");
  return keys;
}

// What tells one version of a file from the next.
struct FileVersion {
  int64_t seconds = 0, nanoseconds = 0, size = -1, inode = 0;
  friend bool operator==(const FileVersion&, const FileVersion&) = default;
};

FileVersion VersionOf(const std::string& path) {
  struct stat info = {};
  if (::stat(path.c_str(), &info) != 0) return {};
  return {.seconds = info.st_mtim.tv_sec,
          .nanoseconds = info.st_mtim.tv_nsec,
          .size = static_cast<int64_t>(info.st_size),
          .inode = static_cast<int64_t>(info.st_ino)};
}

absl::StatusOr<KeySet> ReadKeys(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  if (!file || !(text << file.rdbuf())) return absl::NotFoundError(absl::StrCat("cannot read the key file ", path));
  return ParseKeys(text.str());
}

// Base64url as RFC 7515 has it: without padding, and each value in one spelling only. The library that verifies
// signatures ends the process over others.
bool IsBase64Url(absl::string_view text) {
  if (text.empty() || text.size() % 4 == 1) return false;
  std::string bytes;
  return absl::c_all_of(text, [](char c) { return absl::ascii_isalnum(c) || c == '-' || c == '_'; }) &&
         absl::WebSafeBase64Unescape(text, &bytes) && absl::WebSafeBase64Escape(bytes) == text;
}

// A part of a token as a JSON object that says nothing twice, which two readers could read in two ways; anything else
// as null.
json DecodePart(absl::string_view part) {
  std::string text;
  // The parser would read what is behind a byte order mark.
  if (!absl::WebSafeBase64Unescape(part, &text) || !absl::StartsWith(text, "{")) return nullptr;
  std::vector<std::set<std::string>> said;
  bool is_clear = true;
  const auto note = [&](int, json::parse_event_t event, const json& parsed) {
    if (event == json::parse_event_t::object_start) said.emplace_back();
    if (event == json::parse_event_t::object_end) said.pop_back();
    if (event == json::parse_event_t::key) is_clear &= said.back().insert(parsed.get<std::string>()).second;
    return true;
  };
  json object = json::parse(text, note, /*allow_exceptions=*/false);
  return is_clear && object.is_object() ? object : json(nullptr);
}

bool SignedWith(const Key& key, absl::string_view token) {
  // cjose reads the two numbers from any two halves.
  const size_t letters = token.size() - token.rfind('.') - 1;
  if (key.algorithm == "ES256" && letters != kEs256Letters) return false;
  cjose_err error;
  std::unique_ptr<cjose_jws_t, void (*)(cjose_jws_t*)> jws(cjose_jws_import(token.data(), token.size(), &error),
                                                           cjose_jws_release);
  return jws != nullptr && cjose_jws_verify(jws.get(), key.jwk.get(), &error);
}

// The time in claim `name`. Absent: nullopt; present and no time: infinite past.
std::optional<absl::Time> TimeClaim(const json& claims, const char* name) {
  auto found = claims.find(name);
  if (found == claims.end()) return std::nullopt;
  if (!found->is_number()) return absl::InfinitePast();
  const double seconds = found->get<double>();
  if (!(seconds >= 0 && seconds <= static_cast<double>(kLastSecond))) return absl::InfinitePast();
  return absl::FromUnixSeconds(static_cast<int64_t>(seconds));
}

bool HasAudience(const json& claims, const std::string& audience) {
  auto found = claims.find("aud");
  if (found == claims.end()) return false;
  if (found->is_string()) return *found == audience;
  return found->is_array() && std::find(found->begin(), found->end(), json(audience)) != found->end();
}

bool IsOfTheWholeCountry(Role role) {
  return role == Role::ROLE_SERVICE || role == Role::ROLE_ADMIN || role == Role::ROLE_AUDITOR;
}

absl::StatusOr<Caller> CallerOf(const json& claims) {
  Caller caller{.subject = Text(claims, "sub"), .roles = {}, .scope = "", .former_scopes = {}};
  if (caller.subject.empty() || caller.subject.size() > kMaxSubjectBytes) return Malformed();
  // Who reads a list of what was done must be able to trust its lines.
  if (absl::c_any_of(caller.subject, [](unsigned char c) { return absl::ascii_iscntrl(c); })) return Malformed();
  if (auto roles = claims.find("roles"); roles != claims.end() && roles->is_array()) {
    for (const json& word : *roles) {
      // A word that is no role of ours belongs to another system and gives nothing.
      const Role role = word.is_string() ? RoleOfWord(word.get_ref<const std::string&>()) : Role::ROLE_UNSPECIFIED;
      if (role != Role::ROLE_UNSPECIFIED && !caller.Has(role)) caller.roles.push_back(role);
    }
  }
  auto scope = claims.find("scope");
  if (scope == claims.end() || !scope->is_string()) {
    return NotAuthentic("TOKEN_SCOPE", "the token names no division; ask for one that does");
  }
  caller.scope = scope->get<std::string>();
  if (caller.scope == "*" || caller.scope.empty()) {
    caller.scope.clear();
    // All of the roles, or an officer of one county would become one of all by being an auditor as well.
    if (!caller.roles.empty() && std::all_of(caller.roles.begin(), caller.roles.end(), IsOfTheWholeCountry))
      return caller;
    return NotAuthentic("TOKEN_SCOPE", "only services, administrators and auditors work for the whole country");
  }
  if (!IsDivisionCode(caller.scope)) {
    return NotAuthentic("TOKEN_SCOPE", "the token's division is not a division code");
  }
  return caller;
}

}  // namespace

bool Caller::Has(Role role) const { return std::find(roles.begin(), roles.end(), role) != roles.end(); }
bool Caller::Covers(absl::string_view division) const {
  if (successions != nullptr) {
    const auto mine = [&](absl::string_view present) {
      return std::any_of(parts.begin(), parts.end(), [&](const std::string& part) { return IsWithin(present, part); });
    };
    const std::vector<std::string> became = successions->Parts(division);
    if (became.size() != 1 || became[0] != division) return std::all_of(became.begin(), became.end(), mine);
    if (parts.size() > 1) return mine(division);
  }
  return IsWithin(division, scope) ||
         std::any_of(former_scopes.begin(), former_scopes.end(),
                     [&](const std::string& former) { return IsWithin(division, former); });
}

std::string RoleWord(Role role) {
  const std::string& name = anju::type::v1::Role_Name(role);
  return name.size() > kRolePrefix.size() ? absl::AsciiStrToLower(name.substr(kRolePrefix.size())) : std::string();
}

std::string RoleWords(const Caller& caller) {
  return absl::StrJoin(caller.roles, ",", [](std::string* out, Role role) { out->append(RoleWord(role)); });
}

Role RoleOfWord(absl::string_view word) {
  for (int number = Role::ROLE_UNSPECIFIED + 1; number < anju::type::v1::Role_ARRAYSIZE; ++number) {
    if (RoleWord(static_cast<Role>(number)) == word) return static_cast<Role>(number);
  }
  return Role::ROLE_UNSPECIFIED;
}

struct Verifier::State {
  explicit State(const Clock& the_clock) : clock(the_clock) {}

  struct Remembered {
    Caller caller;
    absl::Time until;
  };

  // Reads the key file again if it has changed since the last look.
  void Refresh(absl::Time now) {
    if (path.empty() || now < absl::FromUnixNanos(next_look.load(std::memory_order_relaxed))) return;
    absl::MutexLock lock(&mutex);
    if (now < absl::FromUnixNanos(next_look.load(std::memory_order_relaxed))) return;
    next_look.store(absl::ToUnixNanos(now + kFileCheckEvery), std::memory_order_relaxed);
    const FileVersion found = VersionOf(path);
    if (found == version) return;
    auto read = ReadKeys(path);
    if (!read.ok()) {
      // Perhaps it is being written this moment; the version stays, so that the next look tries again.
      spdlog::warn("the key file cannot be used, the last good keys stay: {}", std::string(read.status().message()));
      return;
    }
    keys = std::make_shared<const KeySet>(*std::move(read));
    version = found;
    // A key that has gone must not live on in what it has signed.
    remembered.clear();
  }

  // What `of` has verified.
  void Remember(const std::shared_ptr<const KeySet>& of, std::string digest, const Caller& caller, absl::Time until,
                absl::Time now) {
    absl::MutexLock lock(&mutex);
    if (of != keys) return;
    if (remembered.size() >= kRememberedTokens) {
      absl::erase_if(remembered, [now](const auto& entry) { return entry.second.until <= now; });
      if (remembered.size() >= kRememberedTokens) remembered.clear();
    }
    remembered.insert_or_assign(std::move(digest), Remembered{.caller = caller, .until = until});
  }

  const Clock& clock;
  std::string path, issuer, audience;
  std::atomic<int64_t> next_look{0};
  // The library's keys are not made for several threads. Apart from the mutex, so that who is known does not wait for
  // who is not.
  absl::Mutex signing;
  absl::Mutex mutex ABSL_ACQUIRED_AFTER(signing);
  FileVersion version ABSL_GUARDED_BY(mutex);
  std::shared_ptr<const KeySet> keys ABSL_GUARDED_BY(mutex) = std::make_shared<const KeySet>();
  // By the SHA-256 of the token, so that a dump of memory does not hand out tokens in use.
  absl::flat_hash_map<std::string, Remembered> remembered ABSL_GUARDED_BY(mutex);
};

Verifier::Verifier(std::unique_ptr<State> state) : state_(std::move(state)) {}
Verifier::~Verifier() = default;

absl::StatusOr<std::unique_ptr<Verifier>> Verifier::Open(absl::string_view jwks_path, absl::string_view issuer,
                                                         absl::string_view audience, const Clock& clock) {
  auto state = std::make_unique<State>(clock);
  state->path = std::string(jwks_path);
  state->issuer = std::string(issuer);
  state->audience = std::string(audience);
  {
    absl::MutexLock lock(&state->mutex);
    // The version is taken first: a change between the two reads is then seen at the next look.
    state->version = VersionOf(state->path);
    ASSIGN_OR_RETURN(KeySet keys, ReadKeys(state->path));
    state->keys = std::make_shared<const KeySet>(std::move(keys));
  }
  return std::unique_ptr<Verifier>(new Verifier(std::move(state)));
}

std::unique_ptr<Verifier> Verifier::Closed(const Clock& clock) {
  return std::unique_ptr<Verifier>(new Verifier(std::make_unique<State>(clock)));
}

absl::StatusOr<Caller> Verifier::Verify(absl::string_view token, Worth worth) {
  State& state = *state_;
  const absl::Time now = state.clock.Now();
  state.Refresh(now);
  std::string digest = Sha256(token.substr(0, kMaxTokenBytes + 1));
  std::shared_ptr<const KeySet> keys;
  {
    absl::ReaderMutexLock lock(&state.mutex);
    auto found = state.remembered.find(digest);
    if (found != state.remembered.end() && now < found->second.until) return found->second.caller;
    keys = state.keys;
  }
  RETURN_IF_ERROR(worth());
  if (token.empty()) {
    return NotAuthentic("TOKEN_MISSING", "send a token: authorization: Bearer <token>");
  }
  if (token.size() > kMaxTokenBytes) return Malformed();

  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  if (parts.size() != 3 || !absl::c_all_of(parts, IsBase64Url)) return Malformed();
  const json header = DecodePart(parts[0]), claims = DecodePart(parts[1]);
  if (header.is_null() || claims.is_null()) return Malformed();
  // A token does not choose its own key, nor how it is to be read.
  for (const char* trick : {"jku", "jwk", "x5u", "x5c", "crit", "b64", "zip"}) {
    if (header.contains(trick)) return Malformed();
  }

  auto key = keys->find(Text(header, "kid"));
  if (key == keys->end() || Text(header, "alg") != key->second.algorithm) return BadSignature();
  {
    absl::MutexLock lock(&state.signing);
    if (!SignedWith(key->second, token)) return BadSignature();
  }

  const std::optional<absl::Time> expires = TimeClaim(claims, "exp"), begins = TimeClaim(claims, "nbf"),
                                  issued = TimeClaim(claims, "iat");
  if (!expires.has_value() || now >= *expires + kClockSkew) {
    return NotAuthentic("TOKEN_EXPIRED", "the token is no longer valid; ask for a new one");
  }
  for (const auto& start : {begins, issued}) {
    if (start.has_value() && (*start == absl::InfinitePast() || now < *start - kClockSkew)) {
      return NotAuthentic("TOKEN_NOT_YET_VALID", "the token is not valid yet; compare your clock with ours");
    }
  }
  if (Text(claims, "iss") != state.issuer) {
    return NotAuthentic("TOKEN_ISSUER", "the token comes from an issuer that is not accepted here");
  }
  if (!HasAudience(claims, state.audience)) {
    return NotAuthentic("TOKEN_AUDIENCE", "the token is meant for another system");
  }
  ASSIGN_OR_RETURN(Caller caller, CallerOf(claims));
  state.Remember(keys, std::move(digest), caller, *expires + kClockSkew, now);
  return caller;
}

}  // namespace anju::rpc
