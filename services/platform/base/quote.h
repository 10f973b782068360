#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace anju {

// Appends `text` as a JSON string, with its quotes. Bytes that are not UTF-8 are passed on as they are.
void AppendQuoted(absl::string_view text, std::string& out);

}  // namespace anju
