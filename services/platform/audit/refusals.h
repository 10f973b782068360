#pragma once

#include <map>
#include <string>
#include <tuple>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/audit/entry.h"
#include "services/platform/base/clock.h"
#include "services/platform/rpc/identity.h"
#include "services/platform/storage/database.h"

namespace anju::audit {

// What one caller is refused by one method for one reason is one entry in this time.
inline constexpr absl::Duration kRefusalsTogether = absl::Minutes(1);
// How many such entries there are in this time at most; what is beyond counts as one more, of nobody.
inline constexpr size_t kMostRefusals = 200;

// Counts who was refused what, and keeps that in the audit log: the first refusal soon, those that follow it together.
// So a flood of refusals costs neither a transaction each nor much of the disk. What was not kept yet is lost with the
// process. Thread-safe.
class Refusals {
 public:
  Refusals(storage::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

  // Does no I/O. `reason` is a word of a contract, `division` what the caller has asked for; empty when they named
  // none.
  void Count(const rpc::Caller& caller, absl::string_view reason, absl::string_view division);

  // Keeps what is due, or all there is. Answers how many entries that were.
  absl::StatusOr<int64_t> Keep(bool all = false);

 private:
  // Subject, method and reason.
  using Key = std::tuple<std::string, std::string, std::string>;
  struct Counted {
    // As it is to be kept, of the first that was not; `record_count` of them.
    Entry entry;
    absl::Time kept_at = absl::InfinitePast();
  };

  storage::Database& database_;
  const Clock& clock_;
  absl::Mutex mutex_;
  std::map<Key, Counted> counted_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace anju::audit
