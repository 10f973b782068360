#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace anju::gateway {

// Where a call goes.
struct Route {
  const google::protobuf::MethodDescriptor* method = nullptr;
  // The index of the service; -1 when the gateway answers itself.
  int peer = -1;
};

// The metadata by which a caller names the service, for contracts that every service serves.
inline constexpr absl::string_view kServiceHeader = "x-anju-service";

// Finds the way of a method, `/anju.registry.v1.Registry/GetHousehold`, by its package alone. `named` is what the
// caller says in kServiceHeader. Refuses with METHOD_UNKNOWN (UNIMPLEMENTED) for what nobody here serves,
// SERVICE_NOT_NAMED or SERVICE_UNKNOWN (INVALID_ARGUMENT).
absl::StatusOr<Route> FindRoute(absl::string_view path, absl::string_view named,
                                const std::vector<std::string>& services);
absl::StatusOr<Route> FindRoute(const google::protobuf::MethodDescriptor& method, absl::string_view named,
                                const std::vector<std::string>& services);

// Refuse with SERVICE_UNAVAILABLE (UNAVAILABLE), and with METHOD_NOT_SERVED (UNIMPLEMENTED) for a service that is older
// than the contract.
absl::Status NotThere(absl::string_view service);
absl::Status NotServed(absl::string_view service);

// `/anju.registry.v1.Registry/GetHousehold`.
std::string PathOf(const google::protobuf::MethodDescriptor& method);

}  // namespace anju::gateway
