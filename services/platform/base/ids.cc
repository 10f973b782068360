#include "services/platform/base/ids.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"

namespace anju {

namespace {

std::string Hex(const unsigned char* bytes, size_t count) {
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(bytes), count));
}

}  // namespace

std::string NewId(absl::Time now) {
  constexpr size_t kRandom = 10;
  // Every call of the gateway has an id; to draw at all takes far longer than to draw more.
  thread_local unsigned char drawn[64 * kRandom];
  thread_local size_t used = sizeof(drawn);
  if (used == sizeof(drawn)) {
    ANJU_CHECK(RAND_bytes(drawn, sizeof(drawn)) == 1);
    used = 0;
  }
  const unsigned char* const random = drawn + used;
  used += kRandom;
  return absl::StrCat(absl::Hex(absl::ToUnixMillis(now), absl::kZeroPad12), Hex(random, kRandom));
}

bool IsId(absl::string_view text) {
  return text.size() == 32 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f');
         });
}

std::string NewSecret() {
  unsigned char random[32];
  ANJU_CHECK(RAND_bytes(random, sizeof(random)) == 1);
  return Hex(random, sizeof(random));
}

std::string Sha256(absl::string_view text) {
  // Every call of the gateway has its token hashed; to look the algorithm up by its name takes longer than to apply it.
  static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  thread_local const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  ANJU_CHECK(EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1 &&
             EVP_DigestUpdate(context.get(), text.data(), text.size()) == 1 &&
             EVP_DigestFinal_ex(context.get(), digest, &size) == 1);
  return Hex(digest, size);
}

}  // namespace anju
