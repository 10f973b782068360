#include "gateway/openapi/openapi.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "gateway/openapi/comments.h"
#include "protos/contracts.h"

namespace anju::gateway {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const std::vector<std::string> kServices = {"registry", "relocation", "microcredit", "workshops", "channels"};

class OpenApiTest : public ::testing::Test {
 protected:
  // Calls `look` with every object of the document.
  template <typename Look>
  static void Walk(const json& at, const Look& look) {
    if (at.is_object()) look(at);
    for (const json& inner : at) {
      if (inner.is_structured()) Walk(inner, look);
    }
  }

  const Transcoder transcoder_{kServices};
  const json api_ = json::parse(DescribeApi(transcoder_, kServices));
};

TEST_F(OpenApiTest, EveryMethodIsThereOnce) {
  std::set<std::string> ids;
  for (const auto& [path, verbs] : api_["paths"].items()) {
    EXPECT_TRUE(absl::StartsWith(path, "/")) << path;
    for (const auto& [verb, operation] : verbs.items()) {
      EXPECT_TRUE(ids.insert(operation["operationId"]).second) << operation["operationId"];
      EXPECT_TRUE(operation["responses"].contains("200")) << path;
      EXPECT_FALSE(operation.value("summary", "").empty()) << path;
      if (!operation.contains("tags")) continue;
      // For some roles, or for anybody without a token.
      EXPECT_EQ(operation["x-roles"].empty(), operation.contains("security")) << path;
      // Each variable of the path is a parameter, and no parameter is given twice.
      std::set<std::string> parameters;
      for (const json& parameter : operation.value("parameters", json::array())) {
        EXPECT_TRUE(
            parameters.insert(parameter["in"].get<std::string>() + parameter["name"].get<std::string>()).second);
        if (parameter["in"] == "path") {
          EXPECT_TRUE(parameter["required"]);
          EXPECT_THAT(path, HasSubstr("{" + parameter["name"].get<std::string>() + "}"));
        }
      }
    }
  }
  for (const auto* contract : AllContracts()) {
    if (contract->full_name() == "anju.feed.v1.Feed") continue;
    for (int i = 0; i < contract->method_count(); ++i) {
      EXPECT_TRUE(ids.contains(contract->method(i)->full_name())) << contract->method(i)->full_name();
    }
  }
}

TEST_F(OpenApiTest, EveryReferenceLeadsSomewhere) {
  int references = 0;
  Walk(api_, [&](const json& object) {
    if (!object.contains("$ref") || !object["$ref"].is_string()) return;
    const std::string text = object["$ref"];
    ASSERT_TRUE(absl::StartsWith(text, "#/")) << text;
    EXPECT_TRUE(api_.contains(json::json_pointer(text.substr(1)))) << text;
    ++references;
  });
  EXPECT_GT(references, 500);
}

TEST_F(OpenApiTest, SaysWhatTheContractsSay) {
  EXPECT_EQ(api_["openapi"], "3.1.0");
  EXPECT_EQ(api_["components"]["securitySchemes"]["token"]["scheme"], "bearer");
  const json& household = api_["paths"]["/v1/households/{id}"]["get"];
  EXPECT_EQ(household["summary"], "Reads one household.");
  EXPECT_THAT(household["description"].get<std::string>(), HasSubstr("HOUSEHOLD_NOT_FOUND"));
  EXPECT_THAT(household["x-roles"], ::testing::Contains("officer"));
  const json& upload = api_["paths"]["/v1/households:import"]["post"]["requestBody"]["content"];
  EXPECT_EQ(upload["text/csv"]["schema"]["x-columns"][0]["label"], "户编号");
  EXPECT_TRUE(upload.contains("application/x-ndjson"));
  const json& report = api_["components"]["schemas"]["anju.registry.v1.PersonRecord"];
  EXPECT_EQ(report["properties"]["id_number"]["title"], "身份证号");
  EXPECT_EQ(report["properties"]["id_number"]["x-personal"], true);
  const json& figure = api_["components"]["schemas"]["anju.gateway.v1.Figure"]["properties"];
  EXPECT_EQ(figure["value"]["type"], "string");
  EXPECT_EQ(figure["value"]["format"], "int64");
}

TEST_F(OpenApiTest, NearlyEverythingIsDescribed) {
  int methods = 0, described = 0;
  for (const auto* contract : AllContracts()) {
    for (int i = 0; i < contract->method_count(); ++i) {
      ++methods;
      described += CommentOf(contract->method(i)->full_name()).empty() ? 0 : 1;
    }
  }
  EXPECT_EQ(methods, described);
  EXPECT_EQ(CommentOf("anju.nothing"), "");
}

}  // namespace
}  // namespace anju::gateway
