#pragma once

#include "absl/status/status.h"
#include "services/platform/base/error.h"

namespace anju {

// Refuses with PAGE_TOKEN_MALFORMED a token that no answer to this question can have given.
inline absl::Status CheckPageToken(bool is_ours) {
  if (is_ours) return absl::OkStatus();
  return Refuse(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_MALFORMED",
                "give the token that came with the page before, and ask the same otherwise", "page_token");
}

}  // namespace anju
