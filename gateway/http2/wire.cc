#include "gateway/http2/wire.h"

#include <openssl/ssl.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gateway/http2/certificate.h"
#include "services/platform/base/error.h"
#include "spdlog/spdlog.h"

namespace anju::gateway::http2 {

namespace asio = boost::asio;
using asio::ip::tcp;
using Error = boost::system::error_code;

namespace {

constexpr size_t kReadBytes = 64 * 1024;
constexpr absl::Duration kDialPatience = absl::Seconds(5);
constexpr absl::Duration kAcceptPause = absl::Milliseconds(100);
constexpr unsigned char kHttp2[] = {2, 'h', '2'};

int ChooseHttp2(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                unsigned int offered_size, void*) {
  return SSL_select_next_proto(const_cast<unsigned char**>(chosen), size, kHttp2, sizeof(kHttp2), offered,
                               offered_size) == OPENSSL_NPN_NEGOTIATED
             ? SSL_TLSEXT_ERR_OK
             : SSL_TLSEXT_ERR_ALERT_FATAL;
}

std::string AddressOf(const tcp::socket& socket) {
  Error error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  return error ? std::string() : peer.address().to_string();
}

void OnlyHttp2(SSL_CTX& context) { SSL_CTX_set_alpn_select_cb(&context, ChooseHttp2, nullptr); }

// A socket and TLS around it, if there is any.
class Connection final : public Wire, public std::enable_shared_from_this<Connection> {
 public:
  Connection(Loop& loop, tcp::socket socket, std::shared_ptr<asio::ssl::context> certificate,
             std::shared_ptr<User> user)
      : loop_(loop), socket_(std::move(socket)), certificate_(std::move(certificate)), user_(std::move(user)) {
    if (certificate_ != nullptr) tls_.emplace(socket_, *certificate_);
  }

  tcp::socket& socket() { return socket_; }
  void Introduce() { user_->Open(shared_from_this()); }

  // Once there is a connection.
  void Begin(asio::ssl::stream_base::handshake_type side, const std::string& host) {
    Error ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    if (!tls_) return Ready();
    if (side == asio::ssl::stream_base::client) {
      SSL* const ssl = tls_->native_handle();
      SSL_set_alpn_protos(ssl, kHttp2, sizeof(kHttp2));
      SSL_set_tlsext_host_name(ssl, host.c_str());
      X509_VERIFY_PARAM* const wanted = SSL_get0_param(ssl);
      Error not_an_address;
      asio::ip::make_address(host, not_an_address);
      ANJU_CHECK(not_an_address ? X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), host.size()) == 1
                                : X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1);
      SSL_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
    }
    tls_->async_handshake(side, [self = shared_from_this()](const Error& error) {
      if (error) return self->Close();
      self->Ready();
    });
  }

  void Wake() override {
    if (waking_ || writing_ || closed_ || !ready_) return;
    waking_ = true;
    asio::post(loop_.context(), [self = shared_from_this()] {
      self->waking_ = false;
      self->Write();
    });
  }

  void Close() override {
    if (std::exchange(closed_, true)) return;
    Error ignored;
    socket_.close(ignored);
    // Not from within the user's own call.
    loop_.Post([user = std::move(user_)] { user->Gone(); });
  }

  std::string PeerAddress() const override { return AddressOf(socket_); }

  absl::Time StuckSince() const override { return writing_ ? writing_since_ : absl::InfiniteFuture(); }

 private:
  void Ready() {
    if (closed_) return;
    ready_ = true;
    Read();
    Write();
  }

  void Read() {
    const auto done = [self = shared_from_this()](const Error& error, size_t size) {
      if (self->closed_) return;
      const std::shared_ptr<User> user = self->user_;
      if (error || !user->Take(self->in_.data(), size)) {
        // What the user has to say about it still goes, if it goes at once.
        if (!error) self->Write();
        return self->Close();
      }
      self->Wake();
      if (!self->closed_) self->Read();
    };
    tls_ ? tls_->async_read_some(asio::buffer(in_), done) : socket_.async_read_some(asio::buffer(in_), done);
  }

  void Write() {
    if (writing_ || closed_ || !ready_) return;
    const std::shared_ptr<User> user = user_;
    out_.clear();
    user->Fill(out_);
    if (out_.empty()) {
      if (user->Finished()) Close();
      return;
    }
    writing_ = true;
    writing_since_ = absl::Now();
    const auto done = [self = shared_from_this()](const Error& error, size_t) {
      self->writing_ = false;
      if (error) return self->Close();
      self->Write();
    };
    tls_ ? asio::async_write(*tls_, asio::buffer(out_), done) : asio::async_write(socket_, asio::buffer(out_), done);
  }

  Loop& loop_;
  tcp::socket socket_;
  const std::shared_ptr<asio::ssl::context> certificate_;
  std::optional<asio::ssl::stream<tcp::socket&>> tls_;
  std::shared_ptr<User> user_;
  std::vector<uint8_t> in_ = std::vector<uint8_t>(kReadBytes);
  std::string out_;
  absl::Time writing_since_;
  bool ready_ = false;
  bool writing_ = false;
  bool waking_ = false;
  bool closed_ = false;
};

struct HostAndPort {
  std::string host;
  std::string port;
};

absl::StatusOr<HostAndPort> Split(absl::string_view address) {
  const size_t colon = address.rfind(':');
  uint32_t port = 0;
  if (colon == absl::string_view::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port) || port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat(address, " is not an address and a port"));
  }
  absl::string_view host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return HostAndPort{.host = std::string(host), .port = absl::StrCat(port)};
}

}  // namespace

void Dial(Loop& loop, absl::string_view address, const rpc::Tls& tls, const std::shared_ptr<Wire::User>& user) {
  std::shared_ptr<asio::ssl::context> certificate;
  const absl::StatusOr<HostAndPort> place = Split(address);
  absl::Status fault = place.status();
  if (fault.ok() && tls.on()) {
    const auto context = tls.ClientContext();
    fault = context.status();
    if (fault.ok()) {
      ANJU_CHECK(SSL_CTX_up_ref(context->get()) == 1);
      certificate = std::make_shared<asio::ssl::context>(context->get());
    }
  }
  auto connection = std::make_shared<Connection>(loop, tcp::socket(loop.context()), std::move(certificate), user);
  connection->Introduce();
  if (!fault.ok()) {
    spdlog::warn("cannot call a service: {}", std::string(fault.message()));
    return connection->Close();
  }
  // The alarm rings for a connection that has begun, too, and finds it so.
  auto begun = std::make_shared<bool>(false);
  loop.Set(absl::Now() + kDialPatience, [connection, begun] {
    if (!*begun) connection->Close();
  });
  auto resolver = std::make_shared<tcp::resolver>(loop.context());
  const std::string host = place->host;
  resolver->async_resolve(
      host, place->port,
      [connection, resolver, begun, host](const Error& error, const tcp::resolver::results_type& found) {
        if (error) return connection->Close();
        asio::async_connect(connection->socket(), found, [connection, begun, host](const Error& error, const auto&) {
          if (error) return connection->Close();
          *begun = true;
          connection->Begin(asio::ssl::stream_base::client, host);
        });
      });
}

struct Listener::State {
  State(const std::vector<std::unique_ptr<Loop>>& loops, const rpc::Tls& tls, Welcome welcome)
      : loops(loops), certificate(tls, OnlyHttp2), welcome(std::move(welcome)), acceptor(loops.front()->context()) {}

  void Accept() {
    Loop& loop = *loops[next++ % loops.size()];
    acceptor.async_accept(loop.context(), [this, &loop](const Error& error, tcp::socket socket) {
      if (error == asio::error::operation_aborted || !acceptor.is_open()) return;
      if (!error) {
        auto open = [this, &loop, context = certificate.Current(),
                     socket = std::make_shared<tcp::socket>(std::move(socket))]() mutable {
          std::shared_ptr<Wire::User> user = welcome(loop, AddressOf(*socket));
          if (user == nullptr) return;
          auto connection = std::make_shared<Connection>(loop, std::move(*socket), std::move(context), std::move(user));
          connection->Introduce();
          connection->Begin(asio::ssl::stream_base::server, "");
        };
        loop.Post(std::move(open));
        return Accept();
      }
      // No more files, most likely.
      loops.front()->Set(absl::Now() + kAcceptPause, [this] {
        if (acceptor.is_open()) Accept();
      });
    });
  }

  const std::vector<std::unique_ptr<Loop>>& loops;
  Certificate certificate;
  const Welcome welcome;
  tcp::acceptor acceptor;
  size_t next = 0;
};

Listener::Listener(std::unique_ptr<State> state) : state_(std::move(state)) {}
Listener::~Listener() { Stop(); }

int Listener::port() const { return state_->acceptor.local_endpoint().port(); }

absl::StatusOr<std::unique_ptr<Listener>> Listener::Open(absl::string_view address, const rpc::Tls& tls,
                                                         const std::vector<std::unique_ptr<Loop>>& loops,
                                                         Welcome welcome) {
  ASSIGN_OR_RETURN(const HostAndPort place, Split(address));
  Error error;
  const auto host = asio::ip::make_address(place.host == "localhost" ? "127.0.0.1" : place.host, error);
  if (error) return absl::InvalidArgumentError(absl::StrCat(address, " is not an address and a port"));
  auto state = std::make_unique<State>(loops, tls, std::move(welcome));
  RETURN_IF_ERROR(state->certificate.Read());
  const tcp::endpoint endpoint(host, static_cast<unsigned short>(std::stoi(place.port)));
  state->acceptor.open(endpoint.protocol(), error);
  // Not for a second process on the port: each would get half of the calls.
  if (!error) state->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) state->acceptor.bind(endpoint, error);
  if (!error) state->acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return absl::UnavailableError(absl::StrCat("cannot listen on ", address, ": ", error.message()));
  loops.front()->Post([state = state.get()] { state->Accept(); });
  return std::unique_ptr<Listener>(new Listener(std::move(state)));
}

void Listener::Stop() {
  absl::Notification stopped;
  state_->loops.front()->Post([&] {
    Error ignored;
    state_->acceptor.close(ignored);
    // After the handler of the accept that was under way.
    state_->loops.front()->Post([&] { stopped.Notify(); });
  });
  stopped.WaitForNotification();
}

}  // namespace anju::gateway::http2
