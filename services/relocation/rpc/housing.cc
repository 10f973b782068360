#include "services/relocation/rpc/housing.h"

#include "services/platform/base/error.h"
#include "services/platform/records/change.h"
#include "services/relocation/domain/renovation.h"

namespace anju::relocation {
namespace {

constexpr absl::string_view kNoRenovation = "RENOVATION_NOT_FOUND";

}  // namespace

grpc::Status HousingService::ImportRenovations(
    grpc::ServerContext* context, grpc::ServerReaderWriter<Receipt, v1::ImportRenovationsRequest>* stream) {
  return intake_.Run(context, stream, ImportRenovation, {"renovation_no"});
}

grpc::Status HousingService::PlanRenovation(grpc::ServerContext* context, const v1::PlanRenovationRequest* request,
                                            v1::Renovation* response) {
  return records::ChangeRecord<Renovation>(
      store_, guard_, context, request, response,
      [&](roots::Session& session, const rpc::Caller& caller, const Act& act) -> absl::StatusOr<Renovation> {
        ASSIGN_OR_RETURN(const RenovationPlan plan, messages::FromProto<RenovationPlan>(*request));
        ASSIGN_OR_RETURN(Renovation planned, relocation::PlanRenovation(session, plan, act));
        // An old code may lead to a county that is not the caller's.
        RETURN_IF_ERROR(records::CheckScope(caller, planned.Division()));
        return planned;
      });
}

grpc::Status HousingService::StartRenovation(grpc::ServerContext* context, const v1::StartRenovationRequest* request,
                                             v1::Renovation* response) {
  return records::ChangeById<Renovation>(
      store_, guard_, context, request, response, kNoRenovation,
      [](roots::Session& session, const Renovation& before, const Act& act) -> absl::StatusOr<Renovation> {
        ASSIGN_OR_RETURN(const std::optional<Case> relocation, FindCaseOf(session, before.household_id));
        return relocation::StartRenovation(before, relocation, act);
      });
}

grpc::Status HousingService::CompleteRenovation(grpc::ServerContext* context,
                                                const v1::CompleteRenovationRequest* request,
                                                v1::Renovation* response) {
  return records::ChangeById<Renovation>(store_, guard_, context, request, response, kNoRenovation,
                                         [](roots::Session&, const Renovation& before, const Act& act) {
                                           return relocation::CompleteRenovation(before, act);
                                         });
}

grpc::Status HousingService::AcceptRenovation(grpc::ServerContext* context, const v1::AcceptRenovationRequest* request,
                                              v1::Renovation* response) {
  return records::ChangeById<Renovation>(store_, guard_, context, request, response, kNoRenovation,
                                         [](roots::Session&, const Renovation& before, const Act& act) {
                                           return relocation::AcceptRenovation(before, act);
                                         });
}

grpc::Status HousingService::WithdrawRenovation(grpc::ServerContext* context,
                                                const v1::WithdrawRenovationRequest* request,
                                                v1::Renovation* response) {
  return records::ChangeById<Renovation>(
      store_, guard_, context, request, response, kNoRenovation,
      [&](roots::Session&, const Renovation& before, const Act& act) -> absl::StatusOr<Renovation> {
        ASSIGN_OR_RETURN(const WithdrawalRequest asked, messages::FromProto<WithdrawalRequest>(*request));
        return relocation::WithdrawRenovation(before, asked.reason, act);
      });
}

grpc::Status HousingService::GetRenovation(grpc::ServerContext* context, const v1::GetRenovationRequest* request,
                                           v1::Renovation* response) {
  return guard_.Unary<v1::GetRenovationRequest, v1::Renovation>(
      context, request, response, [&](const rpc::Caller& caller) {
        return records::Get<v1::Renovation, Renovation>(store_, caller, request->id(), kNoRenovation);
      });
}

grpc::Status HousingService::ListRenovations(grpc::ServerContext* context, const v1::ListRenovationsRequest* request,
                                             v1::ListRenovationsResponse* response) {
  const auto list = [&](const rpc::Caller&) -> absl::StatusOr<v1::ListRenovationsResponse> {
    ASSIGN_OR_RETURN(v1::ListRenovationsResponse page,
                     records::List<Renovation>(store_, *request, &v1::ListRenovationsResponse::add_renovations));
    if (!request->relocating()) return page;
    v1::ListRenovationsResponse relocating;
    relocating.set_next_page_token(page.next_page_token());
    RETURN_IF_ERROR(store_.Look([&](roots::Session& session) -> absl::Status {
      for (v1::Renovation& renovation : *page.mutable_renovations()) {
        ASSIGN_OR_RETURN(const std::optional<Renovation> root, session.Get<Renovation>(renovation.id()));
        ASSIGN_OR_RETURN(const std::optional<Case> relocation, FindCaseOf(session, renovation.household_id()));
        if (root.has_value() && GetsBoth(*root, relocation)) *relocating.add_renovations() = std::move(renovation);
      }
      return absl::OkStatus();
    }));
    return relocating;
  };
  return guard_.Unary<v1::ListRenovationsRequest, v1::ListRenovationsResponse>(context, request, response, list);
}

}  // namespace anju::relocation
