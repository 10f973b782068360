#pragma once

#include <list>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/base/clock.h"
#include "services/platform/cache/cache.h"

namespace anju::cache {

// The memory of one process, at most `max_bytes` of keys and values; what was not used for longest goes first. Nobody
// else's generations reach it, so Increment keeps nothing and answers can only be served by their age.
class MemoryCache final : public Cache {
 public:
  static constexpr size_t kMaxBytes = size_t{64} << 20;

  explicit MemoryCache(const Clock& clock, size_t max_bytes = kMaxBytes) : clock_(clock), max_bytes_(max_bytes) {}

  std::vector<std::optional<std::string>> GetMany(const std::vector<std::string>& keys) override;
  bool Put(const std::string& key, absl::string_view value, absl::Duration ttl) override;
  bool Set(const std::string& key, absl::string_view value) override;
  bool Increment(const std::vector<std::string>& keys, std::vector<std::string>* spoilt) override;
  std::string Incarnation() override { return "memory"; }
  bool shared() const override { return false; }
  CacheCounters counters() const override;

 private:
  struct Entry {
    std::string key;
    std::string value;
    absl::Time expires;
  };
  using Entries = std::list<Entry>;

  void Remove(Entries::iterator entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock& clock_;
  const size_t max_bytes_;
  mutable absl::Mutex mutex_;
  // The most recently used first.
  Entries entries_ ABSL_GUARDED_BY(mutex_);
  std::unordered_map<std::string, Entries::iterator> index_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t calls_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace anju::cache
