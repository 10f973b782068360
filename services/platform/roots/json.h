#pragma once

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/platform/base/archive.h"

namespace anju::roots {

// The fields that `fields` names, as JSON. Zeros and empty texts are left out.
std::string WriteJson(absl::FunctionRef<void(Archive&)> fields);
// Reads them back; what is absent stays as it is. INTERNAL when the text is not what WriteJson writes.
absl::Status ReadJson(absl::string_view json, absl::FunctionRef<void(Archive&)> fields);

template <typename T>
std::string ToJson(const T& value) {
  return WriteJson([&](Archive& archive) { const_cast<T&>(value).Fields(archive); });
}

template <typename T>
absl::StatusOr<T> FromJson(absl::string_view json) {
  T value;
  absl::Status status = ReadJson(json, [&](Archive& archive) { value.Fields(archive); });
  if (!status.ok()) return status;
  return value;
}

}  // namespace anju::roots
