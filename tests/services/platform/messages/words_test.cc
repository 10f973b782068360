#include "services/platform/messages/words.h"

#include <map>
#include <regex>
#include <set>

#include "absl/strings/str_cat.h"
#include "anju/contract_files.h"
#include "anju/type/v1/options.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/dynamic_message.h"
#include "gtest/gtest.h"
#include "services/platform/messages/archive.h"

namespace anju::messages {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr char kIdNumber[] = "450328199003070010";

// Named like words, and none: what they are instead.
const std::map<std::string, std::string> kNone = {
    {"purpose",
     "of an entry of the audit log it is part of what is hashed, and refused when it holds a number; of a "
     "notice it is a code"},
    {"message", "the service's own sentence"},
    {"explanation", "a rule's own sentence"},
    {"title_zh", "a rule's own title"},
    {"title_en", "a rule's own title"},
    {"full_name", "of a division"},
    {"new_name", "of a division"},
    {"reason_hash", "a hash"},
    {"content_hash", "a hash"},
    {"first_name", "personal"},
    {"second_name", "personal"},
    {"title_no", "the number of a certificate"},
    {"titled_on", "a day"},
    {"places", "codes of divisions"},
};

std::vector<const Descriptor*> Messages() {
  std::vector<const Descriptor*> found;
  for (const char* name : kContractFiles) {
    const auto* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(name);
    EXPECT_NE(file, nullptr) << name;
    for (int i = 0; file != nullptr && i < file->message_type_count(); ++i) found.push_back(file->message_type(i));
  }
  return found;
}

// Fills every text of the message, as deep as it goes without holding itself.
void Plant(Message& message, std::set<const Descriptor*> above = {}) {
  if (!above.insert(message.GetDescriptor()).second) return;
  const Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    if (field->is_map()) continue;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      const std::string text = absl::StrCat("与", kIdNumber, "同户");
      field->is_repeated() ? reflection.AddString(&message, field, text) : reflection.SetString(&message, field, text);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Plant(
          field->is_repeated() ? *reflection.AddMessage(&message, field) : *reflection.MutableMessage(&message, field),
          above);
    }
  }
}

// The words and personal fields in which six of its digits are left in a row; counts all of them.
void Leaks(const Message& message, int& looked_at, std::set<std::string>& leaks) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->is_map()) continue;
    for (int n = 0; n < (field->is_repeated() ? reflection.FieldSize(message, field) : 1); ++n) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        Leaks(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, n)
                                   : reflection.GetMessage(message, field),
              looked_at, leaks);
      }
      if (!IsWords(*field) && !field->options().GetExtension(type::v1::personal)) continue;
      ++looked_at;
      const std::string text =
          field->is_repeated() ? reflection.GetRepeatedString(message, field, n) : reflection.GetString(message, field);
      for (size_t begin = 0; begin + 6 <= sizeof(kIdNumber) - 1; ++begin) {
        if (text.find(std::string(kIdNumber).substr(begin, 6)) != std::string::npos) leaks.insert(field->full_name());
      }
    }
  }
}

TEST(Words, NothingOfAnIdNumberIsLeftInAnyMessage) {
  int looked_at = 0;
  for (const Descriptor* type : Messages()) {
    std::unique_ptr<Message> message(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
    Plant(*message);
    Mask(*message);
    std::set<std::string> leaks;
    Leaks(*message, looked_at, leaks);
    EXPECT_THAT(leaks, ::testing::IsEmpty()) << type->full_name();
  }
  EXPECT_GT(looked_at, 250);
}

// A new field that sounds like words is decided upon: in kWords of words.cc, as personal, or above.
TEST(Words, WhatSoundsLikeWordsIsDecided) {
  const std::regex sounds(
      ".*(reason|text|remark|note|comment|title|word|sentence|objection|message|explanation|description|detail|summary|"
      "memo|opinion|why|purpose|name|place|employer|inspector|filed_by|document|hint|content|contact|phone|address|"
      "card|"
      "account_holder|witness).*");
  std::set<std::string> unused;
  for (const auto& [name, why] : kNone) unused.insert(name);
  int words = 0;
  for (const Descriptor* type : Messages()) {
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_STRING || field->type() == FieldDescriptor::TYPE_BYTES)
        continue;
      words += IsWords(*field) ? 1 : 0;
      if (!std::regex_match(field->name(), sounds)) continue;
      unused.erase(field->name());
      EXPECT_TRUE(IsWords(*field) || field->options().GetExtension(type::v1::personal) || kNone.contains(field->name()))
          << field->full_name();
    }
  }
  EXPECT_GT(words, 100);
  EXPECT_THAT(unused, ::testing::IsEmpty());
}

}  // namespace
}  // namespace anju::messages
