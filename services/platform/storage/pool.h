#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/base/error.h"

namespace anju::storage {

// Up to 16 connections to one database, opened when one is needed and kept. Thread-safe.
template <typename Connection>
class Pool {
 public:
  explicit Pool(std::function<absl::StatusOr<std::unique_ptr<Connection>>()> open)
      : open_connection_(std::move(open)) {}

  // The connection that was last given back, or a new one. UNAVAILABLE when all are busy for ten seconds.
  absl::StatusOr<std::unique_ptr<Connection>> Take() {
    {
      absl::MutexLock lock(&mutex_);
      auto free = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !idle_.empty() || open_ < kConnections; };
      if (!mutex_.AwaitWithTimeout(absl::Condition(&free), kPatience)) {
        return absl::UnavailableError("all connections to the database are busy");
      }
      if (!idle_.empty()) {
        std::unique_ptr<Connection> connection = std::move(idle_.back());
        idle_.pop_back();
        return connection;
      }
      ++open_;
    }
    absl::StatusOr<std::unique_ptr<Connection>> connection = open_connection_();
    if (!connection.ok()) Return(nullptr);
    return connection;
  }

  // Every connection that was taken comes back; nullptr stands for one that is lost.
  void Return(std::unique_ptr<Connection> connection) {
    absl::MutexLock lock(&mutex_);
    if (connection != nullptr) {
      idle_.push_back(std::move(connection));
    } else {
      --open_;
    }
  }

 private:
  static constexpr int kConnections = 16;
  static constexpr absl::Duration kPatience = absl::Seconds(10);

  const std::function<absl::StatusOr<std::unique_ptr<Connection>>()> open_connection_;
  absl::Mutex mutex_;
  int open_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::unique_ptr<Connection>> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace anju::storage
