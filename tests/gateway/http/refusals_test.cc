// Whatever the gateway does not do it explains: every answer that is no success, over a real port.
#include <gmock/gmock.h>

#include <cstdio>
#include <thread>

#include "absl/strings/escaping.h"
#include "anju/workshops/v1/workshops.grpc.pb.h"
#include "gateway/http/http_door.h"
#include "gateway/proxy/grpc_text.h"
#include "gateway/proxy/outcome.h"
#include "grpcpp/generic/generic_stub.h"
#include "tests/support/explained.h"
#include "tests/support/gateway_house.h"

namespace anju::gateway {
namespace {

using ::anju::testing::Answer;
using ::anju::testing::Connection;
using ::anju::testing::GatewayHouse;
using ::anju::testing::ToldReason;
using registry::v1::Registry;
using ::testing::HasSubstr;

LimitOptions OneStranger() {
  LimitOptions options = GatewayHouse::Generous();
  options.of(Party::kStranger) = {.per_second = 0.01, .burst = 1, .under_way = 1};
  return options;
}

class RefusalsTest : public ::testing::Test {
 protected:
  Answer Say(const std::string& bytes) {
    Connection connection(house_.http_door->port());
    connection.Send(bytes);
    return connection.Receive();
  }
  // `headers` end in CRLF; those that every sound request has are added.
  std::string Sound(const std::string& line, const std::string& headers, const std::string& body) {
    return absl::StrCat(
        line, " HTTP/1.1\r\nHost: x\r\nAuthorization: ", house_.Officer(), "\r\n", headers,
        absl::StrContains(headers, "Transfer-Encoding") ? "" : absl::StrCat("Content-Length: ", body.size(), "\r\n"),
        "\r\n", body);
  }
  grpc::Status GetHousehold(const std::string& id, grpc::ClientContext& context) {
    house_.Prepare(context, house_.Officer());
    registry::v1::GetHouseholdRequest request;
    request.set_id(id);
    registry::v1::Household household;
    return Registry::NewStub(house_.channel)->GetHousehold(&context, request, &household);
  }
  // What HTTP/2 that is no gRPC is answered: the head as curl prints it.
  std::string Curl(const std::string& words) {
    const std::string command =
        absl::StrCat("curl --silent --http2-prior-knowledge --max-time 10 --dump-header - ", words,
                     " http://127.0.0.1:", house_.grpc_door->port(), "/anju.registry.v1.Registry/GetHousehold");
    std::string head;
    FILE* pipe = popen(command.c_str(), "r");
    char buffer[4096];
    while (const size_t size = fread(buffer, 1, sizeof(buffer), pipe)) head.append(buffer, size);
    pclose(pipe);
    return head;
  }

  GatewayHouse house_{"",
                      {},
                      HttpLimits{.body_bytes = 10000, .upload_bytes = 20000, .transfer = absl::Milliseconds(500)},
                      {},
                      GatewayHouse::Generous()};
};

TEST_F(RefusalsTest, OverHttp) {
  const std::string recount = "POST /v1/indicators:recount?service=registry",
                    json = "Content-Type: application/json\r\n";
  const std::string import = "POST /v1/households:import?division=45", csv = "Content-Type: text/csv\r\n";
  struct Row {
    std::string bytes;
    int status;
    const char* reason;
  };
  for (const Row& row : std::vector<Row>{
           // What is no request.
           {"rubbish\r\n\r\n", 400, "REQUEST_MALFORMED"},
           {"GET / HTTP/1.1\nHost: x\n\n", 400, "REQUEST_MALFORMED"},
           {"GET /healthz HTTP/1.1\r\n\r\n", 400, "REQUEST_MALFORMED"},
           {"GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "REQUEST_MALFORMED"},
           {"GET http://y/healthz HTTP/1.1\r\nHost: x\r\n\r\n", 400, "REQUEST_MALFORMED"},
           {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400,
            "REQUEST_MALFORMED"},
           {Sound(recount, "Transfer-Encoding: chunked\r\n", "x\r\n"), 400, "REQUEST_MALFORMED"},
           {Sound("GET /healthz", "X-Anju-Purpose: a\r\nX-Anju-Purpose: b\r\n", ""), 400, "REQUEST_MALFORMED"},
           {Sound("GET /healthz", "Expect: miracles\r\n", ""), 417, "EXPECTATION_UNKNOWN"},
           {Sound("GET /healthz", absl::StrCat("X: ", std::string(20000, 'x'), "\r\n"), ""), 431, "HEAD_TOO_LARGE"},
           {"GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505, "HTTP_VERSION_UNKNOWN"},
           // What has not arrived in time: a head, a body, a chunk of a file.
           {"GET /healthz HTTP/1.1\r\nHost", 408, "REQUEST_TIMEOUT"},
           {absl::StrCat(Sound(recount, "X: y\r\nTransfer-Encoding: chunked\r\n", ""), "5\r\n{"), 408,
            "REQUEST_TIMEOUT"},
           {Sound(import, csv + "Transfer-Encoding: chunked\r\n", "5\r\nab"), 408, "REQUEST_TIMEOUT"},
           // Where nothing is, and in another way than it is.
           {Sound("GET /v1/nothing", "", ""), 404, "ADDRESS_UNKNOWN"},
           {Sound("GET *", "", ""), 404, "ADDRESS_UNKNOWN"},
           {Sound("OPTIONS /v1/nothing", "", ""), 404, "ADDRESS_UNKNOWN"},
           {Sound("BREW /v1/overview", "", ""), 405, "HTTP_METHOD_NOT_ALLOWED"},
           {Sound("POST /openapi.json", "", ""), 405, "HTTP_METHOD_NOT_ALLOWED"},
           {Sound("DELETE /healthz", "", ""), 405, "HTTP_METHOD_NOT_ALLOWED"},
           {Sound("GET /v1/overview?%", "", ""), 400, "QUERY_MALFORMED"},
           {Sound("GET /v1/overview?nothing=1", "", ""), 400, "FIELD_UNKNOWN"},
           {Sound("GET /v1/overview?month=1&month=1", "", ""), 400, "FIELD_REPEATED"},
           {Sound("GET /v1/overview", "", "{}"), 400, "BODY_NOT_TAKEN"},
           {Sound("POST /v1/indicators:recount", "", ""), 400, "SERVICE_NOT_NAMED"},
           {Sound("POST /v1/indicators:recount?service=x", "", ""), 400, "SERVICE_UNKNOWN"},
           {Sound(recount, "X-Anju-Service: workshops\r\n", ""), 400, "SERVICE_CONTRADICTED"},
           // Bodies.
           {Sound(recount, json, "{"), 400, "BODY_MALFORMED"},
           {Sound(recount, json, std::string(100, '[')), 400, "BODY_TOO_DEEP"},
           {Sound(recount, json + "Content-Encoding: gzip\r\n", "{}"), 400, "BODY_MALFORMED"},
           {Sound(recount, json, std::string(10001, ' ')), 413, "BODY_TOO_LARGE"},
           {Sound(import, csv, std::string(20001, ' ')), 413, "BODY_TOO_LARGE"},
           {Sound(recount, "Content-Type: text/plain\r\n", "{}"), 415, "MEDIA_TYPE_UNKNOWN"},
           {Sound(recount, json + "Content-Encoding: br\r\n", "{}"), 415, "MEDIA_TYPE_UNKNOWN"},
           {Sound("POST /v1/households:import", "", "{}"), 415, "MEDIA_TYPE_UNKNOWN"},
           {Sound(import, csv, "x"), 400, "NOT_A_CSV"},
           // Callers.
           {"GET /v1/households/h1 HTTP/1.1\r\nHost: x\r\n\r\n", 401, "TOKEN_MISSING"},
           {"GET /v1/households/h1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\n\r\n", 401, "TOKEN_MALFORMED"},
           {absl::StrCat("GET /v1/households/h1 HTTP/1.1\r\nHost: x\r\nAuthorization: ",
                         house_.identity.Bearer({"reader"}, "45"), "\r\n\r\n"),
            403, "ROLE_NOT_ALLOWED"},
           // Services: what they say, what they do not know, what cannot be read.
           {Sound("GET /v1/households/h0", "", ""), 404, "HOUSEHOLD_NOT_FOUND"},
           {Sound("GET /v1/enterprises/e1", "", ""), 501, "METHOD_NOT_SERVED"},
           {Sound("GET /v1/households/broken", "", ""), 500, "INTERNAL"},
       }) {
    const Answer answer = Say(row.bytes);
    EXPECT_EQ(answer.status, row.status) << row.bytes.substr(0, 200) << answer.body;
    EXPECT_EQ(ToldReason(answer), row.reason) << row.bytes.substr(0, 200) << answer.head << answer.body;
  }
  for (const auto& [failure, status, reason] : std::vector<std::tuple<absl::Status, int, const char*>>{
           {absl::InternalError("SECRET"), 500, "INTERNAL"},
           {absl::UnavailableError("away"), 503, "UNAVAILABLE"},
           {absl::AbortedError("lost"), 409, "ABORTED"},
           {absl::DeadlineExceededError("late"), 503, "SERVICE_UNAVAILABLE"},
           {absl::CancelledError("gone"), 499, "CANCELLED"}}) {
    house_.registry.SetFailure(failure);
    const Answer answer = Say(Sound("GET /v1/households/h1", "", ""));
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(ToldReason(answer), reason) << answer.head << answer.body;
  }
  house_.registry.Stop();
  const Answer away = Say(Sound("GET /v1/households/h1", "", ""));
  EXPECT_EQ(away.status, 503);
  EXPECT_EQ(ToldReason(away), "SERVICE_UNAVAILABLE") << away.body;
  EXPECT_EQ(ToldReason(Say(Sound(import, csv, "户编号,村代码,户类型,建档日期\nh,45,x,2016-01-15\n"))),
            "SERVICE_UNAVAILABLE");
}

TEST_F(RefusalsTest, WhoComesTooOftenIsToldOverHttp) {
  GatewayHouse house("", {}, {}, {}, OneStranger());
  const std::string request = "GET /v1/households/h1 HTTP/1.1\r\nHost: x\r\n\r\n";
  Connection connection(house.http_door->port());
  connection.Send(request + request);
  EXPECT_EQ(connection.Receive().status, 401);
  const Answer answer = connection.Receive();
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(ToldReason(answer), "RATE_LIMITED") << answer.body;
}

TEST_F(RefusalsTest, WhoComesTooLateIsToldOverHttp) {
  Connection late(house_.http_door->port()), idle(house_.http_door->port());
  idle.Send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(idle.Receive().status, 200);
  // Begun, so that it is waited for.
  late.Send("GET /healthz HTTP/1.1\r\n");
  absl::SleepFor(absl::Milliseconds(50));
  std::thread drain([&] { house_.http_door->Drain(absl::Now() + absl::Seconds(10)); });
  EXPECT_EQ(idle.Receive().status, 0);
  late.Send("Host: x\r\n\r\n");
  const Answer answer = late.Receive();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(ToldReason(answer), "DRAINING") << answer.head << answer.body;
  drain.join();
}

TEST_F(RefusalsTest, OverGrpc) {
  struct Row {
    const char* id;
    std::vector<std::pair<std::string, std::string>> metadata;
    grpc::StatusCode code;
    const char* reason;
  };
  for (const Row& row : std::vector<Row>{
           {"h0", {}, grpc::StatusCode::NOT_FOUND, "HOUSEHOLD_NOT_FOUND"},
           {"h1", {{"authorization", "Bearer x"}}, grpc::StatusCode::INVALID_ARGUMENT, "REQUEST_MALFORMED"},
           {"h1",
            {{"x-anju-purpose", "a"}, {"x-anju-purpose", "b"}},
            grpc::StatusCode::INVALID_ARGUMENT,
            "REQUEST_MALFORMED"},
           {"h1", {{"x-large", std::string(17000, 'x')}}, grpc::StatusCode::INVALID_ARGUMENT, "HEAD_TOO_LARGE"},
       }) {
    grpc::ClientContext context;
    for (const auto& [name, value] : row.metadata) context.AddMetadata(name, value);
    const grpc::Status status = GetHousehold(row.id, context);
    EXPECT_EQ(status.error_code(), row.code) << row.id;
    EXPECT_EQ(ToldReason(status), row.reason) << status.error_message();
  }
  const auto call = [&](const std::string& path, const std::string& bytes,
                        grpc_compression_algorithm packed = GRPC_COMPRESS_NONE) {
    grpc::ClientContext context;
    house_.Prepare(context, house_.Officer());
    context.set_compression_algorithm(packed);
    const grpc::Slice slice(bytes);
    grpc::ByteBuffer request(&slice, 1), answer;
    grpc::CompletionQueue queue;
    grpc::ChannelArguments arguments;
    arguments.SetMaxSendMessageSize(-1);
    grpc::GenericStub stub(grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", house_.grpc_door->port()),
                                                     grpc::InsecureChannelCredentials(), arguments));
    auto reader = stub.PrepareUnaryCall(&context, path, request, &queue);
    reader->StartCall();
    grpc::Status status;
    reader->Finish(&answer, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return status;
  };
  const std::string own = "/anju.gateway.v1.Gateway/GetOverview", registry = "/anju.registry.v1.Registry/GetHousehold";
  const std::string large(rpc::kMaxMessageBytes + 1, 'x');
  EXPECT_EQ(ToldReason(call("/anju.nobody.v1.Nobody/Nothing", "")), "METHOD_UNKNOWN");
  EXPECT_EQ(ToldReason(call("/grpc.health.v1.Health/Nothing", "")), "METHOD_NOT_SERVED");
  EXPECT_EQ(ToldReason(call("/anju.workshops.v1.Workshops/GetEnterprise", "")), "METHOD_NOT_SERVED");
  EXPECT_EQ(ToldReason(call("/anju.indicators.v1.Indicators/Recount", "")), "SERVICE_NOT_NAMED");
  EXPECT_EQ(ToldReason(call(own, large)), "MESSAGE_TOO_LARGE");
  EXPECT_EQ(ToldReason(call(registry, large)), "MESSAGE_TOO_LARGE");
  EXPECT_EQ(ToldReason(call(own, std::string(1000, 'x'), GRPC_COMPRESS_GZIP)), "ENCODING_UNKNOWN");
  EXPECT_EQ(ToldReason(call(registry, std::string(1000, 'x'), GRPC_COMPRESS_GZIP)), "ENCODING_UNKNOWN");
  EXPECT_EQ(ToldReason(call(own, "\xff\xff")), "REQUEST_MALFORMED");
  for (const auto& [failure, reason] :
       std::vector<std::pair<absl::Status, const char*>>{{absl::InternalError("SECRET"), "INTERNAL"},
                                                         {absl::UnavailableError("away"), "UNAVAILABLE"},
                                                         {absl::AbortedError("lost"), "ABORTED"}}) {
    house_.registry.SetFailure(failure);
    grpc::ClientContext context;
    EXPECT_EQ(ToldReason(GetHousehold("h1", context)), reason);
  }
  house_.registry.SetFailure(absl::OkStatus());
  house_.registry.Stop();
  grpc::ClientContext context;
  EXPECT_EQ(ToldReason(GetHousehold("h1", context)), "SERVICE_UNAVAILABLE");
}

TEST_F(RefusalsTest, WhoDoesNotSpeakGrpcIsToldInHttp) {
  const std::string wrong_type = Curl("--request POST --header 'Content-Type: text/html'");
  EXPECT_THAT(wrong_type, HasSubstr("HTTP/2 415"));
  const std::string wrong_method = Curl("--header 'Content-Type: application/grpc'");
  EXPECT_THAT(wrong_method, HasSubstr("HTTP/2 405"));
  EXPECT_THAT(wrong_method, HasSubstr("allow: POST"));
  for (const auto& [head, reason] :
       {std::pair(wrong_type, "MEDIA_TYPE_UNKNOWN"), {wrong_method, "HTTP_METHOD_NOT_ALLOWED"}}) {
    const std::string name = "grpc-status-details-bin: ";
    const size_t at = head.find(name) + name.size();
    std::string details;
    ASSERT_TRUE(absl::Base64Unescape(head.substr(at, head.find("\r\n", at) - at), &details)) << head;
    EXPECT_THAT(details, HasSubstr(reason));
  }
}

}  // namespace
}  // namespace anju::gateway
