#include "services/platform/rpc/guard.h"

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <sstream>

#include "anju/channels/v1/channels.pb.h"
#include "anju/evidence/v1/evidence.pb.h"
#include "anju/feed/v1/feed.pb.h"
#include "anju/files/v1/files.pb.h"
#include "anju/gateway/v1/gateway.pb.h"
#include "anju/indicators/v1/indicators.pb.h"
#include "anju/microcredit/v1/microcredit.pb.h"
#include "anju/registry/v1/registry.grpc.pb.h"
#include "anju/relocation/v1/relocation.pb.h"
#include "anju/workshops/v1/workshops.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/base/error.h"
#include "services/platform/messages/archive.h"
#include "services/platform/rpc/status.h"
#include "spdlog/sinks/ostream_sink.h"
#include "spdlog/spdlog.h"
#include "tests/support/identity.h"
#include "tests/support/refused.h"

namespace anju::rpc {
namespace {

using anju::registry::v1::GetHouseholdRequest;
using anju::registry::v1::Household;
using anju::registry::v1::ImportHouseholdsRequest;
using anju::registry::v1::ListHouseholdsRequest;
using anju::registry::v1::ListHouseholdsResponse;
using anju::registry::v1::Registry;
using anju::testing::RefusedWith;
using anju::testing::TestIdentity;
using anju::type::v1::ImportReceipt;
using enum absl::StatusCode;

class GuardedRegistry final : public Registry::Service {
 public:
  explicit GuardedRegistry(Guard& guard) : guard_(guard) {}

  grpc::Status GetHousehold(grpc::ServerContext* context, const GetHouseholdRequest* request,
                            Household* response) override {
    return guard_.Unary<GetHouseholdRequest, Household>(
        context, request, response, [&](const Caller& caller) -> absl::StatusOr<Household> {
          if (request->id() == "none") return Refuse(kNotFound, "HOUSEHOLD_NOT_FOUND", "no such household", "id");
          if (request->id() == "broken") return absl::InternalError("row 7 of table x");
          Household household;
          household.set_id(caller.subject);
          return household;
        });
  }

  grpc::Status ListHouseholds(grpc::ServerContext* context, const ListHouseholdsRequest* request,
                              ListHouseholdsResponse* response) override {
    return guard_.Unary<ListHouseholdsRequest, ListHouseholdsResponse>(
        context, request, response, [&](const Caller&) { return ListHouseholdsResponse(); });
  }

  grpc::Status ImportHouseholds(grpc::ServerContext* context,
                                grpc::ServerReaderWriter<ImportReceipt, ImportHouseholdsRequest>* stream) override {
    return guard_.Stream<ImportHouseholdsRequest>(context, nullptr, [&](const Caller& caller) {
      ImportHouseholdsRequest request;
      while (stream->Read(&request)) {
        RETURN_IF_ERROR(Guard::CheckScope(caller, request));
        ImportReceipt receipt;
        receipt.set_number(request.batch().number());
        stream->Write(receipt);
      }
      return absl::OkStatus();
    });
  }

 private:
  Guard& guard_;
};

class GuardTest : public ::testing::Test {
 protected:
  GuardTest() : identity_(clock_), service_(identity_.guard()) {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    stub_ = Registry::NewStub(server_->InProcessChannel({}));
  }
  ~GuardTest() override { server_->Shutdown(); }

  absl::Status Get(const std::string& authorization, const std::string& id = "h1") {
    grpc::ClientContext context;
    if (!authorization.empty()) context.AddMetadata("authorization", authorization);
    GetHouseholdRequest request;
    request.set_id(id);
    return FromGrpc(stub_->GetHousehold(&context, request, &household_));
  }

  absl::Status List(const std::string& authorization, const std::string& division) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", authorization);
    ListHouseholdsRequest request;
    request.set_division(division);
    ListHouseholdsResponse response;
    return FromGrpc(stub_->ListHouseholds(&context, request, &response));
  }

  SystemClock clock_;
  TestIdentity identity_;
  GuardedRegistry service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Registry::Stub> stub_;
  Household household_;
};

TEST_F(GuardTest, WhoMayCall) {
  struct Row {
    const char* what;
    std::string authorization;
    absl::StatusCode code;
    const char* reason;
  };
  const Row rows[] = {
      {"nobody", "", kUnauthenticated, "TOKEN_MISSING"},
      {"an empty token", "Bearer ", kUnauthenticated, "TOKEN_MISSING"},
      {"another scheme", "Basic d2VpOng=", kUnauthenticated, "TOKEN_MALFORMED"},
      {"rubbish", "Bearer rubbish", kUnauthenticated, "TOKEN_MALFORMED"},
      {"a reader", identity_.Bearer({"reader"}, "450328"), kPermissionDenied, "ROLE_NOT_ALLOWED"},
      {"no role", identity_.Bearer({}, "450328"), kPermissionDenied, "ROLE_NOT_ALLOWED"},
      {"a service", identity_.Bearer({"service"}, "*"), kPermissionDenied, "ROLE_NOT_ALLOWED"},
  };
  for (const Row& row : rows) EXPECT_THAT(Get(row.authorization), RefusedWith(row.code, row.reason)) << row.what;

  EXPECT_TRUE(Get(identity_.Bearer({"officer"}, "450328")).ok());
  EXPECT_EQ(household_.id(), "tester");
  EXPECT_TRUE(Get("bearer " + identity_.Token({"reader", "auditor"}, "45")).ok());
}

TEST_F(GuardTest, ErrorsOfTheHandlerAreTranslated) {
  const std::string officer = identity_.Bearer({"officer"}, "450328");
  const absl::Status refused = Get(officer, "none");
  EXPECT_THAT(refused, RefusedWith(kNotFound, "HOUSEHOLD_NOT_FOUND"));
  EXPECT_EQ(FieldOf(refused), "id");
  const absl::Status fault = Get(officer, "broken");
  EXPECT_EQ(fault.code(), kInternal);
  EXPECT_EQ(fault.message(), "internal error");
}

TEST_F(GuardTest, WhereTheyMayCall) {
  const std::string county = identity_.Bearer({"officer"}, "450328");
  for (const char* division : {"450328", "450328100", "450328100201"}) {
    EXPECT_TRUE(List(county, division).ok()) << division;
  }
  for (const char* division : {"45", "4503", "450329", "450327100"}) {
    const absl::Status status = List(county, division);
    EXPECT_THAT(status, RefusedWith(kPermissionDenied, "OUTSIDE_SCOPE")) << division;
    EXPECT_EQ(FieldOf(status), "division");
  }
  for (const char* division : {"450328x", "4503280", "45032", "x", "450328;x", "*"}) {
    EXPECT_THAT(List(county, division), RefusedWith(kInvalidArgument, "DIVISION_MALFORMED")) << division;
    EXPECT_THAT(List(identity_.Bearer({"admin"}, "*"), division), RefusedWith(kInvalidArgument, "DIVISION_MALFORMED"));
  }
  // No division would be every division.
  EXPECT_THAT(List(county, ""), RefusedWith(kInvalidArgument, "FIELD_MISSING"));
  EXPECT_TRUE(List(identity_.Bearer({"admin"}, "*"), "360731").ok());
}

TEST_F(GuardTest, NothingIsSaidOfADivisionOnlyWhenThereIsOne) {
  identity_.guard().LookUpDivisions([](const std::string& division) {
    return division == "450328" ? absl::OkStatus() : Refuse(kNotFound, "DIVISION_NOT_FOUND", "no", "division");
  });
  const std::string county = identity_.Bearer({"officer"}, "450328");
  EXPECT_TRUE(List(county, "450328").ok());
  EXPECT_THAT(List(county, "450328999"), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
  // What has an answer is not looked up, nor what names no division.
  EXPECT_TRUE(Get(county).ok());
}

TEST_F(GuardTest, EveryBatchOfAStreamIsChecked) {
  grpc::ClientContext context;
  context.AddMetadata("authorization", identity_.Bearer({"collector"}, "450328"));
  auto stream = stub_->ImportHouseholds(&context);
  ImportHouseholdsRequest request;
  ImportReceipt receipt;
  request.mutable_batch()->set_number(1);
  request.mutable_batch()->set_division("450328");
  stream->Write(request);
  EXPECT_TRUE(stream->Read(&receipt));
  EXPECT_EQ(receipt.number(), 1);
  request.mutable_batch()->set_division("450329");
  stream->Write(request);
  EXPECT_FALSE(stream->Read(&receipt));
  EXPECT_THAT(FromGrpc(stream->Finish()), RefusedWith(kPermissionDenied, "OUTSIDE_SCOPE"));
}

TEST_F(GuardTest, AStreamNeedsARoleToo) {
  grpc::ClientContext context;
  context.AddMetadata("authorization", identity_.Bearer({"auditor"}, "450328"));
  auto stream = stub_->ImportHouseholds(&context);
  EXPECT_THAT(FromGrpc(stream->Finish()), RefusedWith(kPermissionDenied, "ROLE_NOT_ALLOWED"));
}

TEST_F(GuardTest, ListsOfDivisionsAreCheckedOneByOne) {
  const Caller caller{.subject = "wei", .roles = {}, .scope = "450328"};
  anju::indicators::v1::QueryIndicatorsRequest request;
  request.add_divisions("450328");
  request.add_divisions("450328100");
  EXPECT_TRUE(Guard::CheckScope(caller, request).ok());
  request.add_divisions("4503");
  EXPECT_THAT(Guard::CheckScope(caller, request), RefusedWith(kPermissionDenied, "OUTSIDE_SCOPE"));
  EXPECT_TRUE(Guard::CheckScope({.subject = "registry", .roles = {}, .scope = ""}, request).ok());
}

TEST_F(GuardTest, AMethodWithoutRolesIsClosed) {
  google::protobuf::DescriptorPool pool;
  google::protobuf::FileDescriptorProto file;
  file.set_name("closed.proto");
  file.set_package("anju.closed");
  file.add_message_type()->set_name("Ask");
  auto* service = file.add_service();
  service->set_name("Closed");
  auto* method = service->add_method();
  method->set_name("Open");
  method->set_input_type(".anju.closed.Ask");
  method->set_output_type(".anju.closed.Ask");
  const auto* built = pool.BuildFile(file);
  ASSERT_NE(built, nullptr);
  EXPECT_THAT(identity_.guard().Admit(identity_.Bearer({"admin"}, "*"), *built->service(0)->method(0)),
              RefusedWith(kPermissionDenied, "METHOD_CLOSED"));
}

TEST_F(GuardTest, CallsAreCounted) {
  const std::string officer = identity_.Bearer({"officer"}, "450328");
  EXPECT_TRUE(Get(officer).ok());
  EXPECT_FALSE(Get(officer, "none").ok());
  EXPECT_FALSE(Get(officer, "none").ok());
  const std::string text = identity_.guard().metrics().Text();
  auto expect = [&](const std::string& code, const std::string& count) {
    const std::string line =
        "grpc_server_handled_total{grpc_code=\"" + code +
        "\",grpc_method=\"GetHousehold\",grpc_service=\"anju.registry.v1.Registry\",grpc_type=\"unary\"} " + count;
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
  };
  expect("OK", "1");
  expect("NotFound", "2");
  EXPECT_NE(text.find("grpc_server_handling_seconds_count"), std::string::npos);
  const std::string started =
      "grpc_server_started_total{grpc_method=\"GetHousehold\",grpc_service=\"anju.registry.v1.Registry\",grpc_type="
      "\"unary\"} 3";
  EXPECT_NE(text.find(started), std::string::npos) << text;
}

TEST_F(GuardTest, TheLogKnowsWhoWasRefusedAndNothingMore) {
  std::ostringstream log;
  auto before = spdlog::default_logger();
  auto logger = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log));
  logger->set_pattern("%v");
  spdlog::set_default_logger(logger);
  const std::string reader = identity_.Bearer({"reader"}, "450328");
  EXPECT_FALSE(Get(reader).ok());
  EXPECT_FALSE(Get("Bearer rubbish").ok());
  spdlog::set_default_logger(before);
  EXPECT_THAT(log.str(), ::testing::HasSubstr(R"("reason":"ROLE_NOT_ALLOWED")"));
  EXPECT_THAT(log.str(), ::testing::HasSubstr(R"("subject":"tester")"));
  EXPECT_THAT(log.str(), ::testing::HasSubstr(R"("reason":"TOKEN_MALFORMED","field":"")"));
  EXPECT_THAT(log.str(), ::testing::Not(::testing::HasSubstr("rubbish")));
  EXPECT_THAT(log.str(), ::testing::Not(::testing::HasSubstr(reader.substr(7))));
}

TEST_F(GuardTest, TheLogNamesFieldsOfTheContractOnly) {
  const google::protobuf::MethodDescriptor& method = MethodTaking(*registry::v1::GetHouseholdRequest::descriptor());
  struct Row {
    const char* reason;
    std::string field;
    const char* logged;
  };
  const Row rows[] = {{"FIELD_MISSING", "id", "id"},
                      {"FIELD_MISSING", "", ""},
                      {"FIELD_MALFORMED", "rows[12].household_no", "rows[12].household_no"},
                      {"PURPOSE_MALFORMED", "x-anju-purpose", "x-anju-purpose"},
                      {"FIELD_UNKNOWN", "zhangsan", "?"},
                      {"FIELD_REPEATED", "张三", "?"},
                      {"FIELD_REPEATED", "n450328199001011234", "?"},
                      {"FIELD_REPEATED", "rows[450328199001011234]", "?"},
                      {"FIELD_REPEATED", "rows[]", "?"},
                      {"FIELD_REPEATED", "a..b", "?"},
                      {"FIELD_REPEATED", std::string(65, 'a'), "?"},
                      {"FIELD_REPEATED", "a\"}\n{\"event\":\"call\"}", "?"}};
  for (const Row& row : rows) {
    std::ostringstream log;
    auto before = spdlog::default_logger();
    auto logger = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log));
    logger->set_pattern("%v");
    spdlog::set_default_logger(logger);
    identity_.guard().Finish(method, nullptr, "r1", absl::Now(), Refuse(kInvalidArgument, row.reason, "no", row.field));
    spdlog::set_default_logger(before);
    const std::string line = log.str();
    EXPECT_THAT(line, ::testing::HasSubstr(absl::StrCat(R"("field":")", row.logged, R"(","ms":)"))) << row.field;
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1) << line;
  }
}

TEST_F(GuardTest, TheLogNamesAccountsOnly) {
  const google::protobuf::MethodDescriptor& method = MethodTaking(*registry::v1::GetHouseholdRequest::descriptor());
  const std::pair<std::string, std::string> rows[] = {
      {"wei.xm_2@county-7.cn", "wei.xm_2@county-7.cn"},
      {"0b5e1f0c-1234-1234-1234-123456789012", "0b5e1f0c-1234-1234-1234-123456789012"},
      {"张三 450328199001011234", "*******45**************34"},
      {"450328 19900101 1234", "45****************34"},
      {"13800138000", "138****8000"},
      {"wei\"}", "wei**"},
  };
  for (const auto& [subject, logged] : rows) {
    std::ostringstream log;
    auto before = spdlog::default_logger();
    auto logger = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log));
    logger->set_pattern("%v");
    spdlog::set_default_logger(logger);
    const Caller caller{.subject = subject, .roles = {}, .scope = "", .former_scopes = {}};
    identity_.guard().Finish(method, &caller, "r1", absl::Now(), absl::OkStatus());
    spdlog::set_default_logger(before);
    EXPECT_THAT(log.str(), ::testing::HasSubstr(absl::StrCat(R"("subject":")", logged, R"(",)"))) << subject;
  }
}

TEST_F(GuardTest, TheRequestIdIsAnsweredAndMadeFit) {
  struct Row {
    const char* sent;
    bool kept;
  };
  for (const Row& row : {Row{"r-1.A_b", true}, Row{"has space", false}, Row{"", false}, Row{"20181031-17", true},
                         Row{"0b5e1f0c-1234-1234-1234-123456789012", true}, Row{"4503281990030723150", false},
                         Row{"450328-19900307-2315", false}, Row{"tel-13800138000", false}}) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", identity_.Bearer({"officer"}, "450328"));
    if (*row.sent != 0) context.AddMetadata("x-request-id", row.sent);
    ASSERT_TRUE(stub_->GetHousehold(&context, GetHouseholdRequest(), &household_).ok());
    const auto& metadata = context.GetServerInitialMetadata();
    ASSERT_EQ(metadata.count("x-request-id"), 1u);
    const auto& value = metadata.find("x-request-id")->second;
    const std::string answered(value.data(), value.size());
    EXPECT_EQ(answered == row.sent, row.kept) << answered;
    EXPECT_FALSE(answered.empty());
  }
  EXPECT_EQ(identity_.guard().RequestId(std::string(65, 'x')).size(), 32u);
}

// Every method finds its rule by its request alone, so no two methods may share one.
TEST(MethodTakingTest, EveryMethodHasARequestOfItsOwn) {
  // Named by a message each, so that all contracts are linked in.
  for (const google::protobuf::Descriptor* message :
       {anju::registry::v1::Household::descriptor(), anju::relocation::v1::ImportSitesRequest::descriptor(),
        anju::microcredit::v1::ImportLoansRequest::descriptor(), anju::workshops::v1::ImportPayRequest::descriptor(),
        anju::channels::v1::ImportSalesRequest::descriptor(), anju::indicators::v1::Cell::descriptor(),
        anju::feed::v1::Fact::descriptor(), anju::files::v1::FilePart::descriptor(),
        anju::gateway::v1::Overview::descriptor(), anju::evidence::v1::EvidencePiece::descriptor()}) {
    const auto* service = message->file()->service(0);
    for (int i = 0; i < service->method_count(); ++i) {
      EXPECT_EQ(&MethodTaking(*service->method(i)->input_type()), service->method(i));
      // For some roles, or for anybody.
      const auto& access = service->method(i)->options().GetExtension(anju::type::v1::access);
      EXPECT_NE(access.roles_size() > 0, access.anyone()) << service->method(i)->full_name();
      // Who cannot be answered without a purpose may state one; streams keep nothing of what they answer.
      if (!messages::CannotBeMasked(*service->method(i)->output_type())) continue;
      EXPECT_THAT(access.roles(), ::testing::ElementsAreArray(access.unmasked())) << service->method(i)->full_name();
      EXPECT_FALSE(service->method(i)->server_streaming()) << service->method(i)->full_name();
    }
  }
}

}  // namespace
}  // namespace anju::rpc
