#include "services/platform/messages/words.h"

#include <map>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "anju/contract_files.h"
#include "anju/type/v1/options.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/dynamic_message.h"
#include "gtest/gtest.h"
#include "services/platform/messages/archive.h"
#include "tests/support/refused.h"

namespace anju::messages {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr char kIdNumber[] = "450328199003070010";

// What is no words, and why numbers are not hidden in it.
constexpr char kCalendar[] = "a day or a month", kDivision[] = "a code of a division", kOurs[] = "an id of ours",
               kKey[] = "a key: the number in it is no ID number", kHash[] = "a hash",
               kWord[] = "a word of a contract or a catalogue", kNumber[] = "a number of a record: no ID number";
const std::map<std::string, std::string> kEndings = {
    {"_at", kCalendar},    {"_day", kCalendar},   {"_month", kCalendar},    {"_on", kCalendar},
    {"_since", kCalendar}, {"_until", kCalendar}, {"_division", kDivision}, {"_village", kDivision},
    {"_id", kOurs},        {"_ids", kOurs},       {"_token", kOurs},        {"_key", kKey},
    {"_keys", kKey},       {"_hash", kHash},      {"_step", kWord},         {"_code", "of a division or an enterprise"},
    {"_codes", kDivision}, {"_no", kNumber},      {"_nos", kNumber},
};
const std::map<std::string, std::string> kNames = {
    {"as_of", kCalendar},
    {"date", kCalendar},
    {"day", kCalendar},
    {"month", kCalendar},
    {"months", kCalendar},
    {"on", kCalendar},
    {"period", kCalendar},
    {"quarter", kCalendar},
    {"since", kCalendar},
    {"until", kCalendar},
    {"county", kDivision},
    {"division", kDivision},
    {"divisions", kDivision},
    {"location", kDivision},
    {"origin", kDivision},
    {"parent", kDivision},
    {"parts", kDivision},
    {"places", kDivision},
    {"village", kDivision},
    {"first_household", kOurs},
    {"id", kOurs},
    {"into", kOurs},
    {"merged_into", kOurs},
    {"other_household", kOurs},
    {"reverses", kOurs},
    {"second_household", kOurs},
    {"split_from", kOurs},
    {"building", kKey},
    {"case", kKey},
    {"cases", kKey},
    {"draw", kKey},
    {"household", kKey},
    {"key", kKey},
    {"keys", kKey},
    {"party", kKey},
    {"record", kKey},
    {"site", kKey},
    {"unit", "a key, or of a figure a word"},
    {"commitment", kHash},
    {"digest", kHash},
    {"hash", kHash},
    {"seed", kHash},
    {"sha256", kHash},
    {"account", kWord},
    {"code", kWord},
    {"denominator", kWord},
    {"field", kWord},
    {"flow", kWord},
    {"grade", kWord},
    {"incompatible_with", kWord},
    {"indicator", kWord},
    {"indicators", kWord},
    {"kind", kWord},
    {"label_en", kWord},
    {"label_zh", kWord},
    {"level", kWord},
    {"method", kWord},
    {"numerator", kWord},
    {"role", kWord},
    {"roles", kWord},
    {"rule", kWord},
    {"service", kWord},
    {"step", kWord},
    {"topic", kWord},
    {"version", kWord},
    {"head", kNumber},
    {"value", "a count, a day or a code that a rule has reckoned with"},
    {"purpose", "hashed with its entry of the audit log, and refused when it holds a number; of a notice a word"},
    {"subject", "who did it, hashed with their entry of the audit log; of a decision a key"},
    {"body", "what one service tells another"},
    {"list", "of a draw: keys, proved by their hash"},
    {"result", "of a draw: keys, proved by their hash"},
};

// Why numbers are not hidden in a field of this name; empty when they should be.
std::string WhyNot(const std::string& name) {
  if (auto found = kNames.find(name); found != kNames.end()) return found->second;
  const size_t ending = name.rfind('_');
  if (ending == std::string::npos || name == "certificate_no" || name == "title_no") return "";
  auto found = kEndings.find(name.substr(ending));
  return found == kEndings.end() ? "" : found->second;
}

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

// The texts of a message in which six of its digits are left in a row.
void Leaks(const Message& message, std::vector<const FieldDescriptor*>& leaks) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    for (int n = 0; n < (field->is_repeated() ? reflection.FieldSize(message, field) : 1); ++n) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        Leaks(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, n)
                                   : reflection.GetMessage(message, field),
              leaks);
      }
      if (field->type() != FieldDescriptor::TYPE_STRING) continue;
      const std::string text =
          field->is_repeated() ? reflection.GetRepeatedString(message, field, n) : reflection.GetString(message, field);
      for (size_t begin = 0; begin + 6 <= sizeof(kIdNumber) - 1; ++begin) {
        if (text.find(std::string(kIdNumber).substr(begin, 6)) == std::string::npos) continue;
        leaks.push_back(field);
        break;
      }
    }
  }
}

// Of whatever a new contract brings, too: a text is either covered, or of a form that is named above.
TEST(Words, NothingOfAnIdNumberIsLeftInAnyMessageButWhereNoneMayStand) {
  std::set<std::string> unused;
  for (const auto& [name, why] : kNames) unused.insert(name);
  int looked_at = 0;
  for (const Descriptor* type : Messages()) {
    std::unique_ptr<Message> message(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
    Plant(*message);
    std::vector<const FieldDescriptor*> before, after;
    Leaks(*message, before);
    Mask(*message);
    Leaks(*message, after);
    looked_at += static_cast<int>(before.size() - after.size());
    for (const FieldDescriptor* field : after) {
      EXPECT_NE(WhyNot(field->name()), "") << field->full_name();
      unused.erase(field->name());
    }
  }
  EXPECT_GT(looked_at, 500);
  EXPECT_THAT(unused, ::testing::IsEmpty());
}

TEST(Words, WhatAnOutsiderFoundIsCovered) {
  const std::set<std::string> covered = {
      "bank",     "bank_reference", "by",         "ceremony",           "certificate_no",
      "layout",   "occupation",     "authors",    "finance_bureau_doc", "reason",
      "title_no", "remark",         "frozen_by",  "agreed_by",          "text",
      "name",     "document",       "entered_by", "poverty_office_doc", "place"};
  std::set<std::string> found;
  for (const Descriptor* type : Messages()) {
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      if (field->type() == FieldDescriptor::TYPE_STRING && covered.contains(field->name())) {
        EXPECT_TRUE(IsWords(*field)) << field->full_name();
        found.insert(field->name());
      }
    }
  }
  EXPECT_EQ(found, covered);
}

// What becomes part of a key, or is shown as what a record is called by.
TEST(Words, NoNumberOfARecordIsAnIdNumber) {
  int looked_at = 0;
  for (const Descriptor* type : Messages()) {
    std::unique_ptr<Message> message(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* field = type->field(i);
      if (!IsNumber(*field)) continue;
      ++looked_at;
      for (const bool is_personal : {false, true}) {
        message->Clear();
        const std::string number = is_personal ? kIdNumber : "450328199003070011";
        field->is_repeated() ? message->GetReflection()->AddString(message.get(), field, number)
                             : message->GetReflection()->SetString(message.get(), field, number);
        const absl::Status read = Read(*message, [&](Archive& archive) {
          std::string text;
          std::vector<std::string> texts;
          field->is_repeated() ? archive(field->name(), texts) : archive(field->name(), text);
        });
        if (is_personal) {
          EXPECT_THAT(read, testing::RefusedWith(absl::StatusCode::kInvalidArgument, "NUMBER_IS_PERSONAL"))
              << field->full_name();
          EXPECT_EQ(FieldOf(read), field->name());
        } else {
          EXPECT_TRUE(read.ok()) << field->full_name() << read;
        }
      }
    }
  }
  EXPECT_GT(looked_at, 150);
}

// Figures are read by everybody, all the time: nothing of them is to be looked at.
TEST(Words, FiguresHoldNone) {
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  for (const char* name : {"anju.indicators.v1.Cell", "anju.gateway.v1.PublicFigure"}) {
    const Descriptor* type = pool->FindMessageTypeByName(name);
    ASSERT_NE(type, nullptr) << name;
    EXPECT_FALSE(HoldsPersonal(*type)) << name;
  }
}

}  // namespace
}  // namespace anju::messages
