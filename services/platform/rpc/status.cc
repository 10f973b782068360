#include "services/platform/rpc/status.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/platform/base/error.h"
#include "services/platform/base/words.h"
#include "spdlog/spdlog.h"

namespace anju::rpc {
namespace {

using enum absl::StatusCode;

constexpr char kField[] = "field";
// The payload of a status that says after how many milliseconds one may try again.
constexpr char kRetry[] = "anju/retry";

// Faults whose text may say more about us than a caller needs to know.
bool IsOurs(absl::StatusCode code) { return code == kInternal || code == kUnknown || code == kDataLoss; }

}  // namespace

absl::Status RetryAfter(absl::Status refusal, absl::Duration delay) {
  const absl::Duration whole = absl::Ceil(delay, absl::Milliseconds(1));
  refusal.SetPayload(kRetry, absl::Cord(absl::StrCat(absl::ToInt64Milliseconds(whole))));
  return refusal;
}

std::optional<absl::Duration> RetryDelay(const absl::Status& status) {
  const auto payload = status.GetPayload(kRetry);
  int64_t ms = 0;
  if (!payload.has_value() || !absl::SimpleAtoi(std::string(*payload), &ms)) return std::nullopt;
  return absl::Milliseconds(ms);
}

std::optional<absl::Duration> RetryDelay(const grpc::Status& status) {
  google::rpc::Status details;
  if (status.error_details().empty() || !details.ParseFromString(status.error_details())) return std::nullopt;
  for (const auto& detail : details.details()) {
    google::rpc::RetryInfo info;
    if (!detail.UnpackTo(&info)) continue;
    return absl::Seconds(info.retry_delay().seconds()) + absl::Nanoseconds(info.retry_delay().nanos());
  }
  return std::nullopt;
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const std::string reason = ReasonOf(status), field = FieldOf(status), sentence = HideNumbers(status.message());
  if (reason.empty()) {
    if (!IsOurs(status.code())) return {static_cast<grpc::StatusCode>(status.code()), sentence};
    spdlog::error("a call failed: {}", status.ToString());
    return {grpc::StatusCode::INTERNAL, "internal error"};
  }
  google::rpc::Status details;
  details.set_code(static_cast<int>(status.code()));
  details.set_message(sentence);
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain(kDomain);
  if (!field.empty()) (*info.mutable_metadata())[kField] = field;
  details.add_details()->PackFrom(info);
  if (!field.empty()) {
    google::rpc::BadRequest bad;
    auto* violation = bad.add_field_violations();
    violation->set_field(field);
    violation->set_description(sentence);
    details.add_details()->PackFrom(bad);
  }
  if (const std::optional<absl::Duration> delay = RetryDelay(status); delay.has_value()) {
    const int64_t ms = absl::ToInt64Milliseconds(*delay);
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(ms / 1000);
    retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(ms % 1000 * 1'000'000));
    details.add_details()->PackFrom(retry);
  }
  return {static_cast<grpc::StatusCode>(status.code()), sentence, details.SerializeAsString()};
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  google::rpc::Status details;
  if (!status.error_details().empty() && details.ParseFromString(status.error_details())) {
    for (const auto& detail : details.details()) {
      google::rpc::ErrorInfo info;
      if (!detail.UnpackTo(&info) || info.domain() != kDomain || info.reason().empty()) continue;
      auto field = info.metadata().find(kField);
      absl::Status refusal = Refuse(code, info.reason(), status.error_message(),
                                    field == info.metadata().end() ? "" : absl::string_view(field->second));
      const std::optional<absl::Duration> delay = RetryDelay(status);
      return delay.has_value() ? RetryAfter(std::move(refusal), *delay) : refusal;
    }
  }
  return absl::Status(code, status.error_message());
}

}  // namespace anju::rpc
