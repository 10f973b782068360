#include "gateway/cli/contracts.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "gateway/imports/batches.h"
#include "protos/contracts.h"
#include "services/platform/base/error.h"

namespace anju::cli {
namespace {

using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using enum absl::StatusCode;

std::string SnakeCase(absl::string_view text) {
  std::string snake;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (absl::ascii_isupper(c) && i > 0) snake.push_back('_');
    snake.push_back(absl::ascii_tolower(c));
  }
  return snake;
}

}  // namespace

absl::StatusOr<const MethodDescriptor*> FindMethod(absl::string_view full_name) {
  const std::string name = absl::StrReplaceAll(absl::StripPrefix(full_name, "/"), {{"/", "."}});
  for (const ServiceDescriptor* service : AllContracts()) {
    for (int i = 0; i < service->method_count(); ++i) {
      if (service->method(i)->full_name() == name) return service->method(i);
    }
  }
  return Refuse(kNotFound, "METHOD_NOT_FOUND", "write the method as anju.registry.v1.Registry/GetHousehold");
}

std::string KindOf(const MethodDescriptor& method) { return SnakeCase(absl::StripPrefix(method.name(), "Import")); }

absl::StatusOr<const MethodDescriptor*> FindImport(absl::string_view service, absl::string_view kind) {
  std::string wanted = SnakeCase(kind);
  if (wanted != "import") wanted = std::string(absl::StripPrefix(wanted, "import_"));
  std::vector<std::string> kinds;
  for (const ServiceDescriptor* contract : AllContracts()) {
    if (!service.empty() && contract->file()->package() != absl::StrCat("anju.", service, ".v1") &&
        contract->full_name() != service) {
      continue;
    }
    for (int i = 0; i < contract->method_count(); ++i) {
      const MethodDescriptor* method = contract->method(i);
      if (!gateway::IsImport(*method)) continue;
      if (KindOf(*method) == wanted) return method;
      kinds.push_back(KindOf(*method));
    }
  }
  return Refuse(kNotFound, "KIND_NOT_FOUND",
                kinds.empty() ? "the services are registry, relocation, microcredit, workshops and channels"
                              : absl::StrCat("the kinds are ", absl::StrJoin(kinds, ", ")));
}

}  // namespace anju::cli
