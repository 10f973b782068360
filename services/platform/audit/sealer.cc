#include "services/platform/audit/sealer.h"

#include <spdlog/spdlog.h>

#include "services/platform/base/error.h"

namespace anju::audit {
namespace {

constexpr absl::Duration kTellEvery = absl::Minutes(1);

}  // namespace

Head Sealer::head() const {
  absl::MutexLock lock(&mutex_);
  return head_;
}

absl::StatusOr<int64_t> Sealer::Seal() {
  ASSIGN_OR_RETURN(const Sealed sealed, audit::Seal(database_, service_, head(), clock_.Now()));
  if (sealed.lost.has_value()) {
    spdlog::critical(R"({{"event":"audit_head_lost","number":{},"hash":"{}"}})", sealed.lost->number,
                     sealed.lost->hash);
  }
  {
    absl::MutexLock lock(&mutex_);
    head_ = sealed.head;
  }
  if (sealed.entries == 0) Tell(sealed.head);
  return sealed.entries;
}

void Sealer::Tell(const Head& head) {
  if (head == told_ || clock_.Now() - told_at_ < kTellEvery) return;
  spdlog::info(R"({{"event":"audit_head","number":{},"hash":"{}"}})", head.number, head.hash);
  told_ = head;
  told_at_ = clock_.Now();
}

}  // namespace anju::audit
