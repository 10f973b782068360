#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace anju::gateway {

using FieldPath = std::vector<const google::protobuf::FieldDescriptor*>;

// The fields of `type` that `path` names one within the other (`id`, `figure.value`), by the contract's names or those
// of JSON. Refuses (INVALID_ARGUMENT) with FIELD_UNKNOWN, and with FIELD_NOT_IN_QUERY for what lies in a map or in a
// list of messages: an address cannot say in which of them.
absl::StatusOr<FieldPath> FindPath(const google::protobuf::Descriptor& type, absl::string_view path);
// The last of them; null when there is none.
const google::protobuf::FieldDescriptor* FindField(const google::protobuf::Descriptor& type, absl::string_view path);
// In the contract's names: `figure.at_least`.
std::string TextOf(const FieldPath& fields);
// Whether `message` says anything about the last field.
bool HasField(const google::protobuf::Message& message, const FieldPath& fields);

// Sets the field at `path` from the text that stands in an address; adds to one that is repeated. Numbers are decimal,
// bytes base64, enum values names or numbers; timestamps, durations, field masks and wrapped values are written as in
// JSON but without quotation marks. Refuses (INVALID_ARGUMENT) as FindPath does; with FIELD_NOT_IN_QUERY for maps,
// lists of messages, and messages that have no such text; with FIELDS_EXCLUSIVE when another member of its oneof is
// set; with FIELD_MALFORMED.
absl::Status SetField(google::protobuf::Message& message, absl::string_view path, const std::string& text);

// Refuses with FIELD_NOT_IN_QUERY.
absl::Status NotInQuery(absl::string_view sentence, absl::string_view field);

}  // namespace anju::gateway
