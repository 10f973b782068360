#include "services/relocation/rpc/decisions.h"

#include "services/platform/base/error.h"
#include "services/platform/records/change.h"
#include "services/relocation/domain/decisions.h"

namespace anju::relocation {

grpc::Status DecisionsService::DecideCases(grpc::ServerContext* context, const v1::DecideCasesRequest* request,
                                           v1::DecideCasesResponse* response) {
  const auto decide = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::DecideCasesResponse> {
    ASSIGN_OR_RETURN(const CaseRulings batch, messages::FromProto<CaseRulings>(*request));
    return records::TakeOnce<CaseOutcomes, v1::DecideCasesResponse>(
        store_, caller, *request, [&](roots::Session& session) {
          return relocation::DecideCases(session, batch, approval::ActOf(caller, session.now()));
        });
  };
  return guard_.Unary<v1::DecideCasesRequest, v1::DecideCasesResponse>(context, request, response, decide);
}

grpc::Status DecisionsService::ReturnCase(grpc::ServerContext* context, const v1::ReturnCaseRequest* request,
                                          v1::Case* response) {
  return records::ChangeRecord<Case>(
      store_, guard_, context, request, response,
      [&](roots::Session& session, const rpc::Caller& caller, const Act& act) -> absl::StatusOr<Case> {
        ASSIGN_OR_RETURN(const ReturnRequest back, messages::FromProto<ReturnRequest>(*request));
        ASSIGN_OR_RETURN(const Case before, FindCase(session, request->id()));
        RETURN_IF_ERROR(records::CheckScope(caller, before.Division()));
        return DecideCase(
            session, before,
            {.verdict = approval::Verdict::kReturn, .step = back.step, .to_step = back.to_step, .reason = back.reason},
            act);
      });
}

}  // namespace anju::relocation
