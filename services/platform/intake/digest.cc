#include "services/platform/intake/digest.h"

#include "absl/strings/str_cat.h"
#include "services/platform/base/ids.h"

namespace anju::intake {

std::string DigestAfter(absl::string_view before, absl::string_view request) {
  return Sha256(absl::StrCat(before, ":", request));
}

}  // namespace anju::intake
