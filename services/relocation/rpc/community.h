#pragma once

#include "anju/relocation/v1/community.grpc.pb.h"
#include "services/platform/intake/intake.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"

namespace anju::relocation {

// Translates between the contract of communities and the use cases.
class CommunityService final : public v1::Community::Service {
 public:
  CommunityService(roots::Store& store, intake::Intake& intake, rpc::Guard& guard)
      : store_(store), intake_(intake), guard_(guard) {}

  using Receipt = type::v1::ImportReceipt;
  grpc::Status ImportPlots(grpc::ServerContext* context,
                           grpc::ServerReaderWriter<Receipt, v1::ImportPlotsRequest>* stream) override;
  grpc::Status ImportElections(grpc::ServerContext* context,
                               grpc::ServerReaderWriter<Receipt, v1::ImportElectionsRequest>* stream) override;
  grpc::Status ImportSeats(grpc::ServerContext* context,
                           grpc::ServerReaderWriter<Receipt, v1::ImportSeatsRequest>* stream) override;
  grpc::Status AssignPlot(grpc::ServerContext* context, const v1::AssignPlotRequest* request,
                          v1::Plot* response) override;
  grpc::Status ReturnPlot(grpc::ServerContext* context, const v1::ReturnPlotRequest* request,
                          v1::Plot* response) override;
  grpc::Status GetPlot(grpc::ServerContext* context, const v1::GetPlotRequest* request, v1::Plot* response) override;
  grpc::Status ListPlots(grpc::ServerContext* context, const v1::ListPlotsRequest* request,
                         v1::ListPlotsResponse* response) override;
  grpc::Status HoldElection(grpc::ServerContext* context, const v1::HoldElectionRequest* request,
                            v1::Assembly* response) override;
  grpc::Status ResignSeat(grpc::ServerContext* context, const v1::ResignSeatRequest* request,
                          v1::Assembly* response) override;
  grpc::Status GetAssembly(grpc::ServerContext* context, const v1::GetAssemblyRequest* request,
                           v1::Assembly* response) override;
  grpc::Status ListAssemblies(grpc::ServerContext* context, const v1::ListAssembliesRequest* request,
                              v1::ListAssembliesResponse* response) override;

 private:
  roots::Store& store_;
  intake::Intake& intake_;
  rpc::Guard& guard_;
};

}  // namespace anju::relocation
