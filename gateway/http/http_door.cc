#include "gateway/http/http_door.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "gateway/http/session.h"
#include "gateway/http2/certificate.h"
#include "gateway/proxy/arrivals.h"
#include "services/platform/base/error.h"

namespace anju::gateway {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr int kThreads = 2;
// After a connection could not be taken: when there are no more descriptors the next one cannot be either.
constexpr auto kPause = std::chrono::milliseconds(100);

std::string AddressOf(const tcp::socket& socket) {
  error_code error;
  const tcp::endpoint endpoint = socket.remote_endpoint(error);
  return error ? std::string() : endpoint.address().to_string();
}

}  // namespace

struct HttpDoor::State {
  State(Switchboard& switchboard, const Transcoder& transcoder, HttpLimits limits, const rpc::Tls& tls, Cors cors)
      : site{.switchboard = switchboard,
             .transcoder = transcoder,
             .limits = limits,
             .cors = std::move(cors),
             .pages = MakePages(transcoder, switchboard.services())},
        certificate(tls),
        arrivals(limits.connections, limits.connections_of_one, switchboard.edge()),
        acceptor(asio::make_strand(context)) {}

  void Accept();
  void Forget(Session* session);
  void RetireAll(bool by_force);

  Site site;
  http2::Certificate certificate;
  Arrivals arrivals;
  asio::io_context context{kThreads};
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work{context.get_executor()};
  tcp::acceptor acceptor;
  asio::steady_timer pause{acceptor.get_executor()};
  std::vector<std::thread> threads;

  absl::Mutex mutex;
  // With the address of each.
  absl::flat_hash_map<Session*, std::string> sessions ABSL_GUARDED_BY(mutex);
};

void HttpDoor::State::Forget(Session* session) {
  absl::MutexLock lock(&mutex);
  if (const auto found = sessions.find(session); found != sessions.end()) {
    arrivals.Leave(found->second);
    sessions.erase(found);
  }
}

void HttpDoor::State::RetireAll(bool by_force) {
  std::vector<std::shared_ptr<Session>> open;
  {
    absl::MutexLock lock(&mutex);
    for (const auto& [session, address] : sessions) {
      if (auto held = session->weak_from_this().lock(); held != nullptr) open.push_back(std::move(held));
    }
  }
  for (const auto& session : open) session->Retire(by_force);
}

void HttpDoor::State::Accept() {
  acceptor.async_accept(asio::make_strand(context), [this](error_code error, tcp::socket socket) {
    if (site.draining) return;
    if (error) {
      pause.expires_after(kPause);
      return pause.async_wait([this](error_code) {
        if (!site.draining) Accept();
      });
    }
    const std::string address = AddressOf(socket);
    // Beyond the limit a connection is closed at once; its client may try again.
    if (!arrivals.Enter(address)) return Accept();
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    auto session = std::make_shared<Session>(site, std::move(socket), address, certificate.Current().get(),
                                             [this](Session* gone) { Forget(gone); });
    {
      absl::MutexLock lock(&mutex);
      sessions[session.get()] = address;
    }
    session->Run();
    Accept();
  });
}

HttpDoor::HttpDoor(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpDoor::~HttpDoor() { Drain(absl::Now()); }

int HttpDoor::port() const { return state_->acceptor.local_endpoint().port(); }

absl::StatusOr<std::unique_ptr<HttpDoor>> HttpDoor::Open(absl::string_view address, Switchboard& switchboard,
                                                         const Transcoder& transcoder, HttpLimits limits,
                                                         const rpc::Tls& tls, Cors cors) {
  const size_t colon = address.rfind(':');
  uint32_t port = 0;
  error_code error;
  asio::ip::address host;
  if (colon != absl::string_view::npos && absl::SimpleAtoi(address.substr(colon + 1), &port) && port <= 65535) {
    std::string text(address.substr(0, colon));
    if (text == "localhost") text = "127.0.0.1";
    if (text == "[::1]") text = "::1";
    host = asio::ip::make_address(text, error);
  } else {
    error = asio::error::invalid_argument;
  }
  if (error) return absl::InvalidArgumentError(absl::StrCat(address, " is not an address and a port"));
  auto state = std::make_unique<State>(switchboard, transcoder, limits, tls, std::move(cors));
  RETURN_IF_ERROR(state->certificate.Read());
  const tcp::endpoint endpoint(host, static_cast<unsigned short>(port));
  state->acceptor.open(endpoint.protocol(), error);
  if (!error) state->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) state->acceptor.bind(endpoint, error);
  if (!error) state->acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return absl::UnavailableError(absl::StrCat("cannot listen on ", address, ": ", error.message()));
  state->Accept();
  for (int i = 0; i < kThreads; ++i) {
    state->threads.emplace_back([context = &state->context] { context->run(); });
  }
  return std::unique_ptr<HttpDoor>(new HttpDoor(std::move(state)));
}

void HttpDoor::Drain(absl::Time deadline) {
  if (state_->site.draining.exchange(true)) return;
  asio::post(state_->acceptor.get_executor(), [state = state_.get()] {
    error_code ignored;
    state->acceptor.close(ignored);
  });
  state_->RetireAll(/*by_force=*/false);
  const auto gone = [state = state_.get()]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return state->sessions.empty(); };
  bool finished = false;
  {
    absl::MutexLock lock(&state_->mutex);
    finished = state_->mutex.AwaitWithDeadline(absl::Condition(&gone), deadline);
  }
  if (!finished) {
    state_->site.switchboard.Abandon();
    state_->RetireAll(/*by_force=*/true);
    absl::MutexLock lock(&state_->mutex);
    state_->mutex.Await(absl::Condition(&gone));
  }
  state_->work.reset();
  state_->context.stop();
  for (std::thread& thread : state_->threads) thread.join();
}

}  // namespace anju::gateway
