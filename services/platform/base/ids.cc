#include "services/platform/base/ids.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "services/platform/base/error.h"

namespace anju {

std::string NewId(absl::Time now) {
  unsigned char random[10];
  ANJU_CHECK(RAND_bytes(random, sizeof random) == 1);
  return absl::StrFormat("%012x", absl::ToUnixMillis(now)) +
         absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(random), sizeof random));
}

std::string Sha256(absl::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  ANJU_CHECK(EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr) == 1);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), size));
}

}  // namespace anju
