#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace anju::gateway {

// The field of `type` that `path` names (`id`, `figure.value`), by the contract's names or in camel case; null when
// there is none. Every part but the last is a message that is not repeated.
const google::protobuf::FieldDescriptor* FindField(const google::protobuf::Descriptor& type, absl::string_view path);

// Sets the field at `path` from the text that stands in an address; adds to one that is repeated. Bytes are base64,
// enum values names or numbers; timestamps, durations, field masks and wrapped values are written as in JSON but
// without quotation marks. Refuses with FIELD_UNKNOWN or FIELD_MALFORMED (INVALID_ARGUMENT).
absl::Status SetField(google::protobuf::Message& message, absl::string_view path, const std::string& text);

}  // namespace anju::gateway
