#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace anju::cli {

// The method `package.Service/Method`. Refuses with METHOD_NOT_FOUND.
absl::StatusOr<const google::protobuf::MethodDescriptor*> FindMethod(absl::string_view full_name);

// The method by which `service` takes in `kind`, which may be written ImportLoans, Loans or loans. Without a service
// all are searched. Refuses with KIND_NOT_FOUND, naming the kinds there are.
absl::StatusOr<const google::protobuf::MethodDescriptor*> FindImport(absl::string_view service, absl::string_view kind);

// The kind a method takes in, as a word: ImportSaleShares takes `sale_shares`.
std::string KindOf(const google::protobuf::MethodDescriptor& method);

}  // namespace anju::cli
