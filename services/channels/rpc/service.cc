#include "services/channels/rpc/service.h"

#include "services/channels/domain/channel.h"
#include "services/channels/domain/product.h"
#include "services/channels/domain/route.h"
#include "services/channels/domain/sale.h"
#include "services/channels/domain/visit.h"
#include "services/platform/records/read.h"

namespace anju::channels {

grpc::Status ChannelsService::ImportChannels(grpc::ServerContext* context,
                                             grpc::ServerReaderWriter<Receipt, v1::ImportChannelsRequest>* stream) {
  return intake_.Run(context, stream, ImportChannel, {"channel_no"});
}

grpc::Status ChannelsService::ImportStalls(grpc::ServerContext* context,
                                           grpc::ServerReaderWriter<Receipt, v1::ImportStallsRequest>* stream) {
  return intake_.Run(context, stream, ImportStall, {"stall_no"});
}

grpc::Status ChannelsService::ImportProducts(grpc::ServerContext* context,
                                             grpc::ServerReaderWriter<Receipt, v1::ImportProductsRequest>* stream) {
  return intake_.Run(context, stream, ImportProduct, {"product_no"});
}

grpc::Status ChannelsService::ImportSales(grpc::ServerContext* context,
                                          grpc::ServerReaderWriter<Receipt, v1::ImportSalesRequest>* stream) {
  return intake_.Run(context, stream, ImportSale, {"sale_no"});
}

grpc::Status ChannelsService::ImportSaleShares(grpc::ServerContext* context,
                                               grpc::ServerReaderWriter<Receipt, v1::ImportSaleSharesRequest>* stream) {
  return intake_.Run(context, stream, ImportSaleShare, {"sale_no", "household_no"});
}

grpc::Status ChannelsService::ImportRoutes(grpc::ServerContext* context,
                                           grpc::ServerReaderWriter<Receipt, v1::ImportRoutesRequest>* stream) {
  return intake_.Run(context, stream, ImportRoute, {"route_no"});
}

grpc::Status ChannelsService::ImportTourGroups(grpc::ServerContext* context,
                                               grpc::ServerReaderWriter<Receipt, v1::ImportTourGroupsRequest>* stream) {
  return intake_.Run(context, stream, ImportTourGroup, {"group_no"});
}

grpc::Status ChannelsService::ImportTourHouseholds(
    grpc::ServerContext* context, grpc::ServerReaderWriter<Receipt, v1::ImportTourHouseholdsRequest>* stream) {
  return intake_.Run(context, stream, ImportTourHousehold, {"group_no", "household_no"});
}

grpc::Status ChannelsService::GetChannel(grpc::ServerContext* context, const v1::GetChannelRequest* request,
                                         v1::Channel* response) {
  return guard_.Unary<v1::GetChannelRequest, v1::Channel>(context, request, response, [&](const rpc::Caller& caller) {
    return records::Get<v1::Channel, Channel>(store_, caller, request->id(), "CHANNEL_NOT_FOUND");
  });
}

grpc::Status ChannelsService::ListChannels(grpc::ServerContext* context, const v1::ListChannelsRequest* request,
                                           v1::ListChannelsResponse* response) {
  return guard_.Unary<v1::ListChannelsRequest, v1::ListChannelsResponse>(
      context, request, response, [&](const rpc::Caller&) {
        return records::List<Channel>(store_, *request, &v1::ListChannelsResponse::add_channels);
      });
}

grpc::Status ChannelsService::GetSale(grpc::ServerContext* context, const v1::GetSaleRequest* request,
                                      v1::Sale* response) {
  return guard_.Unary<v1::GetSaleRequest, v1::Sale>(context, request, response, [&](const rpc::Caller& caller) {
    return records::Get<v1::Sale, Sale>(store_, caller, request->id(), "SALE_NOT_FOUND");
  });
}

grpc::Status ChannelsService::ListSales(grpc::ServerContext* context, const v1::ListSalesRequest* request,
                                        v1::ListSalesResponse* response) {
  return guard_.Unary<v1::ListSalesRequest, v1::ListSalesResponse>(context, request, response, [&](const rpc::Caller&) {
    return records::List<Sale>(store_, *request, &v1::ListSalesResponse::add_sales);
  });
}

grpc::Status ChannelsService::GetRoute(grpc::ServerContext* context, const v1::GetRouteRequest* request,
                                       v1::Route* response) {
  return guard_.Unary<v1::GetRouteRequest, v1::Route>(context, request, response, [&](const rpc::Caller& caller) {
    return records::Get<v1::Route, Route>(store_, caller, request->id(), "ROUTE_NOT_FOUND");
  });
}

grpc::Status ChannelsService::ListRoutes(grpc::ServerContext* context, const v1::ListRoutesRequest* request,
                                         v1::ListRoutesResponse* response) {
  return guard_.Unary<v1::ListRoutesRequest, v1::ListRoutesResponse>(
      context, request, response,
      [&](const rpc::Caller&) { return records::List<Route>(store_, *request, &v1::ListRoutesResponse::add_routes); });
}

}  // namespace anju::channels
