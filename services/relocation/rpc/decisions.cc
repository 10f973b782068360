#include "services/relocation/rpc/decisions.h"

#include "services/platform/approval/act.h"
#include "services/platform/base/error.h"
#include "services/platform/records/read.h"
#include "services/relocation/domain/decisions.h"

namespace anju::relocation {

grpc::Status DecisionsService::DecideCases(grpc::ServerContext* context, const v1::DecideCasesRequest* request,
                                           v1::DecideCasesResponse* response) {
  const auto decide = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::DecideCasesResponse> {
    ASSIGN_OR_RETURN(const CaseRulings batch, messages::FromProto<CaseRulings>(*request));
    std::string answer;
    RETURN_IF_ERROR(store_.ChangeOnce(
        records::ActorOf(caller, "DecideCases"), request->request_id(), request->SerializeAsString(),
        [&](roots::Session& session) -> absl::StatusOr<std::string> {
          ASSIGN_OR_RETURN(const CaseOutcomes outcomes,
                           relocation::DecideCases(session, batch, approval::ActOf(caller, session.now())));
          return roots::ToJson(outcomes);
        },
        &answer));
    ASSIGN_OR_RETURN(const CaseOutcomes outcomes, roots::FromJson<CaseOutcomes>(answer));
    return messages::ToProto<v1::DecideCasesResponse>(outcomes);
  };
  return guard_.Unary<v1::DecideCasesRequest, v1::DecideCasesResponse>(context, request, response, decide);
}

grpc::Status DecisionsService::ReturnCase(grpc::ServerContext* context, const v1::ReturnCaseRequest* request,
                                          v1::Case* response) {
  const auto give_back = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::Case> {
    ASSIGN_OR_RETURN(const ReturnRequest back, messages::FromProto<ReturnRequest>(*request));
    const approval::Ruling ruling{
        .verdict = approval::Verdict::kReturn, .step = back.step, .to_step = back.to_step, .reason = back.reason};
    std::string answer;
    RETURN_IF_ERROR(store_.ChangeOnce(
        records::ActorOf(caller, "ReturnCase"), request->request_id(), request->SerializeAsString(),
        [&](roots::Session& session) -> absl::StatusOr<std::string> {
          ASSIGN_OR_RETURN(const Case before, FindCase(session, request->id()));
          RETURN_IF_ERROR(records::CheckScope(caller, before.Division()));
          ASSIGN_OR_RETURN(Case after, DecideCase(session, before, ruling, approval::ActOf(caller, session.now())));
          session.Put(after);
          return roots::ToJson(after);
        },
        &answer));
    ASSIGN_OR_RETURN(const Case relocation, roots::FromJson<Case>(answer));
    return records::ToMasked<v1::Case>(relocation);
  };
  return guard_.Unary<v1::ReturnCaseRequest, v1::Case>(context, request, response, give_back);
}

}  // namespace anju::relocation
