#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace anju::gateway {

inline constexpr size_t kMaxFields = 100;
// A line that announces a chunk, and everything behind the last one.
inline constexpr size_t kMaxChunkLine = 256;
inline constexpr size_t kMaxTrailerBytes = 4096;

// The head of an HTTP/1.0 or 1.1 request.
struct RequestHead {
  std::string method;
  // Path and query as they came; begins with a slash, or is `*`.
  std::string target;
  // What stood before them, as in a request to a proxy; else empty.
  std::string authority;
  bool is_1_0 = false;
  // Names in small letters.
  std::vector<std::pair<std::string, std::string>> fields;
  bool is_chunked = false;
  uint64_t content_length = 0;
  bool keep_alive = true;
  // The sender waits for `100 Continue` before the body.
  bool expects_continue = false;

  // The value of a field, `name` in small letters; empty when there is none. Several are joined by commas.
  std::string Field(absl::string_view name) const;
  bool HasBody() const { return is_chunked || content_length > 0; }
};

// Where the head in `bytes` ends: one past its empty line; nothing when it is not complete.
std::optional<size_t> FindHeadEnd(absl::string_view bytes);

// Reads a head, from the request line to the empty line. Only what every reader understands in the same way is taken,
// so that nobody in front of us can be made to see another request: lines end in CRLF, no line is folded, names are
// tokens right before their colon, values hold no control characters, one Host (none or one in HTTP/1.0) that is
// one and says what the target says, one
// Content-Length in digits or `Transfer-Encoding: chunked` but not both, and no field twice that must be one. Refuses
// with REQUEST_MALFORMED (INVALID_ARGUMENT), EXPECTATION_UNKNOWN (FAILED_PRECONDITION) and HTTP_VERSION_UNKNOWN
// (UNIMPLEMENTED).
absl::StatusOr<RequestHead> ParseHead(absl::string_view head);

// Takes the body of a request off the bytes that come after its head.
class BodyReader {
 public:
  explicit BodyReader(const RequestHead& head) : is_chunked_(head.is_chunked), left_(head.content_length) {}

  // Appends what belongs to the body, and answers how many bytes were used; there may be some left only when more are
  // needed to go on, or when the body is complete. What follows the last chunk must be fields, as in a head; they are
  // dropped. Refuses with REQUEST_MALFORMED.
  absl::StatusOr<size_t> Take(absl::string_view bytes, std::string& body);
  bool done() const { return is_chunked_ ? stage_ == Stage::kDone : left_ == 0; }

 private:
  enum class Stage { kSize, kData, kDataEnd, kTrailer, kDone };
  // Each moves on by one step; 0 when it takes more bytes.
  absl::StatusOr<size_t> Step(absl::string_view bytes, std::string& body);
  absl::StatusOr<size_t> TakeSize(absl::string_view bytes);

  const bool is_chunked_;
  Stage stage_ = Stage::kSize;
  uint64_t left_;
  size_t trailer_bytes_ = 0;
};

}  // namespace anju::gateway
