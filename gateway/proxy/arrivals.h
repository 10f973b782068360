#pragma once

#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace anju::gateway {

// How many connections of one port there are, in all and from each address, so that one address does not take the
// places of all others. Safe to use from any thread.
class Arrivals {
 public:
  // The address of the edge, behind which are many callers, has no limit of its own; it may be empty.
  Arrivals(size_t in_all, size_t from_one, std::string edge)
      : in_all_(in_all), from_one_(from_one), edge_(std::move(edge)) {}

  // False when there is no place for one more from there.
  bool Enter(absl::string_view address);
  // After Enter said true for this address.
  void Leave(absl::string_view address);

 private:
  const size_t in_all_, from_one_;
  const std::string edge_;
  absl::Mutex mutex_;
  size_t count_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, size_t> by_address_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace anju::gateway
