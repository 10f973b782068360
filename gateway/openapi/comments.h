#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace anju::gateway {

struct Comment {
  const char* name;
  const char* text;
};

// The comments of our contracts in the order of the names they are about, as the build has read them.
extern const Comment kComments[];
extern const size_t kCommentCount;

// What the contract says of a service, method, message, field, enum or value with this full name; empty when it says
// nothing.
absl::string_view CommentOf(const std::string& full_name);

// What a field means: its own comment; without one that of the vocabulary (anju.type.v1.Vocabulary) for its name, if
// the type is the same; and of a message or enum, without either, that of its type.
absl::string_view MeaningOf(const google::protobuf::FieldDescriptor& field);

}  // namespace anju::gateway
