#pragma once

#include "google/protobuf/descriptor.h"

// What a text of a contract is, by how it is called, wherever it stands.
namespace anju::messages {

// Whether people write into this field in their own words, or may: every text is taken for such that is not called like
// something of a form of its own, such as a day, a code, an id or a key. So numbers of persons are hidden in what a new
// contract brings without anybody thinking of it.
bool IsWords(const google::protobuf::FieldDescriptor& field);

// Whether this is a number by which somebody outside knows a record. It becomes part of keys and is shown to everybody,
// so that no ID number may be one, see Read.
bool IsNumber(const google::protobuf::FieldDescriptor& field);

}  // namespace anju::messages
