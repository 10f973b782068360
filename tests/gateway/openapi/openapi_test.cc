#include "gateway/openapi/openapi.h"

#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "gateway/openapi/comments.h"
#include "protos/contracts.h"

namespace anju::gateway {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

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
  EXPECT_TRUE(api_["paths"]["/v1/cases:declare"]["post"]["requestBody"]["required"]);
  const json& report = api_["components"]["schemas"]["anju.registry.v1.PersonRecord"];
  EXPECT_EQ(report["properties"]["id_number"]["title"], "身份证号");
  EXPECT_EQ(report["properties"]["id_number"]["x-personal"], true);
  const json& figure = api_["components"]["schemas"]["anju.gateway.v1.Figure"]["properties"];
  EXPECT_EQ(figure["value"]["type"], "string");
  EXPECT_EQ(figure["value"]["format"], "int64");
}

TEST_F(OpenApiTest, SaysWhatMayStandInTheHead) {
  const auto names = [](const json& operation) {
    std::map<std::string, bool> found;
    for (const auto& parameter : operation["parameters"]) found[parameter["name"]] = parameter.value("required", false);
    return found;
  };
  const auto& overview = api_["paths"]["/v1/overview"]["get"];
  EXPECT_THAT(names(overview), IsSupersetOf({Pair("division", true), Pair("month", true), Pair("from_month", false),
                                             Pair("If-None-Match", false)}));
  EXPECT_TRUE(overview["responses"].contains("304"));
  EXPECT_TRUE(overview["responses"]["200"]["headers"].contains("ETag"));
  const auto& household = api_["paths"]["/v1/households/{id}"]["get"];
  EXPECT_THAT(names(household), UnorderedElementsAre(Pair("id", true), Pair("X-Anju-Purpose", false)));
  EXPECT_FALSE(household["responses"].contains("304"));
  // What cannot be masked is not answered without it.
  const auto& evidence = api_["paths"]["/v1/evidence/{sha256}"]["get"];
  EXPECT_THAT(names(evidence), IsSupersetOf({Pair("sha256", true), Pair("X-Anju-Purpose", true)}));
  EXPECT_TRUE(api_["components"]["responses"]["Error"]["headers"].contains("Retry-After"));
}

TEST_F(OpenApiTest, EverythingIsDescribed) {
  const auto is_described = [](const json& object) { return !object.value("description", "").empty(); };
  std::set<std::string> bare;
  int operations = 0, parameters = 0, properties = 0, values = 0;
  for (const auto& [path, verbs] : api_["paths"].items()) {
    for (const auto& [verb, operation] : verbs.items()) {
      ++operations;
      const std::string id = operation["operationId"];
      if (!is_described(operation)) bare.insert(id);
      for (const json& parameter : operation.value("parameters", json::array())) {
        ++parameters;
        if (!is_described(parameter)) bare.insert(id + " parameter " + parameter["name"].get<std::string>());
      }
    }
  }
  for (const auto& [name, schema] : api_["components"]["schemas"].items()) {
    if (!is_described(schema)) bare.insert(name);
    for (const json& value : schema.value("enum", json::array())) {
      ++values;
      // A line of its own: what it is called in a file, if it stands in one, a colon, and what it means.
      const std::string description = schema.value("description", "");
      const size_t at = description.find("- `" + value.get<std::string>() + "`");
      if (at == std::string::npos || description.find(": ", at) >= description.find('\n', at)) {
        bare.insert(name + "." + value.get<std::string>());
      }
    }
  }
  for (const auto& [kind, components] : api_["components"].items()) {
    for (const auto& [name, component] : components.items()) {
      Walk(component, [&, name = name](const json& object) {
        if (!object.contains("properties")) return;
        for (const auto& [field, property] : object["properties"].items()) {
          ++properties;
          if (!is_described(property)) bare.insert(name + "." + field);
        }
      });
    }
  }
  for (const json& tag : api_["tags"]) {
    if (!is_described(tag)) bare.insert(tag["name"]);
  }
  EXPECT_GT(operations, 250);
  EXPECT_GT(parameters, 500);
  EXPECT_GT(properties, 1900);
  EXPECT_GT(values, 370);
  EXPECT_TRUE(bare.empty()) << "no description has:\n" << absl::StrJoin(bare, "\n");
}

TEST_F(OpenApiTest, AFieldMeansWhatItsNameMeans) {
  const auto meaning = [](const char* message, const char* field) {
    const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(message);
    return std::string(MeaningOf(*type->FindFieldByName(field)));
  };
  const auto comment = [](const char* name) { return std::string(CommentOf(name)); };
  EXPECT_EQ(comment("anju.nothing"), "");
  // Its own comment, then the vocabulary's for its name, then its type's.
  EXPECT_EQ(meaning("anju.type.v1.ImportBatch", "division"), comment("anju.type.v1.ImportBatch.division"));
  EXPECT_NE(meaning("anju.type.v1.ImportBatch", "division"), comment("anju.type.v1.Vocabulary.division"));
  EXPECT_EQ(meaning("anju.registry.v1.GetHouseholdRequest", "id"), comment("anju.type.v1.Vocabulary.id"));
  EXPECT_NE(meaning("anju.registry.v1.GetHouseholdRequest", "id"), "");
  EXPECT_EQ(meaning("anju.type.v1.SubsidyItem", "inputs"), comment("anju.type.v1.SubsidyItem.inputs"));
  EXPECT_EQ(meaning("anju.registry.v1.ListHouseholdsResponse", "households"), comment("anju.registry.v1.Household"));
  // A moment and a day of the same name are two things.
  EXPECT_EQ(meaning("anju.indicators.v1.RecountResponse", "as_of"), comment("anju.type.v1.Vocabulary.as_of"));
  EXPECT_NE(meaning("anju.registry.v1.PopulationRecord", "as_of"), comment("anju.type.v1.Vocabulary.as_of"));
}

TEST_F(OpenApiTest, EveryWordOfTheVocabularyIsMeantTwice) {
  std::set<const google::protobuf::FileDescriptor*> files;
  for (const auto* contract : AllContracts()) files.insert(contract->file());
  std::multiset<absl::string_view> meant;
  for (const auto* file : files) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      const auto& type = *file->message_type(i);
      for (int f = 0; f < type.field_count(); ++f) meant.insert(MeaningOf(*type.field(f)));
    }
  }
  const auto& vocabulary =
      *google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName("anju.type.v1.Vocabulary");
  for (int i = 0; i < vocabulary.field_count(); ++i) {
    const std::string& word = vocabulary.field(i)->full_name();
    EXPECT_NE(CommentOf(word), "") << word;
    EXPECT_GE(meant.count(CommentOf(word)), 2U) << word;
  }
}

}  // namespace
}  // namespace anju::gateway
