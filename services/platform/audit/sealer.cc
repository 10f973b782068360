#include "services/platform/audit/sealer.h"

#include <spdlog/spdlog.h>

#include "services/platform/base/error.h"

namespace anju::audit {
namespace {

constexpr absl::Duration kTellEvery = absl::Minutes(1);

}  // namespace

absl::StatusOr<int64_t> Sealer::Seal() {
  ASSIGN_OR_RETURN(const Sealed sealed, audit::Seal(database_, service_, head_));
  if (sealed.lost) {
    spdlog::critical(R"({{"event":"audit_head_lost","number":{},"hash":"{}"}})", head_.number, head_.hash);
  }
  head_ = sealed.head;
  if (sealed.entries == 0) Tell();
  return sealed.entries;
}

void Sealer::Tell() {
  if (head_ == told_ || clock_.Now() - told_at_ < kTellEvery) return;
  spdlog::info(R"({{"event":"audit_head","number":{},"hash":"{}"}})", head_.number, head_.hash);
  told_ = head_;
  told_at_ = clock_.Now();
}

}  // namespace anju::audit
