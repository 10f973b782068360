#include "gateway/cli/token.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gateway/cli/files.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/base/ids.h"
#include "services/platform/rpc/identity.h"
#include "services/platform/rpc/keys.h"

namespace anju::cli {
namespace {

using enum absl::StatusCode;

constexpr absl::string_view kPrivate = "/signing.jwk";
constexpr absl::string_view kPublic = "/jwks.json";
constexpr int kMaxHours = 24 * 366;

}  // namespace

absl::Status InitKeys(absl::string_view directory) {
  const std::string folder(directory), secret = absl::StrCat(folder, kPrivate), open = absl::StrCat(folder, kPublic);
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return absl::UnavailableError(absl::StrCat("cannot make the directory ", folder));
  if (!std::filesystem::exists(secret)) {
    // The id tells keys apart that follow each other, so that both can be in one JWKS.
    ASSIGN_OR_RETURN(const std::string key, rpc::MakeKey("ES256", NewId(absl::Now()).substr(0, 16)));
    RETURN_IF_ERROR(WriteFile(secret, key, 0600));
    std::filesystem::remove(open, error);
  }
  if (std::filesystem::exists(open)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string key, ReadFile(secret));
  ASSIGN_OR_RETURN(const std::string keys, rpc::PublicKeys({key}));
  return WriteFile(open, keys, 0644);
}

absl::StatusOr<std::string> MakeToken(const TokenRequest& request, absl::Time now) {
  using anju::type::v1::Role;
  if (request.subject.empty()) return Refuse(kInvalidArgument, "SUBJECT_MISSING", "say who by --subject", "subject");
  if (request.roles.empty()) return Refuse(kInvalidArgument, "ROLE_UNKNOWN", "say as what by --role", "role");
  if (request.hours < 1 || request.hours > kMaxHours) {
    return Refuse(kInvalidArgument, "HOURS_OUT_OF_RANGE", absl::StrCat("a token is for 1 to ", kMaxHours, " hours"),
                  "hours");
  }
  bool may_have_all = true;
  for (const std::string& word : request.roles) {
    const Role role = rpc::RoleOfWord(word);
    may_have_all &= role == Role::ROLE_SERVICE || role == Role::ROLE_ADMIN || role == Role::ROLE_AUDITOR;
    if (role != Role::ROLE_UNSPECIFIED) continue;
    std::vector<std::string> words;
    for (int i = 1; i < anju::type::v1::Role_ARRAYSIZE; ++i) words.push_back(rpc::RoleWord(static_cast<Role>(i)));
    return Refuse(kInvalidArgument, "ROLE_UNKNOWN", absl::StrCat("the roles are ", absl::StrJoin(words, ", ")), "role");
  }
  const bool all = request.division.empty() || request.division == "*";
  if (!all && !IsDivisionCode(request.division)) {
    return Refuse(kInvalidArgument, "DIVISION_MALFORMED", "a division code has 2, 4, 6, 9 or 12 digits", "division");
  }
  if (all && !may_have_all) {
    return Refuse(kInvalidArgument, "SCOPE_TOO_WIDE",
                  "name a division; only services, administrators and auditors work for the whole country", "division");
  }
  ASSIGN_OR_RETURN(const std::string key, ReadFile(absl::StrCat(request.keys, kPrivate)));
  return rpc::Sign(key, {.subject = request.subject,
                         .roles = request.roles,
                         .scope = all ? "*" : request.division,
                         .issued_at = now,
                         .expires_at = now + absl::Hours(request.hours)});
}

}  // namespace anju::cli
