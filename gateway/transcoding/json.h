#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace anju::gateway {

// How deep objects and arrays of a body may lie in one another.
inline constexpr int kMaxJsonDepth = 32;

// Whether `text` is one JSON value as RFC 8259 has it, in UTF-8, no deeper than kMaxJsonDepth and without a name that
// stands twice in an object, however it is written. For a message of `type` also whether its lists are lists, of which
// no item is null. Refuses with BODY_MALFORMED, BODY_TOO_DEEP, FIELD_REPEATED or FIELD_MALFORMED (INVALID_ARGUMENT).
absl::Status CheckJson(absl::string_view text, const google::protobuf::Descriptor* type = nullptr);

// Merges the JSON of a message into `message`. A field that the contract does not have is refused, not passed over, so
// that a misspelt one is not lost. Refuses as CheckJson does, and with FIELD_UNKNOWN, FIELD_MALFORMED or
// FIELDS_EXCLUSIVE (INVALID_ARGUMENT); names the field, never its value.
absl::Status ReadJson(absl::string_view text, google::protobuf::Message& message);

// The message as JSON on one line, in the names of the contract, 64-bit integers as strings. INTERNAL when it cannot be
// written.
absl::StatusOr<std::string> WriteJson(const google::protobuf::Message& message);

// One field of the message, likewise: `[]` for a list that is empty, `{}` for a map, null for what is not there.
absl::StatusOr<std::string> WriteJsonOf(const google::protobuf::Message& message,
                                        const google::protobuf::FieldDescriptor& field);

// INVALID_ARGUMENT: FIELD_MALFORMED, FIELD_UNKNOWN, and FIELDS_EXCLUSIVE for a second member of a oneof.
absl::Status Malformed(absl::string_view field);
absl::Status Unknown(absl::string_view field);
absl::Status Exclusive(absl::string_view field);

}  // namespace anju::gateway
