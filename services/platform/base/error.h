#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace anju {

// A refusal: the domain says no. `reason` is a stable word that is part of the API, `sentence` tells the caller what to
// do and holds no personal data. `field` names the part of the request that is at fault, empty when it is the whole.
absl::Status Refuse(absl::StatusCode code, absl::string_view reason, absl::string_view sentence,
                    absl::string_view field = "");

// The reason and the field of a refusal; empty for a fault and for OK.
std::string ReasonOf(const absl::Status& status);
std::string FieldOf(const absl::Status& status);
bool IsRefusal(const absl::Status& status);

namespace internal {
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);
}  // namespace internal

}  // namespace anju

// States what must be true. A false belief is a bug: the process says where and stops.
#define ANJU_CHECK(condition) \
  (static_cast<bool>(condition) ? void(0) : ::anju::internal::CheckFailed(#condition, __FILE__, __LINE__))

#define ANJU_JOIN_(a, b) a##b
#define ANJU_JOIN(a, b) ANJU_JOIN_(a, b)

#define RETURN_IF_ERROR(expression)                                         \
  do {                                                                      \
    if (absl::Status status_ = (expression); !status_.ok()) return status_; \
  } while (false)

#define ASSIGN_OR_RETURN(left, expression) ANJU_ASSIGN_OR_RETURN_(ANJU_JOIN(status_or_, __LINE__), left, expression)
#define ANJU_ASSIGN_OR_RETURN_(temporary, left, expression) \
  auto temporary = (expression);                            \
  if (!temporary.ok()) return temporary.status();           \
  left = *std::move(temporary)
