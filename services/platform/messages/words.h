#pragma once

#include "google/protobuf/descriptor.h"

namespace anju::messages {

// Whether people write into this field in their own words: a text named `reason`, `text`, `remark`, … wherever it
// stands. So what a new contract names like that is masked without anybody thinking of it, and
// tests/services/platform/messages/words_test.cc asks about names that say so in other words.
bool IsWords(const google::protobuf::FieldDescriptor& field);

}  // namespace anju::messages
