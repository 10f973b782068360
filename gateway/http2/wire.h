#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/http2/loop.h"
#include "services/platform/rpc/tls.h"

namespace anju::gateway::http2 {

// The bytes of a connection, in plain text or by TLS, on its loop.
class Wire {
 public:
  // Who reads and writes. Called on the loop only; the wire holds it until it is closed.
  class User {
   public:
    virtual ~User() = default;
    // The wire to write to. The first call, before the other side has answered.
    virtual void Open(std::shared_ptr<Wire> wire) = 0;
    // What has come; false closes the wire.
    virtual bool Take(const uint8_t* bytes, size_t size) = 0;
    // Appends what is to go out next; nothing when there is nothing. Asked again once that has gone.
    virtual void Fill(std::string& out) = 0;
    // True when there is nothing more to say: the wire is closed once all has gone.
    virtual bool Finished() const = 0;
    // The wire is closed. The last call.
    virtual void Gone() = 0;
  };

  virtual ~Wire() = default;
  // There may be something to send: asks the user soon, once for all that happens until then.
  virtual void Wake() = 0;
  // At once; `Gone` follows.
  virtual void Close() = 0;
  // Where the other side is, without a port.
  virtual std::string PeerAddress() const = 0;
  // Since when the other side has taken nothing of what was sent; the infinite future when nothing waits.
  virtual absl::Time StuckSince() const = 0;
};

// Calls `address`, host:port, and speaks TLS with HTTP/2 if `tls` is on. What fails is Gone.
void Dial(Loop& loop, absl::string_view address, const rpc::Tls& tls, const std::shared_ptr<Wire::User>& user);

// Takes connections for several loops in turn.
class Listener {
 public:
  // Makes the user of a new connection from this address, or null to close it at once. Called on its loop.
  using Welcome = std::function<std::shared_ptr<Wire::User>(Loop& loop, const std::string& address)>;
  // `address` is host:port, port 0 for a free one. With TLS whoever does not speak HTTP/2 is turned away.
  static absl::StatusOr<std::unique_ptr<Listener>> Open(absl::string_view address, const rpc::Tls& tls,
                                                        const std::vector<std::unique_ptr<Loop>>& loops,
                                                        Welcome welcome);
  ~Listener();
  int port() const;
  // Takes no more connections; returns once that is so.
  void Stop();

 private:
  struct State;
  explicit Listener(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace anju::gateway::http2
