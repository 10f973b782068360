#include "gateway/proxy/door.h"

#include <atomic>
#include <functional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "anju/gateway/v1/gateway.grpc.pb.h"
#include "gateway/http2/wire.h"
#include "gateway/proxy/arrivals.h"
#include "gateway/proxy/front.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/health_check_service_interface.h"
#include "services/platform/base/error.h"

namespace anju::gateway {

namespace {

constexpr size_t kLoops = 2;
constexpr size_t kMaxConnections = 4096, kMaxConnectionsOfOne = 256;

// What every gRPC server has besides its methods, from the library: is it there, and what does it serve. On a port of
// loopback, to which the door passes on what is meant for it.
class Inner {
 public:
  Inner() {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    // For reflection to tell of; its methods are answered at the door.
    builder.RegisterService(&gateway_);
    server_ = builder.BuildAndStart();
    if (server_ != nullptr) server_->GetHealthCheckService()->SetServingStatus(true);
  }

  bool works() const { return server_ != nullptr; }
  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }
  void SayNotServing() { server_->GetHealthCheckService()->SetServingStatus(false); }
  // Whoever watches its health is told that it has ended.
  void Stop() { server_->Shutdown(absl::ToChronoTime(absl::Now())); }

 private:
  v1::Gateway::Service gateway_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

struct GrpcDoor::State {
  // What belongs to one loop; touched there only.
  struct Hall {
    Hall(State& state, http2::Loop& loop, const std::vector<Place>& places)
        : backs(loop, places),
          desk{.loop = loop,
               .switchboard = state.switchboard,
               .backs = backs,
               .own_place = places.size() - 1,
               .own_calls = state.own_calls,
               .gone = [this, &state](Front& front) {
                 const auto found = fronts.find(&front);
                 state.arrivals.Leave(found->second.address);
                 fronts.erase(found);
                 --state.connections;
               }} {}
    struct Guest {
      std::weak_ptr<Front> front;
      std::string address;
    };

    Backs backs;
    Front::Desk desk;
    absl::flat_hash_map<Front*, Guest> fronts;
  };

  explicit State(Switchboard& switchboard)
      : switchboard(switchboard), arrivals(kMaxConnections, kMaxConnectionsOfOne, switchboard.edge()) {}

  // Runs `work` for every hall on its loop, and waits until all have done so.
  void ForAll(const std::function<void(Hall&)>& work) {
    absl::BlockingCounter left(static_cast<int>(loops.size()));
    for (size_t i = 0; i < loops.size(); ++i) {
      loops[i]->Post([&, hall = halls[i].get()] {
        work(*hall);
        left.DecrementCount();
      });
    }
    left.Wait();
  }

  static void ForFronts(Hall& hall, const std::function<void(Front&)>& work) {
    std::vector<std::shared_ptr<Front>> open;
    for (const auto& [pointer, guest] : hall.fronts) {
      if (auto front = guest.front.lock(); front != nullptr) open.push_back(std::move(front));
    }
    for (const auto& front : open) work(*front);
  }

  std::shared_ptr<http2::Wire::User> Welcome(http2::Loop& loop, const std::string& address) {
    // Beyond the limit a connection is closed at once; its client may try again.
    if (!arrivals.Enter(address)) return nullptr;
    ++connections;
    for (size_t i = 0; i < loops.size(); ++i) {
      if (loops[i].get() != &loop) continue;
      auto front = std::make_shared<Front>(halls[i]->desk);
      halls[i]->fronts[front.get()] = {.front = front, .address = address};
      return front;
    }
    return nullptr;
  }

  void WaitUntilEmpty(absl::Time deadline) {
    while ((connections > 0 || own_calls > 0) && absl::Now() < deadline) absl::SleepFor(absl::Milliseconds(5));
  }

  Switchboard& switchboard;
  Arrivals arrivals;
  Inner inner;
  std::atomic<int> connections = 0;
  std::atomic<int> own_calls = 0;
  std::vector<std::unique_ptr<http2::Loop>> loops;
  std::vector<std::unique_ptr<Hall>> halls;
  std::unique_ptr<http2::Listener> listener;
  int port = 0;
};

GrpcDoor::GrpcDoor(std::unique_ptr<State> state) : state_(std::move(state)) {}
GrpcDoor::~GrpcDoor() { Drain(absl::Now()); }

int GrpcDoor::port() const { return state_->port; }

absl::StatusOr<std::unique_ptr<GrpcDoor>> GrpcDoor::Open(absl::string_view address, Switchboard& switchboard,
                                                         const rpc::Tls& tls) {
  auto state = std::make_unique<State>(switchboard);
  if (!state->inner.works()) return absl::UnavailableError("cannot listen on a port of loopback");
  std::vector<Place> places;
  for (const Peer& peer : switchboard.peers().all()) {
    places.push_back(
        {.address = peer.address, .tls = peer.tls, .standing = std::make_shared<Standing>(switchboard.peers().away())});
  }
  places.push_back({.address = state->inner.address(), .tls = {}, .standing = std::make_shared<Standing>(kAway)});
  for (size_t i = 0; i < kLoops; ++i) {
    state->loops.push_back(std::make_unique<http2::Loop>());
    state->halls.push_back(std::make_unique<State::Hall>(*state, *state->loops.back(), places));
  }
  ASSIGN_OR_RETURN(state->listener,
                   http2::Listener::Open(address, tls, state->loops,
                                         [state = state.get()](http2::Loop& loop, const std::string& address) {
                                           return state->Welcome(loop, address);
                                         }));
  state->port = state->listener->port();
  return std::unique_ptr<GrpcDoor>(new GrpcDoor(std::move(state)));
}

void GrpcDoor::Drain(absl::Time deadline) {
  if (state_->listener == nullptr) return;
  state_->inner.SayNotServing();
  state_->listener.reset();
  state_->ForAll([](State::Hall& hall) { State::ForFronts(hall, [](Front& front) { front.Drain(); }); });
  state_->inner.Stop();
  state_->WaitUntilEmpty(deadline);
  state_->ForAll([](State::Hall& hall) { State::ForFronts(hall, [](Front& front) { front.HangUp(); }); });
  // What the gateway answers itself is answered within seconds.
  state_->WaitUntilEmpty(absl::InfiniteFuture());
  state_->ForAll([](State::Hall& hall) { hall.backs.Close(); });
  // The connections say that they have gone on their loops.
  state_->ForAll([](State::Hall&) {});
  state_->loops.clear();
}

}  // namespace anju::gateway
