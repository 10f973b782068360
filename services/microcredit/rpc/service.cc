#include "services/microcredit/rpc/service.h"

#include "services/microcredit/domain/account.h"
#include "services/microcredit/domain/credit_place.h"
#include "services/microcredit/domain/fund.h"
#include "services/microcredit/domain/interest_subsidy.h"
#include "services/microcredit/domain/terminal.h"
#include "services/platform/base/error.h"
#include "services/platform/records/change.h"

namespace anju::microcredit {

using subsidy::Run;

grpc::Status MicrocreditService::ImportRatings(grpc::ServerContext* context,
                                               grpc::ServerReaderWriter<Receipt, v1::ImportRatingsRequest>* stream) {
  return intake_.Run(context, stream, ImportRating, {"rating_no", "household_no"});
}

grpc::Status MicrocreditService::ImportLoans(grpc::ServerContext* context,
                                             grpc::ServerReaderWriter<Receipt, v1::ImportLoansRequest>* stream) {
  return intake_.Run(context, stream, ImportLoan, {"loan_no"});
}

grpc::Status MicrocreditService::ImportRepayments(
    grpc::ServerContext* context, grpc::ServerReaderWriter<Receipt, v1::ImportRepaymentsRequest>* stream) {
  return intake_.Run(context, stream, ImportRepayment, {"repayment_no"});
}

grpc::Status MicrocreditService::ImportFundMovements(
    grpc::ServerContext* context, grpc::ServerReaderWriter<Receipt, v1::ImportFundMovementsRequest>* stream) {
  return intake_.Run(context, stream, ImportFundMovement, {"movement_no"});
}

grpc::Status MicrocreditService::ImportTerminals(
    grpc::ServerContext* context, grpc::ServerReaderWriter<Receipt, v1::ImportTerminalsRequest>* stream) {
  return intake_.Run(context, stream, ImportTerminal, {"terminal_no"});
}

grpc::Status MicrocreditService::ImportCreditPlaces(
    grpc::ServerContext* context, grpc::ServerReaderWriter<Receipt, v1::ImportCreditPlacesRequest>* stream) {
  return intake_.Run(context, stream, ImportCreditPlace, {"division"});
}

grpc::Status MicrocreditService::GetCreditAccount(grpc::ServerContext* context,
                                                  const v1::GetCreditAccountRequest* request,
                                                  v1::CreditAccount* response) {
  return guard_.Unary<v1::GetCreditAccountRequest, v1::CreditAccount>(
      context, request, response, [&](const rpc::Caller& caller) {
        return records::Get<v1::CreditAccount, CreditAccount>(store_, caller, request->id(), "ACCOUNT_NOT_FOUND");
      });
}

grpc::Status MicrocreditService::ListCreditAccounts(grpc::ServerContext* context,
                                                    const v1::ListCreditAccountsRequest* request,
                                                    v1::ListCreditAccountsResponse* response) {
  return guard_.Unary<v1::ListCreditAccountsRequest, v1::ListCreditAccountsResponse>(
      context, request, response, [&](const rpc::Caller&) {
        return records::List<CreditAccount>(store_, *request, &v1::ListCreditAccountsResponse::add_credit_accounts);
      });
}

absl::StatusOr<type::v1::SubsidyRun> MicrocreditService::ChangeRun(const rpc::Caller& caller, const std::string& method,
                                                                   Step step) {
  Run run;
  const roots::Actor actor = records::ActorOf(caller, method);
  RETURN_IF_ERROR(store_.Change(actor, [&](roots::Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(run, step(session));
    return records::CheckScope(caller, run.division);
  }));
  return records::ToMasked<type::v1::SubsidyRun>(run);
}

grpc::Status MicrocreditService::CreateSubsidyRun(grpc::ServerContext* context,
                                                  const v1::CreateSubsidyRunRequest* request,
                                                  type::v1::SubsidyRun* response) {
  return guard_.Unary<v1::CreateSubsidyRunRequest, type::v1::SubsidyRun>(
      context, request, response, [&](const rpc::Caller& caller) {
        return ChangeRun(caller, "CreateSubsidyRun", [&](roots::Session& session) {
          return ListRun(session, request->division(), request->period(), caller.subject);
        });
      });
}

grpc::Status MicrocreditService::ApproveSubsidyRun(grpc::ServerContext* context,
                                                   const v1::ApproveSubsidyRunRequest* request,
                                                   type::v1::SubsidyRun* response) {
  return guard_.Unary<v1::ApproveSubsidyRunRequest, type::v1::SubsidyRun>(
      context, request, response, [&](const rpc::Caller& caller) {
        return ChangeRun(caller, "ApproveSubsidyRun", [&](roots::Session& session) -> absl::StatusOr<Run> {
          ASSIGN_OR_RETURN(const Run before, FindRun(session, request->id()));
          RETURN_IF_ERROR(records::CheckScope(caller, before.division));
          return subsidy::DecideRun(
              session, SubsidyFlow(), before,
              {.verdict = approval::Verdict::kApprove, .step = request->step(), .reason = request->reason()},
              approval::ActOf(caller, session.now()));
        });
      });
}

grpc::Status MicrocreditService::DecideSubsidyRun(grpc::ServerContext* context,
                                                  const v1::DecideSubsidyRunRequest* request,
                                                  type::v1::SubsidyRun* response) {
  return records::ChangeById<subsidy::Run>(
      store_, guard_, context, request, response, "RUN_NOT_FOUND",
      [&](roots::Session& session, const subsidy::Run& before, const notice::Act& act) -> absl::StatusOr<subsidy::Run> {
        ASSIGN_OR_RETURN(const approval::Ruling ruling, messages::FromProto<approval::Ruling>(*request));
        return subsidy::DecideRun(session, SubsidyFlow(), before, ruling, act);
      });
}

grpc::Status MicrocreditService::PaySubsidyRun(grpc::ServerContext* context, const v1::PaySubsidyRunRequest* request,
                                               type::v1::SubsidyRun* response) {
  const auto pay = [&](const rpc::Caller& caller) -> absl::StatusOr<type::v1::SubsidyRun> {
    ASSIGN_OR_RETURN(const Date paid_on, ParseDate(request->paid_on()));
    return ChangeRun(caller, "PaySubsidyRun", [&](roots::Session& session) -> absl::StatusOr<Run> {
      ASSIGN_OR_RETURN(const Run before, FindRun(session, request->id()));
      RETURN_IF_ERROR(records::CheckScope(caller, before.division));
      return PayRun(session, before, paid_on);
    });
  };
  return guard_.Unary<v1::PaySubsidyRunRequest, type::v1::SubsidyRun>(context, request, response, pay);
}

grpc::Status MicrocreditService::GetSubsidyRun(grpc::ServerContext* context, const v1::GetSubsidyRunRequest* request,
                                               type::v1::SubsidyRun* response) {
  return guard_.Unary<v1::GetSubsidyRunRequest, type::v1::SubsidyRun>(
      context, request, response, [&](const rpc::Caller& caller) {
        return records::Get<type::v1::SubsidyRun, Run>(store_, caller, request->id(), "RUN_NOT_FOUND");
      });
}

}  // namespace anju::microcredit
