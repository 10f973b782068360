#pragma once

#include "gateway/proxy/switchboard.h"
#include "grpcpp/generic/async_generic_service.h"

namespace anju::gateway {

// Takes every method that no service of this server serves, and passes it on.
class Forwarder final : public grpc::CallbackGenericService {
 public:
  explicit Forwarder(Switchboard& switchboard) : switchboard_(switchboard) {}

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override;

 private:
  Switchboard& switchboard_;
};

// The address in gRPC's name of a peer, `ipv4:10.1.2.3:4567`, without the port.
std::string AddressOf(absl::string_view peer);

// What a caller of the gRPC port sent besides the request. The request id is the caller's or a new one.
Envelope ReadEnvelope(const grpc::ServerContextBase& context, const rpc::Guard& guard);

}  // namespace anju::gateway
