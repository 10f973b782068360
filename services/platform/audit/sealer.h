#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/audit/log.h"
#include "services/platform/base/clock.h"

namespace anju::audit {

// Seals a service's log, and writes its head to the service's own log: when it has begun, and once a minute when there
// is a new one. Says so loudly, and seals that as well, when the chain does not go through a head that it has sealed
// itself. Sealing is for one thread.
class Sealer {
 public:
  Sealer(storage::Database& database, const Clock& clock, std::string service)
      : database_(database), clock_(clock), service_(std::move(service)) {}

  // How many entries that were; 0 when nothing is left.
  absl::StatusOr<int64_t> Seal();

  // Up to where it knows the log; number 0 before it has sealed. For any thread.
  Head head() const;

 private:
  void Tell(const Head& head);

  storage::Database& database_;
  const Clock& clock_;
  const std::string service_;
  mutable absl::Mutex mutex_;
  Head head_ ABSL_GUARDED_BY(mutex_);
  Head told_;
  absl::Time told_at_ = absl::InfinitePast();
};

}  // namespace anju::audit
