#include "gateway/http/session.h"

#include <algorithm>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/platform/base/error.h"

namespace anju::gateway {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;

namespace {

constexpr size_t kReadBytes = 16 * 1024;
// A body that is refused is read nevertheless when it is small, so that the connection can be kept.
constexpr uint64_t kMaxDiscarded = 64 * 1024;
// After the last answer the rest of what is on its way is read, so that the answer is not lost with the connection.
constexpr size_t kMaxLingered = 1024 * 1024;
// Of a body in pieces, within the time for a piece.
constexpr size_t kLeastPiece = 1024;
constexpr absl::Duration kLinger = absl::Seconds(2);
constexpr absl::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr absl::string_view kLastChunk = "0\r\n\r\n";

absl::string_view View(const boost::beast::flat_buffer& bytes) {
  return {static_cast<const char*>(bytes.data().data()), bytes.size()};
}

asio::const_buffer Buffer(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Session::Session(Site& site, asio::ip::tcp::socket socket, std::string address, asio::ssl::context* certificate,
                 std::function<void(Session*)> forget)
    : site_(site),
      place_{.forget = std::move(forget), .session = this},
      address_(std::move(address)),
      wire_(std::move(socket), certificate),
      timer_(wire_.get_executor()),
      pause_(wire_.get_executor()) {}

void Session::Run() {
  asio::dispatch(wire_.get_executor(), [self = shared_from_this()] {
    self->Expect(kIn, self->site_.limits.transfer);
    self->wire_.Handshake([self](error_code error) {
      if (error) return self->Close();
      self->Expect(kIn, self->site_.limits.idle);
      self->Pump();
    });
  });
}

void Session::Retire(bool by_force) {
  asio::post(wire_.get_executor(), [self = shared_from_this(), by_force] {
    if (by_force || self->MayIdle()) self->Close();
  });
}

void Session::Post(std::function<void()> work) { asio::dispatch(wire_.get_executor(), std::move(work)); }

void Session::Pump() {
  if (std::exchange(pumping_, true)) return;
  bool moves = true;
  while (moves && !closed_ && !reading_) {
    switch (phase_) {
      case Phase::kHead:
        moves = TakeHead();
        break;
      case Phase::kBody:
      case Phase::kDiscard:
        moves = TakeBody();
        break;
      case Phase::kAnswer:
        // To notice when the caller goes; a next request, when there is one, waits.
        if (bytes_.size() == 0 && !has_gone_) Fill();
        moves = false;
        break;
      case Phase::kLinger:
        bytes_.clear();
        Fill();
        moves = false;
        break;
    }
  }
  pumping_ = false;
}

void Session::Fill() {
  reading_ = true;
  wire_.async_read_some(bytes_.prepare(kReadBytes),
                        [self = shared_from_this()](error_code error, size_t size) { self->OnRead(error, size); });
}

void Session::OnRead(error_code error, size_t size) {
  reading_ = false;
  if (closed_) return;
  if (error) {
    has_gone_ = true;
    keep_alive_ = false;
    // Who only ends their side may still wait for an answer that is one whole.
    const bool may_wait = phase_ == Phase::kAnswer && error == asio::error::eof && framing_ == Framing::kLength;
    if (!may_wait) Close();
    return;
  }
  const bool was_idle = MayIdle();
  bytes_.commit(size);
  if (was_idle) Expect(kIn, site_.limits.transfer);
  if (phase_ == Phase::kLinger && (lingered_ += size) > kMaxLingered) return Close();
  Pump();
}

bool Session::TakeHead() {
  if (site_.draining && bytes_.size() == 0) {
    Close();
    return false;
  }
  // Some senders put an empty line behind a body.
  if (absl::StartsWith(View(bytes_), "\r\n")) bytes_.consume(2);
  const std::optional<size_t> end = FindHeadEnd(View(bytes_));
  if (end.value_or(bytes_.size()) > site_.limits.header_bytes) {
    Reject(Refuse(absl::StatusCode::kInvalidArgument, "HEAD_TOO_LARGE",
                  absl::StrCat("the head of a request has at most ", site_.limits.header_bytes, " bytes")));
    return true;
  }
  if (!end.has_value()) {
    Fill();
    return false;
  }
  auto head = ParseHead(View(bytes_).substr(0, *end));
  if (!head.ok()) {
    Reject(head.status());
    return true;
  }
  bytes_.consume(*end);
  head_ = *std::move(head);
  Dispatch();
  return true;
}

void Session::Reject(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  const int code = reason == "HEAD_TOO_LARGE"         ? 431
                   : reason == "EXPECTATION_UNKNOWN"  ? 417
                   : reason == "HTTP_VERSION_UNKNOWN" ? 505
                   : reason == "REQUEST_TIMEOUT"      ? 408
                                                      : 400;
  head_ = RequestHead();
  keep_alive_ = false;
  leaves_unread_ = true;
  phase_ = Phase::kAnswer;
  framing_ = Framing::kLength;
  WriteReply(ErrorReply(code, status));
}

void Session::Dispatch() {
  keep_alive_ = head_.keep_alive && !site_.draining;
  body_.emplace(head_);
  framing_ = Framing::kLength;
  phase_ = body_->done() ? Phase::kAnswer : Phase::kBody;
  if (body_->done()) Expect(kIn, absl::InfiniteDuration());
  wants_body_ = renews_ = false;
  arrived_ = 0;
  exchange_ = Receive(site_, head_, address_, shared_from_this());
  // It may end before it returns.
  const std::shared_ptr<Exchange> exchange = exchange_;
  exchange->Begin();
}

void Session::ReadBody(bool anew) {
  if (std::exchange(head_.expects_continue, false) && bytes_.size() == 0) {
    return WriteBuffers({Buffer(kContinue)}, [this, anew] { ReadBody(anew); });
  }
  wants_body_ = true;
  if (anew) {
    if (!std::exchange(renews_, true)) patience_ = site_.limits.transfer;
    asked_at_ = absl::Now();
    Expect(kIn, patience_);
  }
  Pump();
}

bool Session::TakeBody() {
  if (phase_ == Phase::kBody && !wants_body_) return false;
  std::string piece;
  const auto used = body_->Take(View(bytes_), piece);
  if (!used.ok()) {
    // In the midst of an answer there is no other way to say it.
    if (framing_ != Framing::kLength) {
      Close();
      return false;
    }
    if (exchange_ != nullptr) std::exchange(exchange_, nullptr)->OnGone();
    reply_.reset();
    Reject(used.status());
    return true;
  }
  bytes_.consume(*used);
  const bool is_done = body_->done();
  if (piece.empty() && !is_done) {
    Fill();
    return false;
  }
  if (phase_ == Phase::kDiscard) {
    if (is_done) {
      phase_ = Phase::kAnswer;
      WriteReply(*std::exchange(reply_, std::nullopt));
    }
    return true;
  }
  wants_body_ = false;
  if (renews_) {
    // Who trickles has no more time than who says nothing.
    patience_ -= absl::Now() - asked_at_;
    if ((arrived_ += piece.size()) >= kLeastPiece) {
      patience_ = site_.limits.transfer;
      arrived_ = 0;
    }
  }
  if (is_done) phase_ = Phase::kAnswer;
  if (is_done || renews_) Expect(kIn, absl::InfiniteDuration());
  const std::shared_ptr<Exchange> exchange = exchange_;
  exchange->OnBody(std::move(piece), is_done);
  return true;
}

void Session::Send(Reply reply) {
  exchange_ = nullptr;
  if (closed_) return;
  if (phase_ == Phase::kBody) {
    const bool is_small = !head_.is_chunked && head_.content_length <= kMaxDiscarded && !head_.expects_continue;
    if (is_small && keep_alive_) {
      phase_ = Phase::kDiscard;
      reply_ = std::move(reply);
      return Pump();
    }
    keep_alive_ = false;
    leaves_unread_ = true;
    phase_ = Phase::kAnswer;
  }
  WriteReply(std::move(reply));
}

void Session::WriteReply(Reply reply) {
  site_.counters.Count(head_.method, reply.status);
  if (site_.draining) keep_alive_ = false;
  reply_ = std::move(reply);
  site_.cors.Add(head_, *reply_);
  head_text_ = FormatHead(*reply_, Framing::kLength, keep_alive_, absl::Now());
  std::vector<asio::const_buffer> buffers = {Buffer(head_text_)};
  const bool has_body = head_.method != "HEAD" && reply_->status != 204 && reply_->status != 304;
  if (has_body && reply_->body != nullptr) buffers.push_back(Buffer(*reply_->body));
  WriteBuffers(std::move(buffers), [this] { Finished(); });
}

void Session::BeginStream(Reply reply) {
  if (closed_) return;
  framing_ = head_.is_1_0 ? Framing::kUntilClose : Framing::kChunked;
  if (head_.is_1_0 || site_.draining) keep_alive_ = false;
  site_.counters.Count(head_.method, reply.status);
  site_.cors.Add(head_, reply);
  // It goes out with the first piece.
  head_text_ = FormatHead(reply, framing_, keep_alive_, absl::Now());
}

void Session::Write(std::string piece) {
  if (closed_) return;
  piece_ = std::move(piece);
  if (framing_ == Framing::kChunked) absl::StrAppend(&head_text_, absl::Hex(piece_.size()), "\r\n");
  std::vector<asio::const_buffer> buffers = {Buffer(head_text_), Buffer(piece_)};
  if (framing_ == Framing::kChunked) buffers.push_back(Buffer("\r\n"));
  WriteBuffers(std::move(buffers), [this] {
    head_text_.clear();
    const std::shared_ptr<Exchange> exchange = exchange_;
    if (exchange != nullptr) exchange->OnWritten();
  });
}

void Session::EndStream() {
  exchange_ = nullptr;
  if (closed_) return;
  // The end of an answer whose request was not read to its end is the end of the connection.
  if (phase_ == Phase::kBody) {
    keep_alive_ = false;
    leaves_unread_ = true;
  }
  phase_ = Phase::kAnswer;
  if (framing_ == Framing::kChunked) absl::StrAppend(&head_text_, kLastChunk);
  WriteBuffers({Buffer(head_text_)}, [this] { Finished(); });
}

void Session::WriteBuffers(std::vector<asio::const_buffer> buffers, std::function<void()> then) {
  Expect(kOut, site_.limits.transfer);
  asio::async_write(wire_, buffers, [self = shared_from_this(), then = std::move(then)](error_code error, size_t) {
    if (self->closed_) return;
    if (error) return self->Close();
    self->Expect(kOut, absl::InfiniteDuration());
    then();
  });
}

void Session::Finished() {
  // Behind the edge are others, too.
  const bool pauses =
      reply_.has_value() && reply_->pause > absl::ZeroDuration() && address_ != site_.switchboard.edge();
  if (!pauses) return BeginNext();
  pause_.expires_after(absl::ToChronoNanoseconds(reply_->pause));
  pause_.async_wait([self = shared_from_this()](error_code error) {
    if (!error && !self->closed_) self->BeginNext();
  });
}

void Session::BeginNext() {
  reply_.reset();
  head_text_.clear();
  if (!keep_alive_ || site_.draining) return Linger();
  phase_ = Phase::kHead;
  Expect(kIn, bytes_.size() > 0 ? site_.limits.transfer : site_.limits.idle);
  Pump();
}

void Session::Linger() {
  if (has_gone_ || (!leaves_unread_ && bytes_.size() == 0)) return Close();
  wire_.ShutDown();
  phase_ = Phase::kLinger;
  Expect(kIn, kLinger);
  Pump();
}

void Session::Expect(Direction direction, absl::Duration patience) {
  const bool is_never = patience == absl::InfiniteDuration();
  deadlines_[direction] = is_never ? kNever : steady_clock::now() + absl::ToChronoNanoseconds(patience);
  // A timer that rings early looks again; only one that would ring late is set anew.
  if (!is_never && (!watching_ || deadlines_[direction] < timer_.expiry())) Watch();
}

void Session::Watch() {
  const auto next = std::min(deadlines_[kIn], deadlines_[kOut]);
  watching_ = next != kNever;
  if (!watching_) return;
  timer_.expires_at(next);
  timer_.async_wait([weak = weak_from_this()](error_code error) {
    const std::shared_ptr<Session> self = weak.lock();
    if (error || self == nullptr || self->closed_) return;
    const bool is_late = steady_clock::now() >= std::min(self->deadlines_[kIn], self->deadlines_[kOut]);
    is_late ? self->GiveUp() : self->Watch();
  });
}

void Session::GiveUp() {
  const bool has_begun = phase_ == Phase::kBody || (phase_ == Phase::kHead && bytes_.size() > 0);
  const bool may_be_told = deadlines_[kOut] == kNever && framing_ == Framing::kLength;
  if (!has_begun || !may_be_told) return Close();
  deadlines_[kIn] = kNever;
  watching_ = false;
  if (exchange_ != nullptr) std::exchange(exchange_, nullptr)->OnGone();
  Reject(Refuse(absl::StatusCode::kDeadlineExceeded, "REQUEST_TIMEOUT", "the request has not arrived in time"));
}

void Session::Close() {
  if (std::exchange(closed_, true)) return;
  if (auto exchange = std::exchange(exchange_, nullptr); exchange != nullptr) exchange->OnGone();
  timer_.cancel();
  pause_.cancel();
  wire_.ShutDown();
  wire_.Close();
}

}  // namespace anju::gateway
