#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/transcoding/template.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/support/status.h"

namespace anju::gateway {

// The most parts of a query that are read.
inline constexpr size_t kMaxQueryParts = 2000;

// HTTP and JSON from the contracts alone: every unary method with a google.api.http rule has its address. Nothing here
// knows a service; a new method needs no code. Safe to use from any thread.
class Transcoder {
 public:
  // A method, and what the address said.
  struct Match {
    const google::protobuf::MethodDescriptor* method = nullptr;
    // The field that the body is, `*` for the whole request, empty when the method takes none.
    std::string body;
    Variables variables;
    // For a contract that every service serves: the service, when the address or the query names it.
    std::string service;
  };

  // Reads the rules of these services' contracts, of the gateway's own and of those that all serve. Where several
  // methods share an address the gateway's own comes first.
  explicit Transcoder(const std::vector<std::string>& services);

  // `target` is the path with the query. NOT_FOUND without a reason when there is no such address; refuses with
  // HTTP_METHOD_NOT_ALLOWED (UNIMPLEMENTED), whose field holds the methods that are, and QUERY_MALFORMED.
  absl::StatusOr<Match> Find(absl::string_view http_method, absl::string_view target) const;

  // The request, serialised. Refuses with BODY_MALFORMED, FIELD_UNKNOWN or FIELD_MALFORMED (INVALID_ARGUMENT) and names
  // the field, never its value.
  absl::StatusOr<std::string> ToRequest(const Match& match, absl::string_view body) const;

  // The answer as JSON, in the names of the contract.
  absl::StatusOr<std::string> ToJson(const google::protobuf::MethodDescriptor& method, const std::string& answer) const;

 private:
  struct Rule {
    std::string http_method;
    PathTemplate path;
    std::string body;
    const google::protobuf::MethodDescriptor* method = nullptr;
    bool is_shared = false;
  };
  void Add(const google::protobuf::ServiceDescriptor& contract);

  std::vector<Rule> rules_;
};

// The HTTP status that stands for a code.
int HttpStatus(grpc::StatusCode code);

// A google.rpc.Status as JSON, with its details.
std::string ErrorJson(const grpc::Status& status);

}  // namespace anju::gateway
