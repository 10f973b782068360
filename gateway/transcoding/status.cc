#include "gateway/transcoding/status.h"

#include "absl/strings/str_cat.h"
#include "gateway/transcoding/json.h"
#include "google/rpc/status.pb.h"

namespace anju::gateway {

namespace {

google::rpc::Status Details(const grpc::Status& status) {
  google::rpc::Status error;
  if (status.error_details().empty() || !error.ParseFromString(status.error_details())) error.Clear();
  return error;
}

}  // namespace

int HttpStatus(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::OK:
      return 200;
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::OUT_OF_RANGE:
      return 400;
    case grpc::StatusCode::UNAUTHENTICATED:
      return 401;
    case grpc::StatusCode::PERMISSION_DENIED:
      return 403;
    case grpc::StatusCode::NOT_FOUND:
      return 404;
    case grpc::StatusCode::ALREADY_EXISTS:
    case grpc::StatusCode::ABORTED:
      return 409;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return 429;
    case grpc::StatusCode::CANCELLED:
      return 499;
    case grpc::StatusCode::UNIMPLEMENTED:
      return 501;
    case grpc::StatusCode::UNAVAILABLE:
      return 503;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return 504;
    default:
      return 500;
  }
}

std::string ErrorJson(const grpc::Status& status) {
  google::rpc::Status error = Details(status);
  error.set_code(status.error_code());
  error.set_message(status.error_message());
  if (auto json = WriteJson(error); json.ok()) return *std::move(json);
  // A detail of a kind that is not known here.
  error.clear_details();
  if (auto json = WriteJson(error); json.ok()) return *std::move(json);
  return absl::StrCat("{\"code\":", static_cast<int>(status.error_code()), "}");
}

}  // namespace anju::gateway
