#include "services/platform/rpc/status.h"

#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/platform/base/error.h"
#include "spdlog/spdlog.h"

namespace anju::rpc {
namespace {

using enum absl::StatusCode;

constexpr char kDomain[] = "anju";
constexpr char kField[] = "field";

// Faults whose text may say more about us than a caller needs to know.
bool IsOurs(absl::StatusCode code) { return code == kInternal || code == kUnknown || code == kDataLoss; }

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const std::string reason = ReasonOf(status), field = FieldOf(status), sentence(status.message());
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
      return Refuse(code, info.reason(), status.error_message(),
                    field == info.metadata().end() ? "" : absl::string_view(field->second));
    }
  }
  return absl::Status(code, status.error_message());
}

}  // namespace anju::rpc
