#pragma once

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

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

}  // namespace anju::gateway
