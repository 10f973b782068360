#include "gateway/openapi/openapi.h"

#include <map>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "anju/type/v1/import.pb.h"
#include "anju/type/v1/options.pb.h"
#include "gateway/imports/batches.h"
#include "gateway/openapi/comments.h"
#include "gateway/openapi/schemas.h"
#include "gateway/transcoding/fields.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/platform/messages/archive.h"
#include "services/platform/rpc/identity.h"

namespace anju::gateway {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

namespace {

constexpr char kJsonType[] = "application/json";
constexpr char kNdjsonType[] = "application/x-ndjson";
constexpr char kCsvType[] = "text/csv";
// Fields of messages in messages that a query may set.
constexpr int kMaxQueryDepth = 3;

constexpr char kAbout[] =
    "Every method of the platform over HTTP and JSON, made from its contracts. Send a token: `Authorization: Bearer "
    "<token>`. 64-bit integers are strings. A field that a request does not have is refused with `FIELD_UNKNOWN`, not "
    "passed over. Errors are `google.rpc.Status`: the reason in their ErrorInfo is part of the contract, the sentence "
    "is "
    "not. Files of records are sent to the addresses that end in `:import`, as CSV or as NDJSON, and are taken in as "
    "they "
    "come. Figures have an ETag; send it back in `If-None-Match`. A field with `x-scope` names a division, which must "
    "lie "
    "within that of the token; one with `x-personal` is answered masked, but for those who may read it and say what "
    "for. "
    "The title of a field is what it is called in a file.";

// The first sentence.
std::string SummaryOf(absl::string_view comment) {
  const size_t end = comment.find(". ");
  return std::string(end == absl::string_view::npos ? comment : comment.substr(0, end + 1));
}

std::vector<std::string> WordsOf(const google::protobuf::RepeatedField<int>& roles) {
  std::vector<std::string> words;
  for (int role : roles) words.emplace_back(rpc::RoleWord(static_cast<type::v1::Role>(role)));
  return words;
}

OrderedJson Content(const std::string& type, OrderedJson schema) { return {{type, {{"schema", std::move(schema)}}}}; }

OrderedJson Parameter(const std::string& name, const char* in, bool required, OrderedJson schema) {
  OrderedJson parameter = {{"name", name}, {"in", in}};
  if (required) parameter["required"] = true;
  if (auto description = schema.find("description"); description != schema.end()) {
    parameter["description"] = *description;
    schema.erase("description");
  }
  parameter["schema"] = std::move(schema);
  return parameter;
}

bool HasRequired(const Descriptor& type) {
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->options().GetExtension(type::v1::required)) return true;
  }
  return false;
}

class Document {
 public:
  explicit Document(const std::vector<std::string>& services) : services_(services) {}

  void Add(const Transcoder::Rule& rule) {
    const MethodDescriptor& method = *rule.method;
    services_seen_.insert(method.service());
    schemas_.Carries(method, SummaryOf(CommentOf(method.full_name())));
    OrderedJson operation = Head(method, AddressNumber(method));
    OrderedJson parameters = ParametersOf(rule);
    if (IsImport(method)) {
      AddImport(method, parameters, operation);
    } else if (!rule.body.empty()) {
      operation["requestBody"] = {{"required", HasRequired(*method.input_type())}, {"content", BodyOf(rule)}};
    }
    if (!parameters.empty()) operation["parameters"] = std::move(parameters);
    if (!operation.contains("responses")) operation["responses"] = {{"200", AnswerOf(rule)}};
    if (IsRemembered(rule)) {
      operation["responses"]["200"]["headers"]["ETag"] = {
          {"description", "What this answer is called; other figures have another."}, {"schema", {{"type", "string"}}}};
      operation["responses"]["304"] = {{"description", "It is still the answer of If-None-Match."}};
    }
    operation["responses"]["4XX"] = {{"$ref", "#/components/responses/Error"}};
    operation["responses"]["5XX"] = {{"$ref", "#/components/responses/Error"}};
    if (method.options().GetExtension(type::v1::access).anyone()) operation["security"] = OrderedJson::array();
    paths_[rule.path.Text()][absl::AsciiStrToLower(rule.http_method)] = std::move(operation);
  }

  std::string Text() {
    AddOwnAddresses();
    OrderedJson tags = OrderedJson::array();
    for (const ServiceDescriptor* service : services_seen_) {
      tags.push_back({{"name", service->full_name()}, {"description", std::string(CommentOf(service->full_name()))}});
    }
    const OrderedJson error = ErrorSchema();
    const OrderedJson document = {
        {"openapi", "3.1.0"},
        {"info", {{"title", "anju 安居"}, {"version", "v1"}, {"description", kAbout}}},
        {"servers", OrderedJson::array({OrderedJson{{"url", "/"}}})},
        {"security", OrderedJson::array({OrderedJson{{"token", OrderedJson::array()}}})},
        {"tags", tags},
        {"paths", paths_},
        {"components",
         {{"schemas", schemas_.Take()},
          {"responses",
           {{"Error",
             {{"description", "What is wrong, as google.rpc.Status."},
              {"headers",
               {{"Retry-After",
                 {{"description", "After how many seconds it may go well; with 429 and 503."},
                  {"schema", {{"type", "integer"}}}}}}},
              {"content", Content(kJsonType, error)}}}}},
          {"securitySchemes", {{"token", {{"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}}}}}}}};
    return document.dump();
  }

 private:
  // A method may have several addresses, an operation one name.
  std::string AddressNumber(const MethodDescriptor& method) {
    const int number = ++addresses_[&method];
    return number == 1 ? "" : absl::StrCat("_", number);
  }

  static OrderedJson Head(const MethodDescriptor& method, const std::string& suffix) {
    const std::string comment(CommentOf(method.full_name()));
    const std::vector<std::string> roles = WordsOf(method.options().GetExtension(type::v1::access).roles());
    return {{"operationId", absl::StrCat(method.full_name(), suffix)},
            {"tags", OrderedJson::array({method.service()->full_name()})},
            {"summary", SummaryOf(comment)},
            {"description", absl::StrCat(comment, "\n\nRoles: ", absl::StrJoin(roles, ", "), ".")},
            {"x-roles", roles}};
  }

  // Figures have an ETag.
  static bool IsRemembered(const Transcoder::Rule& rule) { return rule.is_aggregate && rule.http_method == "GET"; }

  OrderedJson ParametersOf(const Transcoder::Rule& rule) {
    const MethodDescriptor& method = *rule.method;
    OrderedJson parameters = OrderedJson::array();
    std::set<std::string> taken;
    bool names_service = false;
    for (const std::string& path : rule.path.Fields()) {
      const FieldDescriptor& field = *FindField(*method.input_type(), path);
      parameters.push_back(Parameter(path, "path", true, schemas_.Of(field)));
      taken.insert(path);
      names_service = names_service || path == "indicator";
    }
    if (!rule.body.empty()) taken.insert(rule.body);
    if (rule.is_shared) {
      OrderedJson service = {{"type", "string"},
                             {"enum", services_},
                             {"description", "Every service serves this method; this says which one is meant."}};
      parameters.push_back(Parameter("service", "query", !names_service, std::move(service)));
    }
    if (rule.body != "*") AddQuery(*method.input_type(), "", 1, taken, parameters);
    if (IsRemembered(rule)) {
      parameters.push_back(
          Parameter("If-None-Match", "header", false,
                    {{"type", "string"}, {"description", "The ETag of an answer that is there already."}}));
    }
    const bool needs_purpose = messages::CannotBeMasked(*method.output_type());
    if (const auto& unmasked = method.options().GetExtension(type::v1::access).unmasked(); !unmasked.empty()) {
      parameters.push_back(Parameter(
          "X-Anju-Purpose", "header", needs_purpose,
          {{"type", "string"},
           {"description",
            absl::StrCat(
                "What the personal data is needed for, in 6 to 100 characters, blanks not counted, percent-encoded: ",
                needs_purpose ? "it is answered only then, " : "then it is answered unmasked ", "to ",
                absl::StrJoin(WordsOf(unmasked), ", "), ", and this is kept in the audit.")}}));
    }
    return parameters;
  }

  void AddQuery(const Descriptor& type, const std::string& prefix, int depth, const std::set<std::string>& taken,
                OrderedJson& parameters) {
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      const std::string path = absl::StrCat(prefix, field.name());
      if (taken.contains(path)) continue;
      const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
                              field.message_type()->well_known_type() == Descriptor::WELLKNOWNTYPE_UNSPECIFIED;
      if (!is_message) {
        const bool required = field.options().GetExtension(type::v1::required) ||
                              (field.options().GetExtension(type::v1::scope) && !field.is_repeated());
        parameters.push_back(Parameter(path, "query", required, schemas_.Of(field)));
      } else if (!field.is_repeated() && depth < kMaxQueryDepth) {
        AddQuery(*field.message_type(), path + ".", depth + 1, taken, parameters);
      }
    }
  }

  OrderedJson BodyOf(const Transcoder::Rule& rule) {
    const Descriptor& type = *rule.method->input_type();
    OrderedJson schema = rule.body == "*" ? schemas_.Refer(type) : schemas_.Of(*type.FindFieldByName(rule.body));
    return Content(rule.method->client_streaming() ? kNdjsonType : kJsonType, std::move(schema));
  }

  OrderedJson AnswerOf(const Transcoder::Rule& rule) {
    const Descriptor& type = *rule.method->output_type();
    OrderedJson schema =
        rule.response_body.empty() ? schemas_.Refer(type) : schemas_.Of(*type.FindFieldByName(rule.response_body));
    const bool is_stream = rule.method->server_streaming();
    return {{"description", is_stream
                                ? "One JSON a line, as they come; an error in their midst is a last line {\"error\":…}."
                                : SummaryOf(schemas_.DescriptionOf(type))},
            {"content", Content(is_stream ? kNdjsonType : kJsonType, std::move(schema))}};
  }

  void AddImport(const MethodDescriptor& method, OrderedJson& parameters, OrderedJson& operation) {
    const Descriptor& batch = *type::v1::ImportBatch::descriptor();
    for (const char* name : {"division", "source", "household_source", "import_id"}) {
      const bool is_division = absl::string_view(name) == "division";
      parameters.push_back(Parameter(name, "query", is_division, schemas_.Of(*batch.FindFieldByName(name))));
    }
    const Descriptor& record = *RowsOf(method).message_type();
    const OrderedJson rows = schemas_.Refer(record);
    operation["requestBody"] = {
        {"required", true},
        {"description",
         "A table as Excel saves it (UTF-8 or GB18030), whose headings are the titles or the names of the fields; or "
         "one record a "
         "line. Good rows are kept; the receipt tells which were refused and why. The same again changes nothing."},
        {"content",
         {{kCsvType, {{"schema", {{"type", "string"}, {"x-columns", ColumnsOf(record)}}}}},
          {kNdjsonType, {{"schema", rows}}}}}};
    const OrderedJson receipt = schemas_.Refer(*method.output_type());
    operation["responses"]["200"] = {
        {"description",
         "What became of the rows: one receipt for all; with `Accept: application/x-ndjson` one for each batch as it "
         "is "
         "taken, a line each."},
        {"headers",
         {{"X-Unknown-Columns",
           {{"description",
             "The headings that no field has, percent-encoded, with commas between; what is in them is not read."},
            {"schema", {{"type", "string"}}}}}}},
        {"content", {{kJsonType, {{"schema", receipt}}}, {kNdjsonType, {{"schema", receipt}}}}}};
  }

  static OrderedJson ColumnsOf(const Descriptor& record) {
    OrderedJson columns = OrderedJson::array();
    for (int i = 0; i < record.field_count(); ++i) {
      const FieldDescriptor& field = *record.field(i);
      OrderedJson column = {{"name", field.name()}, {"label", field.options().GetExtension(type::v1::label)}};
      if (field.options().GetExtension(type::v1::required)) column["required"] = true;
      columns.push_back(std::move(column));
    }
    return columns;
  }

  OrderedJson ErrorSchema() {
    OrderedJson details = OrderedJson::array();
    for (const Descriptor* detail : {google::rpc::ErrorInfo::descriptor(), google::rpc::BadRequest::descriptor(),
                                     google::rpc::RetryInfo::descriptor()}) {
      const OrderedJson type = {{"@type",
                                 {{"const", absl::StrCat("type.googleapis.com/", detail->full_name())},
                                  {"description", "Which kind of detail it is."}}}};
      details.push_back(
          {{"allOf", {schemas_.Refer(*detail), {{"properties", type}, {"required", OrderedJson::array({"@type"})}}}}});
    }
    details.push_back({{"type", "object"}, {"required", OrderedJson::array({"@type"})}});
    return {{"type", "object"},
            {"properties",
             {{"code", {{"type", "integer"}, {"description", "A google.rpc.Code."}}},
              {"message", {{"type", "string"}, {"description", "A sentence that tells what to do."}}},
              {"details",
               {{"type", "array"},
                {"description",
                 "An ErrorInfo with the reason; a BadRequest with the fields at fault; a RetryInfo when it may go well "
                 "later."},
                {"items", {{"anyOf", details}}}}}}},
            {"required", {"code", "message"}}};
  }

  void AddOwnAddresses() {
    const auto add = [this](const char* path, const char* id, const char* summary) {
      paths_[path]["get"] = {
          {"operationId", id},
          {"summary", summary},
          {"description", summary},
          {"security", OrderedJson::array()},
          {"responses", {{"200", {{"description", summary}, {"content", Content(kJsonType, {{"type", "object"}})}}}}}};
    };
    add("/healthz", "healthz", "Whether the gateway itself is there.");
    add("/openapi.json", "openapi", "This description.");
  }

  const std::vector<std::string>& services_;
  Schemas schemas_;
  OrderedJson paths_ = OrderedJson::object();
  struct ByName {
    bool operator()(const ServiceDescriptor* a, const ServiceDescriptor* b) const {
      return a->full_name() < b->full_name();
    }
  };
  std::set<const ServiceDescriptor*, ByName> services_seen_;
  std::map<const MethodDescriptor*, int> addresses_;
};

}  // namespace

std::string DescribeApi(const Transcoder& transcoder, const std::vector<std::string>& services) {
  Document document(services);
  for (const Transcoder::Rule& rule : transcoder.rules()) document.Add(rule);
  return document.Text();
}

}  // namespace anju::gateway
