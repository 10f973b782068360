#include "gateway/cli/app.h"

#include <grpcpp/grpcpp.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "anju/gateway/v1/gateway.grpc.pb.h"
#include "anju/indicators/v1/indicators.grpc.pb.h"
#include "anju/registry/v1/registry.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/base/error.h"
#include "services/platform/base/ids.h"
#include "services/platform/lottery/lottery.h"
#include "services/platform/rpc/status.h"
#include "tests/support/certificates.h"
#include "tests/support/identity.h"

namespace anju::cli {
namespace {

using anju::testing::Authority;
using anju::testing::TemporaryDirectory;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;
using enum absl::StatusCode;

namespace gw = anju::gateway::v1;
namespace ind = anju::indicators::v1;

void FillShare(gw::Figure* figure) {
  figure->set_id("microcredit.industry_share");
  figure->set_label_zh("产业贷款占比");
  figure->set_unit("percent");
  figure->set_kind(ind::INDICATOR_KIND_RATIO);
  figure->set_value(3'454);
  figure->set_numerator(3'454);
  figure->set_denominator(10'000);
  figure->mutable_reported()->set_value(355'400);
  figure->mutable_reported()->set_precision(100);
  figure->set_discrepancy(true);
}

class FakeGateway final : public gw::Gateway::Service {
 public:
  grpc::Status GetOverview(grpc::ServerContext* context, const gw::GetOverviewRequest* request,
                           gw::Overview* response) override {
    auto token = context->client_metadata().find("authorization");
    authorization =
        token == context->client_metadata().end() ? "" : std::string(token->second.data(), token->second.size());
    if (request->division() == "36") {
      return rpc::ToGrpc(Refuse(kPermissionDenied, "OUTSIDE_SCOPE", "your token is for 45", "division"));
    }
    response->set_division(request->division());
    response->set_name("龙胜各族自治县");
    response->set_month(request->month());
    auto* balance = response->add_indicators();
    balance->set_id("microcredit.loan_balance");
    balance->set_label_zh("贷款余额");
    balance->set_unit("fen");
    balance->set_kind(ind::INDICATOR_KIND_STOCK);
    balance->set_value(10'482'730'000);
    FillShare(response->add_indicators());
    if (request->children()) {
      auto* child = response->add_children();
      child->set_division("450328100");
      child->set_name("龙胜镇");
      *child->add_indicators() = *balance;
    }
    response->mutable_as_of()->set_seconds(1'540'000'000);
    return grpc::Status::OK;
  }
  grpc::Status GetRanking(grpc::ServerContext*, const gw::GetRankingRequest* request, gw::Ranking* response) override {
    response->set_month(request->month());
    auto* row = response->add_rows();
    row->set_rank(1);
    row->set_name("平乐县");
    row->set_division("450330");
    FillShare(row->mutable_figure());
    response->add_rows()->set_division("450331");
    return grpc::Status::OK;
  }
  grpc::Status GetTrend(grpc::ServerContext*, const gw::GetTrendRequest* request, gw::Trend* response) override {
    response->set_division(request->division());
    auto* point = response->add_points();
    point->set_month(request->from_month());
    FillShare(point->mutable_figure());
    return grpc::Status::OK;
  }
  grpc::Status GetHouseholdFile(grpc::ServerContext*, const gw::GetHouseholdFileRequest* request,
                                gw::HouseholdFile* response) override {
    response->set_household_id(request->household_id());
    auto* part = response->add_parts();
    part->set_service("registry");
    anju::registry::v1::Household household;
    household.add_members()->set_name("韦**");
    household.mutable_members(0)->set_sex(anju::registry::v1::SEX_FEMALE);
    part->add_records()->PackFrom(household);
    return grpc::Status::OK;
  }
  grpc::Status ListAllIndicators(grpc::ServerContext*, const gw::ListAllIndicatorsRequest*,
                                 gw::ListAllIndicatorsResponse* response) override {
    auto* indicator = response->add_indicators();
    indicator->set_id("registry.persons");
    indicator->set_label_zh("建档人数");
    return grpc::Status::OK;
  }
  grpc::Status GetHealth(grpc::ServerContext*, const gw::GetHealthRequest*, gw::Health* response) override {
    response->set_serving(serving);
    auto* service = response->add_services();
    service->set_service("registry");
    service->set_serving(serving);
    return grpc::Status::OK;
  }

  bool serving = true;
  std::string authorization;
};

class FakeIndicators final : public ind::Indicators::Service {
 public:
  grpc::Status Recount(grpc::ServerContext* context, const ind::RecountRequest*,
                       ind::RecountResponse* response) override {
    auto found = context->client_metadata().find("x-anju-service");
    service = found == context->client_metadata().end() ? "" : std::string(found->second.data(), found->second.size());
    response->set_agrees(true);
    return grpc::Status::OK;
  }
  std::string service;
};

class FakeRegistry final : public anju::registry::v1::Registry::Service {
 public:
  grpc::Status ImportHouseholds(
      grpc::ServerContext*,
      grpc::ServerReaderWriter<anju::type::v1::ImportReceipt, anju::registry::v1::ImportHouseholdsRequest>* stream)
      override {
    ++connections;
    anju::registry::v1::ImportHouseholdsRequest request;
    while (stream->Read(&request)) {
      // Breaks once, in the middle.
      if (request.batch().number() == 2 && connections == 1) return {grpc::StatusCode::UNAVAILABLE, "restarting"};
      if (request.batch().division() == "36") {
        return rpc::ToGrpc(Refuse(kPermissionDenied, "OUTSIDE_SCOPE", "your token is for 45", "division"));
      }
      anju::type::v1::ImportReceipt receipt;
      if (request.batch().number() == 0) {
        stream->Write(stand);
        continue;
      }
      receipt.set_number(request.batch().number());
      receipt.set_received(request.rows_size());
      receipt.set_added(request.rows_size());
      stand.set_number(receipt.number());
      stand.set_received(stand.received() + request.rows_size());
      stand.set_added(stand.added() + request.rows_size());
      if (request.batch().last()) stand.Clear();
      stream->Write(receipt);
    }
    return grpc::Status::OK;
  }
  int connections = 0;
  anju::type::v1::ImportReceipt stand;
};

class AppTest : public ::testing::Test {
 protected:
  AppTest() {
    address_ = absl::StrCat("unix:", directory_.Path("s"));
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address_, grpc::InsecureServerCredentials());
    builder.RegisterService(&gateway_);
    builder.RegisterService(&indicators_);
    builder.RegisterService(&registry_);
    server_ = builder.BuildAndStart();
    ANJU_CHECK(server_ != nullptr);
  }
  ~AppTest() override { server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1)); }

  int Anjuctl(std::vector<std::string> arguments) {
    out_.str(""), err_.str("");
    arguments.insert(arguments.begin(), {"--gateway", address_, "--timeout", "10"});
    return cli::Run(std::move(arguments), out_, err_);
  }
  json Json() { return json::parse(out_.str(), nullptr, false); }

  TemporaryDirectory directory_;
  std::string address_;
  FakeGateway gateway_;
  FakeIndicators indicators_;
  FakeRegistry registry_;
  std::unique_ptr<grpc::Server> server_;
  std::ostringstream out_, err_;
};

TEST_F(AppTest, OverviewForPeople) {
  ASSERT_EQ(Anjuctl({"overview", "--division", "450328", "--month", "2018-10"}), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("龙胜各族自治县"));
  EXPECT_THAT(out_.str(), HasSubstr("104,827,300.00 元"));
  EXPECT_THAT(out_.str(), HasSubstr("34.54%"));
  EXPECT_THAT(out_.str(), HasSubstr("35.54%"));
  EXPECT_THAT(out_.str(), HasSubstr("2018-10-20 09:46:40"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("龙胜镇")));
  ASSERT_EQ(Anjuctl({"overview", "--division", "450328", "--month", "2018-10", "--children"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("龙胜镇 450328100"));
}

TEST_F(AppTest, OverviewForScripts) {
  // The option may stand before or behind the command.
  ASSERT_EQ(Anjuctl({"--output", "json", "overview", "--division", "450328", "--month", "2018-10"}), 0);
  const std::string before = out_.str();
  ASSERT_EQ(Anjuctl({"overview", "--division", "450328", "--month", "2018-10", "--output=json"}), 0);
  EXPECT_EQ(out_.str(), before);
  const json overview = Json();
  EXPECT_EQ(overview["indicators"][0]["id"], "microcredit.loan_balance");
  EXPECT_EQ(overview["indicators"][0]["value"], "10482730000");
  EXPECT_EQ(overview["indicators"][1]["label_zh"], "产业贷款占比");
}

TEST_F(AppTest, TheOtherQuestions) {
  EXPECT_EQ(Anjuctl({"ranking", "--division", "4503", "--indicator", "x", "--month", "2018-10"}), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("平乐县"));
  EXPECT_EQ(Anjuctl({"trend", "--division", "4503", "--indicator", "x", "--from", "2018-01", "--to", "2018-10"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("2018-01"));
  EXPECT_EQ(Anjuctl({"household", "h1"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("姓名: 韦**"));
  EXPECT_THAT(out_.str(), HasSubstr("女"));
  EXPECT_EQ(Anjuctl({"household", "h1", "--output", "json"}), 0) << err_.str();
  EXPECT_EQ(Json()["parts"][0]["records"][0]["@type"], "type.googleapis.com/anju.registry.v1.Household");
  EXPECT_EQ(Anjuctl({"indicators"}), 0);
  EXPECT_THAT(out_.str(), HasSubstr("建档人数"));
}

TEST_F(AppTest, ADrawIsVerifiedFromItsFiles) {
  const std::string seed(64, '7'), commitment = Sha256(absl::HexStringToBytes(seed));
  const lottery::List list = {.draw = "d",
                              .commitment = commitment,
                              .area_per_person_centi_sqm = 25'00,
                              .households = {{"c1", 3}, {"c2", 1}},
                              .units = {{"u1", 75'00}}};
  const std::string text = WriteList(list), result = WriteResult(Draw(list, text, seed), text, seed);
  const std::vector<std::string> words = {
      "draw",        "verify",     "--list",       directory_.Write("list", text),
      "--seed",      seed,         "--commitment", commitment,
      "--list-hash", Sha256(text), "--result",     directory_.Write("result", result)};
  EXPECT_EQ(Anjuctl(words), 0) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("2 households, 1 of them with a unit"));
  std::vector<std::string> for_scripts = words;
  for_scripts.push_back("--output=json");
  EXPECT_EQ(Anjuctl(for_scripts), 0);
  EXPECT_EQ(Json(), (json{{"verified", true}, {"households", 2}, {"allotted", 1}}));
  directory_.Write("result", result + "\n");
  EXPECT_EQ(Anjuctl(words), 1);
  EXPECT_THAT(err_.str(), HasSubstr("RESULT_DIFFERS"));
  std::filesystem::remove(directory_.Path("list"));
  EXPECT_EQ(Anjuctl(words), 1);
  EXPECT_THAT(err_.str(), HasSubstr("cannot read"));
}

TEST_F(AppTest, SpeaksTlsToAGatewayThatTheAuthoritySigned) {
  Authority authority, other;
  const rpc::TlsFiles files = authority.Sign("gateway");
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", rpc::Tls::Open({.cert = files.cert, .key = files.key})->ForServer(), &port);
  builder.RegisterService(&gateway_);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  address_ = absl::StrCat("127.0.0.1:", port);
  EXPECT_EQ(Anjuctl({"--tls-ca", authority.ca(), "health"}), 0) << err_.str();
  EXPECT_EQ(Anjuctl({"--tls-ca", other.ca(), "health"}), 1);
  EXPECT_EQ(Anjuctl({"health"}), 1);
  EXPECT_THAT(err_.str(), HasSubstr("--tls-ca"));
  EXPECT_EQ(Anjuctl({"--tls-ca", "/nowhere", "health"}), 1);
  EXPECT_THAT(err_.str(), HasSubstr("/nowhere"));
  server->Shutdown(std::chrono::system_clock::now());
}

TEST_F(AppTest, HealthIsTheExitCode) {
  EXPECT_EQ(Anjuctl({"health"}), 0);
  gateway_.serving = false;
  EXPECT_EQ(Anjuctl({"--output", "json", "health"}), 1);
  EXPECT_EQ(Json()["serving"], false);
}

TEST_F(AppTest, TheTokenIsShown) {
  const std::string token = directory_.Write("token", "abc\n");
  EXPECT_EQ(Anjuctl({"--token-file", token, "overview", "--division", "45", "--month", "2018-10"}), 0);
  EXPECT_EQ(gateway_.authorization, "Bearer abc");
  EXPECT_EQ(Anjuctl({"--token-file", "/nowhere", "overview", "--division", "45", "--month", "2018-10"}), 1);
  EXPECT_THAT(err_.str(), HasSubstr("NOT_FOUND"));
}

TEST_F(AppTest, ErrorsSayWhatToDo) {
  EXPECT_EQ(Anjuctl({"overview", "--division", "36", "--month", "2018-10"}), 1);
  EXPECT_THAT(err_.str(), HasSubstr("PERMISSION_DENIED OUTSIDE_SCOPE (division): your token is for 45"));
  EXPECT_THAT(err_.str(), HasSubstr("hint:"));
  EXPECT_EQ(out_.str(), "");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{}, {"dance"}, {"overview"}, {"--output", "xml", "health"}, {"import", "households"}}) {
    EXPECT_EQ(Anjuctl(arguments), 1);
    EXPECT_NE(err_.str(), "");
  }
  EXPECT_EQ(Anjuctl({"--help"}), 0);
}

TEST_F(AppTest, AnyMethodCanBeCalled) {
  EXPECT_EQ(Anjuctl({"call", "anju.indicators.v1.Indicators/Recount", "{}", "--service", "microcredit"}), 0)
      << err_.str();
  EXPECT_EQ(indicators_.service, "microcredit");
  EXPECT_EQ(Json()["agrees"], true);
  struct Row {
    std::vector<std::string> arguments;
    const char* reason;
  };
  const Row rows[] = {
      {{"call", "Recount", "{}"}, "METHOD_NOT_FOUND"},
      {{"call", "anju.indicators.v1.Indicators/Recount", "{"}, "JSON_MALFORMED"},
      {{"call", "anju.indicators.v1.Indicators/Recount", R"({"x":1})"}, "JSON_MALFORMED"},
      {{"call", "anju.registry.v1.Registry/ImportHouseholds", "{}"}, "METHOD_STREAMS"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Anjuctl(row.arguments), 1);
    EXPECT_THAT(err_.str(), HasSubstr(row.reason));
  }
}

TEST_F(AppTest, ImportsOverAConnectionThatBreaks) {
  std::string text = "户编号,村代码,户类型,建档日期\r\n";
  for (int i = 0; i < 7; ++i) absl::StrAppend(&text, i, ",450328100201,一般户,2015-11-01\r\n");
  absl::StrAppend(&text, "7,450328100201,国王,2015-11-01\r\n");
  const std::string path = directory_.Write("h.csv", text), refused = directory_.Path("r.csv");
  ASSERT_EQ(Anjuctl({"import", "households", path, "--division", "450328", "--batch", "2", "--refused", refused,
                     "--output", "json"}),
            0)
      << err_.str();
  EXPECT_EQ(registry_.connections, 2);
  const json receipt = Json();
  EXPECT_EQ(receipt["received"], 8);
  EXPECT_EQ(receipt["refused"], 1);
  EXPECT_EQ(receipt["refused_rows"][0]["row"], 9);
  EXPECT_EQ(receipt["refused_rows"][0]["reason"], "ENUM_UNKNOWN");
  EXPECT_EQ(receipt["refused_file"], refused);

  EXPECT_EQ(Anjuctl({"import", "registry", "ImportHouseholds", path, "--division", "450328", "--strict"}), 2);
  EXPECT_THAT(out_.str(), HasSubstr("h-refused.csv"));
  EXPECT_EQ(Anjuctl({"import", "households", path, "--division", "36"}), 1);
  EXPECT_THAT(err_.str(), HasSubstr("OUTSIDE_SCOPE"));
  EXPECT_EQ(Anjuctl({"import", "kings", path, "--division", "45"}), 1);
  EXPECT_THAT(err_.str(), HasSubstr("KIND_NOT_FOUND"));
  EXPECT_EQ(Anjuctl({"import", "households", path, "--division", "450328", "--refused", "/nowhere/r.csv"}), 1);
  EXPECT_THAT(out_.str(), HasSubstr("received"));
}

TEST_F(AppTest, TokensAreMadeWithoutAGateway) {
  const std::string keys = directory_.Path("keys");
  EXPECT_EQ(Anjuctl({"token", "init", keys}), 0) << err_.str();
  EXPECT_EQ(Anjuctl({"token", "make", "--keys", keys, "--role", "officer,approver", "--division", "450328", "--subject",
                     "wei"}),
            0);
  const std::string token = out_.str();
  EXPECT_EQ(std::count(token.begin(), token.end(), '.'), 2);
  EXPECT_EQ(Anjuctl({"token", "make", "--keys", keys, "--role", "auditor", "--division", "", "--subject", "lan"}), 0);
  EXPECT_EQ(Anjuctl({"token", "make", "--keys", keys, "--role", "officer", "--division", "", "--subject", "lan"}), 1);
}

}  // namespace
}  // namespace anju::cli
