#include "gateway/http/stream.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/support/eventually.h"
#include "tests/support/gateway_house.h"
#include "tests/support/http_client.h"

namespace anju::gateway {
namespace {

using ::anju::testing::Answer;
using ::anju::testing::Connection;
using ::anju::testing::Eventually;
using ::anju::testing::GatewayHouse;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kHeading = "户编号,村代码,户类型,建档日期\n";
constexpr char kImport[] = "/v1/households:import";
constexpr char kCsv[] = "Content-Type: text/csv\r\n";
constexpr char kLines[] = "Content-Type: application/x-ndjson\r\n";

std::string Chunk(const std::string& text) { return absl::StrCat(absl::Hex(text.size()), "\r\n", text, "\r\n"); }

// A request of ImportHouseholds as a line.
std::string Message(const std::string& import_id, int number, size_t padding = 0) {
  return absl::StrCat(R"({"batch":{"import_id":")", import_id, R"(","number":)", number,
                      R"(},"rows":[{"household_no":")", std::string(padding, 'x'), "\"}]}\n");
}

class StreamTest : public ::testing::Test {
 protected:
  std::string Head(const std::string& query, const std::string& headers, const std::string& version = "1.1") {
    return absl::StrCat("POST ", kImport, query, " HTTP/", version, "\r\nHost: x\r\nAuthorization: ", authorization_,
                        "\r\n", headers);
  }
  std::string Chunked(const std::string& query, const std::string& headers) {
    return absl::StrCat(Head(query, headers), "Transfer-Encoding: chunked\r\n\r\n");
  }
  Answer Ask(const std::string& query, const std::string& headers, const std::string& body,
             const std::string& version = "1.1") {
    Connection connection(house_.http_door->port());
    connection.Send(absl::StrCat(Head(query, headers, version), "Content-Length: ", body.size(), "\r\n\r\n", body));
    return connection.Receive();
  }
  static std::string Rows(int count) {
    std::string csv = kHeading;
    for (int i = 0; i < count; ++i) absl::StrAppend(&csv, "h", i, ",450328101202,建档立卡贫困户,2016-01-15\n");
    return csv;
  }

  GatewayHouse house_{"", {}, HttpLimits{.upload_bytes = 8 << 20, .transfer = absl::Seconds(2)}};
  std::string authorization_ = house_.Officer();
};

TEST_F(StreamTest, AFileIsAnsweredByOneReceipt) {
  const Answer answer = Ask("?division=450328&source=county", kCsv, Rows(2500) + "h1,450328101202,x,2016-01-15\n");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(answer.head, HasSubstr("application/json"));
  EXPECT_THAT(answer.head, HasSubstr("X-Request-Id: "));
  const json receipt = answer.Json();
  EXPECT_EQ(receipt["number"], 3);
  EXPECT_EQ(receipt["received"], "2501");
  EXPECT_EQ(receipt["refused"], "1");
  EXPECT_EQ(receipt["refused_rows"][0]["row"], "2502");
  EXPECT_EQ(receipt["refused_rows"][0]["field"], "household_class");
  EXPECT_EQ(receipt["refused_rows"][0]["reason"], "ENUM_UNKNOWN");
  EXPECT_NE(receipt["import_id"], "");
  EXPECT_EQ(house_.registry.read, 3);
}

TEST_F(StreamTest, OrByAReceiptForEachBatch) {
  const Answer answer =
      Ask("?division=450328", absl::StrCat(kCsv, "Accept: application/x-ndjson\r\n"),
          "户编号,村代码,户类型,建档日期,备注\nh,45,x,2016-01-15\n" + Rows(1001).substr(kHeading.size()));
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_TRUE(answer.is_complete);
  EXPECT_THAT(answer.head, HasSubstr("application/x-ndjson"));
  EXPECT_THAT(answer.head, HasSubstr("X-Unknown-Columns: %E5%A4%87%E6%B3%A8"));
  const auto lines = answer.Lines();
  ASSERT_EQ(lines.size(), 2) << answer.body;
  EXPECT_EQ(lines[0]["received"], "1001");
  EXPECT_EQ(lines[0]["refused"], "1");
  EXPECT_EQ(lines[1]["received"], "1");
}

TEST_F(StreamTest, RowsMayComeAsJson) {
  const std::string row = R"({"household_no":"h1","village":"450328101202"})";
  const Answer answer =
      Ask("?division=450328", kLines, absl::StrCat(row, "\n\n", row, "\r\n", R"({"word":1})", "\n{\n[]"));
  const json receipt = answer.Json();
  EXPECT_EQ(receipt["received"], "5") << answer.body;
  ASSERT_EQ(receipt["refused_rows"].size(), 3);
  const std::pair<const char*, const char*> expected[] = {
      {"4", "FIELD_UNKNOWN"}, {"5", "BODY_MALFORMED"}, {"6", "BODY_MALFORMED"}};
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(receipt["refused_rows"][i]["row"], expected[i].first);
    EXPECT_EQ(receipt["refused_rows"][i]["reason"], expected[i].second) << answer.body;
  }
}

TEST_F(StreamTest, RequestsMayComeAsLinesAndAreAnsweredAsTheyCome) {
  Connection connection(house_.http_door->port());
  connection.Send(Chunked("", kLines));
  connection.Send(Chunk(Message("i", 1)));
  // The first answer goes out before the second request has come.
  EXPECT_THAT(connection.Some(), HasSubstr(R"({"number":1,"received":"1"})"));
  const std::string second = Chunk(Message("i", 2));
  connection.Send(second.substr(0, 10));
  connection.Send(second.substr(10) + "0\r\n\r\n");
  // The end may come with it, or after it.
  std::string rest = connection.Some();
  EXPECT_THAT(rest, HasSubstr(R"({"number":2,"received":"1"})"));
  // The connection is good for another request.
  connection.Send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  while (!absl::StrContains(rest, "SERVING")) {
    const std::string some = connection.Some();
    ASSERT_NE(some, "");
    rest += some;
  }
  EXPECT_THAT(rest, HasSubstr("0\r\n\r\nHTTP/1.1 200"));
}

TEST_F(StreamTest, WhatFailsBeforeTheFirstLineHasItsStatus) {
  struct Row {
    const char* query;
    const char* headers;
    const char* body;
    int status;
    const char* reason;
  };
  for (const Row& row : std::vector<Row>{
           {"", "", "x", 415, "MEDIA_TYPE_UNKNOWN"},
           {"", "Content-Type: application/json\r\n", "{}", 415, "MEDIA_TYPE_UNKNOWN"},
           {"?division=45", "Content-Type: application/x-ndjson; charset=gbk\r\n", "{}", 415, "MEDIA_TYPE_UNKNOWN"},
           {"?division=45", "Content-Type: text/csv; charset=latin1\r\n", "x", 400, "CHARSET_UNKNOWN"},
           {"?divison=45", kCsv, "x", 400, "FIELD_UNKNOWN"},
           {"?division=45&number=3", kCsv, "x", 400, "FIELD_UNKNOWN"},
           {"?division=45&division=36", kCsv, "x", 400, "FIELD_REPEATED"},
           {"?division=45", kCsv, "", 400, "NOT_A_CSV"},
           {"?division=45", kCsv, "x\n1\n", 400, "NOT_A_CSV"},
           {"?division=45", kCsv, "户编号\n1\n", 400, "COLUMN_MISSING"},
           {"", kLines, "{", 400, "BODY_MALFORMED"},
           {"", kLines, "{\"batch\":{\"word\":1}}", 400, "FIELD_UNKNOWN"},
       }) {
    const Answer answer = Ask(row.query, row.headers, row.body);
    EXPECT_EQ(answer.status, row.status) << row.query << row.headers << answer.body;
    EXPECT_EQ(answer.Json()["details"][0]["reason"], row.reason) << answer.body;
  }
  house_.registry.SetFailure(Refuse(absl::StatusCode::kPermissionDenied, "OUTSIDE_SCOPE", "no", "batch.division"));
  EXPECT_EQ(Ask("?division=36", kCsv, Rows(1)).status, 403);
  authorization_ = "Bearer x";
  EXPECT_EQ(Ask("?division=45", kCsv, Rows(1)).status, 401);
  EXPECT_EQ(Ask("", "", "x").status, 401);
}

TEST_F(StreamTest, WhatFailsLaterIsTheLastLine) {
  const Answer answer = Ask("", kLines, Message("early", 1) + Message("early", 2) + Message("early", 3));
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.is_complete);
  const auto lines = answer.Lines();
  ASSERT_EQ(lines.size(), 3) << answer.body;
  EXPECT_EQ(lines[1]["number"], 2);
  EXPECT_EQ(lines[2]["error"]["code"], 9);
  EXPECT_EQ(lines[2]["error"]["details"][0]["reason"], "BATCH_OUT_OF_ORDER");
}

TEST_F(StreamTest, AFileThatBreaksOffTellsWhatWasTaken) {
  // The import is asked for where it stands first; it ends at its third batch.
  const Answer answer = Ask("?division=45&import_id=early", kCsv, Rows(3000));
  EXPECT_EQ(answer.status, 400) << answer.body;
  const json error = answer.Json();
  EXPECT_EQ(error["details"][0]["reason"], "BATCH_OUT_OF_ORDER");
  EXPECT_EQ(error["details"].back()["@type"], "type.googleapis.com/anju.type.v1.ImportReceipt");
  EXPECT_EQ(error["details"].back()["received"], "2000");
}

TEST_F(StreamTest, AnotherFileDoesNotGoOnWhereOneBrokeOff) {
  const std::string file = Rows(3000);
  const auto ask = [&](const std::string& rows) { return Ask("?division=45&import_id=early", kCsv, rows); };
  ASSERT_EQ(ask(file).Json()["details"][0]["reason"], "BATCH_OUT_OF_ORDER");
  // A row corrected in what was taken, rows that others follow, fewer rows, none, and just those that were taken.
  std::string corrected = file;
  corrected.replace(corrected.find("h500,450328101202"), 17, "h500,450328101203");
  for (const std::string& other :
       {corrected, kHeading + file.substr(file.find("h1,")), Rows(1500), Rows(0), Rows(2000)}) {
    const int read = house_.registry.read;
    const Answer answer = ask(other);
    EXPECT_EQ(answer.status, 409) << answer.body;
    const json error = answer.Json();
    EXPECT_EQ(error["details"][0]["reason"], "IMPORT_ID_REUSED") << answer.body;
    EXPECT_EQ(error["details"].size(), 2) << answer.body;
    // It was asked where the import stands.
    EXPECT_EQ(house_.registry.read, read + 1);
  }
  // The file itself does, also with other rows behind what was taken.
  for (const std::string& same : {file, Rows(2500)}) {
    const json error = ask(same).Json();
    EXPECT_EQ(error["details"][0]["reason"], "BATCH_OUT_OF_ORDER");
    EXPECT_EQ(error["details"].back()["received"], "2000");
  }
}

TEST_F(StreamTest, SpeaksToOldClients) {
  const Answer answer = Ask("", kLines, Message("i", 1), "1.0");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.head, Not(HasSubstr("chunked")));
  EXPECT_EQ(answer.Lines().size(), 1);
}

TEST_F(StreamTest, SendsTheBodyWhenItIsAskedFor) {
  Connection connection(house_.http_door->port());
  const std::string body = Rows(1);
  connection.Send(absl::StrCat(Head("?division=45", absl::StrCat(kCsv, "Expect: 100-continue\r\n")),
                               "Content-Length: ", body.size(), "\r\n\r\n"));
  EXPECT_EQ(connection.Receive().status, 100);
  connection.Send(body);
  EXPECT_EQ(connection.Receive().status, 200);
}

TEST_F(StreamTest, AStrangersFileIsNotAskedFor) {
  authorization_ = "Bearer x";
  Connection connection(house_.http_door->port());
  connection.Send(absl::StrCat(Head("?division=45", absl::StrCat(kCsv, "Expect: 100-continue\r\n")),
                               "Content-Length: 1000000\r\n\r\n"));
  EXPECT_EQ(connection.Receive().status, 401);
  EXPECT_EQ(connection.Some(), "");
}

TEST_F(StreamTest, LimitsTheFile) {
  Connection declared(house_.http_door->port());
  declared.Send(absl::StrCat(Head("?division=45", kCsv), "Content-Length: 9000000\r\n\r\n"));
  EXPECT_EQ(declared.Receive().status, 413);
  Connection counted(house_.http_door->port());
  counted.Send(Chunked("?division=45", kCsv) + Chunk(Rows(1)));
  std::string more;
  for (int i = 0; i < 20000; ++i)
    absl::StrAppend(&more, "h", i, ",450328101202,建档立卡贫困户,2016-01-15,", std::string(500, 'x'), "\n");
  counted.Send(Chunk(more));
  EXPECT_EQ(counted.Receive().Json()["details"][0]["reason"], "BODY_TOO_LARGE");
}

TEST_F(StreamTest, ASlowServiceSlowsItsSender) {
  GatewayHouse roomy{"", {}, HttpLimits{.transfer = absl::Seconds(2)}};
  authorization_ = roomy.Officer();
  Connection connection(roomy.http_door->port());
  connection.Send(Chunked("", kLines));
  size_t sent = 0;
  const std::string message = Chunk(Message("stuck", 1, 1 << 20));
  for (int i = 0; i < 64; ++i) {
    const size_t some = connection.SendSome(message, 1000);
    sent += some;
    if (some < message.size()) break;
  }
  // What lies in buffers on the way, and no more.
  EXPECT_LT(sent, size_t{32} << 20);
  EXPECT_EQ(roomy.registry.read, 1);
  // The time for a piece to arrive does not run while nobody reads.
  absl::SleepFor(absl::Milliseconds(2200));
  EXPECT_EQ(roomy.registry.cancelled, 0);
}

TEST_F(StreamTest, TheCallEndsWithItsCaller) {
  {
    Connection connection(house_.http_door->port());
    connection.Send(Chunked("", kLines) + Chunk(Message("stuck", 1)));
    ASSERT_TRUE(Eventually([&] { return house_.registry.read == 1; }));
  }
  EXPECT_TRUE(Eventually([&] { return house_.registry.cancelled == 1; }));
  // Who stops in the middle of a file is not waited for.
  Connection slow(house_.http_door->port());
  slow.Send(Chunked("", kLines) + "ff\r\n{");
  EXPECT_EQ(slow.Receive().status, 408);
  EXPECT_EQ(slow.Receive().status, 0);
  // Nor when an answer has begun, in whose midst it cannot be said.
  Connection answered(house_.http_door->port());
  answered.Send(Chunked("", kLines) + Chunk(Message("i", 1)));
  EXPECT_THAT(answered.Some(), HasSubstr("200 OK"));
  EXPECT_TRUE(Eventually([&] { return answered.Some().empty(); }));
}

TEST_F(StreamTest, WhoTricklesHasNoMoreTimeThanWhoIsSilent) {
  GatewayHouse hasty{"", {}, HttpLimits{.transfer = absl::Milliseconds(300)}};
  authorization_ = hasty.Officer();
  Connection slow(hasty.http_door->port());
  slow.Send(Chunked("", kLines) + "fff\r\n{");
  std::atomic<bool> is_closed = false;
  std::thread trickle([&] {
    while (!is_closed) {
      slow.Send(" ");
      absl::SleepFor(absl::Milliseconds(20));
    }
  });
  EXPECT_EQ(slow.Receive().status, 408);
  is_closed = true;
  trickle.join();
}

TEST_F(StreamTest, ABadChunkEndsTheCall) {
  Connection connection(house_.http_door->port());
  connection.Send(Chunked("", kLines) + Chunk(Message("i", 1)) + "x\r\n");
  EXPECT_TRUE(Eventually([&] { return connection.Some().empty(); }));
}

TEST_F(StreamTest, DrainGivesUpAStream) {
  Connection connection(house_.http_door->port());
  connection.Send(Chunked("", kLines) + Chunk(Message("stuck", 1)));
  ASSERT_TRUE(Eventually([&] { return house_.registry.read == 1; }));
  house_.http_door->Drain(absl::Now() + absl::Milliseconds(100));
  EXPECT_TRUE(Eventually([&] { return house_.registry.cancelled == 1; }));
}

}  // namespace
}  // namespace anju::gateway
