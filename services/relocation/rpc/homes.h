#pragma once

#include "absl/functional/function_ref.h"
#include "anju/relocation/v1/homes.grpc.pb.h"
#include "services/platform/intake/intake.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"
#include "services/relocation/domain/homes.h"

namespace anju::relocation {

// Translates between the contract and the use cases.
class HomesService final : public v1::Homes::Service {
 public:
  HomesService(roots::Store& store, intake::Intake& intake, rpc::Guard& guard)
      : store_(store), intake_(intake), guard_(guard) {}

  grpc::Status RecordOldHouse(grpc::ServerContext* context, const v1::RecordOldHouseRequest* request,
                              v1::Case* response) override;
  grpc::Status DemolishOldHouse(grpc::ServerContext* context, const v1::DemolishOldHouseRequest* request,
                                v1::Case* response) override;
  grpc::Status ReclaimLand(grpc::ServerContext* context, const v1::ReclaimLandRequest* request,
                           v1::Case* response) override;
  grpc::Status IssueTitle(grpc::ServerContext* context, const v1::IssueTitleRequest* request,
                          v1::Case* response) override;
  grpc::Status StepBack(grpc::ServerContext* context, const v1::StepBackRequest* request, v1::Case* response) override;
  grpc::Status ConfirmArea(grpc::ServerContext* context, const v1::ConfirmAreaRequest* request,
                           v1::Case* response) override;
  grpc::Status ListAreaExcess(grpc::ServerContext* context, const v1::ListAreaExcessRequest* request,
                              v1::ListAreaExcessResponse* response) override;
  using Receipt = type::v1::ImportReceipt;
  grpc::Status ImportPowerReadings(grpc::ServerContext* context,
                                   grpc::ServerReaderWriter<Receipt, v1::ImportPowerReadingsRequest>* stream) override;
  grpc::Status ListTwoHomes(grpc::ServerContext* context, const v1::ListTwoHomesRequest* request,
                            v1::ListTwoHomesResponse* response) override;
  grpc::Status ListWithoutFollowUp(grpc::ServerContext* context, const v1::ListWithoutFollowUpRequest* request,
                                   v1::ListWithoutFollowUpResponse* response) override;
  grpc::Status ListOldHouses(grpc::ServerContext* context, const v1::ListOldHousesRequest* request,
                             v1::ListOldHousesResponse* response) override;

 private:
  // Keeps what `verb` makes of the case that the request names, within the caller's scope.
  using Verb = absl::FunctionRef<absl::StatusOr<Case>(roots::Session& session, const Case& before, const Act& act)>;
  template <typename Request>
  grpc::Status Move(grpc::ServerContext* context, const Request* request, v1::Case* response, Verb verb);

  roots::Store& store_;
  intake::Intake& intake_;
  rpc::Guard& guard_;
};

}  // namespace anju::relocation
