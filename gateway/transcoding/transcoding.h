#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/transcoding/template.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace anju::gateway {

// The most parts of a query that are read.
inline constexpr size_t kMaxQueryParts = 2000;

// HTTP and JSON from the contracts alone: every method with a google.api.http rule has its address. Nothing here knows
// a service; a new method needs no code. Safe to use from any thread.
class Transcoder {
 public:
  // One address of a method.
  struct Rule {
    // `*` for any.
    std::string http_method;
    PathTemplate path;
    // The field that the body is, `*` for the whole request, empty when the method takes none.
    std::string body;
    // The field of the answer that is sent; empty for the whole.
    std::string response_body;
    const google::protobuf::MethodDescriptor* method = nullptr;
    // Every service serves the method, and the caller says which one is meant.
    bool is_shared = false;
    // Its answer is figures, and holds no personal data.
    bool is_aggregate = false;
  };

  // A method, and what the address said.
  struct Match {
    const google::protobuf::MethodDescriptor* method = nullptr;
    std::string body;
    std::string response_body;
    bool is_aggregate = false;
    // What the path said about fields, and what the query did.
    Variables variables;
    Variables query;
    // For a contract that every service serves: the service, when the address or the query names it.
    std::string service;
  };

  // Reads the rules of these services' contracts, of the gateway's own and of those that all serve. Where several
  // methods share an address the gateway's own comes first.
  explicit Transcoder(const std::vector<std::string>& services);
  // Reads the rules of these contracts.
  explicit Transcoder(const std::vector<const google::protobuf::ServiceDescriptor*>& contracts);

  // `target` is the path with the query; HEAD goes where GET does when nothing else is said of it. Refuses with
  // ADDRESS_UNKNOWN (NOT_FOUND); HTTP_METHOD_NOT_ALLOWED (UNIMPLEMENTED), whose field holds the methods that are;
  // QUERY_MALFORMED, FIELD_REPEATED for a service that is named twice, and SERVICE_CONTRADICTED for another one than
  // the indicator's (INVALID_ARGUMENT).
  absl::StatusOr<Match> Find(absl::string_view http_method, absl::string_view target) const;

  // The HTTP methods that are answered at this address, `GET, HEAD, OPTIONS`; empty when there is no such address.
  std::string Allowed(absl::string_view target) const;

  // The request, serialised. Every field is said once: a list may be added to within the query, and the body may say
  // again what the path says. What the body is, or lies in the field that it is, cannot stand in the query. Refuses
  // (INVALID_ARGUMENT), and names the field, never its value:
  // - BODY_NOT_TAKEN, BODY_MALFORMED, BODY_TOO_DEEP;
  // - FIELD_UNKNOWN, FIELD_MALFORMED;
  // - FIELD_CONTRADICTED, when the body says of a field something else than the path;
  // - FIELD_NOT_IN_QUERY, for what belongs into the body, also because it is a map, a list of messages, or a message;
  // - FIELD_REPEATED, for what stands in the path and in the query, or twice in the query or an object of the body;
  // - FIELDS_EXCLUSIVE, for two members of a oneof.
  absl::StatusOr<std::string> ToRequest(const Match& match, absl::string_view body) const;

  // The answer as JSON, in the names of the contract; only the field `response_body` of it, of any type, when that is
  // not empty.
  absl::StatusOr<std::string> ToJson(const google::protobuf::MethodDescriptor& method, const std::string& answer,
                                     const std::string& response_body = "") const;

  const std::vector<Rule>& rules() const { return rules_; }

 private:
  void Add(const google::protobuf::ServiceDescriptor& contract);
  // The rule that is meant, and what the path says; null when there is none.
  const Rule* Choose(absl::string_view http_method, absl::string_view path, Variables& variables) const;

  std::vector<Rule> rules_;
  // Where they are among all, by the beginning of their path; those whose beginning is open by nothing.
  absl::flat_hash_map<std::string, std::vector<size_t>> by_beginning_;
};

// An empty message of a type that is compiled in.
std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor& type);

}  // namespace anju::gateway
