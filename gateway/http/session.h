#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/http/exchange.h"
#include "gateway/http/request.h"
#include "gateway/http/site.h"
#include "gateway/http/wire.h"

namespace anju::gateway {

// One connection: reads a request, lets its exchange answer it, reads the next, also of several that came together.
// Everything happens on its strand; it lives as long as something is under way.
class Session final : public Line, public std::enable_shared_from_this<Session> {
 public:
  // `forget` is called when the session ceases to be. `site` outlives it. Plain text without a certificate. `address`
  // is where the other side is, without a port.
  Session(Site& site, boost::asio::ip::tcp::socket socket, std::string address, boost::asio::ssl::context* certificate,
          std::function<void(Session*)> forget);

  void Run();
  // Closes the connection; a request that is under way is let finish, unless by force. From any thread.
  void Retire(bool by_force);

  void ReadBody(bool anew) override;
  void Send(Reply reply) override;
  void BeginStream(Reply reply) override;
  void Write(std::string piece) override;
  void EndStream() override;
  void Post(std::function<void()> work) override;

 private:
  struct Place {
    ~Place() { forget(session); }
    const std::function<void(Session*)> forget;
    Session* const session;
  };

  // What the bytes that come belong to: a head; a body that its exchange reads; a body that nobody reads, before the
  // answer goes out; the request after the one at hand; or nothing, after the last answer.
  enum class Phase { kHead, kBody, kDiscard, kAnswer, kLinger };

  // Moves on as far as the bytes at hand allow, then reads more where they are wanted.
  void Pump();
  // Whether there was enough to move on.
  bool TakeHead();
  bool TakeBody();
  void Fill();
  void OnRead(boost::system::error_code error, size_t size);
  void Dispatch();
  // A request that cannot be understood, or does not arrive: what follows it cannot either. Answers 400; 408 for
  // REQUEST_TIMEOUT, 417 for EXPECTATION_UNKNOWN, 431 for HEAD_TOO_LARGE, 505 for HTTP_VERSION_UNKNOWN.
  void Reject(const absl::Status& status);

  void WriteReply(Reply reply);
  void WriteBuffers(std::vector<boost::asio::const_buffer> buffers, std::function<void()> then);
  void Finished();
  void BeginNext();
  void Linger();

  // By when the caller must have sent, or taken, what is waited for.
  enum Direction { kIn, kOut };
  void Expect(Direction direction, absl::Duration patience);
  void Watch();
  // What was waited for has not come.
  void GiveUp();
  bool MayIdle() const { return phase_ == Phase::kHead && bytes_.size() == 0; }
  void Close();

  Site& site_;
  // Before the wire, so that it is destroyed after it: whoever is told may end what the wire needs.
  const Place place_;
  // Where the caller is, without a port.
  const std::string address_;
  Wire wire_;
  boost::asio::steady_timer timer_, pause_;
  static constexpr auto kNever = std::chrono::steady_clock::time_point::max();
  std::chrono::steady_clock::time_point deadlines_[2] = {kNever, kNever};
  bool watching_ = false;

  boost::beast::flat_buffer bytes_;
  Phase phase_ = Phase::kHead;
  bool reading_ = false, pumping_ = false, closed_ = false;
  // The caller sends no more.
  bool has_gone_ = false;

  RequestHead head_;
  std::optional<BodyReader> body_;
  // A piece of the body is asked for; and a body in pieces has time anew with every so many bytes.
  bool wants_body_ = false, renews_ = false;
  absl::Duration patience_;
  absl::Time asked_at_;
  size_t arrived_ = 0;
  std::shared_ptr<Exchange> exchange_;
  bool keep_alive_ = true;
  // There is or may be something on its way to us that nobody will read.
  bool leaves_unread_ = false;
  size_t lingered_ = 0;

  // What is being written.
  std::optional<Reply> reply_;
  std::string head_text_, piece_;
  Framing framing_ = Framing::kLength;
};

}  // namespace anju::gateway
