#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/error.h"
#include "services/platform/rpc/guard.h"
#include "services/platform/rpc/identity.h"
#include "services/platform/rpc/keys.h"

namespace anju::testing {

// A directory that is gone after the test.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "anju-test-XXXXXX").string();
    ANJU_CHECK(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  std::string Path(const std::string& name) const { return path_ + "/" + name; }
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(Path(name), std::ios::binary) << text;
    return Path(name);
  }

 private:
  std::string path_;
};

// A key, a verifier that knows it, a guard, and tokens for any role.
class TestIdentity {
 public:
  explicit TestIdentity(const Clock& clock) : clock_(clock) {
    key_ = *rpc::MakeKey("ES256", "test");
    jwks_path_ = directory_.Write("jwks.json", *rpc::PublicKeys({key_}));
    verifier_ = *rpc::Verifier::Open(jwks_path_, "anju", "anju", clock);
    guard_ = std::make_unique<rpc::Guard>(*verifier_, clock, "test");
  }

  std::string Token(const std::vector<std::string>& roles, const std::string& scope,
                    const std::string& subject = "tester") const {
    return *rpc::Sign(key_, {.subject = subject,
                             .roles = roles,
                             .scope = scope,
                             .issued_at = clock_.Now(),
                             .expires_at = clock_.Now() + absl::Hours(1)});
  }
  std::string Bearer(const std::vector<std::string>& roles, const std::string& scope) const {
    return absl::StrCat("Bearer ", Token(roles, scope));
  }

  rpc::Verifier& verifier() { return *verifier_; }
  rpc::Guard& guard() { return *guard_; }
  const std::string& key() const { return key_; }
  const std::string& jwks_path() const { return jwks_path_; }
  const TemporaryDirectory& directory() const { return directory_; }

 private:
  const Clock& clock_;
  TemporaryDirectory directory_;
  std::string key_, jwks_path_;
  std::unique_ptr<rpc::Verifier> verifier_;
  std::unique_ptr<rpc::Guard> guard_;
};

}  // namespace anju::testing
