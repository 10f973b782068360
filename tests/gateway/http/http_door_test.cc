#include "gateway/http/http_door.h"

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/synchronization/notification.h"
#include "gateway/http/compression.h"
#include "services/platform/rpc/trace.h"
#include "spdlog/sinks/base_sink.h"
#include "spdlog/spdlog.h"
#include "tests/support/certificates.h"
#include "tests/support/explained.h"
#include "tests/support/gateway_house.h"
#include "tests/support/http_client.h"
#include "tests/support/redis_server.h"

namespace anju::gateway {
namespace {

using ::anju::testing::Answer;
using ::anju::testing::Authority;
using ::anju::testing::Connection;
using ::anju::testing::Eventually;
using ::anju::testing::GatewayHouse;
using ::anju::testing::ToldReason;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

class HttpDoorTest : public ::testing::Test {
 protected:
  HttpDoorTest() {
    house_.registry.Set("registry.persons", "450328", 7432);
    house_.workshops.Set("workshops.trained", "450328", 2567);
  }
  std::string Request(const std::string& method, const std::string& target, const std::string& body = "",
                      const std::string& headers = "") {
    return absl::StrCat(method, " ", target, " HTTP/1.1\r\nHost: x\r\n",
                        authorization_.empty() ? "" : absl::StrCat("Authorization: ", authorization_, "\r\n"), headers,
                        "Content-Length: ", body.size(), "\r\n\r\n", body);
  }
  Answer Ask(const std::string& method, const std::string& target, const std::string& body = "",
             const std::string& headers = "") {
    Connection connection(house_.http_door->port());
    connection.Send(Request(method, target, body, headers));
    Answer answer = connection.Receive();
    // Whatever is refused says why, in words of the contract.
    if (answer.status >= 400) {
      EXPECT_THAT(ToldReason(answer), ::testing::MatchesRegex("[A-Z_]+")) << method << " " << target << answer.body;
    }
    return answer;
  }

  GatewayHouse house_{"", {}, HttpLimits{.body_bytes = 10000, .connections = 8, .transfer = absl::Milliseconds(300)}};
  std::string authorization_ = house_.Officer();
};

TEST_F(HttpDoorTest, AnswersTheOverviewAsJson) {
  const Answer answer = Ask("GET", "/v1/overview?division=450328&month=2018-10");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(answer.head, HasSubstr("application/json"));
  EXPECT_THAT(answer.head, HasSubstr("X-Request-Id: "));
  const json overview = answer.Json();
  EXPECT_EQ(overview["indicators"][0]["id"], "registry.persons");
  EXPECT_EQ(overview["indicators"][0]["value"], "7432");
  EXPECT_EQ(overview["indicators"][2]["value"], "3454");
  EXPECT_EQ(overview["indicators"][2]["numerator"], "2567");
  EXPECT_EQ(overview["as_of"], "2018-10-20T01:46:40Z");
}

TEST_F(HttpDoorTest, AnswersItsOwnMethods) {
  EXPECT_EQ(Ask("GET", "/v1/ranking?division=450328&month=2018-10&indicator=registry.persons").Json()["rows"].size(),
            600);
  EXPECT_EQ(Ask("GET", "/v1/trend?division=450328&from_month=2018-01&to_month=2018-10&indicator=registry.persons")
                .Json()["points"]
                .size(),
            10);
  const json file = Ask("GET", "/v1/households/h1/file").Json();
  EXPECT_EQ(file["parts"][1]["service"], "workshops");
  EXPECT_EQ(file["parts"][1]["records"][0]["@type"], "type.googleapis.com/anju.registry.v1.Household");
  EXPECT_EQ(Ask("GET", "/v1/indicators").Json()["indicators"].size(), 3);
  EXPECT_EQ(Ask("GET", "/v1/health").Json()["serving"], true);
}

TEST_F(HttpDoorTest, PassesOnTheRest) {
  EXPECT_EQ(Ask("GET", "/v1/households/h7", "", "X-Request-Id: r1\r\n").Json()["id"], "h7");
  EXPECT_EQ(house_.registry.last("x-request-id"), "r1");
  EXPECT_EQ(Ask("POST", "/v1/indicators:recount?service=workshops", "{}").Json()["agrees"], true);
  EXPECT_EQ(Ask("POST", "/v1/indicators:recount", "", "X-Anju-Service: registry\r\n").Json()["agrees"], true);
  EXPECT_EQ(Ask("POST", "/v1/indicators:recount").Json()["details"][0]["reason"], "SERVICE_NOT_NAMED");
  const std::string both = "/v1/indicators:recount?service=workshops";
  EXPECT_EQ(Ask("POST", both, "{}", "X-Anju-Service: workshops\r\n").status, 200);
  EXPECT_EQ(Ask("POST", both, "{}", "X-Anju-Service: registry\r\n").Json()["details"][0]["reason"],
            "SERVICE_CONTRADICTED");
}

TEST_F(HttpDoorTest, SaysWhatIsWrong) {
  struct Row {
    const char* method;
    const char* target;
    const char* body;
    int status;
    const char* reason;
  };
  for (const Row& row : std::vector<Row>{
           {"GET", "/v1/overview?division=36&month=2018-10", "", 404, "DIVISION_NOT_FOUND"},
           {"GET", "/v1/overview?division=450328&month=x", "", 400, "MONTH_MALFORMED"},
           {"GET", "/v1/overview?nothing=1", "", 400, "FIELD_UNKNOWN"},
           {"GET", "/v1/households/h0", "", 404, "HOUSEHOLD_NOT_FOUND"},
           {"POST", "/v1/indicators:recount?service=registry", "{", 400, "BODY_MALFORMED"},
           {"DELETE", "/v1/overview", "", 405, "HTTP_METHOD_NOT_ALLOWED"},
           {"GET", "/v1/nothing", "", 404, "ADDRESS_UNKNOWN"},
           {"GET", "/v1/overview?division=45", "{}", 400, "BODY_NOT_TAKEN"},
           {"GET", "/v1/indicators:list?service=registry&service=workshops", "", 400, "FIELD_REPEATED"},
           {"GET", "/v1/enterprises/e1", "", 501, "METHOD_NOT_SERVED"},
       }) {
    const Answer answer = Ask(row.method, row.target, row.body);
    EXPECT_EQ(answer.status, row.status) << row.target << " " << answer.body;
    const json error = answer.Json();
    EXPECT_FALSE(error.value("message", "").empty());
    EXPECT_EQ(ToldReason(answer), row.reason) << answer.body;
  }
  EXPECT_THAT(Ask("DELETE", "/v1/overview").head, HasSubstr("Allow: GET"));
}

TEST_F(HttpDoorTest, AdmitsNoStrangers) {
  authorization_ = "";
  const Answer answer = Ask("GET", "/v1/overview?division=450328&month=2018-10");
  EXPECT_EQ(answer.status, 401);
  EXPECT_THAT(answer.head, HasSubstr("WWW-Authenticate: Bearer"));
  EXPECT_EQ(answer.Json()["details"][0]["reason"], "TOKEN_MISSING");
  authorization_ = house_.Officer("450329");
  EXPECT_EQ(Ask("GET", "/v1/overview?division=450328&month=2018-10").status, 403);
  authorization_ = house_.identity.Bearer({"reader"}, "45");
  EXPECT_EQ(Ask("GET", "/v1/households/h1").status, 403);
  authorization_ = "Basic eDp5";
  EXPECT_EQ(Ask("GET", "/v1/households/h1").status, 401);
}

TEST_F(HttpDoorTest, TellsThatItIsThereWithoutAToken) {
  authorization_ = "";
  EXPECT_EQ(Ask("GET", "/healthz").status, 200);
}

TEST_F(HttpDoorTest, KeepsAConnectionAndTakesRequestsThatCameTogether) {
  Connection connection(house_.http_door->port());
  const std::string request = Request("GET", "/v1/households/h1");
  connection.Send(request + request);
  EXPECT_EQ(connection.Receive().status, 200);
  EXPECT_EQ(connection.Receive().status, 200);
  connection.Send(request);
  EXPECT_EQ(connection.Receive().status, 200);
  connection.Send(Request("GET", "/healthz", "", "Connection: close\r\n"));
  EXPECT_EQ(connection.Receive().status, 200);
  EXPECT_EQ(connection.Receive().status, 0);
}

TEST_F(HttpDoorTest, TakesManyRequestsThatCameTogether) {
  Connection connection(house_.http_door->port());
  std::string together;
  for (int i = 1; i <= 20; ++i) absl::StrAppend(&together, Request("GET", absl::StrCat("/v1/households/h", i)));
  absl::StrAppend(&together, Request("POST", "/v1/indicators:recount?service=registry", "{}"),
                  Request("HEAD", "/healthz"), Request("GET", "/v1/nothing"), Request("POST", "/v1/nothing", "body"),
                  Request("GET", "/healthz"));
  connection.Send(together);
  for (int i = 1; i <= 20; ++i) EXPECT_EQ(connection.Receive().Json()["id"], absl::StrCat("h", i));
  EXPECT_EQ(connection.Receive().Json()["agrees"], true);
  const Answer head = connection.Receive(/*has_body=*/false);
  EXPECT_THAT(head.head, HasSubstr("Content-Length: 20"));
  EXPECT_EQ(connection.Receive().status, 404);
  EXPECT_EQ(connection.Receive().status, 404);
  EXPECT_EQ(connection.Receive().status, 200);
}

TEST_F(HttpDoorTest, WhatCannotBeUnderstoodEndsTheConnection) {
  for (const char* text : {
           "GET / HTTP/1.1\nHost: x\n\n",
           "GET /healthz HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
           "POST /v1/indicators:recount HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: "
           "chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
           "POST /v1/indicators:recount HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
           "GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
       }) {
    Connection connection(house_.http_door->port());
    connection.Send(text);
    const Answer answer = connection.Receive();
    EXPECT_EQ(answer.status, 400) << text;
    EXPECT_THAT(answer.head, HasSubstr("Connection: close"));
    EXPECT_EQ(answer.Json()["details"][0]["reason"], "REQUEST_MALFORMED");
    EXPECT_EQ(connection.Receive().status, 0) << text;
  }
  Connection chunked(house_.http_door->port());
  chunked.Send(absl::StrCat("POST /v1/indicators:recount?service=registry HTTP/1.1\r\nHost: x\r\nAuthorization: ",
                            authorization_, "\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n"));
  EXPECT_EQ(chunked.Receive().status, 400);
  EXPECT_EQ(chunked.Receive().status, 0);
}

TEST_F(HttpDoorTest, RefusesBodiesInOtherForms) {
  const std::string target = "/v1/indicators:recount?service=registry";
  EXPECT_EQ(Ask("POST", target, "{}", "Content-Type: application/json; charset=UTF-8\r\n").status, 200);
  EXPECT_EQ(Ask("POST", target, "a=b", "Content-Type: application/x-www-form-urlencoded\r\n").status, 415);
  EXPECT_EQ(Ask("POST", target, "{}", "Content-Type: application/json; charset=gbk\r\n").status, 415);
  EXPECT_EQ(Ask("POST", target, "{}", "Content-Encoding: br\r\n").status, 415);
  EXPECT_EQ(Ask("POST", target, Gzip("{}"), "Content-Encoding: gzip\r\n").status, 200);
  EXPECT_EQ(Ask("POST", target, Gzip(std::string(20000, ' ') + "{}"), "Content-Encoding: gzip\r\n").status, 413);
  EXPECT_EQ(Ask("POST", target, "{}", "Content-Encoding: gzip\r\n").status, 400);
  EXPECT_EQ(Ask("POST", target, std::string(100, '[')).Json()["details"][0]["reason"], "BODY_TOO_DEEP");
  EXPECT_EQ(Ask("POST", target, "{}", "Expect: miracles\r\n").status, 417);
}

TEST_F(HttpDoorTest, WhoHasAnAnswerIsNotSentItAgain) {
  const std::string target = "/v1/overview?division=450328&month=2018-10&children=true";
  const Answer whole = Ask("GET", target);
  ASSERT_EQ(whole.status, 200);
  EXPECT_THAT(whole.head, HasSubstr("Cache-Control: private, no-cache"));
  const size_t at = whole.head.find("ETag: ") + 6;
  const std::string tag = whole.head.substr(at, whole.head.find("\r\n", at) - at);
  const Answer again = Ask("GET", target, "", absl::StrCat("If-None-Match: ", tag, "\r\n"));
  EXPECT_EQ(again.status, 304);
  EXPECT_THAT(again.head, HasSubstr(tag));
  EXPECT_EQ(Ask("GET", target, "", "If-None-Match: \"x\"\r\n").status, 200);
  Connection connection(house_.http_door->port());
  connection.Send(Request("GET", target, "", "Accept-Encoding: gzip\r\n"));
  const Answer packed = connection.Receive();
  EXPECT_THAT(packed.head, HasSubstr("Content-Encoding: gzip"));
  EXPECT_LT(packed.body.size() * 4, whole.body.size());
  std::string unpacked;
  EXPECT_TRUE(Gunzip().Feed(packed.body, 1 << 24, unpacked).ok());
  EXPECT_EQ(unpacked, whole.body);
  // Personal data is kept by nobody.
  const Answer household = Ask("GET", "/v1/households/h1");
  EXPECT_THAT(household.head, HasSubstr("Cache-Control: no-store"));
  EXPECT_THAT(household.head, Not(HasSubstr("ETag")));
}

TEST_F(HttpDoorTest, AWholeAddressIsAsGoodAsItsPath) {
  Connection connection(house_.http_door->port());
  connection.Send("GET http://X/healthz?a=b HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(connection.Receive().status, 200);
  EXPECT_EQ(Ask("GET", "/openapi.json?v=1").status, 200);
}

TEST_F(HttpDoorTest, SaysWhatMayBeAsked) {
  authorization_ = "";
  Answer answer = Ask("OPTIONS", "/v1/households/h1");
  EXPECT_EQ(answer.status, 204);
  EXPECT_THAT(answer.head, HasSubstr("Allow: GET, HEAD, OPTIONS"));
  EXPECT_EQ(Ask("OPTIONS", "*").status, 204);
  EXPECT_EQ(Ask("OPTIONS", "/v1/nothing").status, 404);
  EXPECT_EQ(Ask("POST", "/openapi.json").status, 405);
}

TEST_F(HttpDoorTest, ShowsItsPageAndItsDescriptionToEverybody) {
  authorization_ = "";
  const Answer page = Ask("GET", "/");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.head, HasSubstr("Content-Security-Policy: default-src 'none'; script-src 'self'"));
  EXPECT_THAT(page.head, HasSubstr("Content-Type: text/html; charset=utf-8"));
  // Nothing from elsewhere, and no script or style in the page, which the policy would not run.
  EXPECT_THAT(page.body, Not(HasSubstr("://")));
  EXPECT_THAT(page.body, Not(HasSubstr("<style")));
  EXPECT_THAT(page.body, Not(HasSubstr("onclick")));
  EXPECT_THAT(page.body, Not(HasSubstr("<script>")));
  EXPECT_THAT(Ask("GET", "/api.js").head, HasSubstr("text/javascript"));
  EXPECT_THAT(Ask("GET", "/api.css").head, HasSubstr("text/css"));
  EXPECT_EQ(Ask("GET", "/openapi.json").Json()["openapi"], "3.1.0");
  EXPECT_EQ(Ask("GET", "/api.html").status, 404);
}

TEST_F(HttpDoorTest, SaysWhenToTryAgain) {
  house_.registry.SetFailure(absl::UnavailableError("away"));
  const Answer answer = Ask("GET", "/v1/households/h1");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.head, HasSubstr("Retry-After: 1"));
  EXPECT_EQ(answer.Json()["details"][0]["reason"], "UNAVAILABLE");
  EXPECT_EQ(answer.Json()["details"][1]["@type"], "type.googleapis.com/google.rpc.RetryInfo");
}

TEST_F(HttpDoorTest, LimitsWhatItTakes) {
  EXPECT_EQ(Ask("POST", "/v1/indicators:recount?service=registry", std::string(10001, 'x')).status, 413);
  EXPECT_EQ(Ask("GET", "/" + std::string(20000, 'x')).status, 431);
  Connection rubbish(house_.http_door->port());
  rubbish.Send("rubbish\r\n\r\n");
  EXPECT_EQ(rubbish.Receive().status, 400);
  // A request that does not arrive in time.
  Connection slow(house_.http_door->port());
  slow.Send("GET / HTTP/1.1\r\n");
  EXPECT_EQ(slow.Receive().status, 408);
  EXPECT_EQ(slow.Receive().status, 0);
}

TEST_F(HttpDoorTest, ClosesConnectionsBeyondTheLimit) {
  std::vector<std::unique_ptr<Connection>> held;
  for (int i = 0; i < 8; ++i) {
    held.push_back(std::make_unique<Connection>(house_.http_door->port()));
    held.back()->Send(Request("GET", "/healthz"));
    ASSERT_EQ(held.back()->Receive().status, 200);
  }
  Connection beyond(house_.http_door->port());
  EXPECT_EQ(beyond.Receive().status, 0);
  held.clear();
  EXPECT_TRUE(Eventually([&] { return Ask("GET", "/healthz").status == 200; }));
}

TEST(CrowdTest, NoAddressTakesThePlacesOfAll) {
  for (const bool is_edge : {false, true}) {
    LimitOptions options = GatewayHouse::Generous();
    if (is_edge) options.edge = "127.0.0.9";
    GatewayHouse house("", {}, HttpLimits{.connections = 8, .connections_of_one = 3}, {}, options);
    const auto is_served = [&](Connection& connection) {
      connection.Send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
      return connection.Receive().status == 200;
    };
    std::vector<std::unique_ptr<Connection>> held;
    for (int i = 0; i < 4; ++i) {
      held.push_back(std::make_unique<Connection>(house.http_door->port(), "127.0.0.9"));
      EXPECT_EQ(is_served(*held.back()), i < 3 || is_edge) << i;
    }
    Connection other(house.http_door->port());
    EXPECT_TRUE(is_served(other));
    held.clear();
    EXPECT_TRUE(Eventually([&] {
      Connection again(house.http_door->port(), "127.0.0.9");
      return is_served(again);
    }));
  }
}

TEST(CrowdTest, WhoCallsTooOftenIsNotHeardForAMoment) {
  LimitOptions options = GatewayHouse::Generous();
  options.of(Party::kStranger) = {.per_second = 0.01, .burst = 2, .under_way = 1};
  GatewayHouse house("", {}, {}, {}, options);
  const std::string nothing = "GET /v1/nothing HTTP/1.1\r\nHost: x\r\n\r\n";
  Connection connection(house.http_door->port());
  connection.Send(absl::StrCat(nothing, nothing, nothing, nothing));
  for (const int status : {404, 404, 429}) EXPECT_EQ(connection.Receive().status, status);
  const absl::Time refused = absl::Now();
  EXPECT_EQ(connection.Receive().status, 429);
  EXPECT_GE(absl::Now() - refused, absl::Milliseconds(90));
  // The pages need no token, and are counted too.
  connection.Send("GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  for (const int status : {429, 200}) EXPECT_EQ(connection.Receive().status, status);
}

TEST(LongTest, LongRequestsAndAnswersAreLikeShortOnes) {
  GatewayHouse house;
  Connection connection(house.http_door->port());
  const auto ask = [&](const std::string& line, const std::string& body) {
    connection.Send(absl::StrCat(line, " HTTP/1.1\r\nHost: x\r\nAuthorization: ", house.Officer(),
                                 "\r\nContent-Length: ", body.size(), "\r\n\r\n", body));
    return connection.Receive();
  };
  const std::string many(200'000, ' ');
  EXPECT_EQ(ask("GET /v1/households/long", "").Json()["key"].get<std::string>().size(), 100'000);
  const std::string recount = "POST /v1/indicators:recount?service=workshops";
  EXPECT_EQ(ask(recount, absl::StrCat("{", many, "}")).Json()["agrees"], true);
  EXPECT_EQ(ask(recount, absl::StrCat("{\"x\":1", many, "}")).Json()["details"][0]["reason"], "FIELD_UNKNOWN");
  EXPECT_EQ(ask("GET /v1/households/h1", "").Json()["id"], "h1");
}

TEST(LongTest, ThoseThatDoNotEndHaveSoManyBytesTogether) {
  LimitOptions options = GatewayHouse::Generous();
  options.bytes_of_one = 150'000;
  GatewayHouse house("", {}, {}, {}, options);
  const auto begin = [&](const std::string& authorization) {
    auto connection = std::make_unique<Connection>(house.http_door->port());
    connection->Send(absl::StrCat(
        "POST /v1/indicators:recount?service=workshops HTTP/1.1\r\nHost: x\r\nAuthorization: ", authorization,
        "\r\nContent-Length: 100002\r\n\r\n{", std::string(100'000, ' ')));
    return connection;
  };
  const std::string wei = house.Bearer("wei");
  const std::unique_ptr<Connection> two[] = {begin(wei), begin(wei)}, other = begin(house.Bearer("li"));
  // One of the two, whichever was read last, before it has ended.
  Answer answers[2];
  absl::Notification is_refused;
  std::thread readers[2];
  for (size_t i = 0; i < 2; ++i) {
    readers[i] = std::thread([&, i] {
      answers[i] = two[i]->Receive();
      if (answers[i].status == 429) is_refused.Notify();
    });
  }
  EXPECT_TRUE(is_refused.WaitForNotificationWithTimeout(absl::Seconds(10)));
  for (const auto& connection : two) connection->Send("}");
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(answers[0].status + answers[1].status, 200 + 429) << answers[0].body << answers[1].body;
  EXPECT_THAT(answers[0].body + answers[1].body, HasSubstr("TOO_MANY_BYTES"));
  other->Send("}");
  EXPECT_EQ(other->Receive().status, 200);
  const auto again = begin(wei);
  again->Send("}");
  EXPECT_EQ(again->Receive().status, 200);
}

// Whether a fault was logged with the trace of its call.
class FaultSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  std::atomic<int> traced = 0, untraced = 0;

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (!absl::StartsWith(absl::string_view(message.payload.data(), message.payload.size()), "a call failed")) return;
    ++(rpc::CurrentTrace() != nullptr ? traced : untraced);
  }
  void flush_() override {}
};

TEST_F(HttpDoorTest, AFaultIsLoggedWithTheTraceOfItsCall) {
  auto sink = std::make_shared<FaultSink>();
  auto before = spdlog::default_logger();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", sink));
  EXPECT_EQ(Ask("GET", "/v1/households/broken").status, 500);
  spdlog::set_default_logger(before);
  EXPECT_EQ(sink->traced, 1);
  EXPECT_EQ(sink->untraced, 0);
}

TEST_F(HttpDoorTest, FinishesWhatIsUnderWayWhenItDrains) {
  std::atomic<bool> begun = false;
  std::atomic<bool> finish = false;
  house_.workshops.during_query = [&] {
    begun = true;
    while (!finish) absl::SleepFor(absl::Milliseconds(1));
  };
  Connection idle(house_.http_door->port());
  Connection busy(house_.http_door->port());
  idle.Send(Request("GET", "/healthz"));
  EXPECT_EQ(idle.Receive().status, 200);
  busy.Send(Request("GET", "/v1/overview?division=450328&month=2018-10"));
  ASSERT_TRUE(Eventually([&] { return begun.load(); }));
  std::thread drain([&] { house_.http_door->Drain(absl::Now() + absl::Seconds(10)); });
  EXPECT_EQ(idle.Receive().status, 0);
  finish = true;
  EXPECT_EQ(busy.Receive().status, 200);
  EXPECT_EQ(busy.Receive().status, 0);
  drain.join();
}

TEST_F(HttpDoorTest, DrainGivesUpWhatTakesTooLong) {
  Connection busy(house_.http_door->port());
  busy.Send(Request("GET", "/v1/households/slow"));
  absl::SleepFor(absl::Milliseconds(50));
  const absl::Time start = absl::Now();
  house_.http_door->Drain(start + absl::Milliseconds(100));
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  EXPECT_TRUE(Eventually([&] { return house_.registry.cancelled == 1; }));
}

// The gateway's front over TLS: it shows a certificate, and asks callers for none.
class TlsDoorTest : public ::testing::Test {
 protected:
  TlsDoorTest() : files_(authority_.Sign("gateway")) {
    house_.emplace("", cache::AnswersOptions(), HttpLimits{.transfer = absl::Seconds(2)},
                   *rpc::Tls::Open({.cert = files_.cert, .key = files_.key}));
  }

  // The code that the curl command exits with: 0 when it was answered, 60 when the certificate is not to be trusted.
  int Curl(const std::string& words) {
    const int status = std::system(
        absl::StrCat("curl --silent --fail --max-time 10 --output /dev/null ", words, " 2>/dev/null").c_str());
    return WEXITSTATUS(status);
  }
  int Https(const Authority& trusted, const std::string& words = "") {
    return Curl(absl::StrCat("--cacert ", trusted.ca(), " ", words, " https://127.0.0.1:", house_->http_door->port(),
                             "/v1/households/h7 -H 'Authorization: ", house_->Officer(), "'"));
  }
  bool Grpc(const rpc::Tls& tls) {
    auto channel = rpc::Connect(absl::StrCat("127.0.0.1:", house_->grpc_door->port()), tls);
    grpc::ClientContext context;
    house_->Prepare(context, house_->Officer());
    registry::v1::GetHouseholdRequest request;
    request.set_id("h7");
    registry::v1::Household household;
    return registry::v1::Registry::NewStub(channel)->GetHousehold(&context, request, &household).ok();
  }

  Authority authority_, other_;
  rpc::TlsFiles files_;
  std::optional<GatewayHouse> house_;
};

TEST_F(TlsDoorTest, AnswersOnBothPorts) {
  EXPECT_EQ(Https(authority_), 0);
  EXPECT_EQ(Https(authority_, "--tlsv1.2 --tls-max 1.2"), 0);
  EXPECT_NE(Https(authority_, "--tls-max 1.1"), 0);
  EXPECT_EQ(Https(other_), 60);
  EXPECT_TRUE(Grpc(*rpc::Tls::Open({.ca = authority_.ca()})));
  EXPECT_FALSE(Grpc(*rpc::Tls::Open({.ca = other_.ca()})));
}

TEST_F(TlsDoorTest, DoesNotUnderstandPlainText) {
  Connection connection(house_->http_door->port());
  connection.Send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(connection.Receive().status, 0);
  EXPECT_FALSE(Grpc({}));
  // Who says nothing is not waited for longer than for a request.
  Connection silent(house_->http_door->port());
  EXPECT_EQ(silent.Receive().status, 0);
  EXPECT_EQ(Https(authority_), 0);
}

TEST_F(TlsDoorTest, KeepsAConnectionAndTakesLargeRequests) {
  const std::string body = authority_.directory().Write("body", std::string(1 << 20, ' ') + "{}");
  const std::string url = absl::StrCat(" https://127.0.0.1:", house_->http_door->port(), "/v1/indicators:recount");
  EXPECT_EQ(Curl(absl::StrCat("--cacert ", authority_.ca(), " -H 'Authorization: ", house_->Officer(),
                              "' -H 'X-Anju-Service: registry' -H 'Content-Type: application/json' --data-binary @",
                              body, url, url)),
            0);
}

TEST_F(TlsDoorTest, ServesWhatTheFilesWereReplacedBy) {
  ASSERT_EQ(Https(authority_), 0);
  authority_.Sign("gateway", "3 days ago");
  EXPECT_TRUE(Eventually([&] { return Https(authority_) == 60; }));
  authority_.Sign("gateway");
  EXPECT_TRUE(Eventually([&] { return Https(authority_) == 0; }));
  // Files that are no good change nothing.
  std::filesystem::rename(authority_.directory().Write("rubbish", "rubbish"), files_.cert);
  absl::SleepFor(absl::Milliseconds(1100));
  EXPECT_EQ(Https(authority_), 0);
}

TEST_F(TlsDoorTest, DrainsWhileSomebodyIsShakingHands) {
  Connection silent(house_->http_door->port());
  ASSERT_EQ(Https(authority_), 0);
  house_->http_door->Drain(absl::Now() + absl::Seconds(10));
  EXPECT_EQ(silent.Receive().status, 0);
}

}  // namespace
}  // namespace anju::gateway
