#include "gateway/http/reply.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/proxy/limits.h"
#include "gateway/proxy/outcome.h"
#include "gateway/transcoding/status.h"
#include "services/platform/base/error.h"
#include "services/platform/rpc/status.h"

namespace anju::gateway {

namespace {

// Who is told that they call too often is not heard for a moment, so that a flood costs little more than its
// connections.
constexpr absl::Duration kPause = absl::Milliseconds(100);

absl::string_view PhraseOf(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 499:
      return "Client Closed Request";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Internal Server Error";
  }
}

// `Sun, 22 Nov 2026 06:00:00 GMT`; made once a second and thread.
const std::string& DateOf(absl::Time now) {
  thread_local int64_t second = -1;
  thread_local std::string text;
  if (const int64_t current = absl::ToUnixSeconds(now); current != second) {
    second = current;
    text = absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", now, absl::UTCTimeZone());
  }
  return text;
}

}  // namespace

Reply JsonReply(std::string json, int status) {
  return Reply{.status = status, .body = std::make_shared<const std::string>(std::move(json))};
}

Reply ErrorReply(const grpc::Status& given) {
  const grpc::Status status = Explained(given);
  Reply reply = JsonReply(ErrorJson(status), HttpStatus(status.error_code()));
  if (reply.status == 401) reply.fields.emplace_back("WWW-Authenticate", "Bearer");
  if (const std::optional<absl::Duration> delay = rpc::RetryDelay(status); delay.has_value()) {
    const absl::Duration seconds = absl::Ceil(std::max(*delay, absl::Seconds(1)), absl::Seconds(1));
    reply.fields.emplace_back("Retry-After", absl::StrCat(absl::ToInt64Seconds(seconds)));
  }
  if (ReasonOf(rpc::FromGrpc(given)) == kRateLimited) reply.pause = kPause;
  return reply;
}

Reply ErrorReply(const absl::Status& status) { return ErrorReply(rpc::ToGrpc(status)); }

Reply ErrorReply(int http_status, const absl::Status& status) {
  Reply reply = ErrorReply(status);
  reply.status = http_status;
  return reply;
}

std::string FormatHead(const Reply& reply, Framing framing, bool keep_alive, absl::Time now) {
  std::string head = absl::StrCat("HTTP/1.1 ", reply.status, " ", PhraseOf(reply.status), "\r\nDate: ", DateOf(now),
                                  "\r\nX-Content-Type-Options: nosniff\r\n");
  const bool has_body = reply.status != 204 && reply.status != 304;
  if (has_body && (reply.body != nullptr || framing != Framing::kLength)) {
    absl::StrAppend(&head, "Content-Type: ", reply.type, "\r\n");
  }
  if (framing == Framing::kChunked) {
    head += "Transfer-Encoding: chunked\r\n";
  } else if (framing == Framing::kLength && has_body) {
    absl::StrAppend(&head, "Content-Length: ", reply.body == nullptr ? 0 : reply.body->size(), "\r\n");
  }
  const bool says_caching = std::any_of(reply.fields.begin(), reply.fields.end(),
                                        [](const auto& field) { return field.first == "Cache-Control"; });
  if (!says_caching) head += "Cache-Control: no-store\r\n";
  for (const auto& [name, value] : reply.fields) absl::StrAppend(&head, name, ": ", value, "\r\n");
  absl::StrAppend(&head, "Connection: ", keep_alive ? "keep-alive" : "close", "\r\n\r\n");
  return head;
}

std::string ErrorLine(const grpc::Status& status) {
  return absl::StrCat("{\"error\":", ErrorJson(Explained(status)), "}\n");
}

}  // namespace anju::gateway
