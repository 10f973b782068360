#pragma once

#include "anju/relocation/v1/housing.grpc.pb.h"
#include "services/platform/intake/intake.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"

namespace anju::relocation {

// Translates between the contract of renovations and the use cases.
class HousingService final : public v1::Housing::Service {
 public:
  HousingService(roots::Store& store, intake::Intake& intake, rpc::Guard& guard)
      : store_(store), intake_(intake), guard_(guard) {}

  using Receipt = type::v1::ImportReceipt;
  grpc::Status ImportRenovations(grpc::ServerContext* context,
                                 grpc::ServerReaderWriter<Receipt, v1::ImportRenovationsRequest>* stream) override;
  grpc::Status PlanRenovation(grpc::ServerContext* context, const v1::PlanRenovationRequest* request,
                              v1::Renovation* response) override;
  grpc::Status StartRenovation(grpc::ServerContext* context, const v1::StartRenovationRequest* request,
                               v1::Renovation* response) override;
  grpc::Status CompleteRenovation(grpc::ServerContext* context, const v1::CompleteRenovationRequest* request,
                                  v1::Renovation* response) override;
  grpc::Status AcceptRenovation(grpc::ServerContext* context, const v1::AcceptRenovationRequest* request,
                                v1::Renovation* response) override;
  grpc::Status WithdrawRenovation(grpc::ServerContext* context, const v1::WithdrawRenovationRequest* request,
                                  v1::Renovation* response) override;
  grpc::Status GetRenovation(grpc::ServerContext* context, const v1::GetRenovationRequest* request,
                             v1::Renovation* response) override;
  grpc::Status ListRenovations(grpc::ServerContext* context, const v1::ListRenovationsRequest* request,
                               v1::ListRenovationsResponse* response) override;

 private:
  roots::Store& store_;
  intake::Intake& intake_;
  rpc::Guard& guard_;
};

}  // namespace anju::relocation
