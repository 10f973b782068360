#include "services/registry/domain/identity_number.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/platform/base/id_number.h"

namespace anju::registry {

using enum absl::StatusCode;

absl::StatusOr<Identity> ReadIdNumber(absl::string_view id_number) {
  const bool digits = id_number.size() == 18 && std::all_of(id_number.begin(), id_number.end() - 1,
                                                            [](unsigned char c) { return absl::ascii_isdigit(c); });
  absl::StatusOr<Date> born_on = absl::InvalidArgumentError("");
  if (digits) {
    born_on =
        ParseDate(absl::StrCat(id_number.substr(6, 4), "-", id_number.substr(10, 2), "-", id_number.substr(12, 2)));
  }
  if (!born_on.ok()) {
    return Refuse(kInvalidArgument, "ID_NUMBER_MALFORMED",
                  "an ID number has 17 digits with a birth date that exists, and a check digit", "id_number");
  }
  if (IdCheckDigit(id_number.substr(0, 17)) != id_number[17]) {
    return Refuse(kInvalidArgument, "ID_NUMBER_CHECKSUM", "the check digit does not agree: look for a mistyped digit",
                  "id_number");
  }
  return Identity{.born_on = *born_on, .sex = (id_number[16] - '0') % 2 == 1 ? Sex::kMale : Sex::kFemale};
}

}  // namespace anju::registry
