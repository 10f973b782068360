#include "gateway/transcoding/transcoding.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "anju/type/v1/options.pb.h"
#include "gateway/overview/compose.h"
#include "google/api/annotations.pb.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/util/json_util.h"
#include "google/rpc/status.pb.h"
#include "protos/contracts.h"
#include "services/platform/base/error.h"

namespace anju::gateway {

using enum absl::StatusCode;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;
using google::protobuf::Reflection;
using google::protobuf::ServiceDescriptor;

namespace {

constexpr absl::string_view kGateway = "anju.gateway.v1";

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor& type) {
  return std::unique_ptr<Message>(MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

absl::Status Malformed(absl::string_view field) {
  return Refuse(kInvalidArgument, "FIELD_MALFORMED", "the value of this field is not of its type", field);
}

absl::Status Unknown(absl::string_view field) {
  return Refuse(kInvalidArgument, "FIELD_UNKNOWN", "the request has no such field", field);
}

const FieldDescriptor* FindField(const google::protobuf::Descriptor& type, const std::string& name) {
  const FieldDescriptor* field = type.FindFieldByName(name);
  return field != nullptr ? field : type.FindFieldByCamelcaseName(name);
}

template <typename Number>
bool Read(const std::string& text, Number& number) {
  return absl::SimpleAtoi(text, &number);
}

// Sets a field that is not a message; adds to one that is repeated. False when the text is not of its type.
bool SetText(Message& message, const FieldDescriptor& field, const std::string& text) {
  const Reflection& reflection = *message.GetReflection();
  const bool repeated = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      if (field.type() == FieldDescriptor::TYPE_BYTES) return false;
      repeated ? reflection.AddString(&message, &field, text) : reflection.SetString(&message, &field, text);
      return true;
    case FieldDescriptor::CPPTYPE_INT32: {
      int32_t value = 0;
      if (!Read(text, value)) return false;
      repeated ? reflection.AddInt32(&message, &field, value) : reflection.SetInt32(&message, &field, value);
      return true;
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      int64_t value = 0;
      if (!Read(text, value)) return false;
      repeated ? reflection.AddInt64(&message, &field, value) : reflection.SetInt64(&message, &field, value);
      return true;
    }
    case FieldDescriptor::CPPTYPE_UINT32: {
      uint32_t value = 0;
      if (!Read(text, value)) return false;
      repeated ? reflection.AddUInt32(&message, &field, value) : reflection.SetUInt32(&message, &field, value);
      return true;
    }
    case FieldDescriptor::CPPTYPE_UINT64: {
      uint64_t value = 0;
      if (!Read(text, value)) return false;
      repeated ? reflection.AddUInt64(&message, &field, value) : reflection.SetUInt64(&message, &field, value);
      return true;
    }
    case FieldDescriptor::CPPTYPE_BOOL: {
      bool value = false;
      if (text != "true" && text != "false" && text != "1" && text != "0") return false;
      value = text == "true" || text == "1";
      repeated ? reflection.AddBool(&message, &field, value) : reflection.SetBool(&message, &field, value);
      return true;
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      int32_t number = 0;
      if (Read(text, number)) {
        repeated ? reflection.AddEnumValue(&message, &field, number)
                 : reflection.SetEnumValue(&message, &field, number);
        return true;
      }
      const auto* value = field.enum_type()->FindValueByName(text);
      if (value == nullptr) return false;
      repeated ? reflection.AddEnum(&message, &field, value) : reflection.SetEnum(&message, &field, value);
      return true;
    }
    // Our contracts have no floating point, and messages are named by their fields.
    default:
      return false;
  }
}

absl::Status SetPath(Message& message, const std::string& path, const std::string& text) {
  Message* inner = &message;
  const std::vector<std::string> names = absl::StrSplit(path, '.');
  for (size_t i = 0; i < names.size(); ++i) {
    const FieldDescriptor* field = FindField(*inner->GetDescriptor(), names[i]);
    if (field == nullptr) return Unknown(path);
    if (i + 1 == names.size()) return SetText(*inner, *field, text) ? absl::OkStatus() : Malformed(path);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field->is_repeated()) return Unknown(path);
    inner = inner->GetReflection()->MutableMessage(inner, field);
  }
  return absl::OkStatus();
}

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
  return Refuse(kInvalidArgument, "BODY_MALFORMED", "the body is not the JSON of this method's request");
}

absl::Status ReadBody(absl::string_view body, Message& message) {
  if (body.empty()) return absl::OkStatus();
  const auto status =
      google::protobuf::util::JsonStringToMessage(google::protobuf::StringPiece(body.data(), body.size()), &message);
  if (status.ok()) return absl::OkStatus();
  return BodyError(absl::string_view(status.message().data(), status.message().size()));
}

}  // namespace

Transcoder::Transcoder(const std::vector<std::string>& services) {
  const auto has = [&](const ServiceDescriptor& contract) {
    const std::vector<std::string> words = absl::StrSplit(contract.file()->package(), '.');
    return contract.options().GetExtension(type::v1::every_service) ||
           std::find(services.begin(), services.end(), words.at(1)) != services.end();
  };
  const auto is_own = [](const ServiceDescriptor& contract) { return contract.file()->package() == kGateway; };
  for (const ServiceDescriptor* contract : AllContracts()) {
    if (is_own(*contract)) Add(*contract);
  }
  for (const ServiceDescriptor* contract : AllContracts()) {
    if (!is_own(*contract) && has(*contract)) Add(*contract);
  }
}

void Transcoder::Add(const ServiceDescriptor& contract) {
  for (int m = 0; m < contract.method_count(); ++m) {
    const MethodDescriptor& method = *contract.method(m);
    if (method.client_streaming() || method.server_streaming()) continue;
    if (!method.options().HasExtension(google::api::http)) continue;
    const google::api::HttpRule& http = method.options().GetExtension(google::api::http);
    const auto add = [&](const google::api::HttpRule& rule) {
      const std::vector<std::pair<const char*, const std::string*>> patterns = {{"GET", &rule.get()},
                                                                                {"PUT", &rule.put()},
                                                                                {"POST", &rule.post()},
                                                                                {"DELETE", &rule.delete_()},
                                                                                {"PATCH", &rule.patch()}};
      for (const auto& [name, pattern] : patterns) {
        if (pattern->empty()) continue;
        auto path = PathTemplate::Parse(*pattern);
        ANJU_CHECK(path.has_value());
        rules_.push_back(Rule{.http_method = name,
                              .path = *std::move(path),
                              .body = rule.body(),
                              .method = &method,
                              .is_shared = contract.options().GetExtension(type::v1::every_service)});
      }
    };
    add(http);
    for (const google::api::HttpRule& more : http.additional_bindings()) add(more);
  }
}

absl::StatusOr<Transcoder::Match> Transcoder::Find(absl::string_view http_method, absl::string_view target) const {
  target = target.substr(0, target.find('#'));
  const size_t question = target.find('?');
  const absl::string_view path = target.substr(0, question);
  const Rule* best = nullptr;
  Match match;
  std::vector<std::string> allowed;
  for (const Rule& rule : rules_) {
    auto variables = rule.path.Match(path);
    if (!variables.has_value()) continue;
    if (rule.http_method != http_method) {
      if (std::find(allowed.begin(), allowed.end(), rule.http_method) == allowed.end()) {
        allowed.push_back(rule.http_method);
      }
      continue;
    }
    if (best != nullptr && best->path.literals() >= rule.path.literals()) continue;
    best = &rule;
    match.variables = *std::move(variables);
  }
  if (best == nullptr) {
    if (allowed.empty()) return absl::NotFoundError("there is nothing at this address");
    const std::string list = absl::StrJoin(allowed, ", ");
    return Refuse(kUnimplemented, "HTTP_METHOD_NOT_ALLOWED", absl::StrCat("this address takes ", list), list);
  }
  match.method = best->method;
  match.body = best->body;
  if (best->is_shared) {
    for (const auto& [field, value] : match.variables) {
      if (field == "indicator") match.service = std::string(ServiceOf(value));
    }
  }
  auto query = ParseQuery(question == absl::string_view::npos ? "" : target.substr(question + 1));
  if (!query.has_value() || query->size() > kMaxQueryParts) {
    return Refuse(kInvalidArgument, "QUERY_MALFORMED", "the query is not name=value&name=value, or is too long");
  }
  for (auto& [name, value] : *query) {
    if (best->is_shared && name == "service") {
      match.service = value;
    } else {
      match.variables.emplace_back(std::move(name), std::move(value));
    }
  }
  return match;
}

absl::StatusOr<std::string> Transcoder::ToRequest(const Match& match, absl::string_view body) const {
  const auto request = NewMessage(*match.method->input_type());
  if (match.body == "*") {
    RETURN_IF_ERROR(ReadBody(body, *request));
  } else if (!match.body.empty()) {
    const FieldDescriptor* field = request->GetDescriptor()->FindFieldByName(match.body);
    ANJU_CHECK(field != nullptr && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE);
    RETURN_IF_ERROR(ReadBody(body, *request->GetReflection()->MutableMessage(request.get(), field)));
  }
  for (const auto& [path, text] : match.variables) RETURN_IF_ERROR(SetPath(*request, path, text));
  return request->SerializeAsString();
}

absl::StatusOr<std::string> Transcoder::ToJson(const MethodDescriptor& method, const std::string& answer) const {
  const auto message = NewMessage(*method.output_type());
  if (!message->ParseFromString(answer)) return absl::InternalError("a service's answer could not be read");
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(*message, &json, options);
  if (!status.ok()) return absl::InternalError("a service's answer could not be written as JSON");
  return json;
}

int HttpStatus(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::OK:
      return 200;
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::OUT_OF_RANGE:
      return 400;
    case grpc::StatusCode::UNAUTHENTICATED:
      return 401;
    case grpc::StatusCode::PERMISSION_DENIED:
      return 403;
    case grpc::StatusCode::NOT_FOUND:
      return 404;
    case grpc::StatusCode::ALREADY_EXISTS:
    case grpc::StatusCode::ABORTED:
      return 409;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return 429;
    case grpc::StatusCode::CANCELLED:
      return 499;
    case grpc::StatusCode::UNIMPLEMENTED:
      return 501;
    case grpc::StatusCode::UNAVAILABLE:
      return 503;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return 504;
    default:
      return 500;
  }
}

std::string ErrorJson(const grpc::Status& status) {
  google::rpc::Status error;
  if (status.error_details().empty() || !error.ParseFromString(status.error_details())) error.Clear();
  error.set_code(status.error_code());
  error.set_message(status.error_message());
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  if (google::protobuf::util::MessageToJsonString(error, &json, options).ok()) return json;
  // A detail of a kind that is not known here.
  error.clear_details();
  json.clear();
  if (google::protobuf::util::MessageToJsonString(error, &json, options).ok()) return json;
  return absl::StrCat("{\"code\":", static_cast<int>(status.error_code()), "}");
}

}  // namespace anju::gateway
