#pragma once

#include "anju/relocation/v1/grid.grpc.pb.h"
#include "services/platform/intake/intake.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"

namespace anju::relocation {

// Translates between the contract of grids and the use cases.
class GridsService final : public v1::Grids::Service {
 public:
  GridsService(roots::Store& store, intake::Intake& intake, rpc::Guard& guard)
      : store_(store), intake_(intake), guard_(guard) {}

  using Receipt = type::v1::ImportReceipt;
  grpc::Status ImportGrids(grpc::ServerContext* context,
                           grpc::ServerReaderWriter<Receipt, v1::ImportGridsRequest>* stream) override;
  grpc::Status ImportGridChiefs(grpc::ServerContext* context,
                                grpc::ServerReaderWriter<Receipt, v1::ImportGridChiefsRequest>* stream) override;
  grpc::Status ImportGridHouseholds(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<Receipt, v1::ImportGridHouseholdsRequest>* stream) override;
  grpc::Status AppointChief(grpc::ServerContext* context, const v1::AppointChiefRequest* request,
                            v1::Grid* response) override;
  grpc::Status DismissChief(grpc::ServerContext* context, const v1::DismissChiefRequest* request,
                            v1::Grid* response) override;
  grpc::Status AssignToGrid(grpc::ServerContext* context, const v1::AssignToGridRequest* request,
                            v1::Grid* response) override;
  grpc::Status GetGrid(grpc::ServerContext* context, const v1::GetGridRequest* request, v1::Grid* response) override;
  grpc::Status ListGrids(grpc::ServerContext* context, const v1::ListGridsRequest* request,
                         v1::ListGridsResponse* response) override;
  grpc::Status ListUncoveredHouseholds(grpc::ServerContext* context, const v1::ListUncoveredHouseholdsRequest* request,
                                       v1::ListUncoveredHouseholdsResponse* response) override;

 private:
  roots::Store& store_;
  intake::Intake& intake_;
  rpc::Guard& guard_;
};

}  // namespace anju::relocation
