#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/cache/cache.h"

namespace anju::cache {

// Two kinds of marks tell readers of the cache that a service has changed:
//   anju:gen:<service>:<division>  counts the changes beneath a division, 0 when it is missing;
//   anju:epoch:<service>           a value never used before, new whenever counting can no longer be relied on.
// A Redis that must forget something should forget answers first: use a volatile-* policy, marks carry no TTL.
std::string EpochKey(absl::string_view service);
std::string GenerationKey(absl::string_view service, absl::string_view division);

// The keys of all marks of a division, in the order that StampOf expects.
std::vector<std::string> MarkKeys(const std::vector<std::string>& services, absl::string_view division);

// One word for the state of all marks: equal stamps mean that nothing has changed. Nothing when an epoch is missing,
// because then nobody counts. `marks` are the values of MarkKeys.
std::optional<std::string> StampOf(const std::optional<std::string>* marks, size_t services);

// Times of the Invalidator, for tests to shorten.
struct InvalidatorOptions {
  // How often the epoch is looked after.
  absl::Duration check_every = absl::Seconds(1);
  // After a failure.
  absl::Duration retry_every = absl::Milliseconds(100);
  // Divisions told in one go.
  size_t batch = 500;
  // Divisions waiting to be told; beyond that all of the service's answers are made worthless at once.
  size_t max_pending = 20000;
};

// Tells the readers of the cache what one service has changed. Every service has one and calls Changed after the
// commit, never before. Telling takes place on a thread of its own and is retried until it has succeeded; changes of
// the same division are told together. The epoch is replaced at the start, when the cache has been restarted (it may
// have woken with old marks) or emptied, and when too much is waiting. Safe to use from any thread.
class Invalidator {
 public:
  // `cache` outlives this object.
  Invalidator(Cache& cache, std::string service, InvalidatorOptions options = {});
  // Tries once more to tell what is waiting.
  ~Invalidator();
  Invalidator(const Invalidator&) = delete;
  Invalidator& operator=(const Invalidator&) = delete;

  // Records of these divisions have changed; the divisions above them are added here. Never waits for the cache.
  void Changed(const std::set<std::string>& divisions);

  // True when nothing is waiting, or once it is so within `timeout`.
  bool WaitUntilTold(absl::Duration timeout);

  // Divisions that are waiting to be told.
  int64_t pending() const;

 private:
  void Run();
  // Looks after the epoch; false when the cache could not be reached.
  bool CareForEpoch();
  bool ReplaceEpoch();
  // Tells one batch; false when it has to be repeated.
  bool Tell();
  bool IsQuiet() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return pending_.empty() && telling_.empty() && !overflown_;
  }

  Cache& cache_;
  const std::string service_;
  const InvalidatorOptions options_;

  mutable absl::Mutex mutex_;
  std::set<std::string> pending_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> telling_ ABSL_GUARDED_BY(mutex_);
  bool overflown_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;

  // Of the thread alone.
  bool epoch_wanted_ = true;
  std::string epoch_incarnation_;

  std::thread thread_;
};

}  // namespace anju::cache
