#include "services/platform/messages/words.h"

#include <algorithm>
#include <string>

#include "absl/strings/string_view.h"

namespace anju::messages {
namespace {

using google::protobuf::FieldDescriptor;

// `name` is also that of a file that somebody sends, `hint` repeats what stood in a row.
constexpr absl::string_view kWords[] = {"document", "employer", "filed_by", "hint", "inspector", "name",
                                        "place",    "reason",   "remark",   "text", "title",     "void_reason"};

}  // namespace

bool IsWords(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
         std::find(std::begin(kWords), std::end(kWords), field.name()) != std::end(kWords);
}

}  // namespace anju::messages
