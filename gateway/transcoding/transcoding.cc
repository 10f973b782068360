#include "gateway/transcoding/transcoding.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "anju/type/v1/options.pb.h"
#include "gateway/overview/compose.h"
#include "gateway/transcoding/fields.h"
#include "gateway/transcoding/json.h"
#include "google/api/annotations.pb.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/util/message_differencer.h"
#include "protos/contracts.h"
#include "services/platform/base/error.h"

namespace anju::gateway {

using enum absl::StatusCode;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using google::protobuf::util::MessageDifferencer;

namespace {

// In a query: which service is meant.
constexpr absl::string_view kService = "service";
constexpr absl::string_view kGateway = "anju.gateway.v1";
constexpr absl::string_view kIndicators = "anju.indicators.v1";

absl::Status Repeated(absl::string_view field) {
  return Refuse(kInvalidArgument, "FIELD_REPEATED", "the address gives this field twice", field);
}

absl::string_view PathOfTarget(absl::string_view target) { return target.substr(0, target.find_first_of("?#")); }

// A contract that names what it does not have is a bug, and one that binds what cannot stand in a path.
void CheckRule(const google::api::HttpRule& rule, const PathTemplate& path, const std::string& http_method,
               const MethodDescriptor& method) {
  for (const std::string& name : path.Fields()) {
    const FieldDescriptor* field = FindField(*method.input_type(), name);
    ANJU_CHECK(field != nullptr && !field->is_repeated() && field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE);
  }
  ANJU_CHECK(rule.body().empty() || rule.body() == "*" || method.input_type()->FindFieldByName(rule.body()) != nullptr);
  ANJU_CHECK(rule.body().empty() || http_method != "GET");
  ANJU_CHECK(rule.response_body().empty() || method.output_type()->FindFieldByName(rule.response_body()) != nullptr);
}

// What an address takes of which all methods are answered.
constexpr absl::string_view kMethods[] = {"GET", "PUT", "POST", "DELETE", "PATCH"};

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

absl::Status ReadPath(const Transcoder::Match& match, Message& request) {
  for (const auto& [path, text] : match.variables) {
    ASSIGN_OR_RETURN(const FieldPath fields, FindPath(*request.GetDescriptor(), path));
    std::unique_ptr<Message> before;
    if (HasField(request, fields)) {
      before.reset(request.New());
      before->CopyFrom(request);
    }
    RETURN_IF_ERROR(SetField(request, path, text));
    if (before != nullptr && !MessageDifferencer::Equals(*before, request)) {
      return Refuse(kInvalidArgument, "FIELD_CONTRADICTED", "the body says of this field something else than the path",
                    path);
    }
  }
  return absl::OkStatus();
}

absl::Status ReadQuery(const Transcoder::Match& match, Message& request) {
  std::set<std::string> said;
  const google::protobuf::Descriptor& type = *request.GetDescriptor();
  for (const auto& [path, text] : match.variables) said.insert(path);
  for (const auto& [path, text] : match.query) {
    ASSIGN_OR_RETURN(const FieldPath fields, FindPath(type, path));
    if (match.body == "*" || fields.front()->name() == match.body) {
      return NotInQuery("this method takes this field in its body", path);
    }
    if (!fields.back()->is_repeated() && !said.insert(TextOf(fields)).second) return Repeated(path);
    RETURN_IF_ERROR(SetField(request, path, text));
  }
  return absl::OkStatus();
}

// Which service the query names of a contract that all serve; the rest of it is fields.
absl::Status TakeService(Variables query, Transcoder::Match& match) {
  bool is_said = false;
  for (auto& [name, value] : query) {
    if (name != kService) {
      match.query.emplace_back(std::move(name), std::move(value));
      continue;
    }
    if (std::exchange(is_said, true)) return Repeated(kService);
    if (!match.service.empty() && match.service != value) {
      return Refuse(kInvalidArgument, "SERVICE_CONTRADICTED", "the indicator belongs to another service", kService);
    }
    match.service = std::move(value);
  }
  return absl::OkStatus();
}

std::vector<const ServiceDescriptor*> ContractsOf(const std::vector<std::string>& services) {
  const auto is_own = [](const ServiceDescriptor* contract) { return contract->file()->package() == kGateway; };
  std::vector<const ServiceDescriptor*> contracts;
  for (const ServiceDescriptor* contract : AllContracts()) {
    const std::vector<std::string> words = absl::StrSplit(contract->file()->package(), '.');
    const bool is_served = contract->options().GetExtension(type::v1::every_service) ||
                           std::find(services.begin(), services.end(), words.at(1)) != services.end();
    if (is_own(contract) || is_served) contracts.push_back(contract);
  }
  std::stable_partition(contracts.begin(), contracts.end(), is_own);
  return contracts;
}

// The first two segments of a path or a template, without a verb: what rules are found by.
absl::string_view Beginning(absl::string_view path) {
  const size_t second = path.find('/', 1);
  if (second != absl::string_view::npos) path = path.substr(0, path.find('/', second + 1));
  return path.substr(0, path.find(':'));
}

// Of two rules that fit, the one is meant that says more of the address, or as much and more of the method.
std::tuple<int, bool, bool> RankOf(const Transcoder::Rule& rule) {
  return {rule.path.literals(), !rule.path.open(), rule.http_method != "*"};
}

}  // namespace

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor& type) {
  return std::unique_ptr<Message>(MessageFactory::generated_factory()->GetPrototype(&type)->New());
}

Transcoder::Transcoder(const std::vector<std::string>& services) : Transcoder(ContractsOf(services)) {}

Transcoder::Transcoder(const std::vector<const ServiceDescriptor*>& contracts) {
  for (const ServiceDescriptor* contract : contracts) Add(*contract);
  for (size_t i = 0; i < rules_.size(); ++i) {
    const std::string text = rules_[i].path.Text();
    const absl::string_view beginning = Beginning(text);
    const bool is_open = beginning.find_first_of("{*") != absl::string_view::npos;
    by_beginning_[is_open ? "" : std::string(beginning)].push_back(i);
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
        CheckRule(rule, *path, name, method);
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
  const auto add = [&](absl::string_view http_method) {
    if (!absl::c_linear_search(allowed, http_method)) allowed.emplace_back(http_method);
  };
  for (const Rule& rule : rules_) {
    if (!rule.path.Match(PathOfTarget(target)).has_value()) continue;
    if (rule.http_method == "*") {
      for (const absl::string_view http_method : kMethods) add(http_method);
    } else {
      add(rule.http_method);
    }
  }
  if (absl::c_linear_search(allowed, "GET")) add("HEAD");
  if (!allowed.empty()) add("OPTIONS");
  return absl::StrJoin(allowed, ", ");
}

const Transcoder::Rule* Transcoder::Choose(absl::string_view http_method, absl::string_view path,
                                           Variables& variables) const {
  const Rule* best = nullptr;
  for (const absl::string_view beginning : {Beginning(path), absl::string_view()}) {
    const auto found = by_beginning_.find(beginning);
    if (found == by_beginning_.end()) continue;
    for (const size_t index : found->second) {
      const Rule& rule = rules_[index];
      if (rule.http_method != http_method && rule.http_method != "*") continue;
      // A later rule is meant when it says more.
      if (best != nullptr && (RankOf(*best) > RankOf(rule) || (RankOf(*best) == RankOf(rule) && best < &rule)))
        continue;
      auto said = rule.path.Match(path);
      if (!said.has_value()) continue;
      best = &rule;
      variables = *std::move(said);
    }
  }
  return best;
}

absl::StatusOr<Transcoder::Match> Transcoder::Find(absl::string_view http_method, absl::string_view target) const {
  target = target.substr(0, target.find('#'));
  const size_t question = target.find('?');
  const absl::string_view path = target.substr(0, question);
  Match match;
  const Rule* best = Choose(http_method, path, match.variables);
  if (best == nullptr && http_method == "HEAD") best = Choose("GET", path, match.variables);
  if (best == nullptr) {
    const std::string allowed = Allowed(path);
    if (allowed.empty()) return Refuse(kNotFound, "ADDRESS_UNKNOWN", "there is nothing at this address");
    return Refuse(kUnimplemented, "HTTP_METHOD_NOT_ALLOWED", absl::StrCat("this address takes ", allowed), allowed);
  }
  match.method = best->method;
  match.body = best->body;
  match.response_body = best->response_body;
  match.is_aggregate = best->is_aggregate;
  auto query = ParseQuery(question == absl::string_view::npos ? "" : target.substr(question + 1));
  if (!query.has_value() || query->size() > kMaxQueryParts) {
    return Refuse(kInvalidArgument, "QUERY_MALFORMED", "the query is not name=value&name=value, or is too long");
  }
  if (!best->is_shared) {
    match.query = *std::move(query);
    return match;
  }
  for (const auto& [field, value] : match.variables) {
    if (field == "indicator") match.service = std::string(ServiceOf(value));
  }
  RETURN_IF_ERROR(TakeService(*std::move(query), match));
  return match;
}

absl::StatusOr<std::string> Transcoder::ToRequest(const Match& match, absl::string_view body) const {
  const auto request = NewMessage(*match.method->input_type());
  if (match.body.empty() && !body.empty()) {
    return Refuse(kInvalidArgument, "BODY_NOT_TAKEN", "this method takes its fields in the address, and no body");
  }
  if (match.body == "*") {
    if (!body.empty()) RETURN_IF_ERROR(ReadJson(body, *request));
  } else if (!match.body.empty()) {
    RETURN_IF_ERROR(ReadFieldBody(match.body, body, *request));
  }
  RETURN_IF_ERROR(ReadPath(match, *request));
  RETURN_IF_ERROR(ReadQuery(match, *request));
  return request->SerializeAsString();
}

absl::StatusOr<std::string> Transcoder::ToJson(const MethodDescriptor& method, const std::string& answer,
                                               const std::string& response_body) const {
  const auto message = NewMessage(*method.output_type());
  if (!message->ParseFromString(answer)) return absl::InternalError("a service's answer could not be read");
  if (response_body.empty()) return WriteJson(*message);
  return WriteJsonOf(*message, *message->GetDescriptor()->FindFieldByName(response_body));
}

}  // namespace anju::gateway
