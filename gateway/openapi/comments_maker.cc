// Part of the build: writes the comments of the contracts, and of the errors they answer, as C++, by the full name of
// what they are about. The compiled descriptors have none, and a descriptor set with all places in the sources is ten
// times as large.
//
//   comments_maker anju.protoset comments.cc

#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"

namespace {

using Comments = std::map<std::string, std::string>;

template <typename Described>
void Add(const Described& described, Comments& comments) {
  google::protobuf::SourceLocation location;
  if (!described.GetSourceLocation(&location)) return;
  const std::string& text = location.leading_comments.empty() ? location.trailing_comments : location.leading_comments;
  // One space stands behind the slashes of each line; the lines of a paragraph belong together.
  std::vector<std::string> lines;
  for (absl::string_view line : absl::StrSplit(text, '\n')) lines.emplace_back(absl::StripAsciiWhitespace(line));
  const std::string comment(absl::StripAsciiWhitespace(absl::StrJoin(lines, " ")));
  if (!comment.empty()) comments[described.full_name()] = comment;
}

void AddEnum(const google::protobuf::EnumDescriptor& type, Comments& comments) {
  Add(type, comments);
  for (int i = 0; i < type.value_count(); ++i) Add(*type.value(i), comments);
}

void AddMessage(const google::protobuf::Descriptor& type, Comments& comments) {
  Add(type, comments);
  for (int i = 0; i < type.field_count(); ++i) Add(*type.field(i), comments);
  for (int i = 0; i < type.enum_type_count(); ++i) AddEnum(*type.enum_type(i), comments);
  for (int i = 0; i < type.nested_type_count(); ++i) AddMessage(*type.nested_type(i), comments);
}

void AddFile(const google::protobuf::FileDescriptor& file, Comments& comments) {
  for (int i = 0; i < file.message_type_count(); ++i) AddMessage(*file.message_type(i), comments);
  for (int i = 0; i < file.enum_type_count(); ++i) AddEnum(*file.enum_type(i), comments);
  for (int i = 0; i < file.service_count(); ++i) {
    Add(*file.service(i), comments);
    for (int m = 0; m < file.service(i)->method_count(); ++m) Add(*file.service(i)->method(m), comments);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: comments_maker anju.protoset comments.cc\n";
    return 2;
  }
  std::ifstream in(argv[1], std::ios::binary);
  google::protobuf::FileDescriptorSet set;
  if (!set.ParseFromIstream(&in)) {
    std::cerr << argv[1] << " is not a descriptor set\n";
    return 1;
  }
  google::protobuf::DescriptorPool pool;
  Comments comments;
  for (const auto& file : set.file()) {
    const auto* built = pool.BuildFile(file);
    if (built == nullptr) return 1;
    if (absl::StartsWith(built->package(), "anju.") || built->package() == "google.rpc") AddFile(*built, comments);
  }
  std::ofstream out(argv[2]);
  out << "#include \"gateway/openapi/comments.h\"\n\nnamespace anju::gateway {\n\n"
      << "const Comment kComments[] = {\n";
  for (const auto& [name, text] : comments) {
    // Octal, which ends after three digits: hexadecimal would swallow a letter that follows.
    out << "    {\"" << name << "\", \"" << absl::CEscape(text) << "\"},\n";
  }
  out << "};\nconst size_t kCommentCount = " << comments.size() << ";\n\n}  // namespace anju::gateway\n";
  return out.flush() ? 0 : 1;
}
