#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

// What a caller says in kPurposeHeader, see guard.h.
namespace anju::rpc {

// What was written, percent-encoded; nothing when it has less than 6 or more than 100 characters, is no text, or holds
// as many digits as an ID number.
std::optional<std::string> ReadPurpose(absl::string_view stated);

// As metadata takes it: what is not printable ASCII is percent-encoded. A percent sign stays, for it may have been.
std::string AsMetadata(absl::string_view text);

}  // namespace anju::rpc
