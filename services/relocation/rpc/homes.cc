#include "services/relocation/rpc/homes.h"

#include "services/platform/base/error.h"
#include "services/platform/records/change.h"
#include "services/platform/roots/queue.h"
#include "services/relocation/domain/area.h"
#include "services/relocation/domain/follow_up.h"
#include "services/relocation/domain/step_back.h"
#include "services/relocation/domain/two_homes.h"

namespace anju::relocation {

template <typename Request>
grpc::Status HomesService::Move(grpc::ServerContext* context, const Request* request, v1::Case* response, Verb verb) {
  return records::ChangeRecord<Case>(
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
              [&](roots::Session& session, const Case& before, const Act& act) -> absl::StatusOr<Case> {
                ASSIGN_OR_RETURN(const StepBackRequest back, messages::FromProto<StepBackRequest>(*request));
                return StepBackCase(session, before, back, act);
              });
}

grpc::Status HomesService::ConfirmArea(grpc::ServerContext* context, const v1::ConfirmAreaRequest* request,
                                       v1::Case* response) {
  return Move(context, request, response,
              [&](roots::Session&, const Case& before, const Act& act) -> absl::StatusOr<Case> {
                ASSIGN_OR_RETURN(const ConfirmAreaRequest confirm, messages::FromProto<ConfirmAreaRequest>(*request));
                return relocation::ConfirmArea(before, confirm.reason, act);
              });
}

grpc::Status HomesService::ListAreaExcess(grpc::ServerContext* context, const v1::ListAreaExcessRequest* request,
                                          v1::ListAreaExcessResponse* response) {
  const auto list = [&](const rpc::Caller&) -> absl::StatusOr<v1::ListAreaExcessResponse> {
    const Date today = DayInChina(store_.clock().Now());
    return records::ListQueue<Case, v1::ListAreaExcessResponse>(
        store_, kAreaExcess, today, *request, [&](const Case& relocation, v1::ListAreaExcessResponse& to) {
          v1::AreaExcess& excess = *to.add_cases();
          excess.set_case_id(relocation.id);
          excess.set_case_key(relocation.key);
          excess.set_household_id(relocation.household_id);
          excess.set_state(static_cast<v1::CaseState>(relocation.state));
          excess.set_unit_key(relocation.unit_key);
          excess.set_unit_area_centi_sqm(relocation.unit_area_centi_sqm);
          excess.set_persons(relocation.household.PersonsOn(today));
          excess.set_excess_centi_sqm(ExcessOn(relocation, today));
          excess.set_since(Format(Unconfirmed(relocation).back().days.from));
        });
  };
  return guard_.Unary<v1::ListAreaExcessRequest, v1::ListAreaExcessResponse>(context, request, response, list);
}

grpc::Status HomesService::ImportPowerReadings(
    grpc::ServerContext* context, grpc::ServerReaderWriter<Receipt, v1::ImportPowerReadingsRequest>* stream) {
  return intake_.Run(context, stream, ImportPowerReading, {"household_no", "home", "month"});
}

grpc::Status HomesService::ListTwoHomes(grpc::ServerContext* context, const v1::ListTwoHomesRequest* request,
                                        v1::ListTwoHomesResponse* response) {
  const auto list = [&](const rpc::Caller&) {
    return records::ListQueue<Case, v1::ListTwoHomesResponse>(
        store_, kTwoHomes, roots::kWhenever, *request, [](const Case& relocation, v1::ListTwoHomesResponse& to) {
          const HomeUse use = UseOf(relocation);
          const auto goes_on = [](const std::vector<tally::Span>& spans) {
            return !spans.empty() && !spans.back().until.has_value();
          };
          v1::TwoHomes& household = *to.add_households();
          household.set_case_id(relocation.id);
          household.set_case_key(relocation.key);
          household.set_household_id(relocation.household_id);
          household.set_since(Format(TwoHomesSince(relocation).value()));
          household.set_old_in_use(goes_on(use.old_in_use));
          household.set_new_idle(goes_on(use.new_idle));
        });
  };
  return guard_.Unary<v1::ListTwoHomesRequest, v1::ListTwoHomesResponse>(context, request, response, list);
}

grpc::Status HomesService::ListWithoutFollowUp(grpc::ServerContext* context,
                                               const v1::ListWithoutFollowUpRequest* request,
                                               v1::ListWithoutFollowUpResponse* response) {
  const bool work = request->gap() == v1::FOLLOW_UP_GAP_NOBODY_IN_WORK;
  const auto list = [&](const rpc::Caller&) {
    // What ends by itself later on is not missing yet.
    return records::ListQueue<Case, v1::ListWithoutFollowUpResponse>(
        store_, work ? kNobodyInWork : kWithoutMeasure, DayInChina(store_.clock().Now()), *request,
        [&](const Case& relocation, v1::ListWithoutFollowUpResponse& to) {
          v1::WithoutFollowUp& household = *to.add_households();
          household.set_case_id(relocation.id);
          household.set_case_key(relocation.key);
          household.set_household_id(relocation.household_id);
          household.set_moved_in_on(Format(*relocation.steps.moved_in_on));
          household.set_since(Format((work ? NobodyInWorkSince(relocation) : WithoutMeasureSince(relocation)).value()));
        });
  };
  return guard_.Unary<v1::ListWithoutFollowUpRequest, v1::ListWithoutFollowUpResponse>(context, request, response,
                                                                                       list);
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
