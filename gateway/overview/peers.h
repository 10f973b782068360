#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "anju/files/v1/files.grpc.pb.h"
#include "anju/indicators/v1/indicators.grpc.pb.h"
#include "anju/registry/v1/registry.grpc.pb.h"
#include "grpcpp/channel.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/rpc/tls.h"

namespace anju::gateway {

// The service that knows the divisions and which households there are.
inline constexpr absl::string_view kRegistry = "registry";

// The longest that an answer of a service is waited for.
inline constexpr absl::Duration kPatience = absl::Seconds(5);

// How long a service may be away before calls to it fail at once, and how long a call waits for it to come back.
inline constexpr absl::Duration kAway = absl::Seconds(10);

// A service behind the gateway.
struct Peer {
  std::string name;
  // host:port, and how it is spoken to.
  std::string address;
  rpc::Tls tls;
  std::shared_ptr<grpc::Channel> channel;

  static Peer At(absl::string_view name, absl::string_view address, const rpc::Tls& tls = {},
                 rpc::Repeat repeat = rpc::Repeat::kWhatMay);
};

// On whose behalf the services are asked, and how long.
struct Errand {
  // The header as it came.
  std::string authorization;
  std::string request_id;
  absl::Time deadline = absl::InfiniteFuture();
  // What the caller says they want personal data for.
  std::string purpose;
};

// Asks the services for what they all serve. Calls of one question run in parallel. What a service refuses is passed
// on; a service that cannot be reached is UNAVAILABLE with a sentence that names it. Safe to use from any thread.
class Peers {
 public:
  explicit Peers(std::vector<Peer> peers, absl::Duration away = kAway);

  const std::vector<Peer>& all() const { return peers_; }
  std::vector<std::string> Names() const;
  absl::Duration away() const { return away_; }
  // -1 when there is no such service.
  int Find(absl::string_view name) const;

  // Lets a call that may be repeated wait for its service when that is away, and has not been for too long. To be said
  // right before the call, after its deadline.
  void Await(int peer, grpc::ClientContext& context) const;

  // One answer per service, in their order.
  std::vector<absl::StatusOr<indicators::v1::ListIndicatorsResponse>> ListIndicators(const Errand& errand) const;
  std::vector<absl::StatusOr<files::v1::FilePart>> GetFileParts(const Errand& errand,
                                                                absl::string_view household_id) const;

  struct Question {
    int peer = 0;
    indicators::v1::QueryIndicatorsRequest request;
  };
  // One answer per question.
  std::vector<absl::StatusOr<indicators::v1::QueryIndicatorsResponse>> Query(
      const Errand& errand, const std::vector<Question>& questions) const;

  // As it was called in a month; empty: as it is called now.
  absl::StatusOr<registry::v1::Division> GetDivision(const Errand& errand, absl::string_view code,
                                                     absl::string_view month) const;
  // All children, over all pages.
  absl::StatusOr<std::vector<registry::v1::Division>> ListChildren(const Errand& errand, absl::string_view parent,
                                                                   absl::string_view month) const;

  // Whether each service says that it is serving.
  std::vector<absl::Status> CheckHealth(absl::Time deadline) const;

 private:
  struct Stubs {
    std::unique_ptr<indicators::v1::Indicators::Stub> indicators;
    std::unique_ptr<files::v1::Files::Stub> files;
  };

  // When each service was last seen, by a clock that nobody puts right.
  using Clock = std::chrono::steady_clock;
  struct Seen {
    std::atomic<Clock::time_point> at;
  };

  absl::Status Outcome(int peer, const grpc::Status& status) const;
  template <typename Request, typename Response, typename Start>
  std::vector<absl::StatusOr<Response>> AskAll(const Errand& errand, const std::vector<int>& peers,
                                               const std::vector<Request>& requests, Start start) const;

  std::vector<Peer> peers_;
  const absl::Duration away_;
  std::unique_ptr<Seen[]> seen_;
  std::vector<Stubs> stubs_;
  std::unique_ptr<registry::v1::Registry::Stub> registry_;
};

// Adds what a caller has sent to a call, unless it is empty or cannot be sent on: gRPC stops the process at a value
// with bytes that it does not know, and callers of the HTTP port send what they like.
void AddSent(absl::string_view name, const std::string& value, grpc::ClientContext& context);

// Makes a call ready: the caller's token and request id, the trace that this thread works for, and when to give up.
void Prepare(const Errand& errand, grpc::ClientContext& context);

}  // namespace anju::gateway
