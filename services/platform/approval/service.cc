#include "services/platform/approval/service.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/approval/act.h"
#include "services/platform/approval/ledger.h"
#include "services/platform/base/china.h"
#include "services/platform/base/error.h"
#include "services/platform/base/ids.h"
#include "services/platform/base/page_token.h"
#include "services/platform/records/change.h"

namespace anju::approval {
namespace {

using enum absl::StatusCode;

absl::Status NoSuchFlow() {
  return Refuse(kNotFound, "FLOW_NOT_FOUND", "this service has no such flow; ListFlows tells which there are", "name");
}

absl::Status CheckNamed(const std::string& division) {
  if (!division.empty()) return absl::OkStatus();
  return Refuse(kInvalidArgument, "FIELD_MISSING", "name the division", "division");
}

// The beginning of a day in China, `days` later; `otherwise` when none is named.
absl::StatusOr<absl::Time> ParseDay(const std::string& text, int days, absl::Time otherwise, absl::string_view field) {
  if (text.empty()) return otherwise;
  absl::StatusOr<Date> day = ParseDate(text);
  if (day.ok()) return absl::FromCivil(*day + days, China());
  return Refuse(kInvalidArgument, ReasonOf(day.status()), day.status().message(), field);
}

void ToProto(const LedgerLine& line, v1::Decision& message) {
  message.set_id(line.id);
  message.mutable_at()->set_seconds(absl::ToUnixSeconds(line.at));
  message.mutable_at()->set_nanos(static_cast<int32_t>(absl::ToUnixMicros(line.at) % 1'000'000) * 1000);
  message.set_division(line.division);
  message.set_kind(line.kind);
  message.set_record_id(line.record_id);
  message.set_number(line.number);
  message.set_flow(line.decision.flow);
  message.set_flow_division(line.decision.flow_division);
  message.set_version(line.decision.version);
  message.set_step(line.decision.step);
  message.set_by(line.decision.by);
  message.set_role(line.decision.role);
  message.set_verdict(static_cast<type::v1::Verdict>(line.decision.verdict));
  message.set_reason_hash(line.decision.reason_hash);
  message.set_escalated(line.decision.escalated);
}

void ToProto(const DueLine& line, Date today, v1::Due& message) {
  message.set_kind(line.kind);
  message.set_record_id(line.record_id);
  message.set_key(line.key);
  message.set_division(line.division);
  message.set_flow(line.due.flow);
  message.set_flow_division(line.due.flow_division);
  message.set_version(line.due.version);
  message.set_step(line.due.step);
  message.set_level(static_cast<type::v1::OfficeLevel>(line.due.level));
  message.set_due_on(Format(line.due_on));
  message.set_days_late(static_cast<int32_t>(today - line.due_on));
  message.set_escalated_to(static_cast<type::v1::OfficeLevel>(EscalatedTo(line.due.escalates_to, line.due_on, today)));
}

}  // namespace

absl::StatusOr<Flow> ApprovalsService::Find(const std::string& name, const std::string& division) {
  const auto national = std::find_if(flows_.begin(), flows_.end(), [&](const Flow& flow) { return flow.name == name; });
  if (national == flows_.end()) return NoSuchFlow();
  Flow found;
  RETURN_IF_ERROR(store_.Look([&](roots::Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(found, FlowFor(session, *national, division, DayInChina(session.now())));
    return absl::OkStatus();
  }));
  return found;
}

grpc::Status ApprovalsService::DefineFlow(grpc::ServerContext* context, const v1::DefineFlowRequest* request,
                                          v1::Flow* response) {
  const auto define = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::Flow> {
    ASSIGN_OR_RETURN(const Definition definition, messages::FromProto<Definition>(*request));
    if (std::none_of(flows_.begin(), flows_.end(), [&](const Flow& flow) { return flow.name == definition.name; })) {
      return NoSuchFlow();
    }
    return records::TakeOnce<Flow, v1::Flow>(
        store_, caller, *request, [&](roots::Session& session) -> absl::StatusOr<Flow> {
          ASSIGN_OR_RETURN(Flow flow, approval::DefineFlow(session, definition, ActOf(caller, session.now())));
          // An old code may lead to a county that is not the caller's.
          RETURN_IF_ERROR(records::CheckScope(caller, flow.division));
          return flow;
        });
  };
  return guard_.Unary<v1::DefineFlowRequest, v1::Flow>(context, request, response, define);
}

grpc::Status ApprovalsService::GetFlow(grpc::ServerContext* context, const v1::GetFlowRequest* request,
                                       v1::Flow* response) {
  return guard_.Unary<v1::GetFlowRequest, v1::Flow>(
      context, request, response, [&](const rpc::Caller&) -> absl::StatusOr<v1::Flow> {
        ASSIGN_OR_RETURN(const Flow flow, Find(request->name(), request->division()));
        return records::ToMasked<v1::Flow>(flow);
      });
}

grpc::Status ApprovalsService::ListFlows(grpc::ServerContext* context, const v1::ListFlowsRequest* request,
                                         v1::ListFlowsResponse* response) {
  return guard_.Unary<v1::ListFlowsRequest, v1::ListFlowsResponse>(
      context, request, response, [&](const rpc::Caller&) -> absl::StatusOr<v1::ListFlowsResponse> {
        v1::ListFlowsResponse answer;
        for (const Flow& national : flows_) {
          ASSIGN_OR_RETURN(const Flow flow, Find(national.name, request->division()));
          *answer.add_flows() = records::ToMasked<v1::Flow>(flow);
        }
        return answer;
      });
}

grpc::Status ApprovalsService::ListDecisions(grpc::ServerContext* context, const v1::ListDecisionsRequest* request,
                                             v1::ListDecisionsResponse* response) {
  const auto list = [&](const rpc::Caller&) -> absl::StatusOr<v1::ListDecisionsResponse> {
    RETURN_IF_ERROR(CheckNamed(request->division()));
    RETURN_IF_ERROR(CheckPageToken(request->page_token().empty() || IsId(request->page_token())));
    LedgerQuestion question{.division = request->division(),
                            .record_id = request->record_id(),
                            .by = request->by(),
                            .after = request->page_token(),
                            .limit = records::PageSize(request->page_size())};
    ASSIGN_OR_RETURN(question.from, ParseDay(request->from_day(), 0, absl::UnixEpoch(), "from_day"));
    // The ledger holds nothing of tomorrow.
    ASSIGN_OR_RETURN(question.to, ParseDay(request->to_day(), 1, store_.clock().Now() + absl::Hours(24), "to_day"));
    ASSIGN_OR_RETURN(const std::vector<LedgerLine> lines, ReadDecisions(store_.database(), question));
    v1::ListDecisionsResponse answer;
    for (const LedgerLine& line : lines) ToProto(line, *answer.add_decisions());
    if (static_cast<int64_t>(lines.size()) == question.limit) answer.set_next_page_token(lines.back().id);
    return answer;
  };
  return guard_.Unary<v1::ListDecisionsRequest, v1::ListDecisionsResponse>(context, request, response, list);
}

grpc::Status ApprovalsService::ListDue(grpc::ServerContext* context, const v1::ListDueRequest* request,
                                       v1::ListDueResponse* response) {
  const auto list = [&](const rpc::Caller&) -> absl::StatusOr<v1::ListDueResponse> {
    RETURN_IF_ERROR(CheckNamed(request->division()));
    if (request->within_days() < 0 || request->within_days() > notice::kLongestSpan) {
      return Refuse(kInvalidArgument, "DAYS_OUT_OF_RANGE",
                    absl::StrCat("ask for what is due within 0 to ", notice::kLongestSpan, " days"), "within_days");
    }
    const Date today = DayInChina(store_.clock().Now());
    ASSIGN_OR_RETURN(const DuePage page, ReadDue(store_, request->division(), today + request->within_days(),
                                                 request->page_token(), records::PageSize(request->page_size())));
    v1::ListDueResponse answer;
    for (const DueLine& line : page.lines) ToProto(line, today, *answer.add_due());
    answer.set_next_page_token(page.next_page_token);
    return answer;
  };
  return guard_.Unary<v1::ListDueRequest, v1::ListDueResponse>(context, request, response, list);
}

}  // namespace anju::approval
