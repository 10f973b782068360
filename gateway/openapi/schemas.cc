#include "gateway/openapi/schemas.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "anju/type/v1/options.pb.h"
#include "anju/type/v1/vocabulary.pb.h"
#include "gateway/openapi/comments.h"

namespace anju::gateway {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

namespace {

// What the contracts need not say of each first value.
constexpr absl::string_view kUnspecified = "nothing is said.";

OrderedJson Integer64() { return {{"type", "string"}, {"format", "int64"}, {"pattern", "^-?[0-9]+$"}}; }
OrderedJson Unsigned64() { return {{"type", "string"}, {"format", "uint64"}, {"pattern", "^[0-9]+$"}}; }
OrderedJson Bytes() { return {{"type", "string"}, {"contentEncoding", "base64"}}; }
OrderedJson Integer32() { return {{"type", "integer"}, {"format", "int32"}}; }
OrderedJson Unsigned32() { return {{"type", "integer"}, {"format", "uint32"}, {"minimum", 0}}; }

// Messages that JSON writes in a way of their own; null for all others.
OrderedJson WellKnown(const Descriptor& type) {
  switch (type.well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      return {{"type", "string"}, {"format", "date-time"}};
    case Descriptor::WELLKNOWNTYPE_DURATION:
      return {{"type", "string"}, {"pattern", "^-?[0-9]+(\\.[0-9]{1,9})?s$"}};
    case Descriptor::WELLKNOWNTYPE_FIELDMASK:
      return {{"type", "string"}, {"description", "Names of fields, separated by commas."}};
    case Descriptor::WELLKNOWNTYPE_ANY:
      return {{"type", "object"},
              {"description", "A message of any type; `@type` says which one."},
              {"properties",
               {{"@type", {{"type", "string"}, {"description", "`type.googleapis.com/` and its full name."}}}}},
              {"required", OrderedJson::array({"@type"})}};
    case Descriptor::WELLKNOWNTYPE_INT64VALUE:
      return Integer64();
    case Descriptor::WELLKNOWNTYPE_UINT64VALUE:
      return Unsigned64();
    case Descriptor::WELLKNOWNTYPE_INT32VALUE:
      return Integer32();
    case Descriptor::WELLKNOWNTYPE_UINT32VALUE:
      return Unsigned32();
    case Descriptor::WELLKNOWNTYPE_STRINGVALUE:
      return {{"type", "string"}};
    case Descriptor::WELLKNOWNTYPE_BYTESVALUE:
      return Bytes();
    case Descriptor::WELLKNOWNTYPE_BOOLVALUE:
      return {{"type", "boolean"}};
    default:
      return nullptr;
  }
}

void Describe(absl::string_view description, OrderedJson& schema) {
  if (!description.empty()) schema["description"] = std::string(description);
}

// Whether both hold the same: the number of a flow's version is not the name of a parameter's.
bool SameType(const FieldDescriptor& a, const FieldDescriptor& b) {
  return a.type() == b.type() && a.is_repeated() == b.is_repeated() && a.message_type() == b.message_type() &&
         a.enum_type() == b.enum_type();
}

}  // namespace

absl::string_view CommentOf(const std::string& full_name) {
  const Comment* end = kComments + kCommentCount;
  const Comment* found = std::lower_bound(
      kComments, end, full_name,
      [](const Comment& comment, const std::string& name) { return absl::string_view(comment.name) < name; });
  return found == end || found->name != full_name ? "" : found->text;
}

absl::string_view MeaningOf(const FieldDescriptor& field) {
  if (const absl::string_view own = CommentOf(field.full_name()); !own.empty()) return own;
  const FieldDescriptor* word = type::v1::Vocabulary::descriptor()->FindFieldByName(field.name());
  if (word != nullptr && SameType(field, *word)) return CommentOf(word->full_name());
  if (const Descriptor* type = field.message_type(); type != nullptr) return CommentOf(type->full_name());
  if (const EnumDescriptor* type = field.enum_type(); type != nullptr) return CommentOf(type->full_name());
  return "";
}

OrderedJson Schemas::Refer(const Descriptor& type) {
  if (OrderedJson known = WellKnown(type); !known.is_null()) return known;
  if (known_.insert(type.full_name()).second) wanted_.push_back(&type);
  return {{"$ref", absl::StrCat("#/components/schemas/", type.full_name())}};
}

OrderedJson Schemas::Refer(const EnumDescriptor& type) {
  if (known_.insert(type.full_name()).second) made_[type.full_name()] = Make(type);
  return {{"$ref", absl::StrCat("#/components/schemas/", type.full_name())}};
}

OrderedJson Schemas::ItemOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Refer(*field.message_type());
    case FieldDescriptor::CPPTYPE_ENUM:
      return Refer(*field.enum_type());
    case FieldDescriptor::CPPTYPE_INT64:
      return Integer64();
    case FieldDescriptor::CPPTYPE_UINT64:
      return Unsigned64();
    case FieldDescriptor::CPPTYPE_INT32:
      return Integer32();
    case FieldDescriptor::CPPTYPE_UINT32:
      return Unsigned32();
    case FieldDescriptor::CPPTYPE_BOOL:
      return {{"type", "boolean"}};
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type() == FieldDescriptor::TYPE_BYTES ? Bytes() : OrderedJson{{"type", "string"}};
    default:
      return {{"type", "number"}};
  }
}

OrderedJson Schemas::Of(const FieldDescriptor& field) {
  OrderedJson schema;
  if (field.is_map()) {
    schema = {{"type", "object"}, {"additionalProperties", ItemOf(*field.message_type()->map_value())}};
  } else if (field.is_repeated()) {
    schema = {{"type", "array"}, {"items", ItemOf(field)}};
  } else {
    schema = ItemOf(field);
  }
  Describe(MeaningOf(field), schema);
  const auto& options = field.options();
  if (const std::string& label = options.GetExtension(type::v1::label); !label.empty()) schema["title"] = label;
  if (options.GetExtension(type::v1::personal)) schema["x-personal"] = true;
  if (options.GetExtension(type::v1::scope)) schema["x-scope"] = true;
  return schema;
}

OrderedJson Schemas::Make(const EnumDescriptor& type) {
  OrderedJson schema = {{"type", "string"}, {"enum", OrderedJson::array()}};
  std::vector<std::string> lines;
  if (const absl::string_view comment = CommentOf(type.full_name()); !comment.empty()) lines.emplace_back(comment);
  for (int i = 0; i < type.value_count(); ++i) {
    const auto& value = *type.value(i);
    schema["enum"].push_back(value.name());
    const std::string& label = value.options().GetExtension(type::v1::value_label);
    absl::string_view comment = CommentOf(value.full_name());
    if (comment.empty() && label.empty() && value.number() == 0) comment = kUnspecified;
    if (!label.empty() || !comment.empty()) {
      lines.push_back(absl::StrCat("- `", value.name(), "`", label.empty() ? "" : " ", label,
                                   comment.empty() ? "" : ": ", comment));
    }
  }
  if (!lines.empty()) schema["description"] = absl::StrJoin(lines, "\n");
  return schema;
}

OrderedJson Schemas::Make(const Descriptor& type) {
  OrderedJson schema = {{"type", "object"}};
  Describe(DescriptionOf(type), schema);
  OrderedJson properties = OrderedJson::object();
  OrderedJson required = OrderedJson::array();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    properties[field.name()] = Of(field);
    if (field.options().GetExtension(type::v1::required)) required.push_back(field.name());
  }
  schema["properties"] = std::move(properties);
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

void Schemas::Carries(const MethodDescriptor& method, const std::string& summary) {
  const std::string name = absl::StrCat("`", method.full_name(), "`. ", summary);
  if (const Descriptor& type = *method.input_type(); type.name() == method.name() + "Request") {
    carried_[&type] = "The request of " + name;
  }
  if (const Descriptor& type = *method.output_type(); type.name() == method.name() + "Response") {
    carried_[&type] = "The answer of " + name;
  }
}

std::string Schemas::DescriptionOf(const Descriptor& type) const {
  if (const absl::string_view comment = CommentOf(type.full_name()); !comment.empty()) return std::string(comment);
  const auto carried = carried_.find(&type);
  return carried == carried_.end() ? "" : carried->second;
}

OrderedJson Schemas::Take() {
  while (!wanted_.empty()) {
    const Descriptor* type = wanted_.back();
    wanted_.pop_back();
    OrderedJson schema = Make(*type);
    made_[type->full_name()] = std::move(schema);
  }
  return std::exchange(made_, OrderedJson::object());
}

}  // namespace anju::gateway
