#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "absl/base/call_once.h"
#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "gateway/http/reply.h"
#include "gateway/http/request.h"
#include "gateway/proxy/switchboard.h"
#include "gateway/transcoding/transcoding.h"

namespace anju::gateway {

// A body that may be sent again: as it is, and compressed once somebody wants it so; with the tag by which a caller who
// has it needs not be sent it.
class Rendered {
 public:
  explicit Rendered(std::string bytes);

  const std::shared_ptr<const std::string>& plain() const { return plain_; }
  // Made at the first call.
  const std::shared_ptr<const std::string>& gzip() const;
  // Of what it says, whenever it was asked for (`as_of`) and however it is compressed: `W/"…"`.
  const std::string& tag() const { return tag_; }

 private:
  const std::shared_ptr<const std::string> plain_;
  const std::string tag_;
  mutable absl::once_flag once_;
  mutable std::shared_ptr<const std::string> gzip_;
};

// Whether a caller who says this in If-None-Match has what is tagged so.
bool MatchesTag(absl::string_view if_none_match, absl::string_view tag);

// The answer to this request: 304 when the caller has it, compressed when they take that and it is worth it.
Reply Present(const Rendered& rendered, const RequestHead& head, absl::string_view cache_control);

// Bytes compressed where the caller takes that, for an answer that is sent once.
Reply PresentOnce(std::string json, const RequestHead& head);

// The JSON of answers that the switchboard gives again and again, found by the answer itself. Safe to use from any
// thread.
class Renderings {
 public:
  explicit Renderings(const Transcoder& transcoder) : transcoder_(transcoder) {}

  // With `keep` for the next time. INTERNAL when the answer cannot be read.
  absl::StatusOr<std::shared_ptr<const Rendered>> Get(const Transcoder::Match& match, const Switchboard::Bytes& answer,
                                                      bool keep);

 private:
  struct Kept {
    // Held, so that no other answer comes to lie where this one does.
    Switchboard::Bytes answer;
    std::shared_ptr<const Rendered> rendered;
  };

  const Transcoder& transcoder_;
  absl::Mutex mutex_;
  std::unordered_map<const std::string*, Kept> kept_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace anju::gateway
