#include "services/platform/feed/follower.h"

#include <spdlog/spdlog.h>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/platform/rpc/status.h"
#include "services/platform/rpc/trace.h"

namespace anju::feed {
namespace {

constexpr absl::Duration kAskDeadline = absl::Seconds(5);
constexpr absl::Duration kTryAgain = absl::Milliseconds(300);
// An answer is one message, and a household of 100 members with long numbers is a fact of 60 KB.
constexpr size_t kKeysAtOnce = 100;

roots::Fact FromProto(const v1::Fact& message) {
  return {.sequence = message.sequence(),
          .topic = message.topic(),
          .key = message.key(),
          .body = message.body(),
          .version = message.version()};
}

}  // namespace

PeerFacts::PeerFacts(std::map<std::string, std::shared_ptr<grpc::Channel>> peers, rpc::TokenFile& token)
    : token_(token) {
  for (auto& [topic, channel] : peers) peers_[topic] = v1::Feed::NewStub(channel);
}

absl::StatusOr<std::vector<roots::Fact>> PeerFacts::Ask(absl::string_view topic, const std::vector<std::string>& keys) {
  std::vector<roots::Fact> facts;
  auto peer = peers_.find(std::string(topic));
  if (peer == peers_.end()) return facts;
  for (size_t begin = 0; begin < keys.size(); begin += kKeysAtOnce) {
    v1::GetFactsRequest request;
    request.set_topic(peer->first);
    for (size_t i = begin; i < std::min(keys.size(), begin + kKeysAtOnce); ++i) request.add_keys(keys[i]);
    grpc::ClientContext context;
    RETURN_IF_ERROR(token_.Prepare(context, kAskDeadline));
    context.set_wait_for_ready(true);
    v1::GetFactsResponse response;
    if (grpc::Status status = peer->second->GetFacts(&context, request, &response); !status.ok()) {
      return absl::UnavailableError(
          absl::StrCat("the service that knows the topic ", topic, " does not answer: try again"));
    }
    for (const v1::Fact& fact : response.facts()) facts.push_back(FromProto(fact));
  }
  return facts;
}

Follower::Follower(roots::Store& store, std::shared_ptr<grpc::Channel> peer, rpc::TokenFile& token, std::string topic,
                   roots::Store::Absorb absorb)
    : store_(store),
      token_(token),
      topic_(std::move(topic)),
      absorb_(std::move(absorb)),
      stub_(v1::Feed::NewStub(peer)),
      thread_([this] { Run(); }) {}

Follower::~Follower() {
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
    if (call_ != nullptr) call_->TryCancel();
  }
  thread_.join();
}

void Follower::Run() {
  while (true) {
    FollowOnce();
    absl::MutexLock lock(&mutex_);
    if (mutex_.AwaitWithTimeout(absl::Condition(&stopped_), kTryAgain)) return;
  }
}

void Follower::FollowOnce() {
  // Nobody's call: a trace of its own, which the service that is followed writes into its log too.
  const rpc::Trace trace = rpc::ChildOf("");
  const rpc::TraceScope scope(trace);
  absl::StatusOr<int64_t> position = store_.FeedPosition(topic_);
  if (!position.ok()) {
    spdlog::warn("cannot read the position in the feed {}: {}", topic_, std::string(position.status().message()));
    return;
  }
  grpc::ClientContext context;
  if (!token_.Prepare(context, absl::InfiniteDuration()).ok()) return;
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_) return;
    call_ = &context;
  }
  v1::FollowRequest request;
  request.set_topic(topic_);
  request.set_after(*position);
  auto stream = stub_->Follow(&context, request);
  v1::FactBatch batch;
  while (stream->Read(&batch)) {
    std::vector<roots::Fact> facts;
    for (const v1::Fact& fact : batch.facts()) facts.push_back(FromProto(fact));
    if (absl::Status status = store_.TakeFacts(topic_, facts, absorb_); !status.ok()) {
      spdlog::warn("cannot take in facts of {}: {}", topic_, std::string(status.message()));
      context.TryCancel();
      break;
    }
    if (batch.has_complete_until()) {
      complete_until_us_ = batch.complete_until().seconds() * 1'000'000 + batch.complete_until().nanos() / 1000;
    }
  }
  (void)stream->Finish();
  absl::MutexLock lock(&mutex_);
  call_ = nullptr;
}

}  // namespace anju::feed
