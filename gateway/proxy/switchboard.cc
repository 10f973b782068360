#include "gateway/proxy/switchboard.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/support/byte_buffer.h"
#include "services/platform/base/error.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/rpc/status.h"

namespace anju::gateway {

using google::protobuf::MethodDescriptor;

namespace {

// How much longer than their deadline callers may have waited when they are told that it has passed.
constexpr absl::Duration kSlack = absl::Milliseconds(20);
constexpr absl::Duration kBusyDelay = absl::Seconds(1);

Party PartyOf(const rpc::Caller& caller, const MethodDescriptor& method) {
  if (caller.Has(type::v1::ROLE_SERVICE)) return Party::kService;
  return method.client_streaming() ? Party::kImporter : Party::kCaller;
}

}  // namespace

void PassOn(const Route& route, const rpc::Trace& trace, const Envelope& envelope, const Peers& peers,
            grpc::ClientContext& context) {
  AddSent("authorization", envelope.authorization, context);
  AddSent("x-request-id", envelope.request_id, context);
  AddSent(kServiceHeader, envelope.service, context);
  AddSent(rpc::kPurposeHeader, envelope.purpose, context);
  rpc::PassOn(trace, context);
  if (envelope.deadline != absl::InfiniteFuture()) context.set_deadline(absl::ToChronoTime(envelope.deadline));
  if (rpc::MayRepeat(*route.method)) peers.Await(route.peer, context);
}

grpc::Status FromPeer(const grpc::Status& status, absl::string_view service, absl::Time deadline) {
  if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED && status.error_message().empty()) {
    return rpc::ToGrpc(NotServed(service));
  }
  // A service says why it is unavailable; the transport says which address did not answer.
  const bool is_transports =
      status.error_code() == grpc::StatusCode::UNAVAILABLE && status.error_details().empty() &&
      (absl::StrContains(status.error_message(), "failed to connect") ||
       absl::StrContains(status.error_message(), "ipv4:") || absl::StrContains(status.error_message(), "ipv6:") ||
       absl::StrContains(status.error_message(), "unix:") ||
       absl::StrContains(status.error_message(), "Socket closed"));
  const bool has_waited = status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED && absl::Now() + kSlack < deadline;
  if (!is_transports && !has_waited) return status;
  return rpc::ToGrpc(NotThere(service));
}

Switchboard::Switchboard(rpc::Guard& guard, Desk& desk, const Peers& peers, Limits& limits, const Clock& clock)
    : guard_(guard), desk_(desk), peers_(peers), limits_(limits), clock_(clock), services_(peers.Names()) {}

Switchboard::~Switchboard() {
  Abandon();
  const auto nothing = [this]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return under_way_.empty(); };
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(&nothing));
}

void Switchboard::Begin(grpc::ClientContext& context) {
  absl::MutexLock lock(&mutex_);
  under_way_.insert(&context);
}

void Switchboard::End(grpc::ClientContext& context) {
  absl::MutexLock lock(&mutex_);
  under_way_.erase(&context);
}

void Switchboard::Abandon() {
  absl::MutexLock lock(&mutex_);
  for (grpc::ClientContext* context : under_way_) context->TryCancel();
}

absl::Status Switchboard::Charge(const std::string& address, const std::string& said_address) {
  // Whoever else says where they are may say what they like.
  const bool is_edge = !said_address.empty() && address == edge();
  return limits_.Enter(Party::kStranger, is_edge ? said_address : address).status();
}

absl::StatusOr<Visit> Switchboard::Admit(const Envelope& envelope, const Route& route) {
  const MethodDescriptor& method = *route.method;
  Visit visit = {.method = &method,
                 .request_id = envelope.request_id,
                 .started = clock_.Now(),
                 .trace = rpc::ChildOf(envelope.traceparent, envelope.tracestate)};
  rpc::Metrics::Started(guard_.CountersOf(method));
  // A signature is looked at only for those who have not been refused too often.
  const auto charge = [&] { return Charge(envelope.address, envelope.said_address); };
  absl::StatusOr<rpc::Caller> caller = guard_.Admit(envelope.authorization, method, charge);
  absl::Status refusal = caller.status();
  if (caller.ok()) {
    visit.caller = *std::move(caller);
    // Who calls without a token is nobody but an address.
    if (visit.caller.roles.empty()) {
      refusal = charge();
    } else {
      auto place = limits_.Enter(PartyOf(visit.caller, method), visit.caller.subject, route.peer);
      refusal = place.status();
      if (place.ok()) visit.place = *std::move(place);
    }
    if (refusal.ok()) return visit;
  } else if (refusal.code() == absl::StatusCode::kPermissionDenied) {
    // Who is refused costs a line in the log, whoever they are.
    if (absl::Status charged = charge(); !charged.ok()) refusal = std::move(charged);
  }
  if (refusal.code() == absl::StatusCode::kResourceExhausted) {
    guard_.metrics().Count("anju_gateway_refused_total", "Calls refused by a limit.", {{"reason", ReasonOf(refusal)}});
  }
  const rpc::TraceScope scope(visit.trace);
  guard_.Finish(method, caller.ok() ? &visit.caller : nullptr, visit.request_id, visit.started, refusal);
  return refusal;
}

void Switchboard::Finish(const Visit& visit, const absl::Status& outcome) {
  const rpc::TraceScope scope(visit.trace);
  guard_.Finish(*visit.method, &visit.caller, visit.request_id, visit.started, outcome);
}

void Switchboard::Call(const Route& route, Envelope envelope, std::string request, Done done) {
  absl::StatusOr<Visit> visit = Admit(envelope, route);
  if (!visit.ok()) return done(rpc::ToGrpc(visit.status()), nullptr);
  Call(route, *std::move(visit), std::move(envelope), std::move(request), std::move(done));
}

void Switchboard::Call(const Route& route, Visit admitted, Envelope envelope, std::string request, Done done) {
  const MethodDescriptor& method = *route.method;
  rpc::Metrics::Method* counters = guard_.CountersOf(method);
  rpc::Metrics::Received(counters);
  envelope.deadline = std::min(envelope.deadline, absl::Now() + kDefaultDeadline);
  // Found before anything is copied for later: most overviews are answered here.
  if (route.peer < 0) {
    if (Bytes near = desk_.Near(method, request, admitted.caller); near != nullptr) {
      rpc::Metrics::Sent(counters);
      Finish(admitted, absl::OkStatus());
      return done(grpc::Status::OK, std::move(near));
    }
  }
  auto visit = std::make_shared<Visit>(std::move(admitted));
  // What the gateway answers itself is kept, and counts as one.
  Done counted = [this, visit, counters, is_services = route.peer >= 0, done = std::move(done)](
                     const grpc::Status& status, Bytes bytes) {
    if (status.ok()) rpc::Metrics::Sent(counters);
    Finish(*visit, rpc::FromGrpc(status));
    if (is_services && bytes != nullptr) visit->place.Spend(bytes->size());
    // Free before the caller hears of it, who may call again at once.
    visit->place = Limits::Place();
    done(status, std::move(bytes));
  };
  if (route.peer < 0) return CallOwn(visit, std::move(envelope), std::move(request), std::move(counted));
  Forward(route, visit->trace, envelope, request, std::move(counted));
}

void Switchboard::CallOwn(std::shared_ptr<const Visit> visit, Envelope envelope, std::string request, Done done) {
  auto work = [this, visit, envelope = std::move(envelope), request = std::move(request), done] {
    const rpc::TraceScope scope(visit->trace);
    const Errand errand = {.authorization = envelope.authorization,
                           .request_id = envelope.request_id,
                           .deadline = envelope.deadline,
                           .purpose = envelope.purpose};
    absl::StatusOr<Bytes> answer = desk_.Answer(*visit->method, request, visit->caller, errand);
    if (answer.ok()) {
      done(grpc::Status::OK, *std::move(answer));
    } else {
      done(rpc::ToGrpc(answer.status()), nullptr);
    }
  };
  if (workers_.Do(std::move(work))) return;
  done(rpc::ToGrpc(rpc::RetryAfter(Refuse(absl::StatusCode::kResourceExhausted, "OVERLOADED",
                                          "the gateway has all the calls it can serve; try again in a second"),
                                   kBusyDelay)),
       nullptr);
}

void Switchboard::Forward(const Route& route, const rpc::Trace& trace, const Envelope& envelope,
                          const std::string& request, Done done) {
  struct Passage {
    grpc::ClientContext context;
    grpc::ByteBuffer request;
    grpc::ByteBuffer response;
  };
  const Peer& peer = peers_.all()[static_cast<size_t>(route.peer)];
  auto passage = std::make_shared<Passage>();
  PassOn(route, trace, envelope, peers_, passage->context);
  const grpc::Slice slice(request);
  passage->request = grpc::ByteBuffer(&slice, 1);
  Begin(passage->context);
  grpc::GenericStub(peer.channel)
      .UnaryCall(&passage->context, PathOf(*route.method), grpc::StubOptions(), &passage->request, &passage->response,
                 [this, passage, &peer, deadline = envelope.deadline, done = std::move(done)](grpc::Status status) {
                   auto answer = std::make_shared<std::string>();
                   std::vector<grpc::Slice> slices;
                   if (status.ok() && passage->response.Dump(&slices).ok()) {
                     for (const grpc::Slice& part : slices) {
                       answer->append(reinterpret_cast<const char*>(part.begin()), part.size());
                     }
                   }
                   done(FromPeer(status, peer.name, deadline), status.ok() ? std::move(answer) : nullptr);
                   // Last, because the switchboard may be gone afterwards.
                   End(passage->context);
                 });
}

}  // namespace anju::gateway
