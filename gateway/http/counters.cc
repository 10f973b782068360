#include "gateway/http/counters.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"

namespace anju::gateway {

void HttpCounters::Count(absl::string_view method, int status) {
  ANJU_CHECK(status >= 0 && status < kStatuses);
  const auto named = std::find(std::begin(kMethods), std::end(kMethods) - 1, method);
  std::atomic<int64_t>& count =
      counts_[static_cast<size_t>(named - std::begin(kMethods))][static_cast<size_t>(status)];
  if (count.fetch_add(1, std::memory_order_relaxed) > 0) return;
  absl::MutexLock lock(&mutex_);
  shown_.push_back(metrics_.Show("http_requests_total", "HTTP requests that have been answered.",
                                 {{"code", absl::StrCat(status)}, {"method", *named}},
                                 [&count] { return static_cast<double>(count.load(std::memory_order_relaxed)); }));
}

}  // namespace anju::gateway
