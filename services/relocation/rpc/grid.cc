#include "services/relocation/rpc/grid.h"

#include <algorithm>

#include "services/platform/base/error.h"
#include "services/platform/records/change.h"
#include "services/relocation/domain/grid.h"
#include "services/relocation/rpc/sites.h"

namespace anju::relocation {
namespace {

constexpr absl::string_view kNoGrid = "GRID_NOT_FOUND";

}  // namespace

grpc::Status GridsService::ImportGrids(grpc::ServerContext* context,
                                       grpc::ServerReaderWriter<Receipt, v1::ImportGridsRequest>* stream) {
  return intake_.Run(context, stream, ImportGrid, {"grid_no"});
}

grpc::Status GridsService::ImportGridChiefs(grpc::ServerContext* context,
                                            grpc::ServerReaderWriter<Receipt, v1::ImportGridChiefsRequest>* stream) {
  return intake_.Run(context, stream, ImportGridChief, {"grid_no", "since"});
}

grpc::Status GridsService::ImportGridHouseholds(
    grpc::ServerContext* context, grpc::ServerReaderWriter<Receipt, v1::ImportGridHouseholdsRequest>* stream) {
  return intake_.Run(context, stream, ImportGridHousehold, {"grid_no", "household_no", "since"});
}

grpc::Status GridsService::AppointChief(grpc::ServerContext* context, const v1::AppointChiefRequest* request,
                                        v1::Grid* response) {
  return records::ChangeById<Grid>(
      store_, guard_, context, request, response, kNoGrid,
      [&](roots::Session& session, const Grid& before, const Act& act) -> absl::StatusOr<Grid> {
        ASSIGN_OR_RETURN(const Appointment asked, messages::FromProto<Appointment>(*request));
        return relocation::AppointChief(session, before, asked, act);
      });
}

grpc::Status GridsService::DismissChief(grpc::ServerContext* context, const v1::DismissChiefRequest* request,
                                        v1::Grid* response) {
  return records::ChangeById<Grid>(store_, guard_, context, request, response, kNoGrid,
                                   [&](roots::Session&, const Grid& before, const Act& act) -> absl::StatusOr<Grid> {
                                     return relocation::DismissChief(before, act);
                                   });
}

grpc::Status GridsService::AssignToGrid(grpc::ServerContext* context, const v1::AssignToGridRequest* request,
                                        v1::Grid* response) {
  return records::ChangeById<Grid>(
      store_, guard_, context, request, response, kNoGrid,
      [&](roots::Session& session, const Grid& before, const Act& act) -> absl::StatusOr<Grid> {
        ASSIGN_OR_RETURN(const EntryRequest asked, messages::FromProto<EntryRequest>(*request));
        return relocation::AssignToGrid(session, before, asked.household, act);
      });
}

grpc::Status GridsService::GetGrid(grpc::ServerContext* context, const v1::GetGridRequest* request,
                                   v1::Grid* response) {
  return guard_.Unary<v1::GetGridRequest, v1::Grid>(context, request, response, [&](const rpc::Caller& caller) {
    return records::Get<v1::Grid, Grid>(store_, caller, request->id(), kNoGrid);
  });
}

grpc::Status GridsService::ListGrids(grpc::ServerContext* context, const v1::ListGridsRequest* request,
                                     v1::ListGridsResponse* response) {
  return guard_.Unary<v1::ListGridsRequest, v1::ListGridsResponse>(context, request, response, [&](const rpc::Caller&) {
    return records::List<Grid>(store_, *request, &v1::ListGridsResponse::add_grids);
  });
}

grpc::Status GridsService::ListUncoveredHouseholds(grpc::ServerContext* context,
                                                   const v1::ListUncoveredHouseholdsRequest* request,
                                                   v1::ListUncoveredHouseholdsResponse* response) {
  const auto list = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::ListUncoveredHouseholdsResponse> {
    v1::ListUncoveredHouseholdsResponse page;
    RETURN_IF_ERROR(store_.Look([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const SiteRequest asked, messages::FromProto<SiteRequest>(*request));
      ASSIGN_OR_RETURN(const Site site, FindSiteFor(session, caller, asked.site));
      ASSIGN_OR_RETURN(const std::vector<std::string> ids, session.LinkedIds(kCasesOfSite, site.key));
      auto id = std::upper_bound(ids.begin(), ids.end(), request->page_token());
      for (int64_t left = records::PageSize(request->page_size()); left > 0 && id != ids.end(); --left, ++id) {
        ASSIGN_OR_RETURN(const std::optional<Case> relocation, session.Get<Case>(*id));
        ASSIGN_OR_RETURN(const bool uncovered, IsUncovered(session, relocation.value_or(Case())));
        if (!uncovered) continue;
        v1::UncoveredHousehold& household = *page.add_households();
        household.set_household_id(relocation->household_id);
        household.set_case_id(relocation->id);
        household.set_moved_in_on(Format(*relocation->steps.moved_in_on));
        household.set_unit_key(relocation->unit_key);
      }
      if (id != ids.end()) page.set_next_page_token(*(id - 1));
      return absl::OkStatus();
    }));
    return page;
  };
  return guard_.Unary<v1::ListUncoveredHouseholdsRequest, v1::ListUncoveredHouseholdsResponse>(context, request,
                                                                                               response, list);
}

}  // namespace anju::relocation
