#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/proxy/switchboard.h"
#include "services/platform/rpc/tls.h"

namespace anju::gateway {

// The gateway's gRPC port: every method of the services is passed on as bytes, unary and streaming, with the deadline,
// the cancellation, what the envelope carries, the status and its details; of a stream one message is under way in each
// direction, so that a slow reader slows its writer. The gateway's own methods are answered here; health and reflection
// as well. Nobody reaches a service without a token that the method admits.
class GrpcDoor {
 public:
  // `address` is host:port, port 0 for a free one. `switchboard` outlives the door. Fails when it cannot be listened
  // on.
  static absl::StatusOr<std::unique_ptr<GrpcDoor>> Open(absl::string_view address, Switchboard& switchboard,
                                                        const rpc::Tls& tls = {});
  ~GrpcDoor();

  int port() const;
  // Says NOT_SERVING, takes no more calls, and gives those under way until the deadline.
  void Drain(absl::Time deadline);

 private:
  struct State;
  explicit GrpcDoor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace anju::gateway
