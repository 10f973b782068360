#include "services/platform/rpc/channel.h"

#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "anju/contract_files.h"
#include "google/protobuf/descriptor.pb.h"
#include "grpcpp/create_channel.h"
#include "services/platform/base/error.h"
#include "services/platform/rpc/trace.h"

namespace anju::rpc {
namespace {

using google::protobuf::MethodDescriptor;

constexpr absl::Duration kReadTokenEvery = absl::Minutes(1);

// What gRPC is to repeat, in its own words. The budget is one for each channel.
std::string RepeatConfig() {
  std::vector<std::string> names;
  for (const char* path : kContractFiles) {
    // A program that has not linked a contract does not call its methods.
    const auto* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(path);
    for (int i = 0; file != nullptr && i < file->service_count(); ++i) {
      for (int j = 0; j < file->service(i)->method_count(); ++j) {
        const MethodDescriptor& method = *file->service(i)->method(j);
        if (!MayRepeat(method)) continue;
        names.push_back(
            absl::StrCat(R"({"service":")", method.service()->full_name(), R"(","method":")", method.name(), "\"}"));
      }
    }
  }
  return absl::StrCat(R"({"methodConfig":[{"name":[)", absl::StrJoin(names, ","),
                      R"(],"retryPolicy":{"maxAttempts":4,"initialBackoff":"0.05s","maxBackoff":"0.5s",)",
                      R"("backoffMultiplier":3,"retryableStatusCodes":["UNAVAILABLE","CANCELLED"]}}],)",
                      R"("retryThrottling":{"maxTokens":1000,"tokenRatio":0.1}})");
}

}  // namespace

bool MayRepeat(const MethodDescriptor& method) {
  return !method.client_streaming() && !method.server_streaming() &&
         method.options().idempotency_level() != google::protobuf::MethodOptions::IDEMPOTENCY_UNKNOWN;
}

std::shared_ptr<grpc::Channel> Connect(absl::string_view address, const Tls& tls, Repeat repeat) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetMaxSendMessageSize(kMaxMessageBytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  // A peer that restarts is found again within a second, not after the default of two minutes.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 200);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000);
  // Not how often, as its name says: how long a connection may take to come about, with all its round trips.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 10'000);
  if (repeat == Repeat::kWhatMay) {
    static const std::string& config = *new std::string(RepeatConfig());
    arguments.SetServiceConfigJSON(config);
    // What does not fit in here is not kept, and so not repeated.
    arguments.SetInt(GRPC_ARG_PER_RPC_RETRY_BUFFER_SIZE, kMaxMessageBytes);
  }
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
  if (const Trace* trace = CurrentTrace(); trace != nullptr) PassOn(*trace, context);
  context.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
  return absl::OkStatus();
}

}  // namespace anju::rpc
