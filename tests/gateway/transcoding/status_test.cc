#include "gateway/transcoding/status.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "services/platform/base/error.h"
#include "services/platform/rpc/status.h"

namespace anju::gateway {
namespace {

using enum absl::StatusCode;
using nlohmann::json;

TEST(ErrorJsonTest, CarriesTheDetails) {
  const json error =
      json::parse(ErrorJson(rpc::ToGrpc(Refuse(kNotFound, "DIVISION_NOT_FOUND", "there is none", "division"))));
  EXPECT_EQ(error["code"], 5);
  EXPECT_EQ(error["message"], "there is none");
  EXPECT_EQ(error["details"][0]["@type"], "type.googleapis.com/google.rpc.ErrorInfo");
  EXPECT_EQ(error["details"][0]["reason"], "DIVISION_NOT_FOUND");
  EXPECT_EQ(error["details"][1]["field_violations"][0]["field"], "division");
}

TEST(ErrorJsonTest, SurvivesRubbishDetails) {
  EXPECT_EQ(json::parse(ErrorJson(grpc::Status(grpc::StatusCode::ABORTED, "lost", "\xff\xff")))["message"], "lost");
  EXPECT_EQ(json::parse(ErrorJson(grpc::Status(grpc::StatusCode::ABORTED, "\xff\xfe")))["code"], 10);
}

TEST(HttpStatusTest, FollowsGoogleRpcCode) {
  for (int code = 0; code <= 16; ++code) {
    EXPECT_GE(HttpStatus(static_cast<grpc::StatusCode>(code)), 200);
  }
  EXPECT_EQ(HttpStatus(grpc::StatusCode::UNAUTHENTICATED), 401);
  EXPECT_EQ(HttpStatus(grpc::StatusCode::PERMISSION_DENIED), 403);
  EXPECT_EQ(HttpStatus(grpc::StatusCode::NOT_FOUND), 404);
  EXPECT_EQ(HttpStatus(grpc::StatusCode::UNAVAILABLE), 503);
}

}  // namespace
}  // namespace anju::gateway
