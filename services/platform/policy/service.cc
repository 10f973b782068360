#include "services/platform/policy/service.h"

#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/records/read.h"

namespace anju::policy {

using enum absl::StatusCode;

grpc::Status PoliciesService::ListParameters(grpc::ServerContext* context, const v1::ListParametersRequest* request,
                                             v1::ListParametersResponse* response) {
  const auto list = [&](const rpc::Caller&) -> absl::StatusOr<v1::ListParametersResponse> {
    if (!IsDivisionCode(request->division())) {
      return Refuse(kInvalidArgument, "DIVISION_MALFORMED", "a division code has 2, 4, 6, 9 or 12 digits", "division");
    }
    std::optional<Date> day;
    if (!request->day().empty()) {
      ASSIGN_OR_RETURN(day, ParseDate(request->day()));
    }
    v1::ListParametersResponse answer;
    RETURN_IF_ERROR(store_.Look([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const Books* books, BooksOf(session, request->division()));
      ASSIGN_OR_RETURN(const std::vector<Listed> listed,
                       List(catalogue_, *books, day.value_or(DayInChina(session.now())), request->name()));
      for (const Listed& one : listed) *answer.add_parameters() = messages::ToProto<v1::Parameter>(one);
      return absl::OkStatus();
    }));
    return answer;
  };
  return guard_.Unary<v1::ListParametersRequest, v1::ListParametersResponse>(context, request, response, list);
}

template <typename Request>
grpc::Status PoliciesService::Change(
    grpc::ServerContext* context, const Request* request, v1::Setting* response,
    absl::FunctionRef<absl::StatusOr<Setting>(roots::Session&, const rpc::Caller&)> step) {
  const auto change = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::Setting> {
    const roots::Actor actor = records::ActorOf(caller, rpc::MethodTaking(*Request::descriptor()).name());
    std::string answer;
    RETURN_IF_ERROR(store_.ChangeOnce(
        actor, request->request_id(), request->SerializeAsString(),
        [&](roots::Session& session) -> absl::StatusOr<std::string> {
          ASSIGN_OR_RETURN(const Setting setting, step(session, caller));
          // An old code may lead to a county that is not the caller's, and a version names any.
          RETURN_IF_ERROR(records::CheckScope(caller, setting.division));
          return roots::ToJson(setting);
        },
        &answer));
    ASSIGN_OR_RETURN(const Setting setting, roots::FromJson<Setting>(answer));
    return messages::ToProto<v1::Setting>(setting);
  };
  return guard_.Unary<Request, v1::Setting>(context, request, response, change);
}

grpc::Status PoliciesService::SetParameter(grpc::ServerContext* context, const v1::SetParameterRequest* request,
                                           v1::Setting* response) {
  return Change(context, request, response,
                [&](roots::Session& session, const rpc::Caller& caller) -> absl::StatusOr<Setting> {
                  ASSIGN_OR_RETURN(const Proposal proposal, messages::FromProto<Proposal>(*request));
                  return ProposeSetting(session, catalogue_, proposal, caller.subject);
                });
}

grpc::Status PoliciesService::ConfirmParameter(grpc::ServerContext* context, const v1::ConfirmParameterRequest* request,
                                               v1::Setting* response) {
  return Change(context, request, response,
                [&](roots::Session& session, const rpc::Caller& caller) -> absl::StatusOr<Setting> {
                  const std::string& version = request->version();
                  const std::string division = version.substr(0, version.find('/'));
                  if (IsDivisionCode(division)) RETURN_IF_ERROR(records::CheckScope(caller, division));
                  return ConfirmSetting(session, version, caller.subject);
                });
}

grpc::Status PoliciesService::ExplainDecision(grpc::ServerContext* context, const v1::ExplainDecisionRequest* request,
                                              v1::ExplainDecisionResponse* response) {
  const auto explain = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::ExplainDecisionResponse> {
    ASSIGN_OR_RETURN(const Inquiry asked, messages::FromProto<Inquiry>(*request));
    v1::ExplainDecisionResponse answer;
    RETURN_IF_ERROR(store_.Look([&](roots::Session& session) -> absl::Status {
      std::string division;
      ASSIGN_OR_RETURN(const std::vector<Explained> explained,
                       ExplainDecisions(session, catalogue_, explainers_, asked, &division));
      RETURN_IF_ERROR(records::CheckScope(caller, division));
      for (const Explained& one : explained) *answer.add_decisions() = messages::ToProto<v1::Decision>(one);
      return absl::OkStatus();
    }));
    return answer;
  };
  return guard_.Unary<v1::ExplainDecisionRequest, v1::ExplainDecisionResponse>(context, request, response, explain);
}

}  // namespace anju::policy
