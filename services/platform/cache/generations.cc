#include "services/platform/cache/generations.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/platform/base/division.h"
#include "services/platform/base/ids.h"

namespace anju::cache {

std::string EpochKey(absl::string_view service) { return absl::StrCat("anju:epoch:", service); }

std::string GenerationKey(absl::string_view service, absl::string_view division) {
  return absl::StrCat("anju:gen:", service, ":", division);
}

std::vector<std::string> MarkKeys(const std::vector<std::string>& services, absl::string_view division) {
  std::vector<std::string> keys;
  keys.reserve(services.size() * 2);
  for (const std::string& service : services) keys.push_back(EpochKey(service));
  for (const std::string& service : services) keys.push_back(GenerationKey(service, division));
  return keys;
}

std::optional<std::string> StampOf(const std::optional<std::string>* marks, size_t services) {
  std::string text;
  for (size_t i = 0; i < services * 2; ++i) {
    if (i < services && !marks[i].has_value()) return std::nullopt;
    const absl::string_view mark = marks[i].has_value() ? absl::string_view(*marks[i]) : absl::string_view("0");
    absl::StrAppend(&text, mark.size(), ":", mark);
  }
  return Sha256(text);
}

Invalidator::Invalidator(Cache& cache, std::string service, InvalidatorOptions options)
    : cache_(cache), service_(std::move(service)), options_(options) {
  if (cache_.shared()) thread_ = std::thread([this] { Run(); });
}

Invalidator::~Invalidator() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void Invalidator::Changed(const std::set<std::string>& divisions) {
  if (!cache_.shared()) return;
  absl::MutexLock lock(&mutex_);
  if (overflown_) return;
  for (const std::string& division : divisions) {
    for (absl::string_view above : Lineage(division)) pending_.insert(std::string(above));
  }
  if (pending_.size() > options_.max_pending) {
    pending_.clear();
    overflown_ = true;
  }
}

bool Invalidator::WaitUntilTold(absl::Duration timeout) {
  absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(
      absl::Condition(
          +[](Invalidator* self) ABSL_NO_THREAD_SAFETY_ANALYSIS { return self->IsQuiet(); }, this),
      timeout);
}

int64_t Invalidator::pending() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int64_t>(pending_.size() + telling_.size());
}

bool Invalidator::ReplaceEpoch() {
  // A change that overflows after this point asks for another epoch.
  bool overflown = false;
  {
    absl::MutexLock lock(&mutex_);
    std::swap(overflown, overflown_);
  }
  if (!cache_.Set(EpochKey(service_), NewId(absl::Now()))) {
    epoch_wanted_ = true;
    absl::MutexLock lock(&mutex_);
    overflown_ = overflown_ || overflown;
    return false;
  }
  epoch_wanted_ = false;
  epoch_incarnation_ = cache_.Incarnation();
  return true;
}

bool Invalidator::CareForEpoch() {
  if (epoch_wanted_) return ReplaceEpoch();
  // A failure looks like a missing epoch; replacing it then fails as well, or was needless and does no harm.
  const bool present = cache_.GetMany({EpochKey(service_)})[0].has_value();
  if (present && cache_.Incarnation() == epoch_incarnation_) return true;
  return ReplaceEpoch();
}

bool Invalidator::Tell() {
  std::vector<std::string> keys;
  {
    absl::MutexLock lock(&mutex_);
    while (!pending_.empty() && telling_.size() < options_.batch) telling_.insert(pending_.extract(pending_.begin()));
    for (const std::string& division : telling_) keys.push_back(GenerationKey(service_, division));
  }
  std::vector<std::string> spoilt;
  const bool told = cache_.Increment(keys, &spoilt);
  // A mark that had to be removed counts as 0 again and may match an old answer.
  if (!spoilt.empty()) epoch_wanted_ = true;
  absl::MutexLock lock(&mutex_);
  if (!told) pending_.merge(telling_);
  telling_.clear();
  return told;
}

void Invalidator::Run() {
  absl::Time check_at = absl::InfinitePast();
  absl::Time retry_at = absl::InfinitePast();
  for (;;) {
    bool stopping = false;
    bool work = false;
    {
      absl::MutexLock lock(&mutex_);
      const auto something = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return stopping_ || !IsQuiet(); };
      if (absl::Now() < retry_at) {
        mutex_.AwaitWithDeadline(absl::Condition(&stopping_), std::min(retry_at, check_at));
      } else {
        mutex_.AwaitWithDeadline(absl::Condition(&something), check_at);
      }
      stopping = stopping_;
      work = !pending_.empty();
      if (overflown_) epoch_wanted_ = true;
    }
    const absl::Time now = absl::Now();
    if (!stopping && now < retry_at) continue;
    bool reached = true;
    if (epoch_wanted_ || now >= check_at) {
      reached = CareForEpoch();
      check_at = now + (reached ? options_.check_every : options_.retry_every);
    }
    if (reached && work) reached = Tell();
    if (reached && epoch_wanted_) reached = ReplaceEpoch();
    retry_at = reached ? absl::InfinitePast() : now + options_.retry_every;
    if (stopping) {
      absl::MutexLock lock(&mutex_);
      if (!reached || IsQuiet()) return;
    }
  }
}

}  // namespace anju::cache
