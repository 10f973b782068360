#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "gateway/proxy/switchboard.h"
#include "grpcpp/client_context.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/client_callback.h"

namespace anju::gateway {

// A call with a stream of requests, of answers or of both, for a caller who does not speak gRPC: messages as bytes, one
// under way in each direction. Finishes the visit when it ends.
class StreamCall final : private grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  // Told on threads of gRPC, one at a time in each direction. Nothing comes after `on_done`.
  struct Events {
    // The service may take the next request.
    std::function<void()> on_written;
    std::function<void(std::string)> on_message;
    std::function<void(const grpc::Status&)> on_done;
  };

  // `switchboard` outlives the call.
  static std::shared_ptr<StreamCall> Start(Switchboard& switchboard, const Route& route, Visit visit, Envelope envelope,
                                           Events events);

  // Sends one request; the next one after `on_written`. Once the call has ended it goes nowhere.
  void Write(const std::string& message);
  // No more requests come.
  void WritesDone();
  // Asks for the next answer: `on_message` or `on_done` follows.
  void Read();
  // Gives the call up; answers that come are dropped, `on_done` follows.
  void Cancel();

 private:
  StreamCall(Switchboard& switchboard, const Route& route, Visit visit, Envelope envelope, Events events);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone(const grpc::Status& status) override;
  void EndUp() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Switchboard& switchboard_;
  const Route route_;
  Visit visit_;
  const Envelope envelope_;
  Events events_;
  grpc::ClientContext context_;
  grpc::GenericStub stub_;
  grpc::ByteBuffer up_, down_;
  // Until `OnDone`.
  std::shared_ptr<StreamCall> self_;

  absl::Mutex mutex_;
  // gRPC lets operations be started from outside while they are announced: one direction each.
  bool up_ended_ ABSL_GUARDED_BY(mutex_) = false;
  bool down_ended_ ABSL_GUARDED_BY(mutex_) = false;
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace anju::gateway
