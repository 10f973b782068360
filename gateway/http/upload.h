#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/http/unary.h"

namespace anju::gateway {

// A line of NDJSON, and with it a message.
inline constexpr size_t kMaxLineBytes = 4 * 1024 * 1024;

// The two directions of a call with streams: a body that comes in pieces becomes requests, and answers become lines.
class Upload {
 public:
  virtual ~Upload() = default;

  // Takes the next piece of the body in, or its end. An error ends the call.
  virtual absl::Status Feed(absl::string_view piece) = 0;
  virtual absl::Status Finish() = 0;
  // Whether the body may be read on.
  virtual bool MayFeed() const { return ready_.size() < kWindow; }
  // The next request for the service, serialised; nothing when it takes more of the body.
  std::optional<std::string> Next();

  // An answer of the service; what of it is to be sent now, perhaps nothing.
  virtual absl::StatusOr<std::string> Answered(const std::string& message) = 0;
  // What is to be sent when the service has said its last word.
  virtual absl::StatusOr<std::string> Last() { return std::string(); }
  // Whether what is sent is lines as they come, or one JSON at the end.
  virtual bool IsLines() const { return true; }
  // What became of the call so far, to go with the error that ended it.
  virtual grpc::Status Explain(const grpc::Status& status) const { return status; }
  // Headings that were left out.
  virtual std::vector<std::string> UnknownColumns() const { return {}; }

 protected:
  // Requests that lie ready while one is on its way.
  static constexpr size_t kWindow = 2;
  std::deque<std::string> ready_;
};

// Takes NDJSON apart as it comes. Empty lines are counted and left out.
class LineSplitter {
 public:
  using Take = absl::FunctionRef<absl::Status(int64_t number, absl::string_view line)>;

  // Gives `take` the lines that end in the next piece; the first error ends it. Refuses with BODY_TOO_LARGE.
  absl::Status Feed(absl::string_view piece, Take take);
  // Nothing follows: gives `take` what is left.
  absl::Status Finish(Take take);

 private:
  std::string open_;
  int64_t number_ = 0;
};

// How the body of this request becomes requests of its method: one JSON; NDJSON, each line a request; or, for an import
// whose address names the division, CSV or NDJSON, each row a record. What the body is in, the Content-Type says:
// refuses with MEDIA_TYPE_UNKNOWN, and with FIELD_UNKNOWN or FIELD_MALFORMED for the address.
absl::StatusOr<std::unique_ptr<Upload>> OpenUpload(const Transcoder& transcoder, const Transcoder::Match& match,
                                                   const RequestHead& head, absl::Time now);

}  // namespace anju::gateway
