#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/status.h"
#include "services/platform/base/clock.h"
#include "services/platform/rpc/identity.h"
#include "services/platform/rpc/metrics.h"

namespace anju::rpc {

// The metadata in which a caller says what for personal data is to be answered unmasked; see anju.type.v1.Access.
inline constexpr absl::string_view kPurposeHeader = "x-anju-purpose";

// The one place through which every call goes: who is calling, may they, for this division; then the handler; then the
// masking of personal data, the error's translation, a count and a line in the log. Safe for many threads.
//
// Refuses with what Verifier::Verify refuses with, and with PERMISSION_DENIED: METHOD_CLOSED for a method whose
// contract names no roles, ROLE_NOT_ALLOWED, OUTSIDE_SCOPE, PURPOSE_MISSING, UNMASKING_NOT_ALLOWED; PURPOSE_MALFORMED.
class Guard {
 public:
  // `verifier` and `clock` must outlive the guard. `service` is this process's name in the log.
  Guard(Verifier& verifier, const Clock& clock, absl::string_view service);
  ~Guard();

  // From now on every caller goes through `resolve`, which may put the present code of their division in the place of
  // an old one. To be said before the first call.
  void ResolveScopes(std::function<void(Caller&)> resolve) { resolve_ = std::move(resolve); }

  // From now on `disclosed` keeps who is about to be answered personal data unmasked, and what for; when it fails,
  // nothing is answered. To be said before the first call; without it nobody is.
  using Disclosed = std::function<absl::Status(const Caller&, const google::protobuf::Message& answer)>;
  void Disclose(Disclosed disclosed) { disclosed_ = std::move(disclosed); }

  // From now on `refused` is told who was refused with PERMISSION_DENIED, for which reason, and the division that the
  // request names, if it does. It must not wait. To be said before the first call.
  using Refused = std::function<void(const Caller&, absl::string_view reason, absl::string_view division)>;
  void TellRefused(Refused refused) { refused_ = std::move(refused); }

  // From now on who reads about a division and would be answered nothing at all is first looked up: `exists` refuses a
  // division that does not exist. To be said before the first call.
  using Exists = std::function<absl::Status(const std::string& division)>;
  void LookUpDivisions(Exists exists) { exists_ = std::move(exists); }

  // Serves a call that has one request and one answer, whose personal data is masked unless the caller may see it. The
  // method is the one that takes `Request`.
  template <typename Request, typename Response>
  grpc::Status Unary(grpc::ServerContext* context, const Request* request, Response* response,
                     absl::FunctionRef<absl::StatusOr<Response>(const Caller&)> handler) {
    return Serve(*context, *Request::descriptor(), request, [&](const Caller& caller) {
      absl::StatusOr<Response> answer = handler(caller);
      if (!answer.ok()) return answer.status();
      if (absl::Status none = CheckNothing(*request, *answer); !none.ok()) return none;
      if (absl::Status closed = MaskOrDisclose(caller, *answer); !closed.ok()) return closed;
      *response = *std::move(answer);
      return absl::OkStatus();
    });
  }

  // Serves a stream. With a `request` (streamed answers to one request) its scope is checked; without one the handler
  // checks each message it reads with CheckScope, and counts it with CountersOf. Counted and logged when the handler
  // returns.
  template <typename Request>
  grpc::Status Stream(grpc::ServerContext* context, const Request* request,
                      absl::FunctionRef<absl::Status(const Caller&)> handler) {
    return Serve(*context, *Request::descriptor(), request, handler);
  }

  // The parts of the above, for who serves calls in another way. `request_type` is the method's input.
  absl::StatusOr<Caller> Admit(const grpc::ServerContext& context, const google::protobuf::Descriptor* request_type);
  // `authorization` is the header as it came: `Bearer <token>`; `worth` as Verifier::Verify has it.
  absl::StatusOr<Caller> Admit(absl::string_view authorization, const google::protobuf::MethodDescriptor& method,
                               Verifier::Worth worth = Verifier::Always);

  // Whether all divisions that `request` names in fields marked as scope, at any depth, lie within the caller's. One
  // that names none is refused with FIELD_MISSING (INVALID_ARGUMENT).
  static absl::Status CheckScope(const Caller& caller, const google::protobuf::Message& request);

  // Counts and logs a call that was served elsewhere. `caller` is null when nobody was identified.
  void Finish(const google::protobuf::MethodDescriptor& method, const Caller* caller, absl::string_view request_id,
              absl::Time started, const absl::Status& outcome);

  // The caller's request id if it is fit to be logged, else a new one.
  std::string RequestId(absl::string_view sent) const;

  Metrics& metrics() { return metrics_; }
  // The counters of a method; for a stream's messages.
  Metrics::Method* CountersOf(const google::protobuf::MethodDescriptor& method);

 private:
  struct MethodRule;
  struct State;

  grpc::Status Serve(grpc::ServerContext& context, const google::protobuf::Descriptor& request_type,
                     const google::protobuf::Message* request, absl::FunctionRef<absl::Status(const Caller&)> handler);
  absl::StatusOr<Caller> Admit(absl::string_view authorization, const MethodRule& rule, Verifier::Worth worth);
  absl::StatusOr<Caller> Identify(absl::string_view authorization, Verifier::Worth worth);
  static absl::Status CheckRole(const Caller& caller, const MethodRule& rule);
  // Takes the purpose that the caller states, when the method answers personal data unmasked.
  static absl::Status TakePurpose(absl::string_view stated, const MethodRule& rule, Caller& caller);
  absl::Status CheckNothing(const google::protobuf::Message& request, const google::protobuf::Message& answer);
  absl::Status MaskOrDisclose(const Caller& caller, google::protobuf::Message& answer);
  void Finish(const MethodRule& rule, const Caller* caller, absl::string_view request_id, absl::Time started,
              const absl::Status& outcome);
  const MethodRule& RuleOf(const google::protobuf::MethodDescriptor& method);
  const MethodRule& RuleOf(const google::protobuf::Descriptor& request_type);

  Verifier& verifier_;
  const Clock& clock_;
  const std::string service_;
  Metrics metrics_;
  std::function<void(Caller&)> resolve_;
  Disclosed disclosed_;
  Refused refused_;
  Exists exists_;
  std::unique_ptr<State> state_;
};

// The one method that takes this message; a message that none or several take is a bug.
const google::protobuf::MethodDescriptor& MethodTaking(const google::protobuf::Descriptor& request_type);

// The value of the first metadata entry `name`, empty when there is none.
absl::string_view Metadata(const grpc::ServerContext& context, absl::string_view name);

}  // namespace anju::rpc
