#include "gateway/transcoding/fields.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/transcoding/json.h"
#include "google/protobuf/util/json_util.h"
#include "services/platform/base/error.h"
#include "services/platform/base/quote.h"

namespace anju::gateway {

using enum absl::StatusCode;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

namespace {

const FieldDescriptor* FindOne(const Descriptor& type, const std::string& name) {
  if (const FieldDescriptor* field = type.FindFieldByName(name); field != nullptr) return field;
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->json_name() == name) return type.field(i);
  }
  return nullptr;
}

bool IsMessage(const FieldDescriptor& field) { return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE; }

// Whether the field is a message whose fields an address may name. What JSON writes in a way of its own, such as a
// Timestamp, is a whole.
bool HasFields(const FieldDescriptor& field) {
  return IsMessage(field) && !field.is_repeated() &&
         field.message_type()->well_known_type() == Descriptor::WELLKNOWNTYPE_UNSPECIFIED;
}

bool IsInteger(absl::string_view text) {
  absl::ConsumePrefix(&text, "-");
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

// As in JSON. The readers of numbers take more: blanks, signs, hexadecimals.
bool IsNumber(absl::string_view text) {
  return !text.empty() && absl::ascii_isdigit(static_cast<unsigned char>(text.back())) &&
         (text[0] == '-' || absl::ascii_isdigit(static_cast<unsigned char>(text[0]))) &&
         text.find_first_not_of("0123456789+-.eE") == absl::string_view::npos;
}

bool IsNumberWord(absl::string_view text) { return text == "NaN" || text == "Infinity" || text == "-Infinity"; }

// Whether the readers of base64 take it for what it is: they pass blanks over, and a plus in a query is one.
bool IsBase64(absl::string_view text) {
  while (absl::ConsumeSuffix(&text, "=")) continue;
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || absl::string_view("+/-_").find(c) != absl::string_view::npos;
  });
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

template <typename Number>
bool ReadInteger(const std::string& text, Number* value) {
  return IsInteger(text) && absl::SimpleAtoi(text, value);
}

bool ReadDouble(const std::string& text, double* value) {
  if (!IsNumber(text) && !IsNumberWord(text)) return false;
  return absl::SimpleAtod(text, value) && (std::isfinite(*value) || IsNumberWord(text));
}

bool ReadFloat(const std::string& text, float* value) {
  double number = 0;
  if (!ReadDouble(text, &number)) return false;
  *value = static_cast<float>(number);
  return std::isfinite(*value) || !std::isfinite(number);
}

bool ReadBool(const std::string& text, bool* value) {
  *value = text == "true" || text == "1";
  return *value || text == "false" || text == "0";
}

bool SetString(Message& message, const FieldDescriptor& field, std::string text) {
  if (field.type() == FieldDescriptor::TYPE_BYTES) {
    std::string bytes;
    if (!IsBase64(text)) return false;
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
  } else if (!ReadInteger(text, &number)) {
    return false;
  }
  const Reflection& reflection = *message.GetReflection();
  field.is_repeated() ? reflection.AddEnumValue(&message, &field, number)
                      : reflection.SetEnumValue(&message, &field, number);
  return true;
}

// Messages that JSON writes as one word or number.
bool IsWord(const Descriptor& type) {
  switch (type.well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_UNSPECIFIED:
    case Descriptor::WELLKNOWNTYPE_ANY:
    case Descriptor::WELLKNOWNTYPE_VALUE:
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
    case Descriptor::WELLKNOWNTYPE_STRUCT:
      return false;
    default:
      return true;
  }
}

bool SetWord(Message& message, const FieldDescriptor& field, const std::string& text) {
  std::string json;
  switch (field.message_type()->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_BOOLVALUE: {
      bool value = false;
      if (!ReadBool(text, &value)) return false;
      json = value ? "true" : "false";
      break;
    }
    case Descriptor::WELLKNOWNTYPE_DOUBLEVALUE:
    case Descriptor::WELLKNOWNTYPE_FLOATVALUE:
      if (!IsNumber(text) && !IsNumberWord(text)) return false;
      AppendQuoted(text, json);
      break;
    case Descriptor::WELLKNOWNTYPE_INT64VALUE:
    case Descriptor::WELLKNOWNTYPE_UINT64VALUE:
    case Descriptor::WELLKNOWNTYPE_INT32VALUE:
    case Descriptor::WELLKNOWNTYPE_UINT32VALUE:
      if (!IsInteger(text)) return false;
      AppendQuoted(text, json);
      break;
    case Descriptor::WELLKNOWNTYPE_BYTESVALUE:
      if (!IsBase64(text)) return false;
      AppendQuoted(text, json);
      break;
    default:
      AppendQuoted(text, json);
      break;
  }
  return google::protobuf::util::JsonStringToMessage(json, message.GetReflection()->MutableMessage(&message, &field))
      .ok();
}

bool Set(Message& message, const FieldDescriptor& field, const std::string& text) {
  using R = Reflection;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return SetString(message, field, text);
    case FieldDescriptor::CPPTYPE_INT32:
      return SetNumber<int32_t>(message, field, text, ReadInteger<int32_t>, &R::SetInt32, &R::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return SetNumber<int64_t>(message, field, text, ReadInteger<int64_t>, &R::SetInt64, &R::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return SetNumber<uint32_t>(message, field, text, ReadInteger<uint32_t>, &R::SetUInt32, &R::AddUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return SetNumber<uint64_t>(message, field, text, ReadInteger<uint64_t>, &R::SetUInt64, &R::AddUInt64);
    case FieldDescriptor::CPPTYPE_BOOL:
      return SetNumber<bool>(message, field, text, ReadBool, &R::SetBool, &R::AddBool);
    case FieldDescriptor::CPPTYPE_ENUM:
      return SetEnum(message, field, text);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return SetWord(message, field, text);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return SetNumber<double>(message, field, text, ReadDouble, &R::SetDouble, &R::AddDouble);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return SetNumber<float>(message, field, text, ReadFloat, &R::SetFloat, &R::AddFloat);
    default:
      return false;
  }
}

absl::Status CheckOneof(const Message& message, const FieldDescriptor& field, absl::string_view path) {
  const auto* oneof = field.real_containing_oneof();
  if (oneof == nullptr) return absl::OkStatus();
  const FieldDescriptor* set = message.GetReflection()->GetOneofFieldDescriptor(message, oneof);
  if (set == nullptr || set == &field) return absl::OkStatus();
  return Exclusive(path);
}

}  // namespace

absl::StatusOr<FieldPath> FindPath(const Descriptor& type, absl::string_view path) {
  FieldPath fields;
  for (absl::string_view name : absl::StrSplit(path, '.')) {
    const Descriptor* inner = &type;
    if (!fields.empty()) {
      const FieldDescriptor& outer = *fields.back();
      if (IsMessage(outer) && outer.is_repeated()) return NotInQuery("lists of messages and maps go into a body", path);
      if (!HasFields(outer) || fields.size() == kMaxJsonDepth) return Unknown(path);
      inner = outer.message_type();
    }
    const FieldDescriptor* field = FindOne(*inner, std::string(name));
    if (field == nullptr) return Unknown(path);
    fields.push_back(field);
  }
  return fields;
}

const FieldDescriptor* FindField(const Descriptor& type, absl::string_view path) {
  const auto fields = FindPath(type, path);
  return fields.ok() ? fields->back() : nullptr;
}

std::string TextOf(const FieldPath& fields) {
  return absl::StrJoin(fields, ".", [](std::string* out, const FieldDescriptor* field) { *out += field->name(); });
}

bool HasField(const Message& message, const FieldPath& fields) {
  const Message* inner = &message;
  for (size_t i = 0; i + 1 < fields.size(); ++i) {
    if (!inner->GetReflection()->HasField(*inner, fields[i])) return false;
    inner = &inner->GetReflection()->GetMessage(*inner, fields[i]);
  }
  return inner->GetReflection()->HasField(*inner, fields.back());
}

absl::Status SetField(Message& message, absl::string_view path, const std::string& text) {
  ASSIGN_OR_RETURN(const FieldPath fields, FindPath(*message.GetDescriptor(), path));
  const FieldDescriptor& field = *fields.back();
  if (IsMessage(field) && (field.is_repeated() || !IsWord(*field.message_type()))) {
    return NotInQuery("this field is no single value and goes into a body", path);
  }
  Message* inner = &message;
  for (size_t i = 0; i < fields.size(); ++i) {
    RETURN_IF_ERROR(CheckOneof(*inner, *fields[i], path));
    if (i + 1 < fields.size()) inner = inner->GetReflection()->MutableMessage(inner, fields[i]);
  }
  return Set(*inner, field, text) ? absl::OkStatus() : Malformed(path);
}

absl::Status NotInQuery(absl::string_view sentence, absl::string_view field) {
  return Refuse(kInvalidArgument, "FIELD_NOT_IN_QUERY", sentence, field);
}

}  // namespace anju::gateway
