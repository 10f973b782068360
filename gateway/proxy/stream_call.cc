#include "gateway/proxy/stream_call.h"

#include <utility>
#include <vector>

#include "services/platform/rpc/status.h"

namespace anju::gateway {

std::shared_ptr<StreamCall> StreamCall::Start(Switchboard& switchboard, const Route& route, Visit visit,
                                              Envelope envelope, Events events) {
  std::shared_ptr<StreamCall> call(
      new StreamCall(switchboard, route, std::move(visit), std::move(envelope), std::move(events)));
  call->self_ = call;
  switchboard.Begin(call->context_);
  call->stub_.PrepareBidiStreamingCall(&call->context_, PathOf(*route.method), grpc::StubOptions(), call.get());
  call->AddMultipleHolds(2);
  call->StartCall();
  return call;
}

StreamCall::StreamCall(Switchboard& switchboard, const Route& route, Visit visit, Envelope envelope, Events events)
    : switchboard_(switchboard),
      route_(route),
      visit_(std::move(visit)),
      envelope_(std::move(envelope)),
      events_(std::move(events)),
      stub_(switchboard.peers().all()[static_cast<size_t>(route.peer)].channel) {
  PassOn(route_, visit_.trace, envelope_, switchboard_.peers(), context_);
}

void StreamCall::Write(const std::string& message) {
  absl::MutexLock lock(&mutex_);
  if (up_ended_) return;
  rpc::Metrics::Received(switchboard_.guard().CountersOf(*route_.method));
  const grpc::Slice slice(message);
  up_ = grpc::ByteBuffer(&slice, 1);
  StartWrite(&up_);
}

void StreamCall::WritesDone() {
  absl::MutexLock lock(&mutex_);
  if (up_ended_) return;
  StartWritesDone();
  EndUp();
}

void StreamCall::Read() {
  absl::MutexLock lock(&mutex_);
  if (down_ended_ || std::exchange(reading_, true)) return;
  StartRead(&down_);
}

void StreamCall::Cancel() {
  context_.TryCancel();
  absl::MutexLock lock(&mutex_);
  cancelled_ = true;
  EndUp();
  // The end is told to a reader only.
  if (down_ended_ || std::exchange(reading_, true)) return;
  StartRead(&down_);
}

void StreamCall::OnReadDone(bool ok) {
  bool is_dropped = false;
  {
    absl::MutexLock lock(&mutex_);
    is_dropped = ok && cancelled_;
    reading_ = is_dropped;
    down_ended_ = !ok;
    if (!ok) EndUp();
  }
  if (is_dropped) return StartRead(&down_);
  if (!ok) return RemoveHold();
  std::string message;
  std::vector<grpc::Slice> slices;
  if (down_.Dump(&slices).ok()) {
    for (const grpc::Slice& slice : slices) {
      message.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
  }
  rpc::Metrics::Sent(switchboard_.guard().CountersOf(*route_.method));
  events_.on_message(std::move(message));
}

void StreamCall::OnWriteDone(bool ok) {
  if (ok) events_.on_written();
}

void StreamCall::OnDone(const grpc::Status& status) {
  const std::string& service = switchboard_.peers().all()[static_cast<size_t>(route_.peer)].name;
  const grpc::Status outcome = FromPeer(status, service, envelope_.deadline);
  switchboard_.Finish(visit_, rpc::FromGrpc(outcome));
  // Free before the caller hears of it, who may call again at once.
  visit_.place = Limits::Place();
  events_.on_done(outcome);
  // Whoever was told may hold the call and be held by what it tells.
  events_ = {};
  const std::shared_ptr<StreamCall> self = std::move(self_);
  // Last, because the switchboard may be gone afterwards.
  switchboard_.End(context_);
}

void StreamCall::EndUp() {
  if (std::exchange(up_ended_, true)) return;
  RemoveHold();
}

}  // namespace anju::gateway
