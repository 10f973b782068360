#pragma once

#include <string>

#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/support/status.h"
#include "tests/support/http_client.h"

namespace anju::testing {

// The reason that an answer over HTTP tells, when it tells it as every answer that is no success must: as a
// google.rpc.Status, with an ErrorInfo first and with a delay where Retry-After says that there is one. Else what is
// wrong with it, which is no reason's name.
inline std::string ToldReason(const Answer& answer) {
  const nlohmann::json error = answer.Json();
  if (!error.is_object() || !error.contains("code") || error.value("message", "").empty()) return "no Status";
  if (!error.contains("details")) return "no details";
  const nlohmann::json& first = error["details"][0];
  if (first.value("@type", "") != "type.googleapis.com/google.rpc.ErrorInfo") return "no ErrorInfo";
  if (first.value("domain", "") != "anju") return "no domain";
  bool has_delay = false;
  for (const auto& detail : error["details"]) {
    has_delay = has_delay || detail.value("@type", "") == "type.googleapis.com/google.rpc.RetryInfo";
  }
  if (has_delay != absl::StrContains(answer.head, "\r\nRetry-After: ")) return "one delay of two";
  if ((answer.status == 429 || answer.status == 503) && !has_delay) return "no delay";
  return first.value("reason", "no reason");
}

// The same over gRPC.
inline std::string ToldReason(const grpc::Status& status) {
  google::rpc::Status error;
  google::rpc::ErrorInfo info;
  if (!error.ParseFromString(status.error_details()) || error.code() != status.error_code()) return "no Status";
  if (error.details_size() == 0 || !error.details(0).UnpackTo(&info)) return "no ErrorInfo";
  if (info.domain() != "anju") return "no domain";
  const bool has_delay = error.details(error.details_size() - 1).Is<google::rpc::RetryInfo>();
  const bool needs_delay =
      status.error_code() == grpc::StatusCode::UNAVAILABLE || status.error_code() == grpc::StatusCode::ABORTED;
  if (needs_delay && !has_delay) return "no delay";
  return info.reason();
}

}  // namespace anju::testing
