#include "gateway/proxy/passage.h"

#include <atomic>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/client_callback.h"
#include "services/platform/rpc/status.h"

namespace anju::gateway {

using google::protobuf::MethodDescriptor;
using grpc::ByteBuffer;

namespace {

constexpr absl::string_view kOwnWords = "x-anju-";

std::string Text(grpc::string_ref text) { return std::string(text.data(), text.size()); }

// What a service says at the beginning and the end, as far as its caller may see it: what is in our own words. The rest
// tells of the connection, or of the server that the service runs on.
template <typename Add>
void CopyMetadata(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata, Add add) {
  for (const auto& [name, value] : metadata) {
    const std::string word = Text(name);
    if (absl::StartsWith(word, kOwnWords)) add(word, Text(value));
  }
}

// Ends a call at once.
class Refusal final : public grpc::ServerGenericBidiReactor {
 public:
  explicit Refusal(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

// What both kinds of passage know of their call.
struct Journey {
  Switchboard& switchboard;
  Route route;
  Envelope envelope;
  Visit visit;
  rpc::Metrics::Method* counters;

  const Peer& peer() const { return switchboard.peers().all()[static_cast<size_t>(route.peer)]; }
  void Prepare(grpc::ClientContext& context) const {
    PassOn(route, visit.trace, envelope, switchboard.peers(), context);
  }
  grpc::Status Outcome(const grpc::Status& status) const { return FromPeer(status, peer().name, envelope.deadline); }
  // Before the caller hears of it, who may call again at once.
  void Finish(const grpc::Status& status) {
    switchboard.Finish(visit, rpc::FromGrpc(status));
    visit.place = Limits::Place();
  }
};

// One request, one answer.
class UnaryPassage final : public grpc::ServerGenericBidiReactor {
 public:
  UnaryPassage(Journey journey, grpc::GenericCallbackServerContext& context)
      : journey_(std::move(journey)), context_(context) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      return End(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "the call came without a request"));
    }
    rpc::Metrics::Received(journey_.counters);
    journey_.Prepare(out_);
    grpc::GenericStub(journey_.peer().channel)
        .UnaryCall(&out_, PathOf(*journey_.route.method), grpc::StubOptions(), &request_, &response_,
                   [this](grpc::Status status) {
                     CopyMetadata(out_.GetServerInitialMetadata(), [this](const auto& name, const auto& value) {
                       context_.AddInitialMetadata(name, value);
                     });
                     CopyMetadata(out_.GetServerTrailingMetadata(), [this](const auto& name, const auto& value) {
                       context_.AddTrailingMetadata(name, value);
                     });
                     End(journey_.Outcome(status));
                   });
  }
  void OnCancel() override { out_.TryCancel(); }
  void OnDone() override { delete this; }

 private:
  // Nothing of this object may be touched afterwards.
  void End(const grpc::Status& status) {
    if (status.ok()) rpc::Metrics::Sent(journey_.counters);
    journey_.Finish(status);
    if (status.ok()) {
      StartWriteAndFinish(&response_, grpc::WriteOptions(), status);
    } else {
      Finish(status);
    }
  }

  Journey journey_;
  grpc::GenericCallbackServerContext& context_;
  grpc::ClientContext out_;
  ByteBuffer request_;
  ByteBuffer response_;
};

// Streams: up from the caller to the service, down from the service to the caller. Each direction reads its next
// message when the last one has been written. Lives until both sides are done with it.
class StreamPassage final : public grpc::ServerGenericBidiReactor {
 public:
  StreamPassage(Journey journey, grpc::GenericCallbackServerContext& context)
      : journey_(std::move(journey)), context_(context), out_(*this) {
    journey_.Prepare(out_context_);
    stub_.emplace(journey_.peer().channel);
    stub_->PrepareBidiStreamingCall(&out_context_, PathOf(*journey_.route.method), grpc::StubOptions(), &out_);
    // One for each direction: its operations are started from the other side's callbacks.
    out_.AddMultipleHolds(2);
    out_.StartCall();
    StartRead(&up_);
  }

  // The caller's side.
  void OnReadDone(bool ok) override {
    absl::MutexLock lock(&mutex_);
    if (up_ended_) return;
    if (ok) {
      rpc::Metrics::Received(journey_.counters);
      out_.StartWrite(&up_);
      return;
    }
    out_.StartWritesDone();
    EndUp();
  }
  void OnWriteDone(bool ok) override {
    // The caller has gone: the service's next message will not come, which ends the downward direction.
    if (!ok) out_context_.TryCancel();
    out_.StartRead(&down_);
  }
  void OnCancel() override { out_context_.TryCancel(); }
  void OnDone() override { Release(); }

 private:
  // The service's side.
  class Out final : public grpc::ClientBidiReactor<ByteBuffer, ByteBuffer> {
   public:
    explicit Out(StreamPassage& passage) : passage_(passage) {}
    void OnReadInitialMetadataDone(bool ok) override {
      if (ok) {
        CopyMetadata(passage_.out_context_.GetServerInitialMetadata(), [this](const auto& name, const auto& value) {
          passage_.context_.AddInitialMetadata(name, value);
        });
      }
      // Only now, so that what is copied above is complete before the first message goes out.
      StartRead(&passage_.down_);
    }
    void OnReadDone(bool ok) override {
      if (ok) {
        rpc::Metrics::Sent(passage_.journey_.counters);
        passage_.StartWrite(&passage_.down_);
        return;
      }
      // The service has ended the call. The caller may still be sending; that goes nowhere any more.
      absl::MutexLock lock(&passage_.mutex_);
      passage_.EndUp();
      RemoveHold();
    }
    void OnWriteDone(bool ok) override {
      absl::MutexLock lock(&passage_.mutex_);
      if (ok && !passage_.up_ended_) passage_.StartRead(&passage_.up_);
    }
    void OnDone(const grpc::Status& status) override {
      CopyMetadata(passage_.out_context_.GetServerTrailingMetadata(),
                   [this](const auto& name, const auto& value) { passage_.context_.AddTrailingMetadata(name, value); });
      const grpc::Status outcome = passage_.journey_.Outcome(status);
      passage_.journey_.Finish(outcome);
      passage_.Finish(outcome);
      passage_.Release();
    }

   private:
    StreamPassage& passage_;
  };

  void EndUp() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (std::exchange(up_ended_, true)) return;
    out_.RemoveHold();
  }
  void Release() {
    if (--owners_ == 0) delete this;
  }

  Journey journey_;
  grpc::GenericCallbackServerContext& context_;
  grpc::ClientContext out_context_;
  std::optional<grpc::GenericStub> stub_;
  Out out_;
  ByteBuffer up_;
  ByteBuffer down_;
  absl::Mutex mutex_;
  bool up_ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::atomic<int> owners_ = 2;
};

}  // namespace

std::string AddressOf(absl::string_view peer) {
  const size_t kind = peer.find(':'), port = peer.rfind(':');
  // `unix:/path` is this machine, as good as any.
  if (kind == absl::string_view::npos || port <= kind) return std::string(peer);
  return std::string(peer.substr(kind + 1, port - kind - 1));
}

Envelope ReadEnvelope(const grpc::ServerContextBase& context, const rpc::Guard& guard) {
  const auto read = [&](absl::string_view name) {
    auto found = context.client_metadata().find(grpc::string_ref(name.data(), name.size()));
    return found == context.client_metadata().end() ? std::string() : Text(found->second);
  };
  Envelope envelope = {.authorization = read("authorization"),
                       .request_id = guard.RequestId(read("x-request-id")),
                       .traceparent = read("traceparent"),
                       .service = read(kServiceHeader),
                       .tracestate = read("tracestate"),
                       .purpose = read(kPurposeHeader),
                       .address = AddressOf(context.peer()),
                       .said_address = read(kAddressHeader)};
  if (context.deadline() != std::chrono::system_clock::time_point::max()) {
    envelope.deadline = absl::FromChrono(context.deadline());
  }
  return envelope;
}

grpc::ServerGenericBidiReactor* Forwarder::CreateReactor(grpc::GenericCallbackServerContext* context) {
  rpc::Guard& guard = switchboard_.guard();
  Envelope envelope = ReadEnvelope(*context, guard);
  const absl::StatusOr<Route> route = FindRoute(context->method(), envelope.service, switchboard_.services());
  if (!route.ok()) return new Refusal(rpc::ToGrpc(route.status()));
  const MethodDescriptor& method = *route->method;
  absl::StatusOr<Visit> visit = switchboard_.Admit(envelope, method);
  if (!visit.ok()) return new Refusal(rpc::ToGrpc(visit.status()));
  if (route->peer < 0) {
    const grpc::Status unserved(grpc::StatusCode::UNIMPLEMENTED, "not answered here");
    switchboard_.Finish(*visit, rpc::FromGrpc(unserved));
    return new Refusal(unserved);
  }
  context->AddInitialMetadata("x-request-id", envelope.request_id);
  const bool is_stream = method.client_streaming() || method.server_streaming();
  if (!is_stream) envelope.deadline = std::min(envelope.deadline, absl::Now() + kDefaultDeadline);
  Journey journey = {.switchboard = switchboard_,
                     .route = *route,
                     .envelope = std::move(envelope),
                     .visit = *std::move(visit),
                     .counters = guard.CountersOf(method)};
  if (is_stream) return new StreamPassage(std::move(journey), *context);
  return new UnaryPassage(std::move(journey), *context);
}

}  // namespace anju::gateway
