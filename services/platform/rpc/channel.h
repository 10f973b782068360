#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "services/platform/rpc/tls.h"

namespace anju::rpc {

// The largest message that is sent or taken.
inline constexpr int kMaxMessageBytes = 8 * 1024 * 1024;

// Whether a call that may be repeated is, when its peer goes away (UNAVAILABLE, or CANCELLED by a peer that is ending)
// before anything of an answer has come; what a peer says itself is an answer.
enum class Repeat {
  kNever,
  // Methods with one answer whose contract says with `idempotency_level` that they may be: at most 4 times in all, with
  // pauses that grow, never beyond the deadline; and no more than one in ten calls once 500 in a row have failed, so
  // that an outage does not multiply the load.
  kWhatMay,
};

// A channel to a peer at `address`, with keepalive and the message limit. Without TLS it is for loopback only.
std::shared_ptr<grpc::Channel> Connect(absl::string_view address, const Tls& tls = {}, Repeat repeat = Repeat::kNever);

// Whether calls of the method may be repeated: one request, one answer, and the contract says so.
bool MayRepeat(const google::protobuf::MethodDescriptor& method);

// The token that this process shows to its peers, kept in a file that somebody else renews: it is read again when a
// minute has passed. Safe for many threads.
class TokenFile {
 public:
  // An empty path is no token: the peers will say what is missing.
  explicit TokenFile(absl::string_view path) : path_(path) {}

  // The token, without white space around it. Fails with NOT_FOUND when there is no such file.
  absl::StatusOr<std::string> Read();

  // Makes a call ready: the token, the trace that this thread works for, and when to give up.
  absl::Status Prepare(grpc::ClientContext& context, absl::Duration deadline);

 private:
  const std::string path_;
  absl::Mutex mutex_;
  std::string token_ ABSL_GUARDED_BY(mutex_);
  absl::Time read_again_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace anju::rpc
