#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

// What a caller says in kPurposeHeader, see guard.h.
namespace anju::rpc {

// What was written, percent-encoded, without the blanks around it; nothing when it has more than 100 characters, or
// without blanks less than 6 or less than 4 different ones, is no text, or holds as many digits as an ID number. A
// blank is whatever nobody sees: spaces of any width, also of none.
std::optional<std::string> ReadPurpose(absl::string_view stated);

// As metadata takes it: what is not printable ASCII is percent-encoded. A percent sign stays, for it may have been.
std::string AsMetadata(absl::string_view text);

}  // namespace anju::rpc
