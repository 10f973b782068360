#include "gateway/http/http_door.h"

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/platform/base/error.h"
#include "services/platform/rpc/purpose.h"
#include "services/platform/rpc/status.h"
#include "spdlog/spdlog.h"

namespace anju::gateway {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

constexpr int kThreads = 2;
constexpr absl::Duration kReadCertificateEvery = absl::Seconds(1);
constexpr char kJson[] = "application/json; charset=utf-8";

absl::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

std::chrono::nanoseconds Chrono(absl::Duration duration) { return absl::ToChronoNanoseconds(duration); }

// An answer before it is an HTTP message.
struct Reply {
  int status = 200;
  std::string json;
  std::string request_id;
  std::string allow;
  // In seconds; none is 0.
  int64_t retry_after = 0;
};

Reply ErrorReply(const grpc::Status& status) {
  Reply reply{.status = HttpStatus(status.error_code()), .json = ErrorJson(status)};
  if (const auto delay = rpc::RetryDelay(status); delay.has_value()) {
    reply.retry_after = absl::ToInt64Seconds(absl::Ceil(std::max(*delay, absl::Seconds(1)), absl::Seconds(1)));
  }
  return reply;
}

// The certificate that callers are shown: read again when a second has passed, and kept when it cannot be. For one
// thread at a time.
class Certificate {
 public:
  explicit Certificate(const rpc::Tls& tls) : tls_(tls) {}

  // Must have succeeded once before Current() is asked.
  absl::Status Read() {
    if (!tls_.on()) return absl::OkStatus();
    read_again_ = absl::Now() + kReadCertificateEvery;
    ASSIGN_OR_RETURN(const std::shared_ptr<SSL_CTX> context, tls_.ServerContext());
    ANJU_CHECK(SSL_CTX_up_ref(context.get()) == 1);
    context_.emplace(context.get());
    return absl::OkStatus();
  }

  // None without TLS.
  asio::ssl::context* Current() {
    if (!tls_.on()) return nullptr;
    if (absl::Now() >= read_again_) {
      if (absl::Status status = Read(); !status.ok()) {
        spdlog::warn("the certificate stays as it was: {}", std::string(status.message()));
      }
    }
    // Never plain text where TLS was asked for.
    ANJU_CHECK(context_.has_value());
    return &*context_;
  }

 private:
  const rpc::Tls tls_;
  absl::Time read_again_ = absl::InfinitePast();
  std::optional<asio::ssl::context> context_;
};

std::string AddressOf(const tcp::socket& socket) {
  beast::error_code error;
  const tcp::endpoint endpoint = socket.remote_endpoint(error);
  return error ? std::string() : endpoint.address().to_string();
}

// A connection with TLS or without, for Beast to read and write.
class Wire {
 public:
  using executor_type = beast::tcp_stream::executor_type;

  // Plain text without a certificate.
  Wire(tcp::socket socket, asio::ssl::context* certificate) : tcp_(std::move(socket)) {
    if (certificate != nullptr) tls_.emplace(tcp_, *certificate);
  }

  executor_type get_executor() { return tcp_.get_executor(); }
  void expires_after(std::chrono::nanoseconds limit) { tcp_.expires_after(limit); }
  void expires_never() { tcp_.expires_never(); }
  // Every answer tells its length, so that TLS need not tell where the last one ends.
  void Close() {
    beast::error_code ignored;
    tcp_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    tcp_.close();
  }

  // Calls `done` when both may speak, at once in plain text.
  template <typename Done>
  void Handshake(Done done) {
    if (!tls_) return done(beast::error_code());
    tls_->async_handshake(asio::ssl::stream_base::server, std::move(done));
  }
  template <typename Buffers, typename Done>
  auto async_read_some(const Buffers& buffers, Done&& done) {
    return tls_ ? tls_->async_read_some(buffers, std::forward<Done>(done))
                : tcp_.async_read_some(buffers, std::forward<Done>(done));
  }
  template <typename Buffers, typename Done>
  auto async_write_some(const Buffers& buffers, Done&& done) {
    return tls_ ? tls_->async_write_some(buffers, std::forward<Done>(done))
                : tcp_.async_write_some(buffers, std::forward<Done>(done));
  }

 private:
  beast::tcp_stream tcp_;
  std::optional<beast::ssl_stream<beast::tcp_stream&>> tls_;
};

}  // namespace

struct HttpDoor::State {
  class Session;

  State(Switchboard& switchboard, const Transcoder& transcoder, HttpLimits limits, const rpc::Tls& tls)
      : switchboard(switchboard),
        transcoder(transcoder),
        limits(limits),
        certificate(tls),
        acceptor(asio::make_strand(context)) {}

  void Accept();
  void Forget(Session* session);
  void RetireAll(bool by_force);

  Switchboard& switchboard;
  const Transcoder& transcoder;
  const HttpLimits limits;
  Certificate certificate;
  asio::io_context context{kThreads};
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work{context.get_executor()};
  tcp::acceptor acceptor;
  std::vector<std::thread> threads;
  std::atomic<bool> draining = false;

  absl::Mutex mutex;
  std::set<Session*> sessions ABSL_GUARDED_BY(mutex);
};

// One connection: reads a request, waits for its answer, writes it, reads the next. Everything happens on its strand;
// it lives as long as something is under way.
class HttpDoor::State::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(State& state, tcp::socket socket)
      : state_(state), address_(AddressOf(socket)), stream_(std::move(socket), state.certificate.Current()) {
    absl::MutexLock lock(&state_.mutex);
    state_.sessions.insert(this);
  }

  void Run() {
    asio::dispatch(stream_.get_executor(), [self = shared_from_this()] {
      self->stream_.expires_after(Chrono(self->state_.limits.transfer));
      self->stream_.Handshake([self](beast::error_code error) {
        if (error) return self->Close();
        self->Read();
      });
    });
  }

  // Closes the connection; a request that is under way is let finish, unless by force.
  void Retire(bool by_force) {
    asio::post(stream_.get_executor(), [self = shared_from_this(), by_force] {
      if (by_force || !self->busy_) self->Close();
    });
  }
  std::weak_ptr<Session> Weak() { return weak_from_this(); }

 private:
  using Parser = http::request_parser<http::string_body>;

  void Read() {
    if (state_.draining) return Close();
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(state_.limits.header_bytes));
    parser_->body_limit(state_.limits.body_bytes);
    // The first byte may take as long as a connection may idle; the rest of the request has its own limit.
    stream_.expires_after(Chrono(buffer_.size() > 0 ? state_.limits.transfer : state_.limits.idle));
    if (buffer_.size() > 0) return ReadRequest();
    stream_.async_read_some(buffer_.prepare(4096), [self = shared_from_this()](beast::error_code error, size_t size) {
      if (error) return self->Close();
      self->buffer_.commit(size);
      self->stream_.expires_after(Chrono(self->state_.limits.transfer));
      self->ReadRequest();
    });
  }

  void ReadRequest() {
    busy_ = true;
    http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](beast::error_code error, size_t) {
      if (!error) return self->Serve();
      self->keep_alive_ = false;
      if (error == http::error::body_limit) {
        return self->Write({.status = 413,
                            .json = ErrorJson(grpc::Status(
                                grpc::StatusCode::INVALID_ARGUMENT,
                                absl::StrCat("a body has at most ", self->state_.limits.body_bytes, " bytes")))});
      }
      if (error == http::error::header_limit) {
        return self->Write({.status = 431,
                            .json = ErrorJson(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT,
                                                           "the head of the request is too long"))});
      }
      if (error.category() == http::make_error_code(http::error::bad_target).category() &&
          error != http::error::end_of_stream && error != http::error::partial_message) {
        return self->Write(
            {.status = 400,
             .json = ErrorJson(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "this is not an HTTP/1.1 request"))});
      }
      self->Close();
    });
  }

  void Serve() {
    const auto& request = parser_->get();
    keep_alive_ = request.keep_alive() && !state_.draining;
    const absl::string_view target = View(request.target());
    if (target == "/healthz") {
      return Write(state_.draining ? Reply{.status = 503, .json = R"({"status":"NOT_SERVING"})"}
                                   : Reply{.json = R"({"status":"SERVING"})"});
    }
    Switchboard& switchboard = state_.switchboard;
    auto match = state_.transcoder.Find(View(request.method_string()), target);
    if (!match.ok()) {
      if (ReasonOf(match.status()) != "HTTP_METHOD_NOT_ALLOWED") return Write(ErrorReply(rpc::ToGrpc(match.status())));
      // The field is a list of methods for the header, not a part of the request.
      const absl::Status refusal = Refuse(match.status().code(), ReasonOf(match.status()), match.status().message());
      return Write({.status = 405, .json = ErrorJson(rpc::ToGrpc(refusal)), .allow = FieldOf(match.status())});
    }
    Envelope envelope = {.authorization = Header("authorization"),
                         .request_id = switchboard.guard().RequestId(Header("x-request-id")),
                         .traceparent = Header("traceparent"),
                         .service = Header(kServiceHeader),
                         .tracestate = Header("tracestate"),
                         .purpose = rpc::AsMetadata(Header(kPurposeHeader)),
                         .address = address_,
                         .said_address = Header(kAddressHeader)};
    if (envelope.service.empty()) envelope.service = match->service;
    request_id_ = envelope.request_id;
    const auto route = FindRoute(*match->method, envelope.service, switchboard.services());
    if (!route.ok()) return Write(ErrorReply(rpc::ToGrpc(route.status())));
    // A stranger is told so before their request is read.
    auto visit = switchboard.Admit(envelope, *match->method);
    if (!visit.ok()) return Write(ErrorReply(rpc::ToGrpc(visit.status())));
    auto bytes = state_.transcoder.ToRequest(*match, request.body());
    if (!bytes.ok()) {
      switchboard.Finish(*visit, bytes.status());
      return Write(ErrorReply(rpc::ToGrpc(bytes.status())));
    }
    stream_.expires_never();
    switchboard.Call(
        *route, *std::move(visit), std::move(envelope), *std::move(bytes),
        [self = shared_from_this(), method = match->method](const grpc::Status& status, Switchboard::Bytes answer) {
          asio::post(self->stream_.get_executor(),
                     [self, method, status, answer = std::move(answer)] { self->Answer(*method, status, answer); });
        });
  }

  void Answer(const google::protobuf::MethodDescriptor& method, const grpc::Status& status,
              const Switchboard::Bytes& answer) {
    if (!status.ok()) return Write(ErrorReply(status));
    auto json = state_.transcoder.ToJson(method, *answer);
    if (!json.ok()) return Write(ErrorReply(rpc::ToGrpc(json.status())));
    Write({.json = *std::move(json)});
  }

  std::string Header(absl::string_view name) const {
    const auto& request = parser_->get();
    auto found = request.find(beast::string_view(name.data(), name.size()));
    return found == request.end() ? std::string() : std::string(View(found->value()));
  }

  void Write(Reply reply) {
    if (state_.draining) keep_alive_ = false;
    response_ = http::response<http::string_body>(static_cast<http::status>(reply.status), 11);
    response_.set(http::field::content_type, kJson);
    response_.set(http::field::cache_control, "no-store");
    response_.set("X-Content-Type-Options", "nosniff");
    if (!request_id_.empty()) response_.set("X-Request-Id", request_id_);
    if (!reply.allow.empty()) response_.set(http::field::allow, reply.allow);
    if (reply.retry_after > 0) response_.set(http::field::retry_after, std::to_string(reply.retry_after));
    if (reply.status == 401) response_.set(http::field::www_authenticate, "Bearer");
    response_.keep_alive(keep_alive_);
    response_.body() = std::move(reply.json);
    response_.prepare_payload();
    stream_.expires_after(Chrono(state_.limits.transfer));
    http::async_write(stream_, response_, [self = shared_from_this()](beast::error_code error, size_t) {
      self->busy_ = false;
      self->request_id_.clear();
      if (error || !self->keep_alive_ || self->state_.draining) return self->Close();
      self->Read();
    });
  }

  void Close() { stream_.Close(); }

  // When the state has forgotten its last session it may go, and the context of the stream with it.
  struct Place {
    ~Place() { state.Forget(session); }
    State& state;
    Session* session;
  };

  State& state_;
  // Before the stream, so that it is destroyed after it.
  const Place place_{state_, this};
  const std::string address_;
  Wire stream_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  http::response<http::string_body> response_;
  std::string request_id_;
  bool keep_alive_ = true;
  bool busy_ = false;
};

void HttpDoor::State::Forget(Session* session) {
  absl::MutexLock lock(&mutex);
  sessions.erase(session);
}

void HttpDoor::State::RetireAll(bool by_force) {
  std::vector<std::shared_ptr<Session>> open;
  {
    absl::MutexLock lock(&mutex);
    for (Session* session : sessions) {
      if (auto held = session->Weak().lock(); held != nullptr) open.push_back(std::move(held));
    }
  }
  for (const auto& session : open) session->Retire(by_force);
}

void HttpDoor::State::Accept() {
  acceptor.async_accept(asio::make_strand(context), [this](beast::error_code error, tcp::socket socket) {
    if (draining) return;
    if (!error) {
      size_t open = 0;
      {
        absl::MutexLock lock(&mutex);
        open = sessions.size();
      }
      beast::error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      // Beyond the limit a connection is closed at once; its client may try again.
      if (open < limits.connections) std::make_shared<Session>(*this, std::move(socket))->Run();
    }
    Accept();
  });
}

HttpDoor::HttpDoor(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpDoor::~HttpDoor() { Drain(absl::Now()); }

int HttpDoor::port() const { return state_->acceptor.local_endpoint().port(); }

absl::StatusOr<std::unique_ptr<HttpDoor>> HttpDoor::Open(absl::string_view address, Switchboard& switchboard,
                                                         const Transcoder& transcoder, HttpLimits limits,
                                                         const rpc::Tls& tls) {
  const size_t colon = address.rfind(':');
  uint32_t port = 0;
  beast::error_code error;
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
  auto state = std::make_unique<State>(switchboard, transcoder, limits, tls);
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
  if (state_->draining.exchange(true)) return;
  asio::post(state_->acceptor.get_executor(), [state = state_.get()] {
    beast::error_code ignored;
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
    state_->switchboard.Abandon();
    state_->RetireAll(/*by_force=*/true);
    absl::MutexLock lock(&state_->mutex);
    state_->mutex.Await(absl::Condition(&gone));
  }
  state_->work.reset();
  state_->context.stop();
  for (std::thread& thread : state_->threads) thread.join();
}

}  // namespace anju::gateway
