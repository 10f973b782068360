#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/message.h"
#include "services/platform/base/archive.h"
#include "services/platform/base/error.h"

// Between protobuf messages and the plain structs of a domain. Both name their fields alike, so no conversion is
// written by hand; tests/services/platform/messages proves that every record names every field of its message.
namespace anju::messages {

// Fills the fields from the message. A field that the message has not, or that is of another type, is a bug. Refuses
// with DATE_MALFORMED, MONTH_MALFORMED, FIELD_MISSING (a required field that is empty), ENUM_UNKNOWN, NUMBER_TOO_LARGE,
// TEXT_TOO_LONG, TEXT_MALFORMED or NUMBER_IS_PERSONAL (a record's number that is an ID number), naming the field.
absl::Status Read(const google::protobuf::Message& message, absl::FunctionRef<void(Archive&)> fields);
void Write(absl::FunctionRef<void(Archive&)> fields, google::protobuf::Message& message);

template <typename T>
absl::StatusOr<T> FromProto(const google::protobuf::Message& message) {
  T value;
  RETURN_IF_ERROR(Read(message, [&](Archive& archive) { value.Fields(archive); }));
  return value;
}

template <typename Message, typename T>
Message ToProto(const T& value) {
  Message message;
  Write([&](Archive& archive) { const_cast<T&>(value).Fields(archive); }, message);
  return message;
}

// The names of the fields, in the order in which they are named; for the test that compares them with the message.
std::vector<std::string> FieldNames(absl::FunctionRef<void(Archive&)> fields);

// Masks every field that is marked (anju.type.v1.personal), at any depth, those in an Any too: a name keeps its first
// character, an ID number its first two and last two, a date its year. In words (messages/words.h) numbers of persons
// are hidden. What is masked stays as it is. Bytes cannot be masked and are let go of.
void Mask(google::protobuf::Message& message);

// The message that an Any holds; null when its type is not known here, or its bytes are none of it.
std::unique_ptr<google::protobuf::Message> Unpack(const google::protobuf::Any& any);

// Whether messages of this type hold such a field, or an Any, at any depth.
bool HoldsPersonal(const google::protobuf::Descriptor& type);

// Whether messages of this type hold bytes that are marked so, at any depth: of them nothing is left by a mask.
bool CannotBeMasked(const google::protobuf::Descriptor& type);

}  // namespace anju::messages
