#include "gateway/transcoding/transcoding.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "anju/type/v1/options.pb.h"
#include "gateway/overview/compose.h"
#include "gateway/transcoding/fields.h"
#include "gateway/transcoding/json.h"
#include "google/api/annotations.pb.h"
#include "google/protobuf/dynamic_message.h"
#include "nlohmann/json.hpp"
#include "protos/contracts.h"
#include "services/platform/base/error.h"

namespace anju::gateway {

using enum absl::StatusCode;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

namespace {

constexpr absl::string_view kGateway = "anju.gateway.v1";
constexpr absl::string_view kIndicators = "anju.indicators.v1";

absl::string_view PathOfTarget(absl::string_view target) { return target.substr(0, target.find_first_of("?#")); }

// A contract that names what it does not have is a bug. What is answered must have a JSON of its own: a message or a
// list.
void CheckRule(const google::api::HttpRule& rule, const MethodDescriptor& method) {
  ANJU_CHECK(rule.body().empty() || rule.body() == "*" || method.input_type()->FindFieldByName(rule.body()) != nullptr);
  if (rule.response_body().empty()) return;
  const FieldDescriptor* field = method.output_type()->FindFieldByName(rule.response_body());
  ANJU_CHECK(field != nullptr && (field->is_repeated() || field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE));
}

// Whether a message has a field of personal data at any depth, or one that may hold anything.
bool IsPersonal(const google::protobuf::Descriptor& type, std::set<const google::protobuf::Descriptor*>& seen) {
  if (!seen.insert(&type).second) return false;
  if (type.well_known_type() == google::protobuf::Descriptor::WELLKNOWNTYPE_ANY) return true;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.options().GetExtension(type::v1::personal)) return true;
    if (field.message_type() != nullptr && IsPersonal(*field.message_type(), seen)) return true;
  }
  return false;
}

// The body is one field of the request: any value that the field may have.
absl::Status ReadFieldBody(const std::string& field, absl::string_view body, Message& request) {
  if (body.empty()) return absl::OkStatus();
  // By itself, so that it cannot end the object that is put around it.
  RETURN_IF_ERROR(CheckJson(body));
  return ReadJson(absl::StrCat("{\"", field, "\":", body, "}"), request);
}

absl::Status ReadQuery(const Transcoder::Match& match, Message& request) {
  std::set<const FieldDescriptor*> set;
  const google::protobuf::Descriptor& type = *request.GetDescriptor();
  for (const auto& [path, text] : match.variables) set.insert(FindField(type, path));
  for (const auto& [path, text] : match.query) {
    const FieldDescriptor* field = FindField(type, path);
    if (field != nullptr && !field->is_repeated() && !set.insert(field).second) {
      return Refuse(kInvalidArgument, "FIELD_REPEATED", "the address gives this field twice", path);
    }
    RETURN_IF_ERROR(SetField(request, path, text));
  }
  return absl::OkStatus();
}

}  // namespace

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor& type) {
  return std::unique_ptr<Message>(MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

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
    if (!method.options().HasExtension(google::api::http)) continue;
    const google::api::HttpRule& http = method.options().GetExtension(google::api::http);
    std::set<const google::protobuf::Descriptor*> seen;
    const std::string& package = contract.file()->package();
    const bool is_aggregate =
        (package == kGateway || package == kIndicators) && !IsPersonal(*method.output_type(), seen);
    const auto add = [&](const google::api::HttpRule& rule) {
      const std::vector<std::pair<std::string, std::string>> patterns = {
          {"GET", rule.get()},        {"PUT", rule.put()},     {"POST", rule.post()},
          {"DELETE", rule.delete_()}, {"PATCH", rule.patch()}, {rule.custom().kind(), rule.custom().path()}};
      for (const auto& [name, pattern] : patterns) {
        if (pattern.empty()) continue;
        auto path = PathTemplate::Parse(pattern);
        ANJU_CHECK(path.has_value());
        CheckRule(rule, method);
        rules_.push_back(Rule{.http_method = name,
                              .path = *std::move(path),
                              .body = rule.body(),
                              .response_body = rule.response_body(),
                              .method = &method,
                              .is_shared = contract.options().GetExtension(type::v1::every_service),
                              .is_aggregate = is_aggregate});
      }
    };
    add(http);
    for (const google::api::HttpRule& more : http.additional_bindings()) add(more);
  }
}

std::string Transcoder::Allowed(absl::string_view target) const {
  std::vector<std::string> allowed;
  for (const Rule& rule : rules_) {
    if (!rule.path.Match(PathOfTarget(target)).has_value()) continue;
    if (std::find(allowed.begin(), allowed.end(), rule.http_method) == allowed.end()) {
      allowed.push_back(rule.http_method);
    }
  }
  return absl::StrJoin(allowed, ", ");
}

absl::StatusOr<Transcoder::Match> Transcoder::Find(absl::string_view http_method, absl::string_view target) const {
  target = target.substr(0, target.find('#'));
  const size_t question = target.find('?');
  const absl::string_view path = target.substr(0, question);
  const Rule* best = nullptr;
  Match match;
  for (const Rule& rule : rules_) {
    if (rule.http_method != http_method) continue;
    if (best != nullptr && best->path.literals() >= rule.path.literals()) continue;
    auto variables = rule.path.Match(path);
    if (!variables.has_value()) continue;
    best = &rule;
    match.variables = *std::move(variables);
  }
  if (best == nullptr) {
    const std::string allowed = Allowed(path);
    if (allowed.empty()) return absl::NotFoundError("there is nothing at this address");
    return Refuse(kUnimplemented, "HTTP_METHOD_NOT_ALLOWED", absl::StrCat("this address takes ", allowed), allowed);
  }
  match.method = best->method;
  match.body = best->body;
  match.response_body = best->response_body;
  match.is_aggregate = best->is_aggregate;
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
      match.query.emplace_back(std::move(name), std::move(value));
    }
  }
  return match;
}

absl::StatusOr<std::string> Transcoder::ToRequest(const Match& match, absl::string_view body) const {
  const auto request = NewMessage(*match.method->input_type());
  if (match.body == "*") {
    if (!body.empty()) RETURN_IF_ERROR(ReadJson(body, *request));
  } else if (!match.body.empty()) {
    RETURN_IF_ERROR(ReadFieldBody(match.body, body, *request));
  }
  for (const auto& [path, text] : match.variables) RETURN_IF_ERROR(SetField(*request, path, text));
  RETURN_IF_ERROR(ReadQuery(match, *request));
  return request->SerializeAsString();
}

absl::StatusOr<std::string> Transcoder::ToJson(const MethodDescriptor& method, const std::string& answer,
                                               const std::string& response_body) const {
  const auto message = NewMessage(*method.output_type());
  if (!message->ParseFromString(answer)) return absl::InternalError("a service's answer could not be read");
  if (response_body.empty()) return WriteJson(*message);
  const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(response_body);
  if (!field->is_repeated()) return WriteJson(message->GetReflection()->GetMessage(*message, field));
  ASSIGN_OR_RETURN(const std::string whole, WriteJson(*message));
  const nlohmann::json json = nlohmann::json::parse(whole);
  const auto found = json.find(field->name());
  return found == json.end() ? std::string("[]") : found->dump();
}

}  // namespace anju::gateway
