#pragma once

#include "anju/relocation/v1/hall.grpc.pb.h"
#include "services/platform/intake/intake.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"

namespace anju::relocation {

// Translates between the contract of the service hall and the use cases.
class HallService final : public v1::Hall::Service {
 public:
  HallService(roots::Store& store, intake::Intake& intake, rpc::Guard& guard)
      : store_(store), intake_(intake), guard_(guard) {}

  using Receipt = type::v1::ImportReceipt;
  grpc::Status ImportHallRequests(grpc::ServerContext* context,
                                  grpc::ServerReaderWriter<Receipt, v1::ImportHallRequestsRequest>* stream) override;
  grpc::Status ReceiveHallRequest(grpc::ServerContext* context, const v1::ReceiveHallRequestRequest* request,
                                  v1::HallRequest* response) override;
  grpc::Status AssignHallRequest(grpc::ServerContext* context, const v1::AssignHallRequestRequest* request,
                                 v1::HallRequest* response) override;
  grpc::Status CloseHallRequest(grpc::ServerContext* context, const v1::CloseHallRequestRequest* request,
                                v1::HallRequest* response) override;
  grpc::Status RateHallRequest(grpc::ServerContext* context, const v1::RateHallRequestRequest* request,
                               v1::HallRequest* response) override;
  grpc::Status ReopenHallRequest(grpc::ServerContext* context, const v1::ReopenHallRequestRequest* request,
                                 v1::HallRequest* response) override;
  grpc::Status GetHallRequest(grpc::ServerContext* context, const v1::GetHallRequestRequest* request,
                              v1::HallRequest* response) override;
  grpc::Status ListOpenHallRequests(grpc::ServerContext* context, const v1::ListOpenHallRequestsRequest* request,
                                    v1::ListOpenHallRequestsResponse* response) override;

 private:
  roots::Store& store_;
  intake::Intake& intake_;
  rpc::Guard& guard_;
};

}  // namespace anju::relocation
