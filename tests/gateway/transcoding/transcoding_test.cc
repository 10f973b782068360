#include "gateway/transcoding/transcoding.h"

#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "anju/gateway/v1/gateway.pb.h"
#include "anju/indicators/v1/indicators.pb.h"
#include "anju/microcredit/v1/microcredit.pb.h"
#include "anju/registry/v1/registry.pb.h"
#include "protos/contracts.h"
#include "tests/support/refused.h"

namespace anju::gateway {
namespace {

using ::anju::testing::RefusedWith;
using ::testing::ElementsAre;
using enum absl::StatusCode;
using nlohmann::json;

const Transcoder& Sample() {
  static const Transcoder transcoder({"registry", "relocation", "microcredit", "workshops", "channels"});
  return transcoder;
}

TEST(TranscoderTest, FindsEveryMethodByItsAddress) {
  struct Row {
    const char* http_method;
    const char* target;
    const char* method;
    const char* service;
  };
  for (const Row& row : std::vector<Row>{
           {"GET", "/v1/overview?division=45&month=2018-10", "anju.gateway.v1.Gateway.GetOverview", ""},
           {"GET", "/v1/indicators:list?service=registry", "anju.indicators.v1.Indicators.ListIndicators", "registry"},
           {"POST", "/v1/households:import", "anju.registry.v1.Registry.ImportHouseholds", ""},
           {"GET", "/v1/indicators", "anju.gateway.v1.Gateway.ListAllIndicators", ""},
           {"GET", "/v1/households/h1/file", "anju.gateway.v1.Gateway.GetHouseholdFile", ""},
           {"GET", "/v1/households/h1", "anju.registry.v1.Registry.GetHousehold", ""},
           {"GET", "/v1/households", "anju.registry.v1.Registry.ListHouseholds", ""},
           {"POST", "/v1/households/h1:reclassify", "anju.registry.v1.Registry.ReclassifyHousehold", ""},
           {"POST", "/v1/cases:moveIn", "anju.relocation.v1.Relocation.MoveInCases", ""},
           {"GET", "/v1/indicators/microcredit.loan_balance/contributors",
            "anju.indicators.v1.Indicators.ListContributors", "microcredit"},
           {"POST", "/v1/indicators:recount?service=channels", "anju.indicators.v1.Indicators.Recount", "channels"},
           {"GET", "/v1/indicators:query?service=registry", "anju.indicators.v1.Indicators.QueryIndicators",
            "registry"},
           {"GET", "/v1/flows/relocation.case?service=relocation", "anju.approval.v1.Approvals.GetFlow", "relocation"},
           {"POST", "/v1/indicators:report", "anju.indicators.v1.Indicators.ReportFigure", ""},
           {"GET", "/v1/decisions:explain?service=relocation", "anju.policy.v1.Policies.ExplainDecision", "relocation"},
           {"POST", "/v1/parameters:set?service=channels", "anju.policy.v1.Policies.SetParameter", "channels"},
       }) {
    const auto match = Sample().Find(row.http_method, row.target);
    ASSERT_TRUE(match.ok()) << row.target << ": " << match.status();
    if (!absl::StrContains(row.method, "MoveIn")) {
      EXPECT_EQ(match->method->full_name(), row.method) << row.target;
    }
    EXPECT_EQ(match->service, row.service) << row.target;
  }
}

TEST(TranscoderTest, TellsAWrongAddressFromAWrongMethod) {
  for (const char* target : {"/v1/nothing", "/", "/v1/../etc/passwd"}) {
    EXPECT_THAT(Sample().Find("GET", target), RefusedWith(kNotFound, "ADDRESS_UNKNOWN")) << target;
  }
  const auto wrong = Sample().Find("DELETE", "/v1/overview");
  EXPECT_THAT(wrong, RefusedWith(kUnimplemented, "HTTP_METHOD_NOT_ALLOWED"));
  EXPECT_EQ(FieldOf(wrong.status()), "GET, HEAD, OPTIONS");
  EXPECT_THAT(Sample().Find("GET", "/v1/overview?a=%"), RefusedWith(kInvalidArgument, "QUERY_MALFORMED"));
}

TEST(TranscoderTest, ReadsTheQueryIntoFields) {
  const auto overview =
      Sample().Find("GET", "/v1/overview?division=450328&month=2018-10&children=true&fromMonth=2018-01");
  v1::GetOverviewRequest request;
  ASSERT_TRUE(request.ParseFromString(*Sample().ToRequest(*overview, "")));
  EXPECT_EQ(request.division(), "450328");
  EXPECT_EQ(request.month(), "2018-10");
  EXPECT_EQ(request.from_month(), "2018-01");
  EXPECT_TRUE(request.children());

  const auto query = Sample().Find("GET", "/v1/indicators:query?service=registry&divisions=45&divisions=36&monthly=1");
  indicators::v1::QueryIndicatorsRequest repeated;
  ASSERT_TRUE(repeated.ParseFromString(*Sample().ToRequest(*query, "")));
  EXPECT_THAT(repeated.divisions(), ElementsAre("45", "36"));
  EXPECT_TRUE(repeated.monthly());
}

TEST(TranscoderTest, ReadsTheBodyAndTheAddressThatSayTheSame) {
  const auto match = Sample().Find("POST", "/v1/households/h1:reclassify");
  registry::v1::ReclassifyHouseholdRequest request;
  const std::string rest = R"("request_id":"r","householdClass":"HOUSEHOLD_CLASS_BORDERLINE","since":"2018-01-01"})";
  const auto bytes = Sample().ToRequest(*match, R"({"id":"h1",)" + rest);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  ASSERT_TRUE(request.ParseFromString(*bytes));
  EXPECT_EQ(request.id(), "h1");
  EXPECT_EQ(request.household_class(), registry::v1::HOUSEHOLD_CLASS_BORDERLINE);

  EXPECT_THAT(Sample().ToRequest(*match, R"({"id":"h2",)" + rest), RefusedWith(kInvalidArgument, "FIELD_CONTRADICTED"));
  EXPECT_THAT(Sample().ToRequest(*Sample().Find("GET", "/v1/overview?division=45"), "{}"),
              RefusedWith(kInvalidArgument, "BODY_NOT_TAKEN"));
}

TEST(TranscoderTest, RefusesWhatItCannotReadAndNeverRepeatsIt) {
  struct Row {
    const char* target;
    const char* body;
    const char* reason;
    const char* field;
  };
  for (const Row& row : std::vector<Row>{
           {"/v1/households/h1:reclassify?secret=1", "", "FIELD_UNKNOWN", "secret"},
           {"/v1/households/h1:reclassify?household_class=SECRET", "", "FIELD_NOT_IN_QUERY", "household_class"},
           {"/v1/households/h1:reclassify?id.secret=1", "", "FIELD_UNKNOWN", "id.secret"},
           {"/v1/indicators:report?figure.value=SECRET", "", "FIELD_NOT_IN_QUERY", "figure.value"},
           {"/v1/indicators:report?figure=SECRET", "", "FIELD_NOT_IN_QUERY", "figure"},
           {"/v1/indicators:report", "SECRET", "BODY_MALFORMED", ""},
           {"/v1/indicators:report", "{", "BODY_MALFORMED", ""},
           {"/v1/indicators:report", "[]", "", ""},
           {"/v1/indicators:report", R"({"figure":{"value":"SECRET"}})", "FIELD_MALFORMED", "figure.value"},
           {"/v1/indicators:report", R"({"figure":{"at_least":"SECRET"}})", "FIELD_MALFORMED", "figure.at_least"},
           {"/v1/indicators:report", R"({"word":"SECRET"})", "FIELD_UNKNOWN", "word"},
           {"/v1/indicators:report", R"({"figure":{"word":"SECRET"}})", "FIELD_UNKNOWN", "figure.word"},
       }) {
    const auto match = Sample().Find("POST", row.target);
    ASSERT_TRUE(match.ok()) << row.target;
    const auto request = Sample().ToRequest(*match, row.body);
    EXPECT_EQ(request.status().code(), kInvalidArgument) << row.target << " " << row.body;
    if (*row.reason != '\0') {
      EXPECT_EQ(ReasonOf(request.status()), row.reason) << row.target << " " << row.body << request.status();
      EXPECT_EQ(FieldOf(request.status()), row.field) << row.target << " " << row.body;
    }
    EXPECT_FALSE(absl::StrContains(request.status().ToString(), "SECRET")) << request.status();
  }
}

TEST(TranscoderTest, WritesAValueAsAStringEvenWhenItIsZero) {
  v1::Overview overview;
  v1::Figure& figure = *overview.add_indicators();
  figure.set_id("microcredit.loan_balance");
  figure.set_value(0);
  figure.set_unit("fen");
  figure.set_label_zh("贷款余额");
  v1::Figure& ratio = *overview.add_indicators();
  ratio.set_id("workshops.rate");
  ratio.set_numerator(0);
  ratio.set_denominator(0);
  overview.mutable_as_of()->set_seconds(1540000000);
  const auto* method =
      google::protobuf::DescriptorPool::generated_pool()->FindMethodByName("anju.gateway.v1.Gateway.GetOverview");
  const json written = json::parse(*Sample().ToJson(*method, overview.SerializeAsString()));
  EXPECT_EQ(written["indicators"][0]["value"], "0");
  EXPECT_EQ(written["indicators"][0]["unit"], "fen");
  EXPECT_EQ(written["indicators"][0]["label_zh"], "贷款余额");
  EXPECT_FALSE(written["indicators"][1].contains("value"));
  EXPECT_EQ(written["indicators"][1]["denominator"], "0");
  EXPECT_EQ(written["as_of"], "2018-10-20T01:46:40Z");
  EXPECT_EQ(Sample().ToJson(*method, "\xff").status().code(), kInternal);
}

TEST(TranscoderTest, EveryMethodHasAnAddress) {
  std::set<const google::protobuf::MethodDescriptor*> addressed;
  for (const Transcoder::Rule& rule : Sample().rules()) addressed.insert(rule.method);
  for (const auto* contract : AllContracts()) {
    // What changed is for services among themselves.
    if (contract->full_name() == "anju.feed.v1.Feed") continue;
    for (int i = 0; i < contract->method_count(); ++i) {
      EXPECT_TRUE(addressed.contains(contract->method(i))) << contract->method(i)->full_name() << " has no HTTP rule";
    }
  }
}

TEST(TranscoderTest, NoAddressIsGivenTwice) {
  std::map<std::string, std::string> given;
  for (const Transcoder::Rule& rule : Sample().rules()) {
    const auto [at, is_new] =
        given.try_emplace(absl::StrCat(rule.http_method, " ", rule.path.Text()), rule.method->full_name());
    EXPECT_TRUE(is_new) << at->first << " is " << at->second << " and " << rule.method->full_name();
  }
}

TEST(TranscoderTest, AnAddressNamesOneService) {
  EXPECT_THAT(Sample().Find("GET", "/v1/indicators:list?service=registry&service=channels"),
              RefusedWith(kInvalidArgument, "FIELD_REPEATED"));
  const std::string contributors = "/v1/indicators/microcredit.loan_balance/contributors?service=";
  EXPECT_THAT(Sample().Find("GET", contributors + "registry"), RefusedWith(kInvalidArgument, "SERVICE_CONTRADICTED"));
  EXPECT_EQ(Sample().Find("GET", contributors + "microcredit")->service, "microcredit");
}

TEST(TranscoderTest, AnAddressSaysAFieldOnce) {
  for (const char* target : {"/v1/households/h1?id=h2", "/v1/households?division=45&division=36"}) {
    const auto match = Sample().Find("GET", target);
    EXPECT_THAT(Sample().ToRequest(*match, ""), RefusedWith(kInvalidArgument, "FIELD_REPEATED")) << target;
  }
}

TEST(TranscoderTest, ATrickWithThePathLeadsNowhere) {
  for (const char* target :
       {"//v1/overview", "/v1//overview", "/v1/overview/", "/v1/./overview", "/v1/x/../overview", "/v1%2foverview",
        "/v1/%6Fverview", "/v1/overview%00", "/v1/overview;x", "/V1/overview", "/v1/households/..",
        "/v1/households/%2e%2e", "/v1/households/%00", "/v1/households/.", "\\v1\\overview", "/v1/overview%20"}) {
    EXPECT_EQ(Sample().Find("GET", target).status().code(), kNotFound) << target;
  }
}

}  // namespace
}  // namespace anju::gateway
