#include "services/platform/rpc/channel.h"

#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/create_channel.h"
#include "services/platform/base/error.h"

namespace anju::rpc {
namespace {
constexpr absl::Duration kReadTokenEvery = absl::Minutes(1);
}

std::shared_ptr<grpc::Channel> Connect(absl::string_view address, const Tls& tls) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetMaxSendMessageSize(kMaxMessageBytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  // A peer that restarts is found again within a second, not after the default of two minutes.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000);
  return grpc::CreateCustomChannel(std::string(address), tls.ForClient(), arguments);
}

absl::StatusOr<std::string> TokenFile::Read() {
  if (path_.empty()) return std::string();
  // The real clock: this is about how long a file is trusted, not about business.
  const absl::Time now = absl::Now();
  absl::MutexLock lock(&mutex_);
  if (now < read_again_) return token_;
  std::ifstream file(path_);
  std::stringstream text;
  if (!file || !(text << file.rdbuf())) return absl::NotFoundError(absl::StrCat("cannot read the token file ", path_));
  token_ = std::string(absl::StripAsciiWhitespace(text.str()));
  read_again_ = now + kReadTokenEvery;
  return token_;
}

absl::Status TokenFile::Prepare(grpc::ClientContext& context, absl::Duration deadline) {
  ASSIGN_OR_RETURN(const std::string token, Read());
  if (!token.empty()) context.AddMetadata("authorization", absl::StrCat("Bearer ", token));
  context.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
  return absl::OkStatus();
}

}  // namespace anju::rpc
