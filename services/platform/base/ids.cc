#include "services/platform/base/ids.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "services/platform/base/error.h"

namespace anju {

namespace {

template <int kBytes>
std::string RandomHex() {
  unsigned char random[kBytes];
  ANJU_CHECK(RAND_bytes(random, kBytes) == 1);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(random), kBytes));
}

}  // namespace

std::string NewId(absl::Time now) { return absl::StrFormat("%012x", absl::ToUnixMillis(now)) + RandomHex<10>(); }

bool IsId(absl::string_view text) {
  return text.size() == 32 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f');
         });
}

std::string NewSecret() { return RandomHex<32>(); }

std::string Sha256(absl::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  ANJU_CHECK(EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr) == 1);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), size));
}

}  // namespace anju
