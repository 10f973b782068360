#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/rpc/metrics.h"

namespace anju::gateway {

// `http_requests_total{code,method}`. Safe to use from any thread, and cheap: every answer is counted.
class HttpCounters {
 public:
  // `metrics` outlives the counters.
  explicit HttpCounters(rpc::Metrics& metrics) : metrics_(metrics) {}

  // A method that is none of HTTP's is `other`: a caller may name it as they like.
  void Count(absl::string_view method, int status);

 private:
  static constexpr const char* kMethods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "other"};
  static constexpr int kStatuses = 600;

  rpc::Metrics& metrics_;
  std::array<std::array<std::atomic<int64_t>, kStatuses>, std::size(kMethods)> counts_ = {};
  absl::Mutex mutex_;
  std::vector<std::shared_ptr<void>> shown_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace anju::gateway
