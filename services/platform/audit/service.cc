#include "services/platform/audit/service.h"

#include "services/platform/audit/wire.h"
#include "services/platform/base/calendar.h"
#include "services/platform/base/china.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/base/ids.h"
#include "services/platform/base/page_token.h"
#include "services/platform/records/read.h"

namespace anju::audit {
namespace {

using enum absl::StatusCode;

constexpr int64_t kLinksAtOnce = 1000, kLinksPerCall = 5000;
constexpr int kMostHeads = 100;

absl::StatusOr<absl::Time> MidnightInChina(const std::string& day, absl::string_view field, int days_later) {
  const absl::StatusOr<Date> date = ParseDate(day);
  if (!date.ok()) return Refuse(kInvalidArgument, "DATE_MALFORMED", "write the day as 2018-10-31", field);
  return absl::FromCivil(*date + days_later, China());
}

bool SeesAll(const rpc::Caller& caller) {
  return caller.Has(type::v1::ROLE_AUDITOR) || caller.Has(type::v1::ROLE_ADMIN);
}

absl::Status CheckId(const std::string& id, absl::string_view field) {
  if (IsId(id)) return absl::OkStatus();
  return Refuse(kInvalidArgument, "ID_MALFORMED", "an id of a household has 32 hexadecimal digits", field);
}

void SetFault(const Fault& fault, v1::VerifyChainResponse& answer) {
  answer.set_intact(false);
  answer.mutable_fault()->set_kind(static_cast<v1::FaultKind>(fault.kind));
  answer.mutable_fault()->set_number(fault.number);
  answer.mutable_fault()->set_entry_id(fault.entry_id);
  answer.mutable_fault()->set_last_number(fault.last_number);
  answer.mutable_fault()->set_message(Describe(fault));
}

// Takes these links up to the first fault, or to a loss, which is taken alone: so what comes before it is looked at
// whole. Answers the id of the last entry that was taken without a fault.
std::string TakeAll(const std::vector<Link>& links, ChainCheck& check, std::optional<Fault>& fault) {
  std::string last_id;
  for (const Link& link : links) {
    if (link.entry->kind == Kind::kLoss && !last_id.empty()) break;
    fault = check.Take(link);
    if (fault.has_value()) break;
    last_id = link.entry->id;
  }
  return last_id;
}

}  // namespace

absl::StatusOr<Query> AuditService::QueryOf(const v1::ListEntriesRequest& request, const rpc::Caller& caller) const {
  if (!request.division().empty() && !IsDivisionCode(request.division())) {
    return Refuse(kInvalidArgument, "DIVISION_MALFORMED", "a division code has 2, 4, 6, 9 or 12 digits", "division");
  }
  Query query{.division = request.division(),
              .record_id = request.record_id(),
              .subject = request.subject(),
              .successions = caller.successions};
  if (!SeesAll(caller)) {
    if (!query.subject.empty() && query.subject != caller.subject) {
      return Refuse(kPermissionDenied, "SUBJECT_NOT_OWN", "what others did is for auditors", "subject");
    }
    query.subject = caller.subject;
  }
  if (!request.person_id().empty()) {
    RETURN_IF_ERROR(CheckId(request.person_id().substr(0, request.person_id().find(':')), "person_id"));
  } else if (!request.household_id().empty()) {
    RETURN_IF_ERROR(CheckId(request.household_id(), "household_id"));
    query.household_ids = {request.household_id()};
  }
  if (request.kind() != v1::ENTRY_KIND_UNSPECIFIED) query.kind = static_cast<Kind>(request.kind());
  if (!request.from_day().empty()) {
    ASSIGN_OR_RETURN(query.from, MidnightInChina(request.from_day(), "from_day", 0));
  }
  if (!request.to_day().empty()) {
    ASSIGN_OR_RETURN(query.until, MidnightInChina(request.to_day(), "to_day", 1));
  }
  RETURN_IF_ERROR(CheckPageToken(request.page_token().empty() || IsId(request.page_token())));
  if (!request.person_id().empty()) {
    ASSIGN_OR_RETURN(query.household_ids, households_of_(request.person_id()));
  }
  return query;
}

grpc::Status AuditService::ListEntries(grpc::ServerContext* context, const v1::ListEntriesRequest* request,
                                       v1::ListEntriesResponse* response) {
  const auto list = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::ListEntriesResponse> {
    ASSIGN_OR_RETURN(const Query query, QueryOf(*request, caller));
    ASSIGN_OR_RETURN(const ListedPage page,
                     List(database_, query, request->page_token(), records::PageSize(request->page_size())));
    v1::ListEntriesResponse answer;
    for (const Listed& listed : page.entries) {
      v1::Entry& message = *answer.add_entries();
      message = ToProto(listed.entry);
      message.set_service(service_);
      message.set_number(listed.sealed.number);
      message.set_hash(listed.sealed.hash);
    }
    answer.set_next_page_token(page.next_page_token);
    return answer;
  };
  return guard_.Unary<v1::ListEntriesRequest, v1::ListEntriesResponse>(context, request, response, list);
}

grpc::Status AuditService::ReadChain(grpc::ServerContext* context, const v1::ReadChainRequest* request,
                                     v1::ReadChainResponse* response) {
  const auto read = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::ReadChainResponse> {
    ASSIGN_OR_RETURN(const std::vector<Link> links,
                     audit::ReadChain(database_, request->after_number(), records::PageSize(request->page_size())));
    v1::ReadChainResponse answer;
    for (const Link& link : links) {
      v1::Link& message = *answer.add_links();
      message.set_number(link.number);
      message.set_content_hash(link.content_hash);
      message.set_hash(link.hash);
      if (!caller.Covers(link.entry->division)) continue;
      *message.mutable_entry() = ToProto(*link.entry);
      message.mutable_entry()->set_service(service_);
      message.mutable_entry()->set_number(link.number);
      message.mutable_entry()->set_hash(link.hash);
    }
    return answer;
  };
  return guard_.Unary<v1::ReadChainRequest, v1::ReadChainResponse>(context, request, response, read);
}

grpc::Status AuditService::GetHead(grpc::ServerContext* context, const v1::GetHeadRequest* request,
                                   v1::Head* response) {
  const auto get = [&](const rpc::Caller&) -> absl::StatusOr<v1::Head> {
    ASSIGN_OR_RETURN(const State state, ReadState(database_, service_, sealer_.head()));
    v1::Head answer;
    answer.set_service(service_);
    answer.set_number(state.head.number);
    answer.set_hash(state.head.hash);
    answer.set_unsealed(state.unsealed);
    if (state.unsealed_since.has_value()) {
      answer.set_unsealed_since_s(absl::ToInt64Seconds(clock_.Now() - *state.unsealed_since));
    }
    return answer;
  };
  return guard_.Unary<v1::GetHeadRequest, v1::Head>(context, request, response, get);
}

absl::StatusOr<v1::VerifyChainResponse> AuditService::Verify(const v1::VerifyChainRequest& request) {
  if (request.heads_size() > kMostHeads) {
    return Refuse(kInvalidArgument, "TOO_MANY_HEADS", "give at most 100 heads", "heads");
  }
  std::vector<Head> heads;
  for (const v1::KeptHead& kept : request.heads()) heads.push_back({.number = kept.number(), .hash = kept.hash()});
  // Before the log is read, which may have gone on since, but goes through it.
  const Head known = sealer_.head();
  const Head begin{.number = request.after_number(), .hash = request.after_hash()};
  ChainCheck check(begin.number == 0 ? Genesis(service_) : begin, std::move(heads));
  v1::VerifyChainResponse answer;
  answer.set_intact(true);
  std::optional<Fault> fault;
  while (check.head().number - begin.number < kLinksPerCall && !answer.complete() && !fault.has_value()) {
    const int64_t after = check.head().number;
    ASSIGN_OR_RETURN(const std::vector<Link> links, audit::ReadChain(database_, after, kLinksAtOnce));
    const std::string last_id = TakeAll(links, check, fault);
    answer.set_complete(links.empty());
    if (!links.empty() && !fault.has_value()) {
      ASSIGN_OR_RETURN(fault, CheckRecords(database_, after, last_id));
    }
  }
  ASSIGN_OR_RETURN(const State state, ReadState(database_, service_, known));
  if (answer.complete()) {
    ASSIGN_OR_RETURN(fault, VerifyEnd(state, check));
  }
  answer.set_verified_number(check.head().number);
  answer.set_verified_hash(check.head().hash);
  answer.set_unsealed(state.unsealed);
  if (fault.has_value()) SetFault(*fault, answer);
  return answer;
}

absl::StatusOr<std::optional<Fault>> AuditService::VerifyEnd(const State& state, const ChainCheck& check) const {
  if (std::optional<Fault> fault = check.End(); fault.has_value()) return fault;
  if (state.fault.has_value()) return state.fault;
  ASSIGN_OR_RETURN(std::optional<Fault> fault, CheckRecords(database_, check.head().number, std::nullopt));
  if (fault.has_value()) return fault;
  if (state.unsealed_since.has_value() && clock_.Now() - *state.unsealed_since > kSealedWithin) {
    return Fault{.kind = FaultKind::kNotSealed, .number = state.head.number};
  }
  return std::nullopt;
}

grpc::Status AuditService::VerifyChain(grpc::ServerContext* context, const v1::VerifyChainRequest* request,
                                       v1::VerifyChainResponse* response) {
  return guard_.Unary<v1::VerifyChainRequest, v1::VerifyChainResponse>(
      context, request, response, [&](const rpc::Caller&) { return Verify(*request); });
}

}  // namespace anju::audit
