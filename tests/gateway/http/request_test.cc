#include "gateway/http/request.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/support/refused.h"

namespace anju::gateway {
namespace {

using ::anju::testing::RefusedWith;
using enum absl::StatusCode;

TEST(ParseHeadTest, ReadsWhatARequestSays) {
  const auto head = ParseHead(
      "POST /v1/cases:moveIn?a=1 HTTP/1.1\r\nHost: x\r\nAccept: a\r\nACCEPT:b \r\nContent-Length: 12\r\n"
      "Expect: 100-continue\r\nUser-Agent: 村\r\n\r\n");
  ASSERT_TRUE(head.ok()) << head.status();
  EXPECT_EQ(head->method, "POST");
  EXPECT_EQ(head->target, "/v1/cases:moveIn?a=1");
  EXPECT_EQ(head->Field("accept"), "a, b");
  EXPECT_EQ(head->Field("user-agent"), "村");
  EXPECT_EQ(head->Field("nothing"), "");
  EXPECT_EQ(head->content_length, 12);
  EXPECT_TRUE(head->expects_continue);
  EXPECT_TRUE(head->keep_alive);
  EXPECT_TRUE(ParseHead("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n")->is_chunked);
}

TEST(ParseHeadTest, KnowsHowLongAConnectionLasts) {
  EXPECT_FALSE(ParseHead("GET / HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n\r\n")->keep_alive);
  EXPECT_FALSE(ParseHead("GET / HTTP/1.0\r\n\r\n")->keep_alive);
  EXPECT_TRUE(ParseHead("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")->keep_alive);
}

TEST(ParseHeadTest, RefusesWhatTwoReadersMayReadInTwoWays) {
  // `$` stands for the end of a line; every row but the last ones is a head of its own otherwise sound parts.
  const char* const heads[] = {
      "$$",
      "GET /$Host: x$$",
      "GET  / HTTP/1.1$Host: x$$",
      "GET / HTTP/1.1 $Host: x$$",
      "GET\t/ HTTP/1.1$Host: x$$",
      "G(T / HTTP/1.1$Host: x$$",
      "GET x HTTP/1.1$Host: x$$",
      "GET http://y/ HTTP/1.1$Host: x$$",
      "GET http:///a HTTP/1.1$Host: x$$",
      "GET http://x@y/ HTTP/1.1$Host: x@y$$",
      "GET ftp://x/ HTTP/1.1$Host: x$$",
      "GET x:80 HTTP/1.1$Host: x:80$$",
      "GET / HTTP/1.1$Host: x y$$",
      "GET / HTTP/1.1$Host: x/y$$",
      "GET / HTTP/1.1$Host: 村$$",
      "GET /a\x01 HTTP/1.1$Host: x$$",
      "GET /村 HTTP/1.1$Host: x$$",
      "GET /a#b HTTP/1.1$Host: x$$",
      "GET / HTTX/1.1$Host: x$$",
      // No Host, and two.
      "GET / HTTP/1.1$$",
      "GET / HTTP/1.1$Host: x$Host: x$$",
      "GET / HTTP/1.1$Host: x$Host: y$$",
      // Folded, without a colon, with a space before it, with a control character.
      "GET / HTTP/1.1$Host: x$ y$$",
      "GET / HTTP/1.1$Host: x$\ty: z$$",
      "GET / HTTP/1.1$Host: x$y$$",
      "GET / HTTP/1.1$Host: x$y : z$$",
      "GET / HTTP/1.1$Host: x$: z$$",
      "GET / HTTP/1.1$Host: x$y: a\x01z$$",
      "GET / HTTP/1.1$Host: x$y: a\x7Fz$$",
      // Ends of lines that are none.
      "GET / HTTP/1.1\nHost: x\n\n",
      "GET / HTTP/1.1$Host: x\ny: z$$",
      "GET / HTTP/1.1$Host: x\ry: z$$",
      "GET / HTTP/1.1$Host: x$y: z\n\n",
      // Two lengths, or one that is none.
      "POST / HTTP/1.1$Host: x$Content-Length: 1$Content-Length: 1$$",
      "POST / HTTP/1.1$Host: x$Content-Length: 1$Content-Length: 2$$",
      "POST / HTTP/1.1$Host: x$Content-Length: 1, 1$$",
      "POST / HTTP/1.1$Host: x$Content-Length: +1$$",
      "POST / HTTP/1.1$Host: x$Content-Length: -1$$",
      "POST / HTTP/1.1$Host: x$Content-Length: 0x1$$",
      "POST / HTTP/1.1$Host: x$Content-Length: 1 1$$",
      "POST / HTTP/1.1$Host: x$Content-Length:$$",
      "POST / HTTP/1.1$Host: x$Content-Length: 18446744073709551616$$",
      "POST / HTTP/1.1$Host: x$Content-Length: 1$Transfer-Encoding: chunked$$",
      "POST / HTTP/1.1$Host: x$Transfer-Encoding: chunked$Content-Length: 1$$",
      "POST / HTTP/1.1$Host: x$Transfer-Encoding: chunked$Transfer-Encoding: chunked$$",
      "POST / HTTP/1.1$Host: x$Transfer-Encoding: chunked, identity$$",
      "POST / HTTP/1.1$Host: x$Transfer-Encoding: xchunked$$",
      "POST / HTTP/1.1$Host: x$Transfer-Encoding: gzip, chunked$$",
      "POST / HTTP/1.0$Transfer-Encoding: chunked$$",
      // An encoding that is empty hides neither a length nor itself.
      "POST / HTTP/1.1$Host: x$Transfer-Encoding:$$",
      "POST / HTTP/1.1$Host: x$Transfer-Encoding:$Content-Length: 1$$",
      "POST / HTTP/1.1$Host: x$Transfer-Encoding: chunked$Content-Length:$$",
      // White space that is no blank.
      "POST / HTTP/1.1$Host: x$Transfer-Encoding:\vchunked$$",
      "POST / HTTP/1.1$Host: x$Content-Length: 1\f$$",
      // Two tokens.
      "GET / HTTP/1.1$Host: x$Authorization: a$Authorization: b$$",
      "GET / HTTP/1.1$Host: x$Authorization: a$authorization: a$$",
      "GET / HTTP/1.1$Host: x$X-Anju-Purpose: a$X-Anju-Purpose: b$$",
      "GET / HTTP/1.1$Host: x$X-Real-IP: a$X-Real-IP: b$$",
  };
  for (const std::string text : heads) {
    const std::string head = absl::StrReplaceAll(text, {{"$", "\r\n"}});
    EXPECT_THAT(ParseHead(head), RefusedWith(kInvalidArgument, "REQUEST_MALFORMED")) << text;
  }
  EXPECT_THAT(ParseHead(std::string("GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n", 28)),
              RefusedWith(kInvalidArgument, "REQUEST_MALFORMED"));
  EXPECT_THAT(ParseHead("GET / HTTP/1.1\r\nHost: x\r\nExpect: more\r\n\r\n"),
              RefusedWith(kFailedPrecondition, "EXPECTATION_UNKNOWN"));
  EXPECT_THAT(ParseHead("GET / HTTP/2.0\r\nHost: x\r\n\r\n"), RefusedWith(kUnimplemented, "HTTP_VERSION_UNKNOWN"));
}

TEST(ParseHeadTest, ReadsAWholeAddress) {
  for (const auto& [target, path] : std::vector<std::pair<const char*, const char*>>{{"http://x:80/a?b", "/a?b"},
                                                                                     {"HTTPS://X:80/", "/"},
                                                                                     {"http://x:80", "/"},
                                                                                     {"http://x:80?b", "/?b"},
                                                                                     {"/http://y/", "/http://y/"}}) {
    const auto head = ParseHead(absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: x:80\r\n\r\n"));
    ASSERT_TRUE(head.ok()) << target << head.status();
    EXPECT_EQ(head->target, path);
  }
  EXPECT_TRUE(ParseHead("GET http://x/ HTTP/1.0\r\n\r\n").ok());
  EXPECT_TRUE(ParseHead("GET / HTTP/1.1\r\nHost:\r\n\r\n").ok());
  EXPECT_TRUE(ParseHead("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n").ok());
  EXPECT_EQ(ParseHead("GET / HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"a\"\r\nIf-None-Match: \"b\"\r\n\r\n")
                ->Field("if-none-match"),
            "\"a\", \"b\"");
}

TEST(ParseHeadTest, LimitsTheFields) {
  std::string head = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (size_t i = 1; i < kMaxFields; ++i) head += "a: b\r\n";
  EXPECT_TRUE(ParseHead(head + "\r\n").ok());
  EXPECT_THAT(ParseHead(head + "a: b\r\n\r\n"), RefusedWith(kInvalidArgument, "REQUEST_MALFORMED"));
}

TEST(FindHeadEndTest, TellsWhenAHeadIsComplete) {
  EXPECT_EQ(FindHeadEnd("GET / HTTP/1.1\r\n\r"), std::nullopt);
  EXPECT_EQ(FindHeadEnd("a\r\n\r\nb"), 5);
  EXPECT_EQ(FindHeadEnd("a\n\nb\r\n\r\n"), 3);
}

// The body in `bytes`, which come in pieces of `size`; what is left behind it goes to `rest`.
absl::StatusOr<std::string> ReadBody(const std::string& fields, const std::string& bytes, size_t size,
                                     std::string& rest) {
  const auto head = ParseHead(absl::StrCat("POST / HTTP/1.1\r\nHost: x\r\n", fields, "\r\n\r\n"));
  if (!head.ok()) return head.status();
  BodyReader reader(*head);
  std::string body;
  rest.clear();
  for (size_t at = 0; at < bytes.size(); at += size) {
    rest += bytes.substr(at, size);
    auto used = reader.Take(rest, body);
    if (!used.ok()) return used.status();
    rest.erase(0, *used);
  }
  if (!reader.done()) return absl::DataLossError("there is more");
  return body;
}

TEST(BodyReaderTest, TakesTheBodyAndLeavesTheRest) {
  struct Row {
    const char* fields;
    std::string bytes;
    const char* body;
    const char* rest;
  };
  for (const Row& row : std::vector<Row>{
           {"Content-Length: 3", "abcGET /", "abc", "GET /"},
           {"Content-Length: 0", "GET /", "", "GET /"},
           {"Transfer-Encoding: chunked", "3\r\nabc\r\n0\r\n\r\nGET /", "abc", "GET /"},
           {"Transfer-Encoding: chunked", "0\r\n\r\n", "", ""},
           {"Transfer-Encoding: chunked", "00A;x=\"y\"\r\n0123456789\r\n1\r\na\r\n0\r\n\r\n", "0123456789a", ""},
           {"Transfer-Encoding: chunked", "1\r\na\r\n0\r\nTrailer: x\r\nAuthorization: y\r\n\r\nG", "a", "G"},
       }) {
    for (size_t size : {1, 2, 3, 1000}) {
      std::string rest;
      const auto body = ReadBody(row.fields, row.bytes, size, rest);
      ASSERT_TRUE(body.ok()) << row.bytes << " in " << size << ": " << body.status();
      EXPECT_EQ(*body, row.body);
      EXPECT_EQ(rest, row.rest) << row.bytes << " in " << size;
    }
  }
}

TEST(BodyReaderTest, RefusesChunksThatMayBeReadInTwoWays) {
  for (const std::string& bytes : std::vector<std::string>{"x\r\n",
                                                           "\r\n",
                                                           "-1\r\n",
                                                           " 1\r\na\r\n",
                                                           "1 \r\na\r\n",
                                                           "0x1\r\na\r\n",
                                                           "1\na\n0\n\n",
                                                           "1;a\nb\r\na\r\n",
                                                           "1\r\nab\r\n",
                                                           "1\r\na\n0\r\n\r\n",
                                                           "1\r\na\rb0\r\n\r\n",
                                                           "FFFFFFFFFFFFFFFFF\r\n",
                                                           "10000000000000000\r\na",
                                                           "1;" + std::string(kMaxChunkLine, 'x') + "\r\n",
                                                           std::string(kMaxChunkLine + 1, '0'),
                                                           "0\r\na: b\n\r\n",
                                                           "0\r\n" + std::string(kMaxTrailerBytes + 1, 'x'),
                                                           "0\r\na\x01: b\r\n\r\n",
                                                           "0\r\nGET / HTTP/1.1\r\n\r\n",
                                                           "0\r\na: b\r\n c\r\n\r\n",
                                                           "0\r\na: b\rc\r\n\r\n"}) {
    for (size_t size : {1, 3, 10000}) {
      std::string rest;
      EXPECT_THAT(ReadBody("Transfer-Encoding: chunked", bytes, size, rest),
                  RefusedWith(kInvalidArgument, "REQUEST_MALFORMED"))
          << bytes.substr(0, 40) << " in " << size;
    }
  }
}

}  // namespace
}  // namespace anju::gateway
