#include "services/registry/rpc/quality.h"

#include "services/platform/base/error.h"
#include "services/platform/intake/places.h"
#include "services/platform/records/change.h"
#include "services/platform/records/read.h"
#include "services/registry/domain/quality/comparison.h"
#include "services/registry/rpc/names.h"

namespace anju::registry {
namespace {

using enum absl::StatusCode;

// How many records are looked at for one page of those that are asked for.
constexpr int64_t kMostScanned = 5000;
constexpr int64_t kComparedAtOnce = 500;

v1::QualityRule ToProto(const Rule& rule) {
  v1::QualityRule message;
  message.set_id(std::string(rule.id));
  message.set_title_zh(std::string(rule.title_zh));
  message.set_title_en(std::string(rule.title_en));
  message.set_severity(static_cast<v1::Severity>(rule.severity));
  message.set_mender(static_cast<v1::Mender>(rule.mender));
  message.set_days(rule.days);
  message.set_explanation(std::string(rule.explanation));
  message.set_list(static_cast<v1::ListKind>(rule.list));
  return message;
}

// A page of the roots that lie in the division now and of which `wanted` holds.
template <typename Root, typename Request, typename Response, typename Message, typename Wanted>
absl::StatusOr<Response> ListWhere(roots::Store& store, const Request& request, Message* (Response::*add)(),
                                   Wanted wanted) {
  if (request.division().empty()) {
    return Refuse(kInvalidArgument, "FIELD_MISSING", "name the division to list", "division");
  }
  const int64_t size = records::PageSize(request.page_size());
  Response answer;
  answer.set_next_page_token(request.page_token());
  int64_t left = size;
  for (int64_t scanned = 0; scanned < kMostScanned; scanned += size) {
    ASSIGN_OR_RETURN(const roots::RootPage page,
                     store.List(Root::kKind, request.division(), answer.next_page_token(), size));
    answer.set_next_page_token(page.next_page_token);
    for (const roots::StoredRoot& stored : page.roots) {
      const Root& root = *std::any_cast<Root>(&stored.root);
      if (!intake::LiesIn(*store.successions(), stored.division, request.division()) || !wanted(root)) continue;
      *(answer.*add)() = records::ToMasked<Message>(root);
      if (--left > 0) continue;
      // The page is full, and its last root may be the last of all.
      if (&stored != &page.roots.back()) answer.set_next_page_token(stored.next);
      return answer;
    }
    if (page.next_page_token.empty()) break;
  }
  return answer;
}

absl::Status HideNames(KnownNames& names, v1::Finding& finding) {
  for (v1::FindingMove& move : *finding.mutable_history()) {
    RETURN_IF_ERROR(names.Hide({finding.household_id()}, *move.mutable_reason()));
  }
  return absl::OkStatus();
}

bool Matches(const Finding& finding, const v1::ListFindingsRequest& asked, Date today) {
  const auto is = [](auto want, auto have) {
    return static_cast<int>(want) == 0 || static_cast<int>(want) == static_cast<int>(have);
  };
  return (asked.rule_id().empty() || asked.rule_id() == finding.rule_id) && is(asked.severity(), finding.severity) &&
         is(asked.state(), finding.state) && is(asked.mender(), finding.mender) &&
         (!asked.overdue() || (finding.Standing() && finding.due_on < today));
}

}  // namespace

grpc::Status QualityService::ListRules(grpc::ServerContext* context, const v1::ListRulesRequest* request,
                                       v1::ListRulesResponse* response) {
  return guard_.Unary<v1::ListRulesRequest, v1::ListRulesResponse>(
      context, request, response, [](const rpc::Caller&) -> absl::StatusOr<v1::ListRulesResponse> {
        v1::ListRulesResponse answer;
        for (const Rule* rule : Library()) *answer.add_rules() = ToProto(*rule);
        return answer;
      });
}

grpc::Status QualityService::ListFindings(grpc::ServerContext* context, const v1::ListFindingsRequest* request,
                                          v1::ListFindingsResponse* response) {
  const auto list = [&](const rpc::Caller&) -> absl::StatusOr<v1::ListFindingsResponse> {
    const Date today = DayInChina(store_.clock().Now());
    ASSIGN_OR_RETURN(v1::ListFindingsResponse answer,
                     ListWhere<Finding>(store_, *request, &v1::ListFindingsResponse::add_findings,
                                        [&](const Finding& finding) { return Matches(finding, *request, today); }));
    KnownNames names(store_);
    for (v1::Finding& finding : *answer.mutable_findings()) RETURN_IF_ERROR(HideNames(names, finding));
    return answer;
  };
  return guard_.Unary<v1::ListFindingsRequest, v1::ListFindingsResponse>(context, request, response, list);
}

grpc::Status QualityService::GetFinding(grpc::ServerContext* context, const v1::GetFindingRequest* request,
                                        v1::Finding* response) {
  const auto get = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::Finding> {
    ASSIGN_OR_RETURN(v1::Finding finding,
                     (records::Get<v1::Finding, Finding>(store_, caller, request->id(), "FINDING_NOT_FOUND")));
    KnownNames names(store_);
    RETURN_IF_ERROR(HideNames(names, finding));
    return finding;
  };
  return guard_.Unary<v1::GetFindingRequest, v1::Finding>(context, request, response, get);
}

template <typename Request>
grpc::Status QualityService::Move(grpc::ServerContext* context, const Request* request, v1::Finding* response,
                                  Step step) {
  const auto move = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::Finding> {
    const auto take = [&](roots::Session& session) -> absl::StatusOr<Finding> {
      ASSIGN_OR_RETURN(const Finding before, FindFinding(session, request->id()));
      RETURN_IF_ERROR(records::CheckScope(caller, before.Division()));
      ASSIGN_OR_RETURN(Finding after, step(before, {.by = caller.subject, .on = DayInChina(session.now())}));
      session.Put(after);
      return after;
    };
    ASSIGN_OR_RETURN(v1::Finding finding, (records::TakeOnce<Finding, v1::Finding>(store_, caller, *request, take)));
    KnownNames names(store_);
    RETURN_IF_ERROR(HideNames(names, finding));
    return finding;
  };
  return guard_.Unary<Request, v1::Finding>(context, request, response, move);
}

grpc::Status QualityService::ConfirmFinding(grpc::ServerContext* context, const v1::ConfirmFindingRequest* request,
                                            v1::Finding* response) {
  return Move(context, request, response,
              [&](const Finding& before, const Deed& deed) { return Confirm(before, request->reason(), deed); });
}

grpc::Status QualityService::WaiveFinding(grpc::ServerContext* context, const v1::WaiveFindingRequest* request,
                                          v1::Finding* response) {
  return Move(context, request, response,
              [&](const Finding& before, const Deed& deed) { return Waive(before, request->reason(), deed); });
}

grpc::Status QualityService::AssignFinding(grpc::ServerContext* context, const v1::AssignFindingRequest* request,
                                           v1::Finding* response) {
  return Move(context, request, response, [&](const Finding& before, const Deed& deed) -> absl::StatusOr<Finding> {
    std::optional<Date> due_on;
    if (!request->due_on().empty()) {
      ASSIGN_OR_RETURN(due_on, ParseDate(request->due_on()));
    }
    return Assign(before, static_cast<Mender>(request->mender()), due_on, deed);
  });
}

grpc::Status QualityService::EvaluateHousehold(grpc::ServerContext* context,
                                               const v1::EvaluateHouseholdRequest* request, v1::Evaluation* response) {
  const auto evaluate = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::Evaluation> {
    const roots::Actor actor = records::ActorOf(caller, "EvaluateHousehold");
    Evaluation evaluation;
    RETURN_IF_ERROR(store_.Change(actor, [&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const std::optional<Household> household, session.Get<Household>(request->id()));
      if (!household.has_value()) {
        return Refuse(kNotFound, "HOUSEHOLD_NOT_FOUND", "there is no household with this id", "id");
      }
      RETURN_IF_ERROR(records::CheckScope(caller, household->Division()));
      ASSIGN_OR_RETURN(evaluation, registry::EvaluateHousehold(session, request->id()));
      return absl::OkStatus();
    }));
    return messages::ToProto<v1::Evaluation>(evaluation);
  };
  return guard_.Unary<v1::EvaluateHouseholdRequest, v1::Evaluation>(context, request, response, evaluate);
}

grpc::Status QualityService::EvaluateDivision(grpc::ServerContext* context, const v1::EvaluateDivisionRequest* request,
                                              v1::EvaluateDivisionResponse* response) {
  const auto evaluate = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::EvaluateDivisionResponse> {
    if (request->division().empty()) {
      return Refuse(kInvalidArgument, "FIELD_MISSING", "name the division to evaluate", "division");
    }
    const roots::Actor actor = records::ActorOf(caller, "EvaluateDivision");
    ASSIGN_OR_RETURN(const EvaluatedPage page,
                     evaluator_.EvaluatePage(actor, request->division(), request->page_token(),
                                             records::PageSize(request->page_size())));
    v1::EvaluateDivisionResponse answer;
    *answer.mutable_page() = messages::ToProto<v1::Evaluation>(page.evaluation);
    answer.set_next_page_token(page.next_page_token);
    return answer;
  };
  return guard_.Unary<v1::EvaluateDivisionRequest, v1::EvaluateDivisionResponse>(context, request, response, evaluate);
}

grpc::Status QualityService::ImportDepartmentRows(
    grpc::ServerContext* context,
    grpc::ServerReaderWriter<type::v1::ImportReceipt, v1::ImportDepartmentRowsRequest>* stream) {
  return intake_.Run(context, stream, ImportDepartmentRow, {"list", "entry_no", "month"});
}

grpc::Status QualityService::RunComparison(grpc::ServerContext* context, const v1::RunComparisonRequest* request,
                                           v1::Comparison* response) {
  const auto run = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::Comparison> {
    std::string cursor;
    std::string next;
    std::vector<std::string> entry_ids;
    if (!request->id().empty()) {
      ASSIGN_OR_RETURN(const std::optional<Comparison> known, store_.Get<Comparison>(request->id()));
      if (known.has_value()) {
        RETURN_IF_ERROR(records::CheckScope(caller, known->Division()));
        cursor = known->cursor;
        ASSIGN_OR_RETURN(const roots::RootPage page,
                         store_.List(ListEntry::kKind, known->division, cursor, kComparedAtOnce));
        for (const roots::StoredRoot& stored : page.roots) entry_ids.push_back(stored.id);
        next = page.next_page_token;
      }
    }
    return records::TakeOnce<Comparison, v1::Comparison>(store_, caller, *request, [&](roots::Session& session) {
      const Deed deed{.by = caller.subject, .on = DayInChina(session.now())};
      absl::StatusOr<Comparison> after =
          request->id().empty()
              ? StartComparison(session, request->division(), static_cast<ListKind>(request->list()), deed)
              : ContinueComparison(session, request->id(), cursor, entry_ids, next);
      if (after.ok()) session.Put(*after);
      return after;
    });
  };
  return guard_.Unary<v1::RunComparisonRequest, v1::Comparison>(context, request, response, run);
}

grpc::Status QualityService::GetComparison(grpc::ServerContext* context, const v1::GetComparisonRequest* request,
                                           v1::Comparison* response) {
  return guard_.Unary<v1::GetComparisonRequest, v1::Comparison>(
      context, request, response, [&](const rpc::Caller& caller) {
        return records::Get<v1::Comparison, Comparison>(store_, caller, request->id(), "COMPARISON_NOT_FOUND");
      });
}

grpc::Status QualityService::ListDepartmentRows(grpc::ServerContext* context,
                                                const v1::ListDepartmentRowsRequest* request,
                                                v1::ListDepartmentRowsResponse* response) {
  const auto list = [&](const rpc::Caller&) {
    return ListWhere<ListEntry>(store_, *request, &v1::ListDepartmentRowsResponse::add_rows,
                                [&](const ListEntry& entry) {
                                  const int asked = static_cast<int>(request->list());
                                  return (asked == 0 || asked == static_cast<int>(entry.list)) &&
                                         (!request->unmatched() || entry.household_id.empty());
                                });
  };
  return guard_.Unary<v1::ListDepartmentRowsRequest, v1::ListDepartmentRowsResponse>(context, request, response, list);
}

}  // namespace anju::registry
