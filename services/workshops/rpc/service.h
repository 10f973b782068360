#pragma once

#include "absl/functional/function_ref.h"
#include "anju/type/v1/subsidy.pb.h"
#include "anju/workshops/v1/workshops.grpc.pb.h"
#include "services/platform/intake/intake.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"
#include "services/platform/subsidy/run.h"

namespace anju::workshops {

// Translates between the contract and the use cases.
class WorkshopsService final : public v1::Workshops::Service {
 public:
  WorkshopsService(roots::Store& store, intake::Intake& intake, rpc::Guard& guard)
      : store_(store), intake_(intake), guard_(guard) {}

  using Receipt = type::v1::ImportReceipt;
  grpc::Status ImportEnterprises(grpc::ServerContext* context,
                                 grpc::ServerReaderWriter<Receipt, v1::ImportEnterprisesRequest>* stream) override;
  grpc::Status ImportWorkshops(grpc::ServerContext* context,
                               grpc::ServerReaderWriter<Receipt, v1::ImportWorkshopsRequest>* stream) override;
  grpc::Status ImportContracts(grpc::ServerContext* context,
                               grpc::ServerReaderWriter<Receipt, v1::ImportContractsRequest>* stream) override;
  grpc::Status ImportPay(grpc::ServerContext* context,
                         grpc::ServerReaderWriter<Receipt, v1::ImportPayRequest>* stream) override;
  grpc::Status ImportTrainingClasses(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<Receipt, v1::ImportTrainingClassesRequest>* stream) override;
  grpc::Status ImportTrainees(grpc::ServerContext* context,
                              grpc::ServerReaderWriter<Receipt, v1::ImportTraineesRequest>* stream) override;
  grpc::Status ImportEmployments(grpc::ServerContext* context,
                                 grpc::ServerReaderWriter<Receipt, v1::ImportEmploymentsRequest>* stream) override;
  grpc::Status GetEnterprise(grpc::ServerContext* context, const v1::GetEnterpriseRequest* request,
                             v1::Enterprise* response) override;
  grpc::Status ListEnterprises(grpc::ServerContext* context, const v1::ListEnterprisesRequest* request,
                               v1::ListEnterprisesResponse* response) override;
  grpc::Status GetWorker(grpc::ServerContext* context, const v1::GetWorkerRequest* request,
                         v1::Worker* response) override;
  grpc::Status ListWorkers(grpc::ServerContext* context, const v1::ListWorkersRequest* request,
                           v1::ListWorkersResponse* response) override;
  grpc::Status CreateSubsidyRun(grpc::ServerContext* context, const v1::CreateSubsidyRunRequest* request,
                                type::v1::SubsidyRun* response) override;
  grpc::Status ApproveSubsidyRun(grpc::ServerContext* context, const v1::ApproveSubsidyRunRequest* request,
                                 type::v1::SubsidyRun* response) override;
  grpc::Status DecideSubsidyRun(grpc::ServerContext* context, const v1::DecideSubsidyRunRequest* request,
                                type::v1::SubsidyRun* response) override;
  grpc::Status PaySubsidyRun(grpc::ServerContext* context, const v1::PaySubsidyRunRequest* request,
                             type::v1::SubsidyRun* response) override;
  grpc::Status GetSubsidyRun(grpc::ServerContext* context, const v1::GetSubsidyRunRequest* request,
                             type::v1::SubsidyRun* response) override;

 private:
  using ChangeRun = absl::FunctionRef<absl::StatusOr<subsidy::Run>(roots::Session&, const subsidy::Run&)>;
  // Changes the run `id` in one transaction. Refuses with RUN_NOT_FOUND or OUTSIDE_SCOPE.
  absl::StatusOr<type::v1::SubsidyRun> Change(const rpc::Caller& caller, absl::string_view method,
                                              const std::string& id, ChangeRun change);

  roots::Store& store_;
  intake::Intake& intake_;
  rpc::Guard& guard_;
};

}  // namespace anju::workshops
