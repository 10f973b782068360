#include "services/relocation/rpc/homes.h"

#include "services/platform/base/error.h"
#include "services/platform/roots/queue.h"
#include "services/relocation/domain/step_back.h"
#include "services/relocation/rpc/change.h"

namespace anju::relocation {

template <typename Request>
grpc::Status HomesService::Move(grpc::ServerContext* context, const Request* request, v1::Case* response, Verb verb) {
  return ChangeRecord<Case>(
      store_, guard_, context, request, response,
      [&](roots::Session& session, const rpc::Caller& caller, const Act& act) -> absl::StatusOr<Case> {
        ASSIGN_OR_RETURN(const Case before, FindCase(session, request->id()));
        RETURN_IF_ERROR(records::CheckScope(caller, before.Division()));
        return verb(session, before, act);
      });
}

grpc::Status HomesService::RecordOldHouse(grpc::ServerContext* context, const v1::RecordOldHouseRequest* request,
                                          v1::Case* response) {
  return Move(context, request, response,
              [&](roots::Session& session, const Case& before, const Act&) -> absl::StatusOr<Case> {
                ASSIGN_OR_RETURN(const OldHouseRequest house, messages::FromProto<OldHouseRequest>(*request));
                return relocation::RecordOldHouse(session, before, house);
              });
}

grpc::Status HomesService::DemolishOldHouse(grpc::ServerContext* context, const v1::DemolishOldHouseRequest* request,
                                            v1::Case* response) {
  return Move(context, request, response, [](roots::Session&, const Case& before, const Act& act) {
    return relocation::DemolishOldHouse(before, act);
  });
}

grpc::Status HomesService::ReclaimLand(grpc::ServerContext* context, const v1::ReclaimLandRequest* request,
                                       v1::Case* response) {
  return Move(context, request, response, [&](roots::Session&, const Case& before, const Act& act) {
    return relocation::ReclaimLand(before, request->reclaimed_centi_mu(), act);
  });
}

grpc::Status HomesService::IssueTitle(grpc::ServerContext* context, const v1::IssueTitleRequest* request,
                                      v1::Case* response) {
  return Move(context, request, response,
              [&](roots::Session& session, const Case& before, const Act& act) -> absl::StatusOr<Case> {
                ASSIGN_OR_RETURN(const TitleRequest title, messages::FromProto<TitleRequest>(*request));
                return relocation::IssueTitle(session, before, title.title_no, act);
              });
}

grpc::Status HomesService::StepBack(grpc::ServerContext* context, const v1::StepBackRequest* request,
                                    v1::Case* response) {
  return Move(context, request, response,
              [&](roots::Session&, const Case& before, const Act& act) -> absl::StatusOr<Case> {
                ASSIGN_OR_RETURN(const StepBackRequest back, messages::FromProto<StepBackRequest>(*request));
                return relocation::StepBack(before, back.from, back.reason, act);
              });
}

grpc::Status HomesService::ListOldHouses(grpc::ServerContext* context, const v1::ListOldHousesRequest* request,
                                         v1::ListOldHousesResponse* response) {
  const auto list = [&](const rpc::Caller&) -> absl::StatusOr<v1::ListOldHousesResponse> {
    const Date today = DayInChina(store_.clock().Now());
    const Date until = request->overdue_only() ? today - 1 : roots::kWhenever;
    return records::ListQueue<Case, v1::ListOldHousesResponse>(
        store_, kOldHousesToGo, until, *request, [&](const Case& relocation, v1::ListOldHousesResponse& to) {
          v1::OldHouseToGo& house = *to.add_houses();
          house.set_case_id(relocation.id);
          house.set_case_key(relocation.key);
          house.set_household_id(relocation.household_id);
          *house.mutable_old_house() = messages::ToProto<v1::OldHouse>(relocation.old_house);
          house.set_moved_in_on(Format(*relocation.steps.moved_in_on));
          house.set_days_overdue(DaysOverdue(relocation, today));
        });
  };
  return guard_.Unary<v1::ListOldHousesRequest, v1::ListOldHousesResponse>(context, request, response, list);
}

}  // namespace anju::relocation
