#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/base/clock.h"
#include "services/platform/cache/cache.h"

namespace anju::cache {

// A whole answer as it is kept: when its making began, and the stamp that was read before, empty when there was none.
struct StoredAnswer {
  absl::Time made_at;
  std::string stamp;
  std::string bytes;
};

// How an answer lies in the cache: framed, so that rubbish, a cut-off value or a value of another key is not read.
std::string Frame(absl::string_view key, const StoredAnswer& answer);
std::optional<StoredAnswer> Unframe(absl::string_view key, absl::string_view stored);

struct AnswersOptions {
  absl::Duration ttl = absl::Seconds(60);
  // An answer younger than this is served although its stamp has passed: under constant writes not every reader
  // recomputes, nor asks the cache.
  absl::Duration tolerated_age = absl::Seconds(1);
  // An older answer known to be current this recently is served again without asking the cache.
  absl::Duration unquestioned = absl::Milliseconds(100);
  // For so long after the cache was (re)started its stamps count for nothing: services need a moment to renew their
  // epochs.
  absl::Duration settling = absl::Seconds(2);
  // Answers kept in this process, in bytes.
  size_t near_bytes = size_t{64} << 20;
};

struct AnswersCounters {
  int64_t near = 0;
  int64_t stored = 0;
  int64_t tolerated = 0;
  int64_t joined = 0;
  int64_t computed = 0;
};

// Whole answers about divisions, each computed once per change and key: kept under the stamp that was read before it
// was computed, so that a write which lands meanwhile makes it worthless. An answer served is at most `tolerated_age`
// behind the last commit that the services have told the cache of. Safe to use from any thread.
class Answers {
 public:
  using Bytes = std::shared_ptr<const std::string>;
  using Compute = absl::FunctionRef<absl::StatusOr<std::string>()>;

  // `cache` and `clock` outlive this object. `services` are all those whose changes can change an answer.
  Answers(Cache& cache, const Clock& clock, std::vector<std::string> services, AnswersOptions options = {});

  // The answer, when it is known without waiting for anything; nothing otherwise.
  Bytes Near(const std::string& key);

  // The answer, from the cache or from `compute`, which runs at most once per key at a time; others wait for it until
  // their `deadline` (then DEADLINE_EXCEEDED). A failure to compute is passed on and not kept.
  absl::StatusOr<Bytes> Get(const std::string& key, absl::string_view division, absl::Time deadline, Compute compute);

  AnswersCounters counters() const;

 private:
  struct NearAnswer {
    Bytes bytes;
    absl::Time made_at;
    // Up to here nothing had changed.
    absl::Time current_at;
  };
  struct Flight {
    absl::Time started;
    bool done = false;
    absl::StatusOr<Bytes> result = Bytes();
  };

  absl::StatusOr<Bytes> Fetch(const std::string& key, absl::string_view division, Compute compute);
  // False until the cache has been the same for long enough.
  bool HasSettled(absl::Time now);
  Bytes Remember(const std::string& key, std::string bytes, absl::Time made_at, absl::Time current_at);

  Cache& cache_;
  const Clock& clock_;
  const std::vector<std::string> services_;
  const AnswersOptions options_;

  mutable absl::Mutex mutex_;
  std::unordered_map<std::string, NearAnswer> near_ ABSL_GUARDED_BY(mutex_);
  size_t near_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::unordered_map<std::string, std::shared_ptr<Flight>> flights_ ABSL_GUARDED_BY(mutex_);
  std::string incarnation_ ABSL_GUARDED_BY(mutex_);
  absl::Time incarnation_since_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  AnswersCounters counters_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace anju::cache
