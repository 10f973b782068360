#pragma once

#include "anju/channels/v1/channels.grpc.pb.h"
#include "services/platform/intake/intake.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"

namespace anju::channels {

// Translates between the contract and the use cases.
class ChannelsService final : public v1::Channels::Service {
 public:
  ChannelsService(roots::Store& store, intake::Intake& intake, rpc::Guard& guard)
      : store_(store), intake_(intake), guard_(guard) {}

  using Receipt = type::v1::ImportReceipt;
  grpc::Status ImportChannels(grpc::ServerContext* context,
                              grpc::ServerReaderWriter<Receipt, v1::ImportChannelsRequest>* stream) override;
  grpc::Status ImportStalls(grpc::ServerContext* context,
                            grpc::ServerReaderWriter<Receipt, v1::ImportStallsRequest>* stream) override;
  grpc::Status ImportProducts(grpc::ServerContext* context,
                              grpc::ServerReaderWriter<Receipt, v1::ImportProductsRequest>* stream) override;
  grpc::Status ImportSales(grpc::ServerContext* context,
                           grpc::ServerReaderWriter<Receipt, v1::ImportSalesRequest>* stream) override;
  grpc::Status ImportSaleShares(grpc::ServerContext* context,
                                grpc::ServerReaderWriter<Receipt, v1::ImportSaleSharesRequest>* stream) override;
  grpc::Status ImportRoutes(grpc::ServerContext* context,
                            grpc::ServerReaderWriter<Receipt, v1::ImportRoutesRequest>* stream) override;
  grpc::Status ImportTourGroups(grpc::ServerContext* context,
                                grpc::ServerReaderWriter<Receipt, v1::ImportTourGroupsRequest>* stream) override;
  grpc::Status ImportTourHouseholds(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<Receipt, v1::ImportTourHouseholdsRequest>* stream) override;
  grpc::Status GetChannel(grpc::ServerContext* context, const v1::GetChannelRequest* request,
                          v1::Channel* response) override;
  grpc::Status ListChannels(grpc::ServerContext* context, const v1::ListChannelsRequest* request,
                            v1::ListChannelsResponse* response) override;
  grpc::Status GetSale(grpc::ServerContext* context, const v1::GetSaleRequest* request, v1::Sale* response) override;
  grpc::Status ListSales(grpc::ServerContext* context, const v1::ListSalesRequest* request,
                         v1::ListSalesResponse* response) override;
  grpc::Status GetRoute(grpc::ServerContext* context, const v1::GetRouteRequest* request, v1::Route* response) override;
  grpc::Status ListRoutes(grpc::ServerContext* context, const v1::ListRoutesRequest* request,
                          v1::ListRoutesResponse* response) override;

 private:
  roots::Store& store_;
  intake::Intake& intake_;
  rpc::Guard& guard_;
};

}  // namespace anju::channels
