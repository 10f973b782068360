#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace anju::gateway {

// Threads for work that waits or lasts. The queue is bounded: what finds no place is refused at once rather than late.
class Workers {
 public:
  static constexpr size_t kThreads = 32;
  static constexpr size_t kMaxWaiting = 1024;

  // Threads of a higher `niceness` get the processors after others.
  explicit Workers(size_t threads = kThreads, size_t max_waiting = kMaxWaiting, int niceness = 0);
  // Finishes what is waiting.
  ~Workers();

  // False when too much is waiting already.
  bool Do(std::function<void()> work);

 private:
  void Run();

  const size_t max_waiting_;
  absl::Mutex mutex_;
  std::deque<std::function<void()>> waiting_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace anju::gateway
