// All of google.api.http against a contract of the tests' own, from the bytes on a real port to the service and back.
#include <gmock/gmock.h>

#include "gateway/http/http_door.h"
#include "tests/gateway/transcoding/grammar.grpc.pb.h"
#include "tests/support/gateway_house.h"
#include "tests/support/http_client.h"

namespace anju::gateway {
namespace {

using ::anju::testing::Answer;
using ::anju::testing::Connection;
using ::anju::testing::GatewayHouse;
using grammar::v1::Thing;
using nlohmann::json;

class EchoService final : public grammar::v1::Grammar::Service {
 public:
  grpc::Status Get(grpc::ServerContext*, const Thing* request, Thing* answer) override {
    return Say(*request, *answer);
  }
  grpc::Status Put(grpc::ServerContext*, const Thing* request, Thing* answer) override {
    return Say(*request, *answer);
  }
  grpc::Status Part(grpc::ServerContext*, const Thing* request, Thing* answer) override {
    return Say(*request, *answer);
  }
  grpc::Status Watch(grpc::ServerContext*, const Thing* request, grpc::ServerWriter<Thing>* writer) override {
    for (int i = 0; i < 3; ++i) writer->Write(*request);
    return grpc::Status::OK;
  }
  grpc::Status Gather(grpc::ServerContext*, grpc::ServerReader<Thing>* reader, Thing* answer) override {
    while (reader->Read(answer)) continue;
    return grpc::Status::OK;
  }

 private:
  static grpc::Status Say(const Thing& request, Thing& answer) {
    answer = request;
    return grpc::Status::OK;
  }
};

class GrammarTest : public ::testing::Test {
 protected:
  GrammarTest() {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    peers_.emplace(std::vector<Peer>{Peer::At("grammar", absl::StrCat("127.0.0.1:", port), {}, rpc::Repeat::kNever)},
                   absl::ZeroDuration());
    answers_.emplace(*cache_, clock_, peers_->Names(), cache::AnswersOptions());
    desk_.emplace(*peers_, *answers_, clock_, token_);
    limits_.emplace(clock_, *cache_, GatewayHouse::Generous());
    switchboard_.emplace(identity_.guard(), *desk_, *peers_, *limits_, clock_);
    door_ = *HttpDoor::Open("127.0.0.1:0", *switchboard_, transcoder_);
  }
  ~GrammarTest() override {
    door_.reset();
    server_->Shutdown(absl::ToChronoTime(absl::Now()));
  }

  Answer Ask(const std::string& method, const std::string& target, const std::string& body = "",
             const std::string& type = "application/json") {
    Connection connection(door_->port());
    connection.Send(absl::StrCat(method, " ", target,
                                 " HTTP/1.1\r\nHost: x\r\nAuthorization: ", identity_.Bearer({"officer"}, "45"),
                                 "\r\nContent-Type: ", type, "\r\nContent-Length: ", body.size(), "\r\n\r\n", body));
    return connection.Receive(method != "HEAD" && method != "OPTIONS");
  }

  struct Row {
    const char* method;
    std::string target;
    std::string body;
    // The answer.
    const char* expected;
  };
  void Answers(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
      const Answer answer = Ask(row.method, row.target, row.body);
      EXPECT_EQ(answer.status, 200) << row.method << " " << row.target << " " << row.body << ": " << answer.body;
      EXPECT_EQ(answer.Json(), json::parse(row.expected)) << row.method << " " << row.target << ": " << answer.body;
    }
  }

  struct Refused {
    const char* method;
    std::string target;
    std::string body;
    const char* reason;
    const char* field;
    int status = 400;
  };
  // Every refusal names its field twice, in the ErrorInfo and in a BadRequest, and repeats no value.
  void Refuses(const std::vector<Refused>& rows) {
    for (const Refused& row : rows) {
      const Answer answer = Ask(row.method, row.target, row.body);
      const std::string at = absl::StrCat(row.method, " ", row.target, " ", row.body, ": ", answer.body);
      EXPECT_EQ(answer.status, row.status) << at;
      const json details = answer.Json().value("details", json::array());
      ASSERT_GT(details.size(), 0) << at;
      EXPECT_EQ(details[0].value("reason", ""), row.reason) << at;
      EXPECT_FALSE(absl::StrContains(answer.body, "SECRET")) << at;
      if (*row.field == '\0') continue;
      ASSERT_EQ(details.size(), 2) << at;
      EXPECT_EQ(details[0]["metadata"]["field"], row.field) << at;
      EXPECT_EQ(details[1]["field_violations"][0]["field"], row.field) << at;
    }
  }

  SystemClock clock_;
  testing::TestIdentity identity_{clock_};
  rpc::TokenFile token_{identity_.directory().Write("token.jwt", identity_.Token({"service"}, "*", "gateway"))};
  EchoService service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<cache::Cache> cache_ = *cache::OpenCache("");
  std::optional<Peers> peers_;
  std::optional<cache::Answers> answers_;
  std::optional<Desk> desk_;
  std::optional<Limits> limits_;
  std::optional<Switchboard> switchboard_;
  const Transcoder transcoder_{std::vector<const google::protobuf::ServiceDescriptor*>{
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
          grammar::v1::Grammar::service_full_name())}};
  std::unique_ptr<HttpDoor> door_;
};

TEST_F(GrammarTest, APathSetsFields) {
  Answers({
      {"GET", "/g/a", "", R"({"word":"a"})"},
      {"DELETE", "/g/a", "", R"({"word":"a"})"},
      {"PURGE", "/g/a", "", R"({"word":"a"})"},
      {"GET", "/g/a/in/b", "", R"({"inner":{"word":"a","inner":{"word":"b"}}})"},
      {"GET", "/g/shelves/1/books/2", "", R"({"name":"shelves/1/books/2"})"},
      {"GET", "/g/shelves/1/books/2/3:read", "", R"({"name":"shelves/1/books/2/3"})"},
      {"GET", "/g/shelves/1/books:read", "", R"({"name":"shelves/1/books"})"},
      {"GET", "/g/files", "", R"({"name":"files"})"},
      {"GET", "/g/files/a", "", R"({"word":"a"})"},
      {"GET", "/g/files/a/b", "", R"({"name":"files/a/b"})"},
      {"GET", "/g/any/thing/-9223372036854775808", "", R"({"int64_value":"-9223372036854775808"})"},
      {"GET", "/g/rest", "", "{}"},
      {"GET", "/g/rest/a/b/c", "", "{}"},
      {"GET", "/g/a:look", "", R"({"word":"a"})"},
      {"GET", "/g/a:b:look", "", R"({"word":"a:b"})"},
      {"GET", "/g/kinds/KIND_ONE/true", "", R"({"kind":"KIND_ONE","bool_value":true})"},
      {"GET", "/g/kinds/1/1", "", R"({"kind":"KIND_ONE","bool_value":true})"},
      // Any method, but for one that has an address of its own.
      {"GET", "/g/whatever/a", "", R"({"word":"a"})"},
      {"BREW", "/g/whatever/a", "", R"({"word":"a"})"},
      {"BREW", "/g/whatever/a:got", "", R"({"word":"a"})"},
      {"GET", "/g/whatever/a:got", "", R"({"word":"a"})"},
      // One segment is decoded whole; of several, the slashes within one stay as they came.
      {"GET", "/g/a%2Fb%3Alook", "", R"({"word":"a/b:look"})"},
      {"GET", "/g/%E6%9D%91%20+", "", R"({"word":"村 +"})"},
      {"GET", "/g/shelves/a%2Fb/books/c%2fd%20e", "", R"({"name":"shelves/a%2Fb/books/c%2fd e"})"},
      {"GET", "/g/files/%3A%2F/%25", "", R"({"name":"files/:%2F/%"})"},
      // The query says the rest.
      {"GET", "/g/a/in/b?name=c&inner.numbers=1", "",
       R"({"name":"c","inner":{"word":"a","inner":{"word":"b"},"numbers":[1]}})"},
  });
  EXPECT_EQ(Ask("HEAD", "/g/a").status, 200);
  Refuses({
      {"GET", "/g", "", "HTTP_METHOD_NOT_ALLOWED", "", 405},
      {"POST", "/g/a", "", "HTTP_METHOD_NOT_ALLOWED", "", 405},
      {"GET", "/g/a:nothing", "", "ADDRESS_UNKNOWN", "", 404},
      {"GET", "/g/shelves/1/2/books/3", "", "ADDRESS_UNKNOWN", "", 404},
      {"GET", "/g/a/in", "", "ADDRESS_UNKNOWN", "", 404},
      {"GET", "/g/", "", "ADDRESS_UNKNOWN", "", 404},
      {"GET", "/g/files/a/../b", "", "ADDRESS_UNKNOWN", "", 404},
      {"GET", "/g/files/a//b", "", "ADDRESS_UNKNOWN", "", 404},
      {"GET", "/g/any/x/SECRET", "", "FIELD_MALFORMED", "int64_value"},
      {"GET", "/g/kinds/SECRET/true", "", "FIELD_MALFORMED", "kind"},
      {"GET", "/g/a", "{}", "BODY_NOT_TAKEN", ""},
      {"DELETE", "/g/a", "SECRET", "BODY_NOT_TAKEN", ""},
      {"POST", "/g/a:touch", "{}", "BODY_NOT_TAKEN", ""},
  });
  const Answer wrong = Ask("POST", "/g/whatever/a:gone");
  EXPECT_EQ(wrong.status, 404);
  EXPECT_THAT(Ask("PUT", "/g/rest/a").head, ::testing::HasSubstr("Allow: GET, HEAD, OPTIONS\r\n"));
  EXPECT_THAT(Ask("OPTIONS", "/g/whatever/a").head,
              ::testing::HasSubstr("Allow: GET, PUT, POST, DELETE, PATCH, HEAD, OPTIONS\r\n"));
}

TEST_F(GrammarTest, AQuerySetsFieldsOfEveryKind) {
  Answers({
      {"GET", "/g/a?name=b", "", R"({"word":"a","name":"b"})"},
      {"GET", "/g/a?inner.word=b&inner.inner.word=c&inner.inner.inner.snakeNumber=1", "",
       R"({"word":"a","inner":{"word":"b","inner":{"word":"c","inner":{"snake_number":1}}}})"},
      // The same field of two messages of one type is two fields.
      {"GET", "/g/a?inner.word=b&other.word=c&inner.inner.word=d", "",
       R"({"word":"a","inner":{"word":"b","inner":{"word":"d"}},"other":{"word":"c"}})"},
      {"GET", "/g/a?words=b&words=c&words=b&words=", "", R"({"word":"a","words":["b","c","b",""]})"},
      {"GET", "/g/a?inner.numbers=1&inner.numbers=-2", "", R"({"word":"a","inner":{"numbers":[1,-2]}})"},
      {"GET", "/g/a?kinds=KIND_ONE&kinds=1&kinds=0", "",
       R"({"word":"a","kinds":["KIND_ONE","KIND_ONE","KIND_UNSPECIFIED"]})"},
      {"GET", "/g/a?kind=1", "", R"({"word":"a","kind":"KIND_ONE"})"},
      {"GET", "/g/a?int32_value=-2147483648", "", R"({"word":"a","int32_value":-2147483648})"},
      {"GET", "/g/a?int64Value=9223372036854775807", "", R"({"word":"a","int64_value":"9223372036854775807"})"},
      {"GET", "/g/a?uint64_value=18446744073709551615", "", R"({"word":"a","uint64_value":"18446744073709551615"})"},
      {"GET", "/g/a?double_value=-1.5e-3", "", R"({"word":"a","double_value":-0.0015})"},
      {"GET", "/g/a?double_value=-Infinity", "", R"({"word":"a","double_value":"-Infinity"})"},
      {"GET", "/g/a?float_value=0.5", "", R"({"word":"a","float_value":0.5})"},
      {"GET", "/g/a?bool_value=true", "", R"({"word":"a","bool_value":true})"},
      {"GET", "/g/a?bytes_value=-_8%3D", "", R"({"word":"a","bytes_value":"+/8="})"},
      {"GET", "/g/a?bytes_value=%2B%2F8", "", R"({"word":"a","bytes_value":"+/8="})"},
      {"GET", "/g/a?at=2018-10-20T09:46:40.5%2B08:00", "", R"({"word":"a","at":"2018-10-20T01:46:40.500Z"})"},
      {"GET", "/g/a?wait=1.5s", "", R"({"word":"a","wait":"1.500s"})"},
      {"GET", "/g/a?mask=name,inner.snakeNumber", "", R"({"word":"a","mask":"name,inner.snakeNumber"})"},
      {"GET", "/g/a?int64_wrapper=0&string_wrapper=&bool_wrapper=false&double_wrapper=0.25&bytes_wrapper=AA", "",
       R"({"word":"a","int64_wrapper":"0","string_wrapper":"","bool_wrapper":false,"double_wrapper":0.25,)"
       R"("bytes_wrapper":"AA=="})"},
      {"GET", "/g/a?maybe=", "", R"({"word":"a","maybe":""})"},
      {"GET", "/g/a?text=", "", R"({"word":"a","text":""})"},
      {"GET", "/g/a?part.word=b&part.snake_number=1", "", R"({"word":"a","part":{"word":"b","snake_number":1}})"},
      {"GET", "/g/a?otherName=b", "", R"({"word":"a","renamed":"b"})"},
      {"GET", "/g/a?renamed=b+c%26&&", "", R"({"word":"a","renamed":"b c&"})"},
      {"POST", "/g/a:touch?name=b", "", R"({"word":"a","name":"b"})"},
  });
}

TEST_F(GrammarTest, AQueryThatSaysNothingClearIsRefused) {
  std::vector<Refused> rows;
  for (const auto& [query, field] :
       std::vector<std::pair<const char*, const char*>>{{"int32_value=2147483648", "int32_value"},
                                                        {"int32_value=1.0", "int32_value"},
                                                        {"int32_value=+1", "int32_value"},
                                                        {"int32_value=%201", "int32_value"},
                                                        {"int32_value=0x1", "int32_value"},
                                                        {"int32_value=", "int32_value"},
                                                        {"uint64_value=-1", "uint64_value"},
                                                        {"uint64_value=18446744073709551616", "uint64_value"},
                                                        {"double_value=nan", "double_value"},
                                                        {"double_value=1e400", "double_value"},
                                                        {"double_value=0x1p3", "double_value"},
                                                        {"float_value=1e39", "float_value"},
                                                        {"bool_value=yes", "bool_value"},
                                                        {"bool_value=TRUE", "bool_value"},
                                                        // A plus is a blank, which base64 passes over.
                                                        {"bytes_value=+/8=", "bytes_value"},
                                                        {"bytes_value=*", "bytes_value"},
                                                        {"kind=kind_one", "kind"},
                                                        {"kind=1.0", "kind"},
                                                        {"at=SECRET", "at"},
                                                        {"at=2018-10-20T09:46:40+08:00", "at"},
                                                        {"wait=1", "wait"},
                                                        {"int64_wrapper=1e3", "int64_wrapper"},
                                                        {"bool_wrapper=2", "bool_wrapper"},
                                                        {"double_wrapper=x", "double_wrapper"},
                                                        {"inner.numbers=1,2", "inner.numbers"}}) {
    rows.push_back({"GET", absl::StrCat("/g/a?", query), "", "FIELD_MALFORMED", field});
  }
  // A map, a list of messages, a message, what may be anything.
  for (const auto& [query, field] :
       std::vector<std::pair<const char*, const char*>>{{"labels=SECRET", "labels"},
                                                        {"labels.a=SECRET", "labels.a"},
                                                        {"inners.word=SECRET", "inners.word"},
                                                        {"inners=SECRET", "inners"},
                                                        {"inner=SECRET", "inner"},
                                                        {"inner.inner=SECRET", "inner.inner"},
                                                        {"string_wrappers=SECRET", "string_wrappers"},
                                                        {"any=SECRET", "any"},
                                                        {"struct=SECRET", "struct"}}) {
    rows.push_back({"GET", absl::StrCat("/g/a?", query), "", "FIELD_NOT_IN_QUERY", field});
  }
  for (const auto& [query, field] :
       std::vector<std::pair<const char*, const char*>>{{"nothing=SECRET", "nothing"},
                                                        {"inner.nothing=SECRET", "inner.nothing"},
                                                        {"name.x=SECRET", "name.x"},
                                                        {"at.seconds=1", "at.seconds"},
                                                        {"int64_wrapper.value=1", "int64_wrapper.value"},
                                                        {"any.type_url=SECRET", "any.type_url"},
                                                        {"struct.fields=SECRET", "struct.fields"},
                                                        {"labels[a]=SECRET", "labels[a]"},
                                                        {"inner..word=SECRET", "inner..word"},
                                                        {".word=SECRET", ".word"}}) {
    rows.push_back({"GET", absl::StrCat("/g/a?", query), "", "FIELD_UNKNOWN", field});
  }
  for (const auto& [query, field] : std::vector<std::pair<const char*, const char*>>{
           {"word=a", "word"},
           {"name=SECRET&name=b", "name"},
           {"int64_value=1&int64Value=1", "int64Value"},
           {"inner.snake_number=1&inner.snakeNumber=2", "inner.snakeNumber"},
           {"at=2018-10-20T01:46:40Z&at=2018-10-20T01:46:40Z", "at"},
           {"renamed=a&otherName=b", "otherName"}}) {
    rows.push_back({"GET", absl::StrCat("/g/a?", query), "", "FIELD_REPEATED", field});
  }
  for (const auto& [query, field] : std::vector<std::pair<const char*, const char*>>{
           {"text=a&number=1", "number"}, {"number=1&part.word=a", "part.word"}, {"part.word=a&text=", "text"}}) {
    rows.push_back({"GET", absl::StrCat("/g/a?", query), "", "FIELDS_EXCLUSIVE", field});
  }
  std::string deep = "inner";
  for (int i = 0; i < 100; ++i) deep += ".inner";
  rows.push_back({"GET", absl::StrCat("/g/a?", deep, ".word=1"), "", "FIELD_UNKNOWN", ""});
  for (const char* query : {"name=%", "name=%zz", "name=%FF", "=a"}) {
    rows.push_back({"GET", absl::StrCat("/g/a?", query), "", "QUERY_MALFORMED", ""});
  }
  Refuses(rows);
}

TEST_F(GrammarTest, ABodyIsTheRequestOrOneFieldOfIt) {
  Answers({
      {"POST", "/g", "", "{}"},
      {"POST", "/g", R"({"word":"a","inner":{"snakeNumber":1},"labels":{"x":"y"},"inners":[{"word":"b"},{}]})",
       R"({"word":"a","inner":{"snake_number":1},"labels":{"x":"y"},"inners":[{"word":"b"},{}]})"},
      {"POST", "/g", R"({"int64_value":"9007199254740993","uint64Value":18446744073709551615,"double_value":1e-7})",
       R"({"int64_value":"9007199254740993","uint64_value":"18446744073709551615","double_value":1e-7})"},
      {"POST", "/g", R"({"int64_value":9007199254740993,"kind":1,"bytes_value":"-_8","word":null})",
       R"({"int64_value":"9007199254740993","kind":"KIND_ONE","bytes_value":"+/8="})"},
      {"POST", "/g", R"({"otherName":"b","struct":{"a":[1,null]},"string_wrappers":["a"],"mask":"inner.snakeNumber"})",
       R"({"renamed":"b","struct":{"a":[1,null]},"string_wrappers":["a"],"mask":"inner.snakeNumber"})"},
      {"POST", "/g", R"({"labels":{"a_b":"1","aB":"2"},"struct":{"a_b":[null],"aB":null},"words":null})",
       R"({"labels":{"a_b":"1","aB":"2"},"struct":{"a_b":[null],"aB":null}})"},
      // The path may be said again, or not, or as nothing.
      {"POST", "/g/a/whole", R"({"name":"b"})", R"({"word":"a","name":"b"})"},
      {"POST", "/g/a/whole", R"({"word":"a"})", R"({"word":"a"})"},
      {"POST", "/g/a/whole", R"({"word":""})", R"({"word":"a"})"},
      {"PUT", "/g/a/deep", R"({"inner":{"word":"a","snake_number":1}})", R"({"inner":{"word":"a","snake_number":1}})"},
      {"PUT", "/g/a/deep", R"({"inner":{"snake_number":1}})", R"({"inner":{"word":"a","snake_number":1}})"},
      {"PUT", "/g/a", R"({"word":"b"})", R"({"word":"a","inner":{"word":"b"}})"},
      {"PUT", "/g/a", "{}", R"({"word":"a","inner":{}})"},
      {"PUT", "/g/a", "", R"({"word":"a"})"},
      {"PUT", "/g/a?name=c&other.word=d", R"({"word":"b"})",
       R"({"word":"a","inner":{"word":"b"},"name":"c","other":{"word":"d"}})"},
      {"PATCH", "/g/a/text", R"("b")", R"({"word":"a","name":"b"})"},
      {"PATCH", "/g/a/number", R"("5")", R"({"word":"a","int64_value":"5"})"},
      {"PATCH", "/g/a/number", "5", R"({"word":"a","int64_value":"5"})"},
      {"PATCH", "/g/a/words", R"(["b","c"])", R"({"word":"a","words":["b","c"]})"},
      {"PATCH", "/g/a/inners", R"([{"word":"b"}])", R"({"word":"a","inners":[{"word":"b"}]})"},
      {"PATCH", "/g/a/labels", R"({"x":"y"})", R"({"word":"a","labels":{"x":"y"}})"},
      {"PATCH", "/g/a/at", R"("2018-10-20T01:46:40Z")", R"({"word":"a","at":"2018-10-20T01:46:40Z"})"},
  });
  Refuses({
      {"POST", "/g/a/whole", R"({"word":"SECRET"})", "FIELD_CONTRADICTED", "word"},
      {"PUT", "/g/a/deep", R"({"inner":{"word":"SECRET"}})", "FIELD_CONTRADICTED", "inner.word"},
      // Beside a body that is all there is no query.
      {"POST", "/g?name=SECRET", "{}", "FIELD_NOT_IN_QUERY", "name"},
      {"POST", "/g?name=SECRET", R"({"name":"SECRET"})", "FIELD_NOT_IN_QUERY", "name"},
      {"POST", "/g?words=SECRET", "", "FIELD_NOT_IN_QUERY", "words"},
      {"POST", "/g/a/whole?word=a", "", "FIELD_NOT_IN_QUERY", "word"},
      {"POST", "/g?nothing=SECRET", "", "FIELD_UNKNOWN", "nothing"},
      {"PUT", "/g/a?inner.word=SECRET", R"({"word":"SECRET"})", "FIELD_NOT_IN_QUERY", "inner.word"},
      {"PUT", "/g/a?inner.snakeNumber=1", "", "FIELD_NOT_IN_QUERY", "inner.snakeNumber"},
      {"PATCH", "/g/a/words?words=b", R"(["b"])", "FIELD_NOT_IN_QUERY", "words"},
      {"POST", "/g", R"({"text":"SECRET","number":1})", "FIELDS_EXCLUSIVE", "number"},
      {"POST", "/g", R"({"number":1,"part":{"word":"SECRET"}})", "FIELDS_EXCLUSIVE", "part"},
      {"POST", "/g", R"({"inner":{"nothing":"SECRET"}})", "FIELD_UNKNOWN", "inner.nothing"},
      {"POST", "/g", R"({"inners":[{"nothing":"SECRET"}]})", "FIELD_UNKNOWN", "inners[0].nothing"},
      {"POST", "/g", R"({"inner":{"word":"SECRET: Cannot find field","snake_number":"SECRET: Cannot find field"}})",
       "FIELD_MALFORMED", "inner.snake_number"},
      {"POST", "/g", R"({"int32_value":{"SECRET":1}})", "FIELD_MALFORMED", "int32_value"},
      {"POST", "/g", R"({"inners":[{"word":{}}]})", "FIELD_MALFORMED", "inners[0].word"},
      {"POST", "/g", R"({"inner":["SECRET"]})", "FIELD_MALFORMED", "inner"},
      {"POST", "/g", R"({"inner":{"inner":["SECRET"]}})", "FIELD_MALFORMED", "inner.inner"},
      {"POST", "/g", R"({"inners":[{"word":["SECRET"]}]})", "FIELD_MALFORMED", "inners[0].word"},
      // A list of one is a list, and nothing is no item of one.
      {"POST", "/g", R"({"words":"SECRET"})", "FIELD_MALFORMED", "words"},
      {"POST", "/g", R"({"words":["SECRET",null]})", "FIELD_MALFORMED", "words"},
      {"POST", "/g", R"({"inner":{"inner":{"numbers":1}}})", "FIELD_MALFORMED", "inner.inner.numbers"},
      {"POST", "/g", R"({"inners":{"word":"SECRET"}})", "FIELD_MALFORMED", "inners"},
      {"POST", "/g", R"({"inners":[{"numbers":[null]}]})", "FIELD_MALFORMED", "inners.numbers"},
      {"POST", "/g", R"({"inners":[null]})", "FIELD_MALFORMED", "inners"},
      {"POST", "/g", R"({"labels":{"SECRET":null}})", "FIELD_MALFORMED", "labels"},
      {"POST", "/g", R"({"renamed":"a","otherName":"a"})", "FIELD_REPEATED", ""},
      {"POST", "/g", R"({"kind":"SECRET"})", "FIELD_MALFORMED", "kind"},
      {"POST", "/g", R"({"int32_value":1.5})", "FIELD_MALFORMED", "int32_value"},
      {"POST", "/g", R"({"int64_value":9223372036854775808})", "FIELD_MALFORMED", "int64_value"},
      {"POST", "/g", R"({"at":"SECRET"})", "FIELD_MALFORMED", "at"},
      {"POST", "/g", R"({"word":"a","word":"b"})", "FIELD_REPEATED", ""},
      {"POST", "/g", R"({"int64_value":"1","int64Value":"2"})", "FIELD_REPEATED", ""},
      {"POST", "/g", "null", "BODY_MALFORMED", ""},
      {"POST", "/g", "[]", "BODY_MALFORMED", ""},
      {"POST", "/g", R"("SECRET")", "BODY_MALFORMED", ""},
      {"PATCH", "/g/a/text", "SECRET", "BODY_MALFORMED", ""},
      {"PATCH", "/g/a/text", R"("b","word":"SECRET")", "BODY_MALFORMED", ""},
      {"PATCH", "/g/a/words", R"([{"SECRET":1}])", "FIELD_MALFORMED", "words"},
      {"PATCH", "/g/a/inners", R"([{"nothing":1}])", "FIELD_UNKNOWN", "inners[0].nothing"},
  });
}

TEST_F(GrammarTest, AnAnswerIsTheFieldThatItsAddressNames) {
  Answers({
      {"GET", "/part/inner?inner.word=a", "", R"({"word":"a"})"},
      {"GET", "/part/inner?word=a", "", "null"},
      {"GET", "/part/words?words=a&words=b", "", R"(["a","b"])"},
      {"GET", "/part/words", "", "[]"},
      {"GET", "/part/int64?int64_value=5", "", R"("5")"},
      {"GET", "/part/int64", "", R"("0")"},
      {"GET", "/part/bool", "", "false"},
      {"GET", "/part/kind?kind=KIND_ONE", "", R"("KIND_ONE")"},
      {"GET", "/part/kind", "", R"("KIND_UNSPECIFIED")"},
      {"GET", "/part/maybe?maybe=", "", R"("")"},
      {"GET", "/part/maybe", "", "null"},
      {"GET", "/part/at?at=2018-10-20T01:46:40Z", "", R"("2018-10-20T01:46:40Z")"},
      {"GET", "/part/at", "", "null"},
      {"POST", "/part/inners", R"({"inners":[{"snakeNumber":1},{}]})", R"([{"snake_number":1},{}])"},
      {"POST", "/part/labels", R"({"labels":{"b":"1","a":"2"}})", R"({"a":"2","b":"1"})"},
      {"POST", "/part/labels", "", "{}"},
      {"POST", "/part/of/a", R"({"word":"b"})", R"({"word":"b"})"},
  });
}

TEST_F(GrammarTest, StreamsGoLineByLine) {
  EXPECT_EQ(Ask("GET", "/watch/a?name=b").body,
            "{\"word\":\"a\",\"name\":\"b\"}\n{\"word\":\"a\",\"name\":\"b\"}\n{\"word\":\"a\",\"name\":\"b\"}\n");
  EXPECT_EQ(Ask("GET", "/watch/a/words?words=b").body, "[\"b\"]\n[\"b\"]\n[\"b\"]\n");
  constexpr char kLines[] = "application/x-ndjson";
  EXPECT_EQ(Ask("POST", "/gather", "{\"word\":\"a\"}\n\n{\"word\":\"b\",\"name\":\"c\"}\r\n", kLines).Json(),
            json::parse(R"({"word":"b","name":"c"})"));
  EXPECT_EQ(Ask("POST", "/gather/a?name=x", "{\"word\":\"b\"}\n{\"word\":\"c\"}", kLines).body, R"({"word":"c"})");
  const Answer refused = Ask("POST", "/gather/a", "{\"word\":\"b\"}\n{\"nothing\":1}\n", kLines);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.Json()["details"][0]["reason"], "FIELD_UNKNOWN");
  Refuses({{"GET", "/watch/a?word=b", "", "FIELD_REPEATED", "word"},
           {"GET", "/watch/a?inner=b", "", "FIELD_NOT_IN_QUERY", "inner"},
           {"GET", "/watch/a", "{}", "BODY_NOT_TAKEN", ""}});
  EXPECT_EQ(Ask("HEAD", "/watch/a").status, 405);
}

}  // namespace
}  // namespace anju::gateway
