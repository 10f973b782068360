#include "services/platform/base/error.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/cord.h"

namespace anju {
namespace {

constexpr char kReason[] = "anju/reason";
constexpr char kField[] = "anju/field";

std::string Payload(const absl::Status& status, const char* url) {
  auto payload = status.GetPayload(url);
  return payload.has_value() ? std::string(*payload) : std::string();
}

}  // namespace

absl::Status Refuse(absl::StatusCode code, absl::string_view reason, absl::string_view sentence,
                    absl::string_view field) {
  absl::Status status(code, sentence);
  status.SetPayload(kReason, absl::Cord(reason));
  if (!field.empty()) status.SetPayload(kField, absl::Cord(field));
  return status;
}

std::string ReasonOf(const absl::Status& status) { return Payload(status, kReason); }
std::string FieldOf(const absl::Status& status) { return Payload(status, kField); }
bool IsRefusal(const absl::Status& status) { return status.GetPayload(kReason).has_value(); }

namespace internal {

void CheckFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: this must be true and is not: %s\n", file, line, condition);
  std::abort();
}

}  // namespace internal
}  // namespace anju
