#pragma once

#include <atomic>

#include "anju/feed/v1/feed.grpc.pb.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"

namespace anju::feed {

// Serves this service's facts to its followers.
class FeedService final : public v1::Feed::Service {
 public:
  // `source` answers topics that are no roots of this service; it may be null.
  FeedService(roots::Store& store, rpc::Guard& guard, roots::FactSource* source)
      : store_(store), guard_(guard), source_(source) {}

  grpc::Status Follow(grpc::ServerContext* context, const v1::FollowRequest* request,
                      grpc::ServerWriter<v1::FactBatch>* stream) override;
  grpc::Status GetFacts(grpc::ServerContext* context, const v1::GetFactsRequest* request,
                        v1::GetFactsResponse* response) override;

  // Ends what is being followed: a follower never leaves by itself, and would hold up the end of this process.
  void Stop() { stopped_ = true; }

 private:
  std::atomic<bool> stopped_ = false;
  roots::Store& store_;
  rpc::Guard& guard_;
  roots::FactSource* const source_;
};

}  // namespace anju::feed
