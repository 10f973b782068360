#pragma once

#include "absl/functional/function_ref.h"
#include "anju/microcredit/v1/microcredit.grpc.pb.h"
#include "anju/type/v1/subsidy.pb.h"
#include "services/platform/intake/intake.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"
#include "services/platform/subsidy/run.h"

namespace anju::microcredit {

// Translates between the contract and the use cases.
class MicrocreditService final : public v1::Microcredit::Service {
 public:
  MicrocreditService(roots::Store& store, intake::Intake& intake, rpc::Guard& guard)
      : store_(store), intake_(intake), guard_(guard) {}

  using Receipt = type::v1::ImportReceipt;
  grpc::Status ImportRatings(grpc::ServerContext* context,
                             grpc::ServerReaderWriter<Receipt, v1::ImportRatingsRequest>* stream) override;
  grpc::Status ImportLoans(grpc::ServerContext* context,
                           grpc::ServerReaderWriter<Receipt, v1::ImportLoansRequest>* stream) override;
  grpc::Status ImportRepayments(grpc::ServerContext* context,
                                grpc::ServerReaderWriter<Receipt, v1::ImportRepaymentsRequest>* stream) override;
  grpc::Status ImportFundMovements(grpc::ServerContext* context,
                                   grpc::ServerReaderWriter<Receipt, v1::ImportFundMovementsRequest>* stream) override;
  grpc::Status ImportTerminals(grpc::ServerContext* context,
                               grpc::ServerReaderWriter<Receipt, v1::ImportTerminalsRequest>* stream) override;
  grpc::Status ImportCreditPlaces(grpc::ServerContext* context,
                                  grpc::ServerReaderWriter<Receipt, v1::ImportCreditPlacesRequest>* stream) override;
  grpc::Status GetCreditAccount(grpc::ServerContext* context, const v1::GetCreditAccountRequest* request,
                                v1::CreditAccount* response) override;
  grpc::Status ListCreditAccounts(grpc::ServerContext* context, const v1::ListCreditAccountsRequest* request,
                                  v1::ListCreditAccountsResponse* response) override;
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
  using Step = absl::FunctionRef<absl::StatusOr<subsidy::Run>(roots::Session&)>;
  // Takes a run a step further, in one transaction. The run must lie within the caller's scope.
  absl::StatusOr<type::v1::SubsidyRun> ChangeRun(const rpc::Caller& caller, const std::string& method, Step step);

  roots::Store& store_;
  intake::Intake& intake_;
  rpc::Guard& guard_;
};

}  // namespace anju::microcredit
