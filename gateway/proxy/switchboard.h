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
#include "gateway/proxy/routes.h"
#include "gateway/proxy/workers.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/status.h"
#include "services/platform/base/clock.h"
#include "services/platform/rpc/guard.h"

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
};

// Connects calls of one request and one answer: admits the caller, then lets the desk answer the gateway's own methods
// and the service all others, as bytes. Counts and logs every call. Safe to use from any thread.
class Switchboard {
 public:
  using Bytes = Desk::Bytes;
  using Done = std::function<void(const grpc::Status&, Bytes)>;

  // All outlive the switchboard.
  Switchboard(rpc::Guard& guard, Desk& desk, const Peers& peers, const Clock& clock);
  // Gives up what is under way and waits until all callers have been told.
  ~Switchboard();

  // Calls `done` exactly once, on any thread, perhaps before it returns.
  void Call(const Route& route, Envelope envelope, std::string request, Done done);

  // Gives up the calls to services that are under way; their callers are told CANCELLED.
  void Abandon();

  const std::vector<std::string>& services() const { return services_; }
  const Peers& peers() const { return peers_; }
  rpc::Guard& guard() { return guard_; }
  const Clock& clock() const { return clock_; }

 private:
  void CallOwn(const google::protobuf::MethodDescriptor& method, const rpc::Caller& caller, Envelope envelope,
               std::string request, Done done);
  void Forward(const Route& route, const Envelope& envelope, const std::string& request, Done done);

  rpc::Guard& guard_;
  Desk& desk_;
  const Peers& peers_;
  const Clock& clock_;
  const std::vector<std::string> services_;
  absl::Mutex mutex_;
  std::set<grpc::ClientContext*> under_way_ ABSL_GUARDED_BY(mutex_);
  Workers workers_;
};

// Makes a call to a service ready with what may be passed on.
void PassOn(const Envelope& envelope, grpc::ClientContext& context);

// The outcome of a call to a service, as its caller may see it: the addresses of services stay here.
grpc::Status FromPeer(const grpc::Status& status, absl::string_view service);

}  // namespace anju::gateway
