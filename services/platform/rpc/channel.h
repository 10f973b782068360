#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "services/platform/rpc/tls.h"

namespace anju::rpc {

// The largest message that is sent or taken.
inline constexpr int kMaxMessageBytes = 8 * 1024 * 1024;

// A channel to a peer at `address`, with keepalive and the message limit. Without TLS it is for loopback only.
std::shared_ptr<grpc::Channel> Connect(absl::string_view address, const Tls& tls = {});

// The token that this process shows to its peers, kept in a file that somebody else renews: it is read again when a
// minute has passed. Safe for many threads.
class TokenFile {
 public:
  // An empty path is no token: the peers will say what is missing.
  explicit TokenFile(absl::string_view path) : path_(path) {}

  // The token, without white space around it. Fails with NOT_FOUND when there is no such file.
  absl::StatusOr<std::string> Read();

  // Makes a call ready: the token, and when to give up.
  absl::Status Prepare(grpc::ClientContext& context, absl::Duration deadline);

 private:
  const std::string path_;
  absl::Mutex mutex_;
  std::string token_ ABSL_GUARDED_BY(mutex_);
  absl::Time read_again_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace anju::rpc
