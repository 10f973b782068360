#include "services/platform/rpc/guard.h"

#include <algorithm>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "anju/type/v1/options.pb.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/base/ids.h"
#include "services/platform/base/quote.h"
#include "services/platform/base/words.h"
#include "services/platform/messages/archive.h"
#include "services/platform/rpc/purpose.h"
#include "services/platform/rpc/status.h"
#include "services/platform/rpc/trace.h"
#include "spdlog/spdlog.h"

namespace anju::rpc {
namespace {

using anju::type::v1::Role;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using enum absl::StatusCode;

constexpr size_t kMaxRequestIdBytes = 64;
constexpr char kRequestId[] = "x-request-id";
// Of a field in the log: the path to one of the contract.
constexpr size_t kMaxFieldBytes = 64;
constexpr int kMaxFieldDigits = 4;
// What accounts have besides letters and digits.
constexpr absl::string_view kOfAccounts = "._@-";
// Of calls that were let go before they were begun, in a second: a flood of them is not to become one of lines.
constexpr int kMaxRefusalLines = 100;

// Where a message names divisions: in fields of its own, and in messages that it holds.
struct ScopePlan {
  std::vector<const FieldDescriptor*> fields;
  std::vector<std::pair<const FieldDescriptor*, const ScopePlan*>> within;
};

// The plans of all messages met so far. They follow from the descriptors alone, which live as long as the process.
class ScopePlans {
 public:
  // Null when the message names no division at any depth.
  const ScopePlan* Find(const Descriptor& type) {
    {
      absl::ReaderMutexLock lock(&mutex_);
      auto found = plans_.find(&type);
      if (found != plans_.end()) return found->second.get();
    }
    absl::MutexLock lock(&mutex_);
    std::vector<const Descriptor*> path;
    return Make(type, path);
  }

 private:
  const ScopePlan* Make(const Descriptor& type, std::vector<const Descriptor*>& path)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (auto found = plans_.find(&type); found != plans_.end()) return found->second.get();
    // A message that holds itself: none of ours that names divisions does.
    if (std::find(path.begin(), path.end(), &type) != path.end()) return nullptr;
    path.push_back(&type);
    auto plan = std::make_unique<ScopePlan>();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* field = type.field(i);
      if (field->options().GetExtension(anju::type::v1::scope)) {
        ANJU_CHECK(field->cpp_type() == FieldDescriptor::CPPTYPE_STRING);
        plan->fields.push_back(field);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        if (const ScopePlan* inner = Make(*field->message_type(), path)) plan->within.emplace_back(field, inner);
      }
    }
    path.pop_back();
    if (plan->fields.empty() && plan->within.empty()) plan.reset();
    return (plans_[&type] = std::move(plan)).get();
  }

  absl::Mutex mutex_;
  absl::flat_hash_map<const Descriptor*, std::unique_ptr<ScopePlan>> plans_ ABSL_GUARDED_BY(mutex_);
};

absl::Status CheckValue(const Caller& caller, const FieldDescriptor& field, const std::string& division) {
  if (division.empty()) return absl::OkStatus();
  if (!IsDivisionCode(division)) {
    return Refuse(kInvalidArgument, "DIVISION_MALFORMED", "a division code has 2, 4, 6, 9 or 12 digits", field.name());
  }
  if (caller.Covers(division)) return absl::OkStatus();
  return Refuse(kPermissionDenied, "OUTSIDE_SCOPE",
                absl::StrCat("your token is for division ", caller.scope, " and what lies within it"), field.name());
}

absl::Status CheckPlan(const Caller& caller, const Message& message, const ScopePlan& plan) {
  const auto& reflection = *message.GetReflection();
  std::string scratch;
  for (const FieldDescriptor* field : plan.fields) {
    if (!field->is_repeated()) {
      const std::string& value = reflection.GetStringReference(message, field, &scratch);
      // Nothing is no division: it would be everywhere.
      if (value.empty() && !caller.scope.empty()) {
        return Refuse(kInvalidArgument, "FIELD_MISSING", "name the division that the request is about", field->name());
      }
      RETURN_IF_ERROR(CheckValue(caller, *field, value));
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      RETURN_IF_ERROR(CheckValue(caller, *field, reflection.GetRepeatedStringReference(message, field, i, &scratch)));
    }
  }
  for (const auto& [field, inner] : plan.within) {
    if (!field->is_repeated()) {
      if (reflection.HasField(message, field)) {
        RETURN_IF_ERROR(CheckPlan(caller, reflection.GetMessage(message, field), *inner));
      }
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      RETURN_IF_ERROR(CheckPlan(caller, reflection.GetRepeatedMessage(message, field, i), *inner));
    }
  }
  return absl::OkStatus();
}

// The first division that a message names; empty when it names none, or what is no code of one.
std::string DivisionAsked(const Message& message, const ScopePlan& plan) {
  const auto& reflection = *message.GetReflection();
  for (const FieldDescriptor* field : plan.fields) {
    if (field->is_repeated() && reflection.FieldSize(message, field) == 0) continue;
    std::string code =
        field->is_repeated() ? reflection.GetRepeatedString(message, field, 0) : reflection.GetString(message, field);
    return IsDivisionCode(code) ? std::move(code) : std::string();
  }
  return "";
}

// They follow from the descriptors alone.
ScopePlans& Plans() {
  static ScopePlans& plans = *new ScopePlans();
  return plans;
}

uint64_t BitsOf(const google::protobuf::RepeatedField<int>& roles) {
  uint64_t bits = 0;
  for (int role : roles) {
    if (role != Role::ROLE_UNSPECIFIED) bits |= uint64_t{1} << role;
  }
  return bits;
}

bool HasOneOf(const Caller& caller, uint64_t roles) {
  return std::any_of(caller.roles.begin(), caller.roles.end(), [&](Role role) { return (roles >> role & 1) != 0; });
}

// Whether the text may stand in the log as the path to a field: nobody's words are written so, nor is an ID number.
bool IsFieldPath(absl::string_view text) {
  if (text.empty() || text.size() > kMaxFieldBytes) return false;
  for (absl::string_view name : absl::StrSplit(text, '.')) {
    // `rows[3]`.
    if (absl::ConsumeSuffix(&name, "]")) {
      const size_t open = name.find('[');
      if (open == absl::string_view::npos || open + 1 == name.size()) return false;
      const absl::string_view index = name.substr(open + 1);
      if (!std::all_of(index.begin(), index.end(), absl::ascii_isdigit) || index.size() > kMaxFieldDigits) return false;
      name = name.substr(0, open);
    }
    if (name.empty() || !absl::ascii_islower(name.front())) return false;
    int digits = 0;
    for (const char c : name) {
      digits = absl::ascii_isdigit(c) ? digits + 1 : 0;
      if (digits > kMaxFieldDigits || !(absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_')) return false;
    }
  }
  return true;
}

// The field of a refusal as it may be logged: nothing for none, `?` for what is no field of a contract. Callers name
// fields as they like: a line of its own, a person.
std::string LoggedField(const absl::Status& outcome) {
  std::string field = FieldOf(outcome);
  if (field.empty() || field == kPurposeHeader) return field;
  return ReasonOf(outcome) != "FIELD_UNKNOWN" && IsFieldPath(field) ? field : "?";
}

// A subject as it may be logged. It should be an account; of a name or an ID number in its place nothing is left.
std::string LoggedSubject(absl::string_view subject) {
  std::string logged = HideNumbers(subject);
  const auto is_foreign = [](unsigned char c) {
    return !absl::ascii_isalnum(c) && !absl::StrContains(kOfAccounts, static_cast<char>(c));
  };
  std::replace_if(logged.begin(), logged.end(), is_foreign, '*');
  return logged;
}

// How many lines a second may have about what is not worth more.
class LineBudget {
 public:
  // Whether one more may be written; if so, how many were left out since the last.
  std::optional<int64_t> Take(absl::Time now) {
    absl::MutexLock lock(&mutex_);
    if (const int64_t second = absl::ToUnixSeconds(now); second != second_) {
      second_ = second;
      written_ = 0;
    }
    if (written_ == kMaxRefusalLines) {
      ++left_out_;
      return std::nullopt;
    }
    ++written_;
    return std::exchange(left_out_, 0);
  }

 private:
  absl::Mutex mutex_;
  int64_t second_ ABSL_GUARDED_BY(mutex_) = 0;
  int written_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t left_out_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Whoever calls a method that is for anybody.
Caller Anyone() { return {.subject = "anyone"}; }

absl::StatusOr<absl::string_view> BearerToken(absl::string_view authorization) {
  constexpr absl::string_view kScheme = "bearer ";
  if (authorization.empty()) return absl::string_view();
  if (!absl::StartsWithIgnoreCase(authorization, kScheme)) {
    return Refuse(kUnauthenticated, "TOKEN_MALFORMED", "send a token: authorization: Bearer <token>");
  }
  return absl::StripAsciiWhitespace(authorization.substr(kScheme.size()));
}

}  // namespace

// What a method demands, read from its contract once.
struct Guard::MethodRule {
  const MethodDescriptor* method = nullptr;
  // A bit for each role that may call, and for each that may see personal data.
  uint64_t roles = 0;
  uint64_t unmasked = 0;
  // Whether nothing can be answered to who states no purpose.
  bool needs_purpose = false;
  // Whether one may call without a token.
  bool anyone = false;
  Metrics::Method* metrics = nullptr;
};

struct Guard::State {
  absl::Mutex mutex;
  absl::flat_hash_map<const MethodDescriptor*, std::unique_ptr<MethodRule>> by_method ABSL_GUARDED_BY(mutex);
  absl::flat_hash_map<const Descriptor*, const MethodRule*> by_request ABSL_GUARDED_BY(mutex);
  LineBudget refusals;
};

Guard::Guard(Verifier& verifier, const Clock& clock, absl::string_view service)
    : verifier_(verifier), clock_(clock), service_(service), state_(std::make_unique<State>()) {}
Guard::~Guard() = default;

const MethodDescriptor& MethodTaking(const Descriptor& request_type) {
  const MethodDescriptor* taking = nullptr;
  const auto& file = *request_type.file();
  for (int i = 0; i < file.service_count(); ++i) {
    for (int j = 0; j < file.service(i)->method_count(); ++j) {
      const MethodDescriptor* method = file.service(i)->method(j);
      if (method->input_type() != &request_type) continue;
      ANJU_CHECK(taking == nullptr);
      taking = method;
    }
  }
  ANJU_CHECK(taking != nullptr);
  return *taking;
}

absl::string_view Metadata(const grpc::ServerContext& context, absl::string_view name) {
  const auto& metadata = context.client_metadata();
  auto found = metadata.find(grpc::string_ref(name.data(), name.size()));
  return found == metadata.end() ? absl::string_view() : absl::string_view(found->second.data(), found->second.size());
}

const Guard::MethodRule& Guard::RuleOf(const MethodDescriptor& method) {
  {
    absl::ReaderMutexLock lock(&state_->mutex);
    auto found = state_->by_method.find(&method);
    if (found != state_->by_method.end()) return *found->second;
  }
  auto rule = std::make_unique<MethodRule>();
  rule->method = &method;
  rule->metrics = metrics_.Find(method);
  const anju::type::v1::Access& access = method.options().GetExtension(anju::type::v1::access);
  rule->roles = BitsOf(access.roles());
  rule->unmasked = BitsOf(access.unmasked());
  rule->needs_purpose = messages::CannotBeMasked(*method.output_type());
  rule->anyone = access.anyone();
  absl::MutexLock lock(&state_->mutex);
  return *state_->by_method.try_emplace(&method, std::move(rule)).first->second;
}

const Guard::MethodRule& Guard::RuleOf(const Descriptor& request_type) {
  {
    absl::ReaderMutexLock lock(&state_->mutex);
    auto found = state_->by_request.find(&request_type);
    if (found != state_->by_request.end()) return *found->second;
  }
  const MethodRule& rule = RuleOf(MethodTaking(request_type));
  absl::MutexLock lock(&state_->mutex);
  state_->by_request.emplace(&request_type, &rule);
  return rule;
}

Metrics::Method* Guard::CountersOf(const MethodDescriptor& method) { return RuleOf(method).metrics; }

absl::StatusOr<Caller> Guard::Admit(const grpc::ServerContext& context, const Descriptor* request_type) {
  return Admit(Metadata(context, "authorization"), RuleOf(*request_type), Verifier::Always);
}

absl::StatusOr<Caller> Guard::Admit(absl::string_view authorization, const MethodDescriptor& method,
                                    Verifier::Worth worth) {
  return Admit(authorization, RuleOf(method), worth);
}

absl::StatusOr<Caller> Guard::Admit(absl::string_view authorization, const MethodRule& rule, Verifier::Worth worth) {
  if (rule.anyone) return Anyone();
  ASSIGN_OR_RETURN(Caller caller, Identify(authorization, worth));
  RETURN_IF_ERROR(CheckRole(caller, rule));
  return caller;
}

absl::StatusOr<Caller> Guard::Identify(absl::string_view authorization, Verifier::Worth worth) {
  absl::StatusOr<absl::string_view> token = BearerToken(authorization);
  if (!token.ok()) {
    RETURN_IF_ERROR(worth());
    return token.status();
  }
  ASSIGN_OR_RETURN(Caller caller, verifier_.Verify(*token, worth));
  if (resolve_ != nullptr) resolve_(caller);
  return caller;
}

absl::Status Guard::CheckRole(const Caller& caller, const MethodRule& rule) {
  if (rule.anyone) return absl::OkStatus();
  if (rule.roles == 0) {
    return Refuse(kPermissionDenied, "METHOD_CLOSED", "the method's contract lets nobody call it");
  }
  if (HasOneOf(caller, rule.roles)) return absl::OkStatus();
  std::vector<std::string> words;
  for (int role = 0; role < anju::type::v1::Role_ARRAYSIZE; ++role) {
    if ((rule.roles >> role & 1) != 0) words.push_back(RoleWord(static_cast<Role>(role)));
  }
  return Refuse(kPermissionDenied, "ROLE_NOT_ALLOWED",
                absl::StrCat("the method is for the roles ", absl::StrJoin(words, ", ")));
}

absl::Status Guard::TakePurpose(absl::string_view stated, const MethodRule& rule, Caller& caller) {
  if (stated.empty() && rule.needs_purpose) {
    return Refuse(kPermissionDenied, "PURPOSE_MISSING",
                  absl::StrCat("what is answered cannot be masked: say in ", kPurposeHeader,
                               " what it is needed for, and it is given and your reading kept"),
                  kPurposeHeader);
  }
  if (stated.empty() || rule.unmasked == 0) return absl::OkStatus();
  if (!HasOneOf(caller, rule.unmasked)) {
    return Refuse(kPermissionDenied, "UNMASKING_NOT_ALLOWED",
                  absl::StrCat("your role does not see personal data here; leave out ", kPurposeHeader));
  }
  std::optional<std::string> purpose = ReadPurpose(stated);
  if (!purpose.has_value()) {
    return Refuse(kInvalidArgument, "PURPOSE_MALFORMED",
                  "say in 6 to 100 characters, percent-encoded, what the personal data is needed for, and name nobody; "
                  "blanks do not count, and four characters at least are different ones",
                  kPurposeHeader);
  }
  caller.purpose = *std::move(purpose);
  return absl::OkStatus();
}

absl::Status Guard::MaskOrDisclose(const Caller& caller, Message& answer) {
  if (!caller.purpose.empty() && disclosed_ != nullptr) return disclosed_(caller, answer);
  messages::Mask(answer);
  return absl::OkStatus();
}

absl::Status Guard::CheckScope(const Caller& caller, const Message& request) {
  const ScopePlan* plan = Plans().Find(*request.GetDescriptor());
  return plan == nullptr ? absl::OkStatus() : CheckPlan(caller, request, *plan);
}

absl::Status Guard::CheckNothing(const Message& request, const Message& answer) {
  if (exists_ == nullptr) return absl::OkStatus();
  std::vector<const FieldDescriptor*> said;
  answer.GetReflection()->ListFields(answer, &said);
  // What stands by itself, such as that nothing is left, is said of what is not there too.
  const bool says_something = std::any_of(said.begin(), said.end(), [](const FieldDescriptor* field) {
    return field->is_repeated() || field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  });
  if (says_something) return absl::OkStatus();
  const bool is_read = RuleOf(*request.GetDescriptor()).method->options().idempotency_level() ==
                       google::protobuf::MethodOptions::NO_SIDE_EFFECTS;
  if (!is_read) return absl::OkStatus();
  const ScopePlan* plan = Plans().Find(*request.GetDescriptor());
  const std::string division = plan == nullptr ? "" : DivisionAsked(request, *plan);
  return division.empty() ? absl::OkStatus() : exists_(division);
}

grpc::Status Guard::Serve(grpc::ServerContext& context, const Descriptor& request_type, const Message* request,
                          absl::FunctionRef<absl::Status(const Caller&)> handler) {
  const absl::Time started = clock_.Now();
  const MethodRule& rule = RuleOf(request_type);
  const Trace trace = ChildOf(Metadata(context, "traceparent"), Metadata(context, "tracestate"));
  const TraceScope scope(trace);
  Metrics::Started(rule.metrics);
  if (request != nullptr) Metrics::Received(rule.metrics);
  const std::string request_id = RequestId(Metadata(context, kRequestId));
  context.AddInitialMetadata(kRequestId, request_id);
  // In two steps, so that the log knows who was refused for their role.
  absl::StatusOr<Caller> caller =
      rule.anyone ? Anyone() : Identify(Metadata(context, "authorization"), Verifier::Always);
  if (caller.ok()) {
    caller->method = rule.method->full_name();
    caller->request_id = request_id;
  }
  absl::Status outcome = caller.ok() ? CheckRole(*caller, rule) : caller.status();
  if (outcome.ok() && request != nullptr) outcome = CheckScope(*caller, *request);
  if (outcome.ok()) outcome = TakePurpose(Metadata(context, kPurposeHeader), rule, *caller);
  // A caller who has gone, or whose deadline has passed, is not worked for.
  if (outcome.ok() && context.IsCancelled()) outcome = absl::CancelledError("the caller has gone");
  if (outcome.ok()) outcome = handler(*caller);
  if (outcome.ok() && !rule.method->server_streaming()) Metrics::Sent(rule.metrics);
  if (caller.ok() && outcome.code() == kPermissionDenied && refused_ != nullptr) {
    const ScopePlan* plan = request == nullptr ? nullptr : Plans().Find(*request->GetDescriptor());
    refused_(*caller, ReasonOf(outcome), plan == nullptr ? "" : DivisionAsked(*request, *plan));
  }
  Finish(rule, caller.ok() ? &*caller : nullptr, request_id, started, outcome);
  return ToGrpc(outcome);
}

void Guard::Finish(const MethodDescriptor& method, const Caller* caller, absl::string_view request_id,
                   absl::Time started, const absl::Status& outcome) {
  Finish(RuleOf(method), caller, request_id, started, outcome);
}

void Guard::Finish(const MethodRule& rule, const Caller* caller, absl::string_view request_id, absl::Time started,
                   const absl::Status& outcome) {
  const absl::Duration took = clock_.Now() - started;
  Metrics::Handled(rule.metrics, outcome.code(), took);
  if (!spdlog::should_log(spdlog::level::info)) return;
  if (outcome.code() == kUnauthenticated || outcome.code() == kResourceExhausted) {
    const std::optional<int64_t> left_out = state_->refusals.Take(clock_.Now());
    if (!left_out.has_value()) return;
    if (*left_out > 0) spdlog::info(R"({{"event":"refusals_not_logged","calls":{}}})", *left_out);
  }
  // Ids only: a reason is a word of the contract.
  std::string line = absl::StrCat(R"({"event":"call","method":")", rule.method->full_name(), R"(","code":")",
                                  absl::StatusCodeToString(outcome.code()), R"(","reason":)");
  AppendQuoted(ReasonOf(outcome), line);
  absl::StrAppend(&line, R"(,"field":")", LoggedField(outcome), R"(","ms":)", absl::ToDoubleMilliseconds(took),
                  R"(,"subject":)");
  AppendQuoted(caller == nullptr ? "" : LoggedSubject(caller->subject), line);
  // A request id is of harmless characters, see RequestId.
  absl::StrAppend(&line, R"(,"request_id":")", request_id, "\"}");
  spdlog::info("{}", line);
}

std::string Guard::RequestId(absl::string_view sent) const {
  const bool fit =
      !sent.empty() && sent.size() <= kMaxRequestIdBytes && std::all_of(sent.begin(), sent.end(), [](unsigned char c) {
        return absl::ascii_isalnum(c) || c == '-' || c == '_' || c == '.';
      });
  // What looks like the number of a person may be one.
  return fit && HideNumbers(sent) == sent ? std::string(sent) : NewId(clock_.Now());
}

}  // namespace anju::rpc
