#include "gateway/proxy/switchboard.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/support/byte_buffer.h"
#include "services/platform/rpc/status.h"

namespace anju::gateway {

using google::protobuf::MethodDescriptor;

void PassOn(const Envelope& envelope, grpc::ClientContext& context) {
  if (!envelope.authorization.empty()) context.AddMetadata("authorization", envelope.authorization);
  if (!envelope.request_id.empty()) context.AddMetadata("x-request-id", envelope.request_id);
  if (!envelope.traceparent.empty()) context.AddMetadata("traceparent", envelope.traceparent);
  if (!envelope.service.empty()) context.AddMetadata(std::string(kServiceHeader), envelope.service);
  if (envelope.deadline != absl::InfiniteFuture()) context.set_deadline(absl::ToChronoTime(envelope.deadline));
}

grpc::Status FromPeer(const grpc::Status& status, absl::string_view service) {
  if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED && status.error_message().empty()) {
    return {grpc::StatusCode::UNIMPLEMENTED, absl::StrCat("the service ", service, " does not serve this method yet")};
  }
  // A service says why it is unavailable; the transport says which address did not answer.
  const bool is_transports =
      status.error_code() == grpc::StatusCode::UNAVAILABLE && status.error_details().empty() &&
      (absl::StrContains(status.error_message(), "failed to connect") ||
       absl::StrContains(status.error_message(), "ipv4:") || absl::StrContains(status.error_message(), "unix:") ||
       absl::StrContains(status.error_message(), "Socket closed"));
  if (!is_transports) return status;
  return {grpc::StatusCode::UNAVAILABLE, absl::StrCat("the service ", service, " is not there; try again")};
}

Switchboard::Switchboard(rpc::Guard& guard, Desk& desk, const Peers& peers, const Clock& clock)
    : guard_(guard), desk_(desk), peers_(peers), clock_(clock), services_(peers.Names()) {}

Switchboard::~Switchboard() {
  Abandon();
  const auto nothing = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return under_way_.empty(); };
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(&nothing));
}

void Switchboard::Abandon() {
  absl::MutexLock lock(&mutex_);
  for (grpc::ClientContext* context : under_way_) context->TryCancel();
}

void Switchboard::Call(const Route& route, Envelope envelope, std::string request, Done done) {
  const absl::Time started = clock_.Now();
  const MethodDescriptor& method = *route.method;
  envelope.deadline = std::min(envelope.deadline, absl::Now() + kDefaultDeadline);
  absl::StatusOr<rpc::Caller> caller = guard_.Admit(envelope.authorization, method);
  if (!caller.ok()) {
    guard_.Finish(method, nullptr, envelope.request_id, started, caller.status());
    done(rpc::ToGrpc(caller.status()), nullptr);
    return;
  }
  // Found before anything is copied for later: most overviews are answered here.
  if (route.peer < 0) {
    if (Bytes near = desk_.Near(method, request, *caller); near != nullptr) {
      guard_.Finish(method, &*caller, envelope.request_id, started, absl::OkStatus());
      done(grpc::Status::OK, std::move(near));
      return;
    }
  }
  Done counted = [this, &method, caller = *caller, request_id = envelope.request_id, started, done = std::move(done)](
                     const grpc::Status& status, Bytes bytes) {
    guard_.Finish(method, &caller, request_id, started, rpc::FromGrpc(status));
    done(status, std::move(bytes));
  };
  if (route.peer < 0) {
    CallOwn(method, *caller, std::move(envelope), std::move(request), std::move(counted));
    return;
  }
  Forward(route, envelope, request, std::move(counted));
}

void Switchboard::CallOwn(const MethodDescriptor& method, const rpc::Caller& caller, Envelope envelope,
                          std::string request, Done done) {
  auto work = [this, &method, caller, envelope = std::move(envelope), request = std::move(request), done] {
    const Errand errand = {
        .authorization = envelope.authorization, .request_id = envelope.request_id, .deadline = envelope.deadline};
    absl::StatusOr<Bytes> answer = desk_.Answer(method, request, caller, errand);
    if (answer.ok()) {
      done(grpc::Status::OK, *std::move(answer));
    } else {
      done(rpc::ToGrpc(answer.status()), nullptr);
    }
  };
  if (!workers_.Do(std::move(work))) {
    done(grpc::Status(grpc::StatusCode::UNAVAILABLE, "the gateway is busy; try again"), nullptr);
  }
}

void Switchboard::Forward(const Route& route, const Envelope& envelope, const std::string& request, Done done) {
  struct Passage {
    grpc::ClientContext context;
    grpc::ByteBuffer request;
    grpc::ByteBuffer response;
  };
  const Peer& peer = peers_.all()[static_cast<size_t>(route.peer)];
  auto passage = std::make_shared<Passage>();
  PassOn(envelope, passage->context);
  const grpc::Slice slice(request);
  passage->request = grpc::ByteBuffer(&slice, 1);
  {
    absl::MutexLock lock(&mutex_);
    under_way_.insert(&passage->context);
  }
  grpc::GenericStub(peer.channel)
      .UnaryCall(&passage->context, PathOf(*route.method), grpc::StubOptions(), &passage->request, &passage->response,
                 [this, passage, &peer, done = std::move(done)](grpc::Status status) {
                   auto answer = std::make_shared<std::string>();
                   std::vector<grpc::Slice> slices;
                   if (status.ok() && passage->response.Dump(&slices).ok()) {
                     for (const grpc::Slice& part : slices) {
                       answer->append(reinterpret_cast<const char*>(part.begin()), part.size());
                     }
                   }
                   done(FromPeer(status, peer.name), status.ok() ? std::move(answer) : nullptr);
                   // Last, because the switchboard may be gone afterwards.
                   absl::MutexLock lock(&mutex_);
                   under_way_.erase(&passage->context);
                 });
}

}  // namespace anju::gateway
