#include "gateway/proxy/routes.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "anju/type/v1/options.pb.h"
#include "services/platform/base/error.h"

namespace anju::gateway {

using enum absl::StatusCode;
using google::protobuf::MethodDescriptor;

namespace {

absl::Status Unserved(absl::string_view path) {
  return Refuse(kUnimplemented, "METHOD_UNKNOWN", absl::StrCat("nobody here serves ", path.substr(0, 200)));
}

}  // namespace

absl::Status NotThere(absl::string_view service) {
  return Refuse(kUnavailable, "SERVICE_UNAVAILABLE", absl::StrCat("the service ", service, " is not there; try again"));
}

absl::Status NotServed(absl::string_view service) {
  return Refuse(kUnimplemented, "METHOD_NOT_SERVED",
                absl::StrCat("the service ", service, " does not serve this method yet"));
}

std::string PathOf(const MethodDescriptor& method) {
  return absl::StrCat("/", method.service()->full_name(), "/", method.name());
}

absl::StatusOr<Route> FindRoute(absl::string_view path, absl::string_view named,
                                const std::vector<std::string>& services) {
  const size_t slash = path.rfind('/');
  if (slash == absl::string_view::npos || slash == 0 || path[0] != '/') return Unserved(path);
  const MethodDescriptor* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
      absl::StrCat(path.substr(1, slash - 1), ".", path.substr(slash + 1)));
  if (method == nullptr) return Unserved(path);
  return FindRoute(*method, named, services);
}

absl::StatusOr<Route> FindRoute(const MethodDescriptor& method, absl::string_view named,
                                const std::vector<std::string>& services) {
  const std::vector<std::string> words = absl::StrSplit(method.file()->package(), '.');
  if (words.size() != 3 || words[0] != "anju") return Unserved(PathOf(method));
  const std::string& contract = words[1];
  if (contract == "gateway") return Route{.method = &method, .peer = -1};
  // What changed is for services among themselves.
  if (contract == "feed") return Unserved(PathOf(method));
  std::string service = contract;
  if (method.service()->options().GetExtension(type::v1::every_service)) {
    const std::string choice = absl::StrJoin(services, ", ");
    if (named.empty()) {
      return Refuse(kInvalidArgument, "SERVICE_NOT_NAMED",
                    absl::StrCat("every service serves this method; name one in ", kServiceHeader, ": ", choice));
    }
    service = std::string(named);
    if (std::find(services.begin(), services.end(), service) == services.end()) {
      return Refuse(kInvalidArgument, "SERVICE_UNKNOWN", absl::StrCat("the services are ", choice));
    }
  }
  const auto found = std::find(services.begin(), services.end(), service);
  if (found == services.end()) return Unserved(PathOf(method));
  return Route{.method = &method, .peer = static_cast<int>(found - services.begin())};
}

}  // namespace anju::gateway
