// Requests of HTTP/1: what a stranger sends on one connection. The first byte says how long the pieces are in which it
// arrives: what is read may not depend on it. What is taken is held against a second reader, which knows one spelling
// of everything, so that nobody before us can have seen another request; what neither takes nor refuses is short.

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/http/request.h"
#include "services/platform/base/error.h"
#include "tests/fuzz/property.h"

namespace {

using anju::gateway::BodyReader;
using anju::gateway::RequestHead;

struct Request {
  RequestHead head;
  std::string head_bytes;
  // As they came; of a body that is refused, some may be missing.
  std::string body_bytes;
  std::string body;
  bool is_whole = false;
};

struct Connection {
  std::vector<Request> requests;
  // What ended it, if something did.
  std::string reason;
};

// What a connection takes of `text`, which comes in pieces.
Connection Read(absl::string_view text, size_t piece) {
  Connection connection;
  std::optional<BodyReader> body;
  std::string bytes;
  const auto refuse = [&](const absl::Status& status) {
    connection.reason = anju::ReasonOf(status);
    PROPERTY(!connection.reason.empty());
  };
  for (size_t at = 0; at < text.size(); at += piece) {
    absl::StrAppend(&bytes, text.substr(at, piece));
    while (true) {
      if (!body.has_value()) {
        const auto end = anju::gateway::FindHeadEnd(bytes);
        if (!end.has_value()) break;
        PROPERTY(*end <= bytes.size());
        auto head = anju::gateway::ParseHead(absl::string_view(bytes).substr(0, *end));
        if (!head.ok()) return refuse(head.status()), connection;
        body.emplace(*head);
        connection.requests.push_back({.head = *std::move(head), .head_bytes = bytes.substr(0, *end)});
        bytes.erase(0, *end);
      }
      Request& request = connection.requests.back();
      const auto used = body->Take(bytes, request.body);
      if (!used.ok()) return refuse(used.status()), connection;
      PROPERTY(*used <= bytes.size());
      request.body_bytes += bytes.substr(0, *used);
      bytes.erase(0, *used);
      // Of what is not understood yet no more is kept than the longest line that may come.
      PROPERTY(body->done() || bytes.size() <= anju::gateway::kMaxTrailerBytes);
      if (!body->done()) break;
      request.is_whole = true;
      body.reset();
    }
  }
  return connection;
}

bool Same(const RequestHead& a, const RequestHead& b) {
  return a.method == b.method && a.target == b.target && a.is_1_0 == b.is_1_0 && a.fields == b.fields &&
         a.is_chunked == b.is_chunked && a.content_length == b.content_length && a.keep_alive == b.keep_alive &&
         a.expects_continue == b.expects_continue;
}

bool Same(const Connection& a, const Connection& b) {
  return a.reason == b.reason && std::equal(a.requests.begin(), a.requests.end(), b.requests.begin(), b.requests.end(),
                                            [](const Request& one, const Request& other) {
                                              return one.head_bytes == other.head_bytes && Same(one.head, other.head) &&
                                                     one.body == other.body && one.is_whole == other.is_whole &&
                                                     (!one.is_whole || one.body_bytes == other.body_bytes);
                                            });
}

// The lines of a text that ends with one; none has a CR, LF or another control character, but for the tab.
std::vector<std::string> Lines(absl::string_view text) {
  std::vector<std::string> lines = absl::StrSplit(text, "\r\n");
  PROPERTY(lines.back().empty());
  lines.pop_back();
  for (const std::string& line : lines) {
    for (const unsigned char c : line) PROPERTY(c == '\t' || (c >= 0x20 && c != 0x7F));
  }
  return lines;
}

// A name right before its colon, and a value without the blanks around it.
std::pair<std::string, std::string> Field(absl::string_view line) {
  const size_t colon = line.find(':');
  PROPERTY(colon != absl::string_view::npos && colon > 0);
  for (const unsigned char c : line.substr(0, colon)) {
    PROPERTY(c > 0x20 && c < 0x7F && absl::string_view("\"(),/:;<=>?@[\\]{}").find(c) == absl::string_view::npos);
  }
  absl::string_view value = line.substr(colon + 1);
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  return {absl::AsciiStrToLower(line.substr(0, colon)), std::string(value)};
}

uint64_t Number(absl::string_view text, int base) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  PROPERTY(!text.empty() && error == std::errc() && end == text.data() + text.size());
  return number;
}

// `/path?query`, or the same after `http://host`, which is then the host that the request names.
void CheckTarget(const std::string& said, const RequestHead& head) {
  if (head.authority.empty()) {
    PROPERTY(said == head.target);
    return;
  }
  PROPERTY(head.authority.find_first_of("/?#@ ") == std::string::npos);
  const std::string before = absl::StrCat(said.substr(0, said.find(':')), "://", head.authority);
  const std::string scheme = absl::AsciiStrToLower(said.substr(0, said.find(':')));
  PROPERTY(scheme == "http" || scheme == "https");
  // Nothing before the query is the root.
  const bool is_root = head.target == "/" || head.target.starts_with("/?");
  PROPERTY(said == before + head.target || (is_root && said == before + head.target.substr(1)));
  for (const auto& [name, value] : head.fields) {
    PROPERTY(name != "host" || absl::AsciiStrToLower(value) == absl::AsciiStrToLower(head.authority));
  }
}

void CheckHead(const Request& request) {
  const RequestHead& head = request.head;
  std::vector<std::string> lines = Lines(request.head_bytes);
  PROPERTY(lines.size() >= 2 && lines.back().empty());
  const std::vector<std::string> words = absl::StrSplit(lines[0], ' ');
  PROPERTY(words.size() == 3 && words[0] == head.method && words[2] == (head.is_1_0 ? "HTTP/1.0" : "HTTP/1.1"));
  CheckTarget(words[1], head);
  PROPERTY(!head.method.empty() && (head.target == "*" || head.target[0] == '/'));
  PROPERTY(head.target.find_first_of(" \t#") == std::string::npos);
  std::vector<std::pair<std::string, std::string>> fields;
  for (size_t i = 1; i + 1 < lines.size(); ++i) fields.push_back(Field(lines[i]));
  PROPERTY(fields == head.fields);
  PROPERTY(fields.size() <= anju::gateway::kMaxFields);
  // It has one length, in one of two ways.
  size_t lengths = 0, hosts = 0;
  for (const auto& [name, value] : fields) {
    hosts += name == "host";
    if (name == "content-length") {
      ++lengths;
      PROPERTY(!head.is_chunked && head.content_length == Number(value, 10));
    }
    if (name == "transfer-encoding") {
      ++lengths;
      PROPERTY(head.is_chunked && !head.is_1_0 && absl::AsciiStrToLower(value) == "chunked");
    }
  }
  PROPERTY(hosts == 1 || (head.is_1_0 && hosts == 0));
  PROPERTY(lengths == 1 || (lengths == 0 && !head.HasBody()));
}

// The body that stands in whole chunks.
std::string Joined(absl::string_view chunks) {
  std::string body;
  while (true) {
    const size_t end = chunks.find("\r\n");
    PROPERTY(end != absl::string_view::npos && end + 1 <= anju::gateway::kMaxChunkLine);
    const std::string line = Lines(chunks.substr(0, end + 2))[0];
    chunks.remove_prefix(end + 2);
    const uint64_t size = Number(line.substr(0, line.find(';')), 16);
    if (size == 0) break;
    PROPERTY(size + 2 <= chunks.size() && chunks.substr(size, 2) == "\r\n");
    absl::StrAppend(&body, chunks.substr(0, size));
    chunks.remove_prefix(size + 2);
  }
  PROPERTY(chunks.size() <= anju::gateway::kMaxTrailerBytes);
  const std::vector<std::string> lines = Lines(chunks);
  PROPERTY(!lines.empty() && lines.back().empty());
  for (size_t i = 0; i + 1 < lines.size(); ++i) Field(lines[i]);
  return body;
}

void CheckBody(const Request& request) {
  const RequestHead& head = request.head;
  if (head.is_chunked) {
    PROPERTY(!request.is_whole || request.body == Joined(request.body_bytes));
  } else {
    PROPERTY(request.body == request.body_bytes);
    PROPERTY(request.body.size() <= head.content_length);
    PROPERTY(request.is_whole == (request.body.size() == head.content_length));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const size_t piece = data[0] + size_t{1};
  const absl::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Connection connection = Read(text, size);
  PROPERTY(Same(connection, Read(text, piece)));
  for (const Request& request : connection.requests) {
    CheckHead(request);
    CheckBody(request);
  }
  return 0;
}
