#include "services/workshops/rpc/service.h"

#include "services/platform/base/error.h"
#include "services/platform/records/change.h"
#include "services/workshops/domain/enterprise.h"
#include "services/workshops/domain/subsidy.h"
#include "services/workshops/domain/training.h"
#include "services/workshops/domain/worker.h"

namespace anju::workshops {

using enum absl::StatusCode;

grpc::Status WorkshopsService::ImportEnterprises(
    grpc::ServerContext* context, grpc::ServerReaderWriter<Receipt, v1::ImportEnterprisesRequest>* stream) {
  return intake_.Run(context, stream, ImportEnterprise, {"enterprise_no"});
}

grpc::Status WorkshopsService::ImportWorkshops(grpc::ServerContext* context,
                                               grpc::ServerReaderWriter<Receipt, v1::ImportWorkshopsRequest>* stream) {
  return intake_.Run(context, stream, ImportWorkshop, {"workshop_no"});
}

grpc::Status WorkshopsService::ImportContracts(grpc::ServerContext* context,
                                               grpc::ServerReaderWriter<Receipt, v1::ImportContractsRequest>* stream) {
  return intake_.Run(context, stream, ImportContract, {"contract_no"});
}

grpc::Status WorkshopsService::ImportPay(grpc::ServerContext* context,
                                         grpc::ServerReaderWriter<Receipt, v1::ImportPayRequest>* stream) {
  return intake_.Run(context, stream, workshops::ImportPay, {"contract_no", "month"});
}

grpc::Status WorkshopsService::ImportTrainingClasses(
    grpc::ServerContext* context, grpc::ServerReaderWriter<Receipt, v1::ImportTrainingClassesRequest>* stream) {
  return intake_.Run(context, stream, ImportTrainingClass, {"class_no"});
}

grpc::Status WorkshopsService::ImportTrainees(grpc::ServerContext* context,
                                              grpc::ServerReaderWriter<Receipt, v1::ImportTraineesRequest>* stream) {
  return intake_.Run(context, stream, ImportTrainee, {"class_no", "household_no", "person_no"});
}

grpc::Status WorkshopsService::ImportEmployments(
    grpc::ServerContext* context, grpc::ServerReaderWriter<Receipt, v1::ImportEmploymentsRequest>* stream) {
  return intake_.Run(context, stream, ImportEmployment, {"employment_no"});
}

grpc::Status WorkshopsService::GetEnterprise(grpc::ServerContext* context, const v1::GetEnterpriseRequest* request,
                                             v1::Enterprise* response) {
  return guard_.Unary<v1::GetEnterpriseRequest, v1::Enterprise>(
      context, request, response, [&](const rpc::Caller& caller) {
        return records::Get<v1::Enterprise, Enterprise>(store_, caller, request->id(), "ENTERPRISE_NOT_FOUND");
      });
}

grpc::Status WorkshopsService::ListEnterprises(grpc::ServerContext* context, const v1::ListEnterprisesRequest* request,
                                               v1::ListEnterprisesResponse* response) {
  return guard_.Unary<v1::ListEnterprisesRequest, v1::ListEnterprisesResponse>(
      context, request, response, [&](const rpc::Caller&) {
        return records::List<Enterprise>(store_, *request, &v1::ListEnterprisesResponse::add_enterprises);
      });
}

grpc::Status WorkshopsService::GetWorker(grpc::ServerContext* context, const v1::GetWorkerRequest* request,
                                         v1::Worker* response) {
  return guard_.Unary<v1::GetWorkerRequest, v1::Worker>(context, request, response, [&](const rpc::Caller& caller) {
    return records::Get<v1::Worker, Worker>(store_, caller, request->id(), "WORKER_NOT_FOUND");
  });
}

grpc::Status WorkshopsService::ListWorkers(grpc::ServerContext* context, const v1::ListWorkersRequest* request,
                                           v1::ListWorkersResponse* response) {
  return guard_.Unary<v1::ListWorkersRequest, v1::ListWorkersResponse>(
      context, request, response, [&](const rpc::Caller&) {
        return records::List<Worker>(store_, *request, &v1::ListWorkersResponse::add_workers);
      });
}

absl::StatusOr<type::v1::SubsidyRun> WorkshopsService::Change(const rpc::Caller& caller, absl::string_view method,
                                                              const std::string& id, ChangeRun change) {
  const roots::Actor actor = records::ActorOf(caller, std::string(method));
  std::optional<subsidy::Run> after;
  RETURN_IF_ERROR(store_.Change(actor, [&](roots::Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(const std::optional<subsidy::Run> run, session.Get<subsidy::Run>(id));
    if (!run.has_value()) return Refuse(kNotFound, "RUN_NOT_FOUND", "there is no run with this id", "id");
    RETURN_IF_ERROR(records::CheckScope(caller, run->Division()));
    ASSIGN_OR_RETURN(after, change(session, *run));
    return absl::OkStatus();
  }));
  return records::ToMasked<type::v1::SubsidyRun>(*after);
}

grpc::Status WorkshopsService::CreateSubsidyRun(grpc::ServerContext* context,
                                                const v1::CreateSubsidyRunRequest* request,
                                                type::v1::SubsidyRun* response) {
  const auto create = [&](const rpc::Caller& caller) -> absl::StatusOr<type::v1::SubsidyRun> {
    const absl::StatusOr<Month> period = ParseMonth(request->period());
    if (!period.ok()) return Refuse(kInvalidArgument, "PERIOD_MALFORMED", "write the month as 2018-10", "period");
    const roots::Actor actor = records::ActorOf(caller, "CreateSubsidyRun");
    std::optional<subsidy::Run> run;
    RETURN_IF_ERROR(store_.Change(actor, [&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(run, ListRun(session, request->division(), *period, caller.subject));
      // An old code may lead to a county that is not the caller's.
      return records::CheckScope(caller, run->Division());
    }));
    return records::ToMasked<type::v1::SubsidyRun>(*run);
  };
  return guard_.Unary<v1::CreateSubsidyRunRequest, type::v1::SubsidyRun>(context, request, response, create);
}

grpc::Status WorkshopsService::ApproveSubsidyRun(grpc::ServerContext* context,
                                                 const v1::ApproveSubsidyRunRequest* request,
                                                 type::v1::SubsidyRun* response) {
  const auto approve = [&](const rpc::Caller& caller) {
    return Change(caller, "ApproveSubsidyRun", request->id(), [&](roots::Session& session, const subsidy::Run& run) {
      return subsidy::DecideRun(
          session, SubsidyFlow(), run,
          {.verdict = approval::Verdict::kApprove, .step = request->step(), .reason = request->reason()},
          approval::ActOf(caller, session.now()));
    });
  };
  return guard_.Unary<v1::ApproveSubsidyRunRequest, type::v1::SubsidyRun>(context, request, response, approve);
}

grpc::Status WorkshopsService::DecideSubsidyRun(grpc::ServerContext* context,
                                                const v1::DecideSubsidyRunRequest* request,
                                                type::v1::SubsidyRun* response) {
  return records::ChangeById<subsidy::Run>(
      store_, guard_, context, request, response, "RUN_NOT_FOUND",
      [&](roots::Session& session, const subsidy::Run& before, const notice::Act& act) -> absl::StatusOr<subsidy::Run> {
        ASSIGN_OR_RETURN(const approval::Ruling ruling, messages::FromProto<approval::Ruling>(*request));
        return subsidy::DecideRun(session, SubsidyFlow(), before, ruling, act);
      });
}

grpc::Status WorkshopsService::PaySubsidyRun(grpc::ServerContext* context, const v1::PaySubsidyRunRequest* request,
                                             type::v1::SubsidyRun* response) {
  const auto pay = [&](const rpc::Caller& caller) -> absl::StatusOr<type::v1::SubsidyRun> {
    ASSIGN_OR_RETURN(const Date on, ParseDate(request->paid_on()));
    return Change(caller, "PaySubsidyRun", request->id(),
                  [&](roots::Session& session, const subsidy::Run& run) { return PayRun(session, run, on); });
  };
  return guard_.Unary<v1::PaySubsidyRunRequest, type::v1::SubsidyRun>(context, request, response, pay);
}

grpc::Status WorkshopsService::GetSubsidyRun(grpc::ServerContext* context, const v1::GetSubsidyRunRequest* request,
                                             type::v1::SubsidyRun* response) {
  return guard_.Unary<v1::GetSubsidyRunRequest, type::v1::SubsidyRun>(
      context, request, response, [&](const rpc::Caller& caller) {
        return records::Get<type::v1::SubsidyRun, subsidy::Run>(store_, caller, request->id(), "RUN_NOT_FOUND");
      });
}

}  // namespace anju::workshops
