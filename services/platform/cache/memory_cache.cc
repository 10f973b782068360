#include "services/platform/cache/memory_cache.h"

namespace anju::cache {

void MemoryCache::Remove(Entries::iterator entry) {
  bytes_ -= entry->key.size() + entry->value.size();
  index_.erase(entry->key);
  entries_.erase(entry);
}

std::vector<std::optional<std::string>> MemoryCache::GetMany(const std::vector<std::string>& keys) {
  const absl::Time now = clock_.Now();
  std::vector<std::optional<std::string>> values(keys.size());
  absl::MutexLock lock(&mutex_);
  ++calls_;
  for (size_t i = 0; i < keys.size(); ++i) {
    auto found = index_.find(keys[i]);
    if (found == index_.end()) continue;
    auto entry = found->second;
    if (entry->expires <= now) {
      Remove(entry);
      continue;
    }
    entries_.splice(entries_.begin(), entries_, entry);
    values[i] = entry->value;
  }
  return values;
}

bool MemoryCache::Put(const std::string& key, absl::string_view value, absl::Duration ttl) {
  const absl::Time now = clock_.Now();
  absl::MutexLock lock(&mutex_);
  ++calls_;
  if (auto found = index_.find(key); found != index_.end()) Remove(found->second);
  const size_t size = key.size() + value.size();
  if (size > max_bytes_) return false;
  entries_.push_front(Entry{.key = key, .value = std::string(value), .expires = now + ttl});
  index_[key] = entries_.begin();
  bytes_ += size;
  while (bytes_ > max_bytes_) Remove(std::prev(entries_.end()));
  return true;
}

bool MemoryCache::Set(const std::string& key, absl::string_view value) {
  return Put(key, value, absl::InfiniteDuration());
}

bool MemoryCache::Increment(const std::vector<std::string>&, std::vector<std::string>*) {
  absl::MutexLock lock(&mutex_);
  ++calls_;
  return true;
}

CacheCounters MemoryCache::counters() const {
  absl::MutexLock lock(&mutex_);
  return CacheCounters{.calls = calls_};
}

}  // namespace anju::cache
