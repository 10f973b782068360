#include "gateway/proxy/door.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "anju/gateway/v1/gateway.grpc.pb.h"
#include "gateway/proxy/passage.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/resource_quota.h"
#include "services/platform/rpc/channel.h"

namespace anju::gateway {

namespace {

constexpr int kHandshakeTimeoutMs = 10'000;
constexpr int kConnectionAgeMs = 5 * 60 * 1000, kConnectionAgeGraceMs = 60 * 1000;
constexpr int kKeepaliveMs = 60'000, kKeepaliveTimeoutMs = 20'000, kMinPingIntervalMs = 20'000;
constexpr int kMaxStreamsPerConnection = 128;
// A token of the largest size and what else comes with it.
constexpr int kMaxMetadataBytes = 16 * 1024;

// Bytes that are sent without being copied; they are kept until gRPC has let go of them.
grpc::ByteBuffer Share(const Switchboard::Bytes& bytes) {
  auto* keeper = new Switchboard::Bytes(bytes);
  const grpc::Slice slice(
      const_cast<char*>(bytes->data()), bytes->size(),
      [](void* kept) { delete static_cast<Switchboard::Bytes*>(kept); }, keeper);
  return grpc::ByteBuffer(&slice, 1);
}

using v1::Gateway;
using Raw = Gateway::WithRawCallbackMethod_GetOverview<Gateway::WithRawCallbackMethod_GetRanking<
    Gateway::WithRawCallbackMethod_GetTrend<Gateway::WithRawCallbackMethod_GetHouseholdFile<
        Gateway::WithRawCallbackMethod_ListAllIndicators<Gateway::WithRawCallbackMethod_GetHealth<
            Gateway::WithRawCallbackMethod_GetPublicOverview<Gateway::Service>>>>>>>;

// The gateway's own methods, as bytes: a stored answer is sent as it was stored.
class OwnService final : public Raw {
 public:
  explicit OwnService(Switchboard& switchboard) : switchboard_(switchboard) {}

  using Context = grpc::CallbackServerContext;
  using Buffer = grpc::ByteBuffer;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* GetOverview(Context* context, const Buffer* request, Buffer* response) override {
    return Answer("GetOverview", context, request, response);
  }
  Reactor* GetPublicOverview(Context* context, const Buffer* request, Buffer* response) override {
    return Answer("GetPublicOverview", context, request, response);
  }
  Reactor* GetRanking(Context* context, const Buffer* request, Buffer* response) override {
    return Answer("GetRanking", context, request, response);
  }
  Reactor* GetTrend(Context* context, const Buffer* request, Buffer* response) override {
    return Answer("GetTrend", context, request, response);
  }
  Reactor* GetHouseholdFile(Context* context, const Buffer* request, Buffer* response) override {
    return Answer("GetHouseholdFile", context, request, response);
  }
  Reactor* ListAllIndicators(Context* context, const Buffer* request, Buffer* response) override {
    return Answer("ListAllIndicators", context, request, response);
  }
  Reactor* GetHealth(Context* context, const Buffer* request, Buffer* response) override {
    return Answer("GetHealth", context, request, response);
  }

 private:
  Reactor* Answer(const char* name, Context* context, const Buffer* request, Buffer* response) {
    static const google::protobuf::ServiceDescriptor* const kService =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(Gateway::service_full_name());
    Reactor* reactor = context->DefaultReactor();
    Envelope envelope = ReadEnvelope(*context, switchboard_.guard());
    context->AddInitialMetadata("x-request-id", envelope.request_id);
    std::vector<grpc::Slice> slices;
    std::string bytes;
    if (request->Dump(&slices).ok()) {
      for (const grpc::Slice& slice : slices) {
        bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
      }
    }
    switchboard_.Call(Route{.method = kService->FindMethodByName(name)}, std::move(envelope), std::move(bytes),
                      [reactor, response](const grpc::Status& status, const Switchboard::Bytes& answer) {
                        if (answer != nullptr) *response = Share(answer);
                        reactor->Finish(status);
                      });
    return reactor;
  }

  Switchboard& switchboard_;
};

}  // namespace

struct GrpcDoor::State {
  explicit State(Switchboard& switchboard) : own(switchboard), forwarder(switchboard) {}

  OwnService own;
  Forwarder forwarder;
  int port = 0;
  std::unique_ptr<grpc::Server> server;
};

GrpcDoor::GrpcDoor(std::unique_ptr<State> state) : state_(std::move(state)) {}
GrpcDoor::~GrpcDoor() { Drain(absl::Now()); }

int GrpcDoor::port() const { return state_->port; }

absl::StatusOr<std::unique_ptr<GrpcDoor>> GrpcDoor::Open(absl::string_view address, Switchboard& switchboard,
                                                         const rpc::Tls& tls) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  auto state = std::make_unique<State>(switchboard);
  grpc::ServerBuilder builder;
  builder.AddListeningPort(std::string(address), tls.ForServer(), &state->port);
  builder.RegisterService(&state->own);
  builder.RegisterCallbackGenericService(&state->forwarder);
  builder.SetMaxReceiveMessageSize(rpc::kMaxMessageBytes);
  builder.SetMaxSendMessageSize(rpc::kMaxMessageBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreamsPerConnection);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, kConnectionAgeMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, kConnectionAgeGraceMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kMinPingIntervalMs);
  // Two processes on one port would each get half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  state->server = builder.BuildAndStart();
  if (state->server == nullptr) return absl::UnavailableError(absl::StrCat("cannot listen on ", address));
  state->server->GetHealthCheckService()->SetServingStatus(true);
  return std::unique_ptr<GrpcDoor>(new GrpcDoor(std::move(state)));
}

void GrpcDoor::Drain(absl::Time deadline) {
  if (state_->server == nullptr) return;
  state_->server->GetHealthCheckService()->SetServingStatus(false);
  state_->server->Shutdown(absl::ToChronoTime(deadline));
  state_->server->Wait();
  state_->server.reset();
}

}  // namespace anju::gateway
