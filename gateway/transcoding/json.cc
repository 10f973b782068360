#include "gateway/transcoding/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "gateway/transcoding/fields.h"
#include "google/protobuf/util/json_util.h"
#include "services/platform/base/error.h"

namespace anju::gateway {

using enum absl::StatusCode;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

namespace {

// Of the name of a field that is told.
constexpr size_t kMaxFieldBytes = 100;

absl::Status NotJson() {
  return Refuse(kInvalidArgument, "BODY_MALFORMED", "the body is not the JSON of this method's request");
}

// The one way to write a name that may be written in two: `caseNo` for `case_no`.
std::string FieldName(absl::string_view name) {
  std::string camel;
  bool is_next_upper = false;
  for (const char c : name) {
    if (c == '_') {
      is_next_upper = true;
    } else {
      camel.push_back(std::exchange(is_next_upper, false) ? absl::ascii_toupper(c) : c);
    }
  }
  return camel;
}

// Looks at a text without keeping anything of it but the names of the objects that are open.
class Inspector final : public nlohmann::json_sax<nlohmann::json> {
 public:
  // The text is one of `type`; of anything when that is null.
  explicit Inspector(const Descriptor* type) : type_(type) {}

  absl::Status outcome() const { return outcome_; }

  bool null() override { return Take(/*is_null=*/true); }
  bool boolean(bool) override { return Take(); }
  bool number_integer(number_integer_t) override { return Take(); }
  bool number_unsigned(number_unsigned_t) override { return Take(); }
  bool number_float(number_float_t, const string_t&) override { return Take(); }
  bool string(string_t&) override { return Take(); }
  bool binary(binary_t&) override { return Take(); }
  bool start_object(size_t) override {
    if (!Take()) return false;
    const FieldDescriptor* field = open_.empty() ? nullptr : open_.back().field;
    Level level = {.type = open_.empty() ? type_ : nullptr};
    if (field != nullptr && field->is_map()) {
      level.is_map = true;
      level.field = field->message_type()->map_value();
    } else if (field != nullptr && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      level.type = field->message_type();
    }
    // What JSON writes in a way of its own has no fields.
    if (level.type != nullptr && level.type->well_known_type() != Descriptor::WELLKNOWNTYPE_UNSPECIFIED) {
      level.type = nullptr;
    }
    return Open(std::move(level));
  }
  bool end_object() override { return Close(); }
  bool start_array(size_t) override {
    return Open({.is_list = true, .field = open_.empty() ? nullptr : open_.back().field});
  }
  bool end_array() override { return Close(); }
  bool key(string_t& name) override {
    Level& level = open_.back();
    // Keys of maps are what they are.
    std::string known = type_ == nullptr ? FieldName(name) : name;
    if (level.type != nullptr) {
      level.field = absl::StrContains(name, ".") ? nullptr : FindField(*level.type, name);
      if (level.field != nullptr) known = level.field->name();
    }
    if (level.names.insert(std::move(known)).second) return true;
    outcome_ = Refuse(kInvalidArgument, "FIELD_REPEATED", "a name stands twice in an object of the body");
    return false;
  }
  bool parse_error(size_t, const std::string&, const nlohmann::json::exception&) override {
    if (outcome_.ok()) outcome_ = NotJson();
    return false;
  }

 private:
  // An object or an array.
  struct Level {
    bool is_list = false, is_map = false;
    // What an object is of; null when nothing is known of its names.
    const Descriptor* type = nullptr;
    // Whose value comes next, or whose items or values these are.
    const FieldDescriptor* field = nullptr;
    // In order, not by a hash: whoever sends names may choose them so that all have the same one.
    absl::btree_set<std::string> names;
  };

  // A value that is no array. The parser takes one for a list of one, and passes over null in a list.
  bool Take(bool is_null = false) {
    if (open_.empty() || open_.back().field == nullptr) return true;
    const Level& level = open_.back();
    const bool is_one_for_many = !level.is_list && !is_null && level.field->is_repeated() && !level.field->is_map();
    const bool is_none_among_many = (level.is_list || level.is_map) && is_null && !MayBeNull(*level.field);
    if (!is_one_for_many && !is_none_among_many) return true;
    std::vector<std::string> names;
    for (const Level& outer : open_) {
      if (outer.type != nullptr && outer.field != nullptr) names.push_back(outer.field->name());
    }
    outcome_ = Malformed(absl::StrJoin(names, "."));
    return false;
  }
  static bool MayBeNull(const FieldDescriptor& field) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      return field.enum_type()->full_name() == "google.protobuf.NullValue";
    }
    return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
           field.message_type()->well_known_type() == Descriptor::WELLKNOWNTYPE_VALUE;
  }
  bool Open(Level level) {
    if (open_.size() == kMaxJsonDepth) {
      outcome_ =
          Refuse(kInvalidArgument, "BODY_TOO_DEEP", absl::StrCat("a body is at most ", kMaxJsonDepth, " levels deep"));
      return false;
    }
    open_.push_back(std::move(level));
    return true;
  }
  bool Close() {
    open_.pop_back();
    return true;
  }

  const Descriptor* const type_;
  absl::Status outcome_;
  std::vector<Level> open_;
};

// The field at a place as the parser tells it: `(figure) word` is the field word of figure.
std::string FieldAt(absl::string_view place, absl::string_view within = "") {
  place = place.substr(0, kMaxFieldBytes);
  absl::ConsumePrefix(&place, "(");
  absl::ConsumeSuffix(&place, ")");
  return absl::StrCat(absl::StrReplaceAll(place, {{") ", "."}}), place.empty() || within.empty() ? "" : ".", within);
}

// What was wrong with a body. The parser's own words may repeat a value of the body and are kept back.
absl::Status BodyError(absl::string_view message) {
  constexpr absl::string_view kNone = ": Cannot find field", kInvalid = ": invalid value ",
                              kNoList = ": Proto field is not repeating";
  // The first one is the parser's: what a value says comes behind it.
  const size_t at = std::min({message.find(kNone), message.find(kInvalid), message.find(kNoList)});
  if (at == absl::string_view::npos) return NotJson();
  const absl::string_view place = message.substr(0, at), rest = message.substr(at);
  if (absl::StartsWith(rest, kNone)) return Unknown(FieldAt(place));
  if (absl::StartsWith(rest, kNoList)) return Malformed(FieldAt(place));
  // A string of the body stands in quotation marks here.
  absl::string_view what = rest.substr(kInvalid.size());
  if (absl::ConsumePrefix(&what, "oneof field '")) {
    what.remove_prefix(std::min(what.find("Cannot set '"), what.size()));
    absl::ConsumePrefix(&what, "Cannot set '");
    return Exclusive(FieldAt(place, what.substr(0, what.find('\''))));
  }
  // In a list the place is that of the field, else of what it is in.
  const bool is_within =
      absl::ConsumePrefix(&what, "Starting an object on a scalar field for type ") && !absl::StrContains(place, what);
  return Malformed(FieldAt(place, is_within ? what : ""));
}

absl::StatusOr<std::string> Write(const google::protobuf::Message& message,
                                  google::protobuf::util::JsonPrintOptions options) {
  options.preserve_proto_field_names = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!status.ok()) return absl::InternalError("a message could not be written as JSON");
  return json;
}

}  // namespace

absl::Status Malformed(absl::string_view field) {
  return Refuse(kInvalidArgument, "FIELD_MALFORMED", "the value of this field is not of its type", field);
}

absl::Status Unknown(absl::string_view field) {
  return Refuse(kInvalidArgument, "FIELD_UNKNOWN", "the request has no such field", field);
}

absl::Status Exclusive(absl::string_view field) {
  return Refuse(kInvalidArgument, "FIELDS_EXCLUSIVE", "the request gives another field that excludes this one", field);
}

absl::Status CheckJson(absl::string_view text, const google::protobuf::Descriptor* type) {
  Inspector inspector(type);
  // The parser takes NUL for the end.
  if (text.find('\0') != absl::string_view::npos) return NotJson();
  const bool is_sound = nlohmann::json::sax_parse(text.begin(), text.end(), &inspector);
  if (!is_sound && inspector.outcome().ok()) return NotJson();
  return inspector.outcome();
}

absl::Status ReadJson(absl::string_view text, google::protobuf::Message& message) {
  // First, because protobuf's parser takes much that is not JSON.
  RETURN_IF_ERROR(CheckJson(text, message.GetDescriptor()));
  const auto status =
      google::protobuf::util::JsonStringToMessage(google::protobuf::StringPiece(text.data(), text.size()), &message);
  if (status.ok()) return absl::OkStatus();
  return BodyError(absl::string_view(status.message().data(), status.message().size()));
}

absl::StatusOr<std::string> WriteJson(const google::protobuf::Message& message) {
  return Write(message, google::protobuf::util::JsonPrintOptions());
}

absl::StatusOr<std::string> WriteJsonOf(const google::protobuf::Message& message,
                                        const google::protobuf::FieldDescriptor& field) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (field.has_presence() && !reflection.HasField(message, &field)) return std::string("null");
  if (!field.is_repeated() && field.cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
    return WriteJson(reflection.GetMessage(message, &field));
  }
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = !field.is_repeated();
  ASSIGN_OR_RETURN(const std::string whole, Write(message, options));
  const nlohmann::json json = nlohmann::json::parse(whole);
  const auto found = json.find(field.name());
  if (found != json.end()) return found->dump();
  return std::string(field.is_map() ? "{}" : "[]");
}

}  // namespace anju::gateway
