#include "services/relocation/rpc/community.h"

#include "services/platform/base/error.h"
#include "services/platform/records/change.h"
#include "services/relocation/domain/assembly.h"
#include "services/relocation/domain/plot.h"
#include "services/relocation/rpc/sites.h"

namespace anju::relocation {
namespace {

constexpr absl::string_view kNoPlot = "PLOT_NOT_FOUND";
constexpr absl::string_view kNoAssembly = "ASSEMBLY_NOT_FOUND";

}  // namespace

grpc::Status CommunityService::ImportPlots(grpc::ServerContext* context,
                                           grpc::ServerReaderWriter<Receipt, v1::ImportPlotsRequest>* stream) {
  return intake_.Run(context, stream, ImportPlot, {"plot_no", "since"});
}

grpc::Status CommunityService::ImportElections(grpc::ServerContext* context,
                                               grpc::ServerReaderWriter<Receipt, v1::ImportElectionsRequest>* stream) {
  return intake_.Run(context, stream, ImportElection, {"election_no", "site_no"});
}

grpc::Status CommunityService::ImportSeats(grpc::ServerContext* context,
                                           grpc::ServerReaderWriter<Receipt, v1::ImportSeatsRequest>* stream) {
  return intake_.Run(context, stream, ImportSeat, {"election_no", "site_no", "household_no"});
}

grpc::Status CommunityService::AssignPlot(grpc::ServerContext* context, const v1::AssignPlotRequest* request,
                                          v1::Plot* response) {
  return records::ChangeById<Plot>(
      store_, guard_, context, request, response, kNoPlot,
      [&](roots::Session& session, const Plot& before, const Act& act) -> absl::StatusOr<Plot> {
        ASSIGN_OR_RETURN(const PlotRequest asked, messages::FromProto<PlotRequest>(*request));
        return relocation::AssignPlot(session, before, asked.household, act);
      });
}

grpc::Status CommunityService::ReturnPlot(grpc::ServerContext* context, const v1::ReturnPlotRequest* request,
                                          v1::Plot* response) {
  return records::ChangeById<Plot>(store_, guard_, context, request, response, kNoPlot, relocation::ReturnPlot);
}

grpc::Status CommunityService::GetPlot(grpc::ServerContext* context, const v1::GetPlotRequest* request,
                                       v1::Plot* response) {
  return guard_.Unary<v1::GetPlotRequest, v1::Plot>(context, request, response, [&](const rpc::Caller& caller) {
    return records::Get<v1::Plot, Plot>(store_, caller, request->id(), kNoPlot);
  });
}

grpc::Status CommunityService::ListPlots(grpc::ServerContext* context, const v1::ListPlotsRequest* request,
                                         v1::ListPlotsResponse* response) {
  return guard_.Unary<v1::ListPlotsRequest, v1::ListPlotsResponse>(context, request, response, [&](const rpc::Caller&) {
    return records::List<Plot>(store_, *request, &v1::ListPlotsResponse::add_plots);
  });
}

grpc::Status CommunityService::HoldElection(grpc::ServerContext* context, const v1::HoldElectionRequest* request,
                                            v1::Assembly* response) {
  return records::ChangeRecord<Assembly>(
      store_, guard_, context, request, response,
      [&](roots::Session& session, const rpc::Caller& caller, const Act& act) -> absl::StatusOr<Assembly> {
        ASSIGN_OR_RETURN(const ElectionRequest election, messages::FromProto<ElectionRequest>(*request));
        ASSIGN_OR_RETURN(const Site site, FindSiteFor(session, caller, election.site));
        return relocation::HoldElection(session, site, election, act);
      });
}

grpc::Status CommunityService::ResignSeat(grpc::ServerContext* context, const v1::ResignSeatRequest* request,
                                          v1::Assembly* response) {
  return records::ChangeById<Assembly>(
      store_, guard_, context, request, response, kNoAssembly,
      [&](roots::Session&, const Assembly& before, const Act& act) -> absl::StatusOr<Assembly> {
        ASSIGN_OR_RETURN(const Resignation resignation, messages::FromProto<Resignation>(*request));
        return Resign(before, resignation, act);
      });
}

grpc::Status CommunityService::GetAssembly(grpc::ServerContext* context, const v1::GetAssemblyRequest* request,
                                           v1::Assembly* response) {
  return guard_.Unary<v1::GetAssemblyRequest, v1::Assembly>(context, request, response, [&](const rpc::Caller& caller) {
    return records::Get<v1::Assembly, Assembly>(store_, caller, request->id(), kNoAssembly);
  });
}

grpc::Status CommunityService::ListAssemblies(grpc::ServerContext* context, const v1::ListAssembliesRequest* request,
                                              v1::ListAssembliesResponse* response) {
  return guard_.Unary<v1::ListAssembliesRequest, v1::ListAssembliesResponse>(
      context, request, response, [&](const rpc::Caller&) {
        return records::List<Assembly>(store_, *request, &v1::ListAssembliesResponse::add_assemblies);
      });
}

}  // namespace anju::relocation
