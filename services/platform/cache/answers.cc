#include "services/platform/cache/answers.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/platform/base/ids.h"
#include "services/platform/cache/generations.h"

namespace anju::cache {

using enum absl::StatusCode;

namespace {

constexpr absl::string_view kMagic = "anju1";
constexpr size_t kDigestSize = 64;
constexpr size_t kNumberSize = 16;

std::string Digest(absl::string_view key, absl::string_view framed) {
  return Sha256(absl::StrCat(key.size(), ":", key, framed));
}

std::string Fixed(uint64_t number) { return absl::StrCat(absl::Hex(number, absl::kZeroPad16)); }

// The caller's own trouble, which says nothing to the others that wait for the same answer.
bool IsOnlyTheCallers(const absl::Status& status) {
  return status.code() == kDeadlineExceeded || status.code() == kCancelled || status.code() == kUnauthenticated ||
         status.code() == kPermissionDenied;
}

}  // namespace

// magic, digest of the rest, time in microseconds, length of the stamp, stamp, answer.
std::string Frame(absl::string_view key, const StoredAnswer& answer) {
  const std::string framed = absl::StrCat(Fixed(static_cast<uint64_t>(absl::ToUnixMicros(answer.made_at))),
                                          Fixed(answer.stamp.size()), answer.stamp, answer.bytes);
  return absl::StrCat(kMagic, Digest(key, framed), framed);
}

std::optional<StoredAnswer> Unframe(absl::string_view key, absl::string_view stored) {
  if (!absl::ConsumePrefix(&stored, kMagic) || stored.size() < kDigestSize + 2 * kNumberSize) return std::nullopt;
  const absl::string_view digest = stored.substr(0, kDigestSize);
  stored.remove_prefix(kDigestSize);
  if (Digest(key, stored) != digest) return std::nullopt;
  uint64_t micros = 0;
  uint64_t stamp_size = 0;
  if (!absl::SimpleHexAtoi(stored.substr(0, kNumberSize), &micros) ||
      !absl::SimpleHexAtoi(stored.substr(kNumberSize, kNumberSize), &stamp_size)) {
    return std::nullopt;
  }
  stored.remove_prefix(2 * kNumberSize);
  if (stamp_size > stored.size()) return std::nullopt;
  return StoredAnswer{.made_at = absl::FromUnixMicros(static_cast<int64_t>(micros)),
                      .stamp = std::string(stored.substr(0, stamp_size)),
                      .bytes = std::string(stored.substr(stamp_size))};
}

Answers::Answers(Cache& cache, const Clock& clock, std::vector<std::string> services, AnswersOptions options)
    : cache_(cache), clock_(clock), services_(std::move(services)), options_(options) {}

Answers::Bytes Answers::Near(const std::string& key) {
  const absl::Time now = clock_.Now();
  const auto is_within = [now](absl::Time since, absl::Duration age) { return since <= now && now - since < age; };
  absl::MutexLock lock(&mutex_);
  auto found = near_.find(key);
  const bool is_good = found != near_.end() && (is_within(found->second.current_at, options_.unquestioned) ||
                                                is_within(found->second.made_at, options_.tolerated_age));
  if (!is_good) return nullptr;
  ++counters_.near;
  return found->second.bytes;
}

Answers::Bytes Answers::Remember(const std::string& key, std::string bytes, absl::Time made_at, absl::Time current_at) {
  auto shared = std::make_shared<const std::string>(std::move(bytes));
  const size_t size = key.size() + shared->size();
  absl::MutexLock lock(&mutex_);
  // The same answer stays the same object, by which others find what they have made of it.
  if (auto found = near_.find(key); found != near_.end() && *found->second.bytes == *shared) {
    found->second.made_at = made_at;
    found->second.current_at = current_at;
    return found->second.bytes;
  }
  if (auto found = near_.find(key); found != near_.end()) {
    near_bytes_ -= key.size() + found->second.bytes->size();
    near_.erase(found);
  }
  // What is near is worth little after a second, so nothing is lost by starting again.
  if (near_bytes_ + size > options_.near_bytes) {
    near_.clear();
    near_bytes_ = 0;
  }
  if (size > options_.near_bytes) return shared;
  near_[key] = NearAnswer{.bytes = shared, .made_at = made_at, .current_at = current_at};
  near_bytes_ += size;
  return shared;
}

bool Answers::HasSettled(absl::Time now) {
  const std::string incarnation = cache_.Incarnation();
  absl::MutexLock lock(&mutex_);
  if (incarnation != incarnation_) {
    incarnation_ = incarnation;
    incarnation_since_ = now;
  }
  return now - incarnation_since_ >= options_.settling;
}

absl::StatusOr<Answers::Bytes> Answers::Fetch(const std::string& key, absl::string_view division, Compute compute) {
  const absl::Time now = clock_.Now();
  const auto is_young = [&](absl::Time made_at) { return made_at <= now && now - made_at < options_.tolerated_age; };

  std::vector<std::string> keys = MarkKeys(services_, division);
  keys.push_back(key);
  const std::vector<std::optional<std::string>> values = cache_.GetMany(keys);
  const std::optional<std::string> stamp = StampOf(values.data(), services_.size());
  const bool is_trusted = HasSettled(now) && stamp.has_value();

  if (values.back().has_value()) {
    std::optional<StoredAnswer> stored = Unframe(key, *values.back());
    const bool is_current = stored.has_value() && is_trusted && stored->stamp == *stamp &&
                            now - stored->made_at < options_.ttl && stored->made_at <= now;
    if (is_current || (stored.has_value() && is_young(stored->made_at))) {
      {
        absl::MutexLock lock(&mutex_);
        ++(is_current ? counters_.stored : counters_.tolerated);
      }
      return Remember(key, std::move(stored->bytes), stored->made_at, is_current ? now : stored->made_at);
    }
  }
  {
    absl::MutexLock lock(&mutex_);
    ++counters_.computed;
  }

  absl::StatusOr<std::string> computed = compute();
  if (!computed.ok()) return computed.status();
  cache_.Put(key, Frame(key, {.made_at = now, .stamp = stamp.value_or(""), .bytes = *computed}),
             stamp.has_value() ? options_.ttl : options_.tolerated_age);
  return Remember(key, *std::move(computed), now, now);
}

absl::StatusOr<Answers::Bytes> Answers::Get(const std::string& key, absl::string_view division, absl::Time deadline,
                                            Compute compute) {
  for (;;) {
    if (Bytes near = Near(key); near != nullptr) return near;
    std::shared_ptr<Flight> flight;
    {
      const absl::Time now = clock_.Now();
      absl::MutexLock lock(&mutex_);
      auto& slot = flights_[key];
      if (slot != nullptr) {
        // Someone is at it. What was begun too long ago may miss a write that this caller knows of.
        flight = slot;
        if (!mutex_.AwaitWithDeadline(absl::Condition(&flight->done), deadline)) {
          return absl::DeadlineExceededError("the deadline passed while the answer was being made");
        }
        if (now - flight->started >= options_.tolerated_age) continue;
        if (!flight->result.ok() && IsOnlyTheCallers(flight->result.status())) continue;
        ++counters_.joined;
        return flight->result;
      }
      flight = slot = std::make_shared<Flight>();
      flight->started = now;
    }
    absl::StatusOr<Bytes> result = Fetch(key, division, compute);
    absl::MutexLock lock(&mutex_);
    flight->result = result;
    flight->done = true;
    flights_.erase(key);
    return result;
  }
}

AnswersCounters Answers::counters() const {
  absl::MutexLock lock(&mutex_);
  return counters_;
}

}  // namespace anju::cache
