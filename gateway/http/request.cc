#include "gateway/http/request.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/platform/base/error.h"

namespace anju::gateway {

using enum absl::StatusCode;

namespace {

constexpr absl::string_view kLineEnd = "\r\n";
// Sixteen are 2^64 - 1; no body is near that.
constexpr size_t kMaxSizeDigits = 15;

// What a second one of would let two readers see two requests.
constexpr absl::string_view kOnce[] = {
    "authorization", "content-encoding",  "content-length", "content-type",   "expect",    "host",        "origin",
    "traceparent",   "transfer-encoding", "x-anju-purpose", "x-anju-service", "x-real-ip", "x-request-id"};

absl::Status Malformed(absl::string_view sentence) { return Refuse(kInvalidArgument, "REQUEST_MALFORMED", sentence); }

bool IsTokenCharacter(unsigned char c) {
  return absl::ascii_isalnum(c) || absl::string_view("!#$%&'*+-.^_`|~").find(c) != absl::string_view::npos;
}

bool IsToken(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenCharacter);
}

// What may stand in a value or a chunk extension. Bytes beyond ASCII are taken: names of browsers have them.
bool IsText(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7F); });
}

bool IsTarget(absl::string_view text) {
  const bool is_printable =
      std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F && c != '#'; });
  return is_printable && (text == "*" || absl::StartsWith(text, "/"));
}

// A name or an address, perhaps with a port; it may be empty.
bool IsHost(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || absl::string_view("-._~%!$&'()*+,;=:[]").find(c) != absl::string_view::npos;
  });
}

// Without the blanks around it. Other white space is part of a value, which it makes one with control characters.
absl::string_view StripBlanks(absl::string_view text) {
  constexpr absl::string_view kBlanks = " \t";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == absl::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

size_t Count(const RequestHead& head, absl::string_view name) {
  return std::count_if(head.fields.begin(), head.fields.end(), [&](const auto& field) { return field.first == name; });
}

// `http://host/path` asks for the same as `/path` with this Host.
void SplitTarget(absl::string_view target, RequestHead& head) {
  absl::string_view rest = target;
  if (absl::StartsWithIgnoreCase(rest, "http://") || absl::StartsWithIgnoreCase(rest, "https://")) {
    rest.remove_prefix(rest.find("//") + 2);
    head.authority = std::string(rest.substr(0, rest.find_first_of("/?")));
    rest.remove_prefix(head.authority.size());
    if (head.authority.empty()) rest = target;
  }
  head.target = absl::StrCat(!head.authority.empty() && !absl::StartsWith(rest, "/") ? "/" : "", rest);
}

absl::Status ReadRequestLine(absl::string_view line, RequestHead& head) {
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
  if (words.size() != 3 || !IsToken(words[0])) {
    return Malformed("the first line of a request is METHOD /path HTTP/1.1");
  }
  SplitTarget(words[1], head);
  if (!IsTarget(head.target)) return Malformed("the first line of a request is METHOD /path HTTP/1.1");
  if (words[2] != "HTTP/1.1" && words[2] != "HTTP/1.0") {
    if (!absl::StartsWith(words[2], "HTTP/")) return Malformed("the first line of a request is METHOD /path HTTP/1.1");
    return Refuse(kUnimplemented, "HTTP_VERSION_UNKNOWN", "speak HTTP/1.1 here");
  }
  head.method = std::string(words[0]);
  head.is_1_0 = words[2] == "HTTP/1.0";
  return absl::OkStatus();
}

// A line of a head or a trailer.
absl::StatusOr<std::pair<std::string, std::string>> ReadField(absl::string_view line) {
  const size_t colon = line.find(':');
  if (colon == absl::string_view::npos || !IsToken(line.substr(0, colon))) return Malformed("a field is Name: value");
  const absl::string_view value = StripBlanks(line.substr(colon + 1));
  if (!IsText(value)) return Malformed("the value of a field holds no control characters");
  return std::pair(absl::AsciiStrToLower(line.substr(0, colon)), std::string(value));
}

absl::Status ReadLength(RequestHead& head) {
  head.is_chunked = Count(head, "transfer-encoding") > 0;
  const bool has_length = Count(head, "content-length") > 0;
  if (head.is_chunked) {
    // An empty encoding is none to some readers, and an error to others.
    if (!absl::EqualsIgnoreCase(head.Field("transfer-encoding"), "chunked")) {
      return Malformed("the only Transfer-Encoding here is chunked");
    }
    if (has_length || head.is_1_0) return Malformed("a chunked body has no Content-Length, and needs HTTP/1.1");
  }
  if (!has_length) return absl::OkStatus();
  const std::string length = head.Field("content-length");
  const bool is_number =
      std::all_of(length.begin(), length.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
  if (length.empty() || !is_number || !absl::SimpleAtoi(length, &head.content_length)) {
    return Malformed("the Content-Length is not a number");
  }
  return absl::OkStatus();
}

absl::Status CheckFields(RequestHead& head) {
  for (absl::string_view name : kOnce) {
    if (Count(head, name) > 1) return Malformed(absl::StrCat("the field ", name, " stands twice"));
  }
  if (!head.is_1_0 && Count(head, "host") != 1) return Malformed("HTTP/1.1 needs the field Host");
  const std::string host = head.Field("host");
  if (!IsHost(host)) return Malformed("the field Host is no host");
  const bool has_host = Count(head, "host") > 0;
  if (!head.authority.empty() &&
      (!IsHost(head.authority) || (has_host && !absl::EqualsIgnoreCase(head.authority, host)))) {
    return Malformed("the field Host says another host than the first line");
  }
  RETURN_IF_ERROR(ReadLength(head));
  const std::string expect = head.Field("expect");
  head.expects_continue = absl::EqualsIgnoreCase(expect, "100-continue") && head.HasBody() && !head.is_1_0;
  if (!expect.empty() && !absl::EqualsIgnoreCase(expect, "100-continue")) {
    return Refuse(kFailedPrecondition, "EXPECTATION_UNKNOWN", "the only expectation that is met here is 100-continue");
  }
  const std::string connection = absl::AsciiStrToLower(head.Field("connection"));
  head.keep_alive = head.is_1_0 ? absl::StrContains(connection, "keep-alive") : !absl::StrContains(connection, "close");
  return absl::OkStatus();
}

}  // namespace

std::string RequestHead::Field(absl::string_view name) const {
  std::string joined;
  bool is_first = true;
  for (const auto& [key, value] : fields) {
    if (key != name) continue;
    absl::StrAppend(&joined, is_first ? "" : ", ", value);
    is_first = false;
  }
  return joined;
}

std::optional<size_t> FindHeadEnd(absl::string_view bytes) {
  const size_t end = bytes.find("\r\n\r\n");
  // A head that ends without CRs is complete as well; it is refused when it is read, not waited for.
  const size_t bare = bytes.find("\n\n");
  if (end == absl::string_view::npos && bare == absl::string_view::npos) return std::nullopt;
  return bare < end ? bare + 2 : end + 4;
}

absl::StatusOr<RequestHead> ParseHead(absl::string_view text) {
  RequestHead head;
  bool is_first = true;
  while (true) {
    const size_t end = text.find(kLineEnd);
    const absl::string_view line = text.substr(0, end);
    if (end == absl::string_view::npos || line.find_first_of("\r\n") != absl::string_view::npos) {
      return Malformed("lines end in CRLF");
    }
    text.remove_prefix(end + kLineEnd.size());
    if (line.empty() && !is_first) break;
    if (is_first) {
      RETURN_IF_ERROR(ReadRequestLine(line, head));
      is_first = false;
    } else {
      ASSIGN_OR_RETURN(auto field, ReadField(line));
      head.fields.push_back(std::move(field));
      if (head.fields.size() > kMaxFields) {
        return Malformed(absl::StrCat("a head has at most ", kMaxFields, " fields"));
      }
    }
  }
  RETURN_IF_ERROR(CheckFields(head));
  return head;
}

absl::StatusOr<size_t> BodyReader::Take(absl::string_view bytes, std::string& body) {
  size_t used = 0;
  while (!done() && used < bytes.size()) {
    ASSIGN_OR_RETURN(const size_t step, Step(bytes.substr(used), body));
    if (step == 0) break;
    used += step;
  }
  return used;
}

absl::StatusOr<size_t> BodyReader::Step(absl::string_view bytes, std::string& body) {
  const auto take = [&] {
    const auto size = static_cast<size_t>(std::min<uint64_t>(left_, bytes.size()));
    body.append(bytes.data(), size);
    left_ -= size;
    return size;
  };
  if (!is_chunked_) return take();
  switch (stage_) {
    case Stage::kSize:
      return TakeSize(bytes);
    case Stage::kData: {
      const size_t size = take();
      if (left_ == 0) stage_ = Stage::kDataEnd;
      return size;
    }
    case Stage::kDataEnd:
      if (bytes.size() < kLineEnd.size() && bytes[0] == '\r') return size_t{0};
      if (!absl::StartsWith(bytes, kLineEnd)) return Malformed("a chunk does not end where it says");
      stage_ = Stage::kSize;
      return kLineEnd.size();
    case Stage::kTrailer: {
      const size_t end = bytes.find('\n');
      const size_t size = end == absl::string_view::npos ? bytes.size() : end + 1;
      if (trailer_bytes_ + size > kMaxTrailerBytes) return Malformed("what follows the last chunk is too long");
      if (end == absl::string_view::npos) return size_t{0};
      absl::string_view line = bytes.substr(0, end);
      if (!absl::ConsumeSuffix(&line, "\r")) return Malformed("lines end in CRLF");
      trailer_bytes_ += size;
      // Nobody here reads what stands behind a body, but a line that is no field may be the next request to others.
      if (line.empty()) {
        stage_ = Stage::kDone;
      } else {
        RETURN_IF_ERROR(ReadField(line).status());
      }
      return size;
    }
    case Stage::kDone:
      break;
  }
  return size_t{0};
}

absl::StatusOr<size_t> BodyReader::TakeSize(absl::string_view bytes) {
  const size_t end = bytes.find('\n');
  if (end == absl::string_view::npos) {
    if (bytes.size() > kMaxChunkLine) return Malformed("the size of a chunk is too long");
    return size_t{0};
  }
  absl::string_view line = bytes.substr(0, end);
  if (!absl::EndsWith(line, "\r") || line.size() > kMaxChunkLine) return Malformed("lines end in CRLF");
  line.remove_suffix(1);
  const absl::string_view digits = line.substr(0, line.find(';'));
  const bool is_hex =
      std::all_of(digits.begin(), digits.end(), [](unsigned char c) { return absl::ascii_isxdigit(c); });
  if (digits.empty() || digits.size() > kMaxSizeDigits || !is_hex || !IsText(line) ||
      !absl::SimpleHexAtoi(digits, &left_)) {
    return Malformed("the size of a chunk is not a number");
  }
  stage_ = left_ == 0 ? Stage::kTrailer : Stage::kData;
  return end + 1;
}

}  // namespace anju::gateway
