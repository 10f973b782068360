#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gateway/overview/desk.h"
#include "gateway/overview/peers.h"
#include "gateway/proxy/limits.h"
#include "gateway/proxy/routes.h"
#include "gateway/proxy/workers.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/status.h"
#include "services/platform/base/clock.h"
#include "services/platform/rpc/guard.h"
#include "services/platform/rpc/trace.h"

namespace anju::gateway {

// How long a call with one answer may take when the caller sets no deadline.
inline constexpr absl::Duration kDefaultDeadline = absl::Seconds(30);

// What comes with a call besides its request; all that is passed on of it.
struct Envelope {
  // The header as it came: `Bearer <token>`.
  std::string authorization;
  std::string request_id;
  std::string traceparent;
  // The service the caller names, for contracts that every service serves.
  std::string service;
  absl::Time deadline = absl::InfiniteFuture();
  std::string tracestate;
  // What the caller says they want personal data for.
  std::string purpose;
  // Where the caller is, without a port, and where an edge before us says that they are; strangers are told apart by
  // it.
  std::string address;
  std::string said_address;
};

// The metadata in which an edge says where its caller is.
inline constexpr absl::string_view kAddressHeader = "x-real-ip";

// A call that has been let in: whose it is, its place among those under way, its span. Whoever asked for it says how it
// ended with Switchboard::Finish, once.
struct Visit {
  const google::protobuf::MethodDescriptor* method = nullptr;
  rpc::Caller caller;
  std::string request_id;
  absl::Time started;
  rpc::Trace trace;
  Limits::Place place;
};

// Admits callers, within the limits of each and of all, and connects calls of one request and one answer: lets the desk
// answer the gateway's own methods and the service all others, as bytes. Counts and logs every call. Safe to use from
// any thread.
class Switchboard {
 public:
  using Bytes = Desk::Bytes;
  using Done = std::function<void(const grpc::Status&, Bytes)>;

  // All outlive the switchboard.
  Switchboard(rpc::Guard& guard, Desk& desk, const Peers& peers, Limits& limits, const Clock& clock);
  // Gives up what is under way and waits until all callers have been told.
  ~Switchboard();

  // Lets a call in. Refuses with what the guard refuses with, and with what the limits do; a refusal has been counted
  // and logged.
  absl::StatusOr<Visit> Admit(const Envelope& envelope, const Route& route);
  // Takes what is asked for without a call, or in vain, from what is left to strangers from there; `address` and
  // `said_address` as in Envelope. Refuses with what the limits do.
  absl::Status Charge(const std::string& address, const std::string& said_address);
  // Counts and logs how a call that was let in has ended.
  void Finish(const Visit& visit, const absl::Status& outcome);

  // Connects a call that was let in, and finishes it. Calls `done` exactly once, on any thread, perhaps before it
  // returns.
  void Call(const Route& route, Visit visit, Envelope envelope, std::string request, Done done);
  // The same for a call that has not been let in yet.
  void Call(const Route& route, Envelope envelope, std::string request, Done done);

  // Gives up the calls to services that are under way; their callers are told CANCELLED.
  void Abandon();
  // For calls that are made elsewhere: from Begin to End they are under way, and the switchboard waits for them.
  void Begin(grpc::ClientContext& context);
  void End(grpc::ClientContext& context);

  const std::vector<std::string>& services() const { return services_; }
  const Peers& peers() const { return peers_; }
  // The address of the edge, empty when there is none.
  const std::string& edge() const { return limits_.options().edge; }
  rpc::Guard& guard() { return guard_; }
  const Clock& clock() const { return clock_; }

 private:
  void CallOwn(std::shared_ptr<const Visit> visit, Envelope envelope, std::string request, Done done);
  void Forward(const Route& route, const rpc::Trace& trace, const Envelope& envelope, const std::string& request,
               Done done);

  rpc::Guard& guard_;
  Desk& desk_;
  const Peers& peers_;
  Limits& limits_;
  const Clock& clock_;
  const std::vector<std::string> services_;
  absl::Mutex mutex_;
  std::set<grpc::ClientContext*> under_way_ ABSL_GUARDED_BY(mutex_);
  Workers workers_;
};

// Makes a call to a service ready: passes on what a service may see of a call, and nothing else, sets its deadline, and
// lets it wait for its service where the contract says that it may be repeated.
void PassOn(const Route& route, const rpc::Trace& trace, const Envelope& envelope, const Peers& peers,
            grpc::ClientContext& context);

// The outcome of a call to a service, as its caller may see it: the addresses of services stay here. A deadline that
// passed before the caller's `deadline` was for the service to come back.
grpc::Status FromPeer(const grpc::Status& status, absl::string_view service, absl::Time deadline);

}  // namespace anju::gateway
