#include "services/platform/audit/refusals.h"

#include "services/platform/audit/log.h"
#include "services/platform/base/error.h"

namespace anju::audit {

void Refusals::Count(const rpc::Caller& caller, absl::string_view reason, absl::string_view division) {
  Entry entry{.at = clock_.Now(),
              .kind = Kind::kRefused,
              .subject = caller.subject,
              .role = rpc::RoleWords(caller),
              .method = caller.method,
              .division = division.empty() ? caller.scope : std::string(division),
              .request_id = caller.request_id,
              .purpose = std::string(reason)};
  absl::MutexLock lock(&mutex_);
  Key key{entry.subject, entry.method, entry.purpose};
  if (counted_.size() >= kMostRefusals && !counted_.contains(key)) {
    key = {};
    entry = {.at = entry.at, .kind = Kind::kRefused};
  }
  Counted& counted = counted_[key];
  if (counted.entry.record_count == 0) counted.entry = std::move(entry);
  ++counted.entry.record_count;
}

absl::StatusOr<int64_t> Refusals::Keep(bool all) {
  const absl::Time now = clock_.Now();
  std::map<Key, Entry> due;
  {
    absl::MutexLock lock(&mutex_);
    std::erase_if(counted_, [&](const auto& one) {
      return one.second.entry.record_count == 0 && now - one.second.kept_at >= kRefusalsTogether;
    });
    for (const auto& [key, counted] : counted_) {
      const bool is_due = all || now - counted.kept_at >= kRefusalsTogether;
      if (is_due && counted.entry.record_count > 0) due.emplace(key, counted.entry);
    }
  }
  if (due.empty()) return 0;
  RETURN_IF_ERROR(database_.Write([&](storage::Transaction& transaction) -> absl::Status {
    for (const auto& [key, entry] : due) RETURN_IF_ERROR(Append(transaction, entry));
    return absl::OkStatus();
  }));
  // What was counted meanwhile is kept the next time.
  absl::MutexLock lock(&mutex_);
  for (const auto& [key, entry] : due) {
    counted_[key].entry.record_count -= entry.record_count;
    counted_[key].kept_at = now;
  }
  return static_cast<int64_t>(due.size());
}

}  // namespace anju::audit
