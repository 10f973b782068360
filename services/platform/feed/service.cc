#include "services/platform/feed/service.h"

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/platform/base/error.h"
#include "services/platform/feed/publisher.h"

namespace anju::feed {
namespace {

using enum absl::StatusCode;

constexpr int64_t kFactsAtOnce = 500;
constexpr int kMostKeys = 2000;
constexpr absl::Duration kLookAgain = absl::Milliseconds(50);
constexpr absl::Duration kHeartbeat = absl::Milliseconds(250);

void ToProto(const roots::Fact& fact, v1::Fact& message) {
  message.set_sequence(fact.sequence);
  message.set_topic(fact.topic);
  message.set_key(fact.key);
  message.set_body(fact.body);
  message.set_version(fact.version);
}

}  // namespace

grpc::Status FeedService::Follow(grpc::ServerContext* context, const v1::FollowRequest* request,
                                 grpc::ServerWriter<v1::FactBatch>* stream) {
  return guard_.Stream<v1::FollowRequest>(context, request, [&](const rpc::Caller&) -> absl::Status {
    int64_t after = request->after();
    absl::Time told = absl::InfinitePast();
    rpc::Metrics::Method* counters = guard_.CountersOf(rpc::MethodTaking(*v1::FollowRequest::descriptor()));
    while (!context->IsCancelled()) {
      if (stopped_) return absl::UnavailableError("this service is about to end; follow it again");
      // What was committed before this moment is in what is read after it.
      const absl::Time now = store_.clock().Now();
      ASSIGN_OR_RETURN(Batch batch, ReadFeed(store_.database(), request->topic(), after, kFactsAtOnce));
      if (batch.facts.empty() && (!batch.complete || now - told < kHeartbeat)) {
        absl::SleepFor(kLookAgain);
        continue;
      }
      v1::FactBatch message;
      for (const roots::Fact& fact : batch.facts) ToProto(fact, *message.add_facts());
      if (!batch.facts.empty()) after = batch.facts.back().sequence;
      if (batch.complete) {
        message.mutable_complete_until()->set_seconds(absl::ToUnixSeconds(now));
        message.mutable_complete_until()->set_nanos(static_cast<int32_t>(absl::ToUnixNanos(now) % 1'000'000'000));
        told = now;
      }
      if (!stream->Write(message)) break;
      rpc::Metrics::Sent(counters);
    }
    return absl::OkStatus();
  });
}

grpc::Status FeedService::GetFacts(grpc::ServerContext* context, const v1::GetFactsRequest* request,
                                   v1::GetFactsResponse* response) {
  const auto get = [&](const rpc::Caller&) -> absl::StatusOr<v1::GetFactsResponse> {
    if (request->keys_size() > kMostKeys) {
      return Refuse(kInvalidArgument, "TOO_MANY_KEYS", "ask for at most 2,000 keys at once", "keys");
    }
    const std::vector<std::string> keys(request->keys().begin(), request->keys().end());
    std::vector<roots::Fact> facts;
    if (source_ != nullptr) {
      ASSIGN_OR_RETURN(facts, source_->Ask(request->topic(), keys));
    }
    if (facts.empty()) {
      ASSIGN_OR_RETURN(facts, ReadFacts(store_.database(), request->topic(), keys));
    }
    v1::GetFactsResponse answer;
    for (const roots::Fact& fact : facts) ToProto(fact, *answer.add_facts());
    return answer;
  };
  return guard_.Unary<v1::GetFactsRequest, v1::GetFactsResponse>(context, request, response, get);
}

}  // namespace anju::feed
