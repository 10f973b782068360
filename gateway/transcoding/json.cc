#include "gateway/transcoding/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "google/protobuf/util/json_util.h"
#include "services/platform/base/error.h"

namespace anju::gateway {

using enum absl::StatusCode;

namespace {

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
  absl::Status outcome() const { return outcome_; }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(size_t) override { return Open(); }
  bool end_object() override { return Close(); }
  bool start_array(size_t) override { return Open(); }
  bool end_array() override { return Close(); }
  bool key(string_t& name) override {
    if (names_.back().insert(FieldName(name)).second) return true;
    outcome_ = Refuse(kInvalidArgument, "FIELD_REPEATED", "a name stands twice in an object of the body");
    return false;
  }
  bool parse_error(size_t, const std::string&, const nlohmann::json::exception&) override {
    if (outcome_.ok()) outcome_ = NotJson();
    return false;
  }

 private:
  bool Open() {
    if (names_.size() == kMaxJsonDepth) {
      outcome_ =
          Refuse(kInvalidArgument, "BODY_TOO_DEEP", absl::StrCat("a body is at most ", kMaxJsonDepth, " levels deep"));
      return false;
    }
    names_.emplace_back();
    return true;
  }
  bool Close() {
    names_.pop_back();
    return true;
  }

  absl::Status outcome_;
  // In order, not by a hash: whoever sends names may choose them so that all have the same one.
  std::vector<absl::btree_set<std::string>> names_;
};

// What was wrong with a body. The parser's own words may repeat a value of the body and are kept back.
absl::Status BodyError(absl::string_view message) {
  if (const size_t at = message.find(": Cannot find field"); at != absl::string_view::npos) {
    // `(figure) word` is the field word of figure.
    absl::string_view text = message.substr(0, std::min(at, size_t{100}));
    absl::ConsumePrefix(&text, "(");
    absl::ConsumeSuffix(&text, ")");
    const std::string field = absl::StrReplaceAll(absl::StripPrefix(text, ") "), {{") ", "."}});
    return Unknown(field);
  }
  const size_t colon = message.find("): ");
  if (absl::StartsWith(message, "(") && colon != absl::string_view::npos)
    return Malformed(message.substr(1, colon - 1));
  const size_t field_end = message.find(": invalid");
  if (field_end != absl::string_view::npos) return Malformed(message.substr(0, field_end));
  return NotJson();
}

}  // namespace

absl::Status Malformed(absl::string_view field) {
  return Refuse(kInvalidArgument, "FIELD_MALFORMED", "the value of this field is not of its type", field);
}

absl::Status Unknown(absl::string_view field) {
  return Refuse(kInvalidArgument, "FIELD_UNKNOWN", "the request has no such field", field);
}

absl::Status CheckJson(absl::string_view text) {
  Inspector inspector;
  // The parser takes NUL for the end.
  if (text.find('\0') != absl::string_view::npos) return NotJson();
  const bool is_sound = nlohmann::json::sax_parse(text.begin(), text.end(), &inspector);
  if (!is_sound && inspector.outcome().ok()) return NotJson();
  return inspector.outcome();
}

absl::Status ReadJson(absl::string_view text, google::protobuf::Message& message) {
  // First, because protobuf's parser takes much that is not JSON.
  RETURN_IF_ERROR(CheckJson(text));
  const auto status =
      google::protobuf::util::JsonStringToMessage(google::protobuf::StringPiece(text.data(), text.size()), &message);
  if (status.ok()) return absl::OkStatus();
  return BodyError(absl::string_view(status.message().data(), status.message().size()));
}

absl::StatusOr<std::string> WriteJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!status.ok()) return absl::InternalError("a message could not be written as JSON");
  return json;
}

}  // namespace anju::gateway
