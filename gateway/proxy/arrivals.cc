#include "gateway/proxy/arrivals.h"

namespace anju::gateway {

bool Arrivals::Enter(absl::string_view address) {
  absl::MutexLock lock(&mutex_);
  if (count_ == in_all_) return false;
  size_t& here = by_address_[address];
  if (here >= from_one_ && address != edge_) return false;
  ++here;
  ++count_;
  return true;
}

void Arrivals::Leave(absl::string_view address) {
  absl::MutexLock lock(&mutex_);
  const auto found = by_address_.find(address);
  if (--found->second == 0) by_address_.erase(found);
  --count_;
}

}  // namespace anju::gateway
