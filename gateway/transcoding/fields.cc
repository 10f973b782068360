#include "gateway/transcoding/fields.h"

#include <cmath>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "gateway/transcoding/json.h"
#include "google/protobuf/util/json_util.h"
#include "services/platform/base/quote.h"

namespace anju::gateway {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

namespace {

const FieldDescriptor* FindOne(const Descriptor& type, const std::string& name) {
  const FieldDescriptor* field = type.FindFieldByName(name);
  return field != nullptr ? field : type.FindFieldByCamelcaseName(name);
}

// The numbers of an address: `parse` reads one, `set` or `add` puts it into the message.
template <typename Number, typename Parse>
bool SetNumber(Message& message, const FieldDescriptor& field, const std::string& text, Parse parse,
               void (Reflection::*set)(Message*, const FieldDescriptor*, Number) const,
               void (Reflection::*add)(Message*, const FieldDescriptor*, Number) const) {
  Number value = 0;
  if (!parse(text, &value)) return false;
  const Reflection& reflection = *message.GetReflection();
  (reflection.*(field.is_repeated() ? add : set))(&message, &field, value);
  return true;
}

bool ReadBool(const std::string& text, bool* value) {
  *value = text == "true" || text == "1";
  return *value || text == "false" || text == "0";
}

bool SetString(Message& message, const FieldDescriptor& field, std::string text) {
  if (field.type() == FieldDescriptor::TYPE_BYTES) {
    std::string bytes;
    if (!absl::Base64Unescape(text, &bytes) && !absl::WebSafeBase64Unescape(text, &bytes)) return false;
    text = std::move(bytes);
  }
  const Reflection& reflection = *message.GetReflection();
  field.is_repeated() ? reflection.AddString(&message, &field, std::move(text))
                      : reflection.SetString(&message, &field, std::move(text));
  return true;
}

bool SetEnum(Message& message, const FieldDescriptor& field, const std::string& text) {
  int number = 0;
  if (const auto* value = field.enum_type()->FindValueByName(text)) {
    number = value->number();
  } else if (!absl::SimpleAtoi(text, &number)) {
    return false;
  }
  const Reflection& reflection = *message.GetReflection();
  field.is_repeated() ? reflection.AddEnumValue(&message, &field, number)
                      : reflection.SetEnumValue(&message, &field, number);
  return true;
}

// Messages that JSON writes as one word or number.
bool SetWellKnown(Message& message, const FieldDescriptor& field, const std::string& text) {
  std::string json;
  switch (field.message_type()->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_BOOLVALUE: {
      bool value = false;
      if (!ReadBool(text, &value)) return false;
      json = value ? "true" : "false";
      break;
    }
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
    case Descriptor::WELLKNOWNTYPE_DURATION:
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
    case Descriptor::WELLKNOWNTYPE_DOUBLEVALUE:
    case Descriptor::WELLKNOWNTYPE_FLOATVALUE:
    case Descriptor::WELLKNOWNTYPE_INT64VALUE:
    case Descriptor::WELLKNOWNTYPE_UINT64VALUE:
    case Descriptor::WELLKNOWNTYPE_INT32VALUE:
    case Descriptor::WELLKNOWNTYPE_UINT32VALUE:
    case Descriptor::WELLKNOWNTYPE_STRINGVALUE:
    case Descriptor::WELLKNOWNTYPE_BYTESVALUE:
      AppendQuoted(text, json);
      break;
    default:
      return false;
  }
  const Reflection& reflection = *message.GetReflection();
  Message* inner =
      field.is_repeated() ? reflection.AddMessage(&message, &field) : reflection.MutableMessage(&message, &field);
  return google::protobuf::util::JsonStringToMessage(json, inner).ok();
}

bool Set(Message& message, const FieldDescriptor& field, const std::string& text) {
  using R = Reflection;
  const auto integer = [](const std::string& word, auto* value) { return absl::SimpleAtoi(word, value); };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return SetString(message, field, text);
    case FieldDescriptor::CPPTYPE_INT32:
      return SetNumber<int32_t>(message, field, text, integer, &R::SetInt32, &R::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return SetNumber<int64_t>(message, field, text, integer, &R::SetInt64, &R::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return SetNumber<uint32_t>(message, field, text, integer, &R::SetUInt32, &R::AddUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return SetNumber<uint64_t>(message, field, text, integer, &R::SetUInt64, &R::AddUInt64);
    case FieldDescriptor::CPPTYPE_BOOL:
      return SetNumber<bool>(message, field, text, ReadBool, &R::SetBool, &R::AddBool);
    case FieldDescriptor::CPPTYPE_ENUM:
      return SetEnum(message, field, text);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return SetWellKnown(message, field, text);
    // Our contracts have no floating point.
    default:
      return false;
  }
}

}  // namespace

const FieldDescriptor* FindField(const Descriptor& type, absl::string_view path) {
  const Descriptor* inner = &type;
  const FieldDescriptor* field = nullptr;
  for (absl::string_view name : absl::StrSplit(path, '.')) {
    if (field != nullptr) {
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field->is_repeated()) return nullptr;
      inner = field->message_type();
    }
    field = FindOne(*inner, std::string(name));
    if (field == nullptr) return nullptr;
  }
  return field;
}

absl::Status SetField(Message& message, absl::string_view path, const std::string& text) {
  if (FindField(*message.GetDescriptor(), path) == nullptr) return Unknown(path);
  Message* inner = &message;
  const std::vector<std::string> names = absl::StrSplit(path, '.');
  for (size_t i = 0; i + 1 < names.size(); ++i) {
    inner = inner->GetReflection()->MutableMessage(inner, FindOne(*inner->GetDescriptor(), names[i]));
  }
  const FieldDescriptor& field = *FindOne(*inner->GetDescriptor(), names.back());
  return Set(*inner, field, text) ? absl::OkStatus() : Malformed(path);
}

}  // namespace anju::gateway
