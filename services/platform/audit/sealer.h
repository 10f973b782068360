#pragma once

#include "services/platform/audit/log.h"
#include "services/platform/base/clock.h"

namespace anju::audit {

// Seals a service's log, and writes its head to the service's own log: when it has begun, and once a minute when there
// is a new one. Says so loudly when the chain does not go through a head that it has sealed itself. For one thread.
class Sealer {
 public:
  Sealer(storage::Database& database, const Clock& clock, std::string service)
      : database_(database), clock_(clock), service_(std::move(service)) {}

  // How many entries that were; 0 when nothing is left.
  absl::StatusOr<int64_t> Seal();

 private:
  void Tell();

  storage::Database& database_;
  const Clock& clock_;
  const std::string service_;
  Head head_;
  Head told_;
  absl::Time told_at_ = absl::InfinitePast();
};

}  // namespace anju::audit
