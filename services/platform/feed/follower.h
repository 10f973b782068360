#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "anju/feed/v1/feed.grpc.pb.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/channel.h"

namespace anju::feed {

// Asks other services for facts that have not come by their feeds yet.
class PeerFacts final : public roots::FactSource {
 public:
  // `peers`: by topic, whom to ask.
  PeerFacts(std::map<std::string, std::shared_ptr<grpc::Channel>> peers, rpc::TokenFile& token);
  absl::StatusOr<std::vector<roots::Fact>> Ask(absl::string_view topic, const std::vector<std::string>& keys) override;

 private:
  std::map<std::string, std::unique_ptr<v1::Feed::Stub>> peers_;
  rpc::TokenFile& token_;
};

// Follows one topic of another service for as long as it lives: takes facts in, remembers how far it has read, and
// starts again after whatever broke.
class Follower {
 public:
  Follower(roots::Store& store, std::shared_ptr<grpc::Channel> peer, rpc::TokenFile& token, std::string topic,
           roots::Store::Absorb absorb);
  ~Follower();

  // Everything that the other service committed before this moment has been taken in.
  absl::Time complete_until() const { return absl::FromUnixMicros(complete_until_us_.load()); }

 private:
  void Run();
  void FollowOnce();

  roots::Store& store_;
  rpc::TokenFile& token_;
  const std::string topic_;
  const roots::Store::Absorb absorb_;
  const std::unique_ptr<v1::Feed::Stub> stub_;
  std::atomic<int64_t> complete_until_us_ = 0;
  absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::ClientContext* call_ ABSL_GUARDED_BY(mutex_) = nullptr;
  std::thread thread_;
};

}  // namespace anju::feed
