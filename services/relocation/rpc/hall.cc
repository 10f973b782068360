#include "services/relocation/rpc/hall.h"

#include <algorithm>

#include "services/platform/base/error.h"
#include "services/platform/records/change.h"
#include "services/platform/roots/queue.h"
#include "services/relocation/domain/hall.h"
#include "services/relocation/rpc/sites.h"

namespace anju::relocation {
namespace {

constexpr absl::string_view kNoRequest = "HALL_REQUEST_NOT_FOUND";

}  // namespace

grpc::Status HallService::ImportHallRequests(grpc::ServerContext* context,
                                             grpc::ServerReaderWriter<Receipt, v1::ImportHallRequestsRequest>* stream) {
  return intake_.Run(context, stream, ImportHallRequest, {"request_no"});
}

grpc::Status HallService::ReceiveHallRequest(grpc::ServerContext* context, const v1::ReceiveHallRequestRequest* request,
                                             v1::HallRequest* response) {
  return records::ChangeRecord<HallRequest>(
      store_, guard_, context, request, response,
      [&](roots::Session& session, const rpc::Caller& caller, const Act& act) -> absl::StatusOr<HallRequest> {
        ASSIGN_OR_RETURN(const Asking asked, messages::FromProto<Asking>(*request));
        ASSIGN_OR_RETURN(const Site site, FindSiteFor(session, caller, asked.site));
        return ReceiveRequest(session, site, asked, act);
      });
}

grpc::Status HallService::AssignHallRequest(grpc::ServerContext* context, const v1::AssignHallRequestRequest* request,
                                            v1::HallRequest* response) {
  return records::ChangeById<HallRequest>(
      store_, guard_, context, request, response, kNoRequest,
      [&](roots::Session&, const HallRequest& before, const Act& act) -> absl::StatusOr<HallRequest> {
        ASSIGN_OR_RETURN(const DepartmentRequest asked, messages::FromProto<DepartmentRequest>(*request));
        return AssignRequest(before, asked.department, act);
      });
}

grpc::Status HallService::CloseHallRequest(grpc::ServerContext* context, const v1::CloseHallRequestRequest* request,
                                           v1::HallRequest* response) {
  return records::ChangeById<HallRequest>(
      store_, guard_, context, request, response, kNoRequest,
      [&](roots::Session&, const HallRequest& before, const Act& act) -> absl::StatusOr<HallRequest> {
        return CloseRequest(before, act);
      });
}

grpc::Status HallService::RateHallRequest(grpc::ServerContext* context, const v1::RateHallRequestRequest* request,
                                          v1::HallRequest* response) {
  return records::ChangeById<HallRequest>(
      store_, guard_, context, request, response, kNoRequest,
      [&](roots::Session&, const HallRequest& before, const Act& act) -> absl::StatusOr<HallRequest> {
        return RateRequest(before, request->rating(), act);
      });
}

grpc::Status HallService::ReopenHallRequest(grpc::ServerContext* context, const v1::ReopenHallRequestRequest* request,
                                            v1::HallRequest* response) {
  return records::ChangeById<HallRequest>(
      store_, guard_, context, request, response, kNoRequest,
      [&](roots::Session& session, const HallRequest& before, const Act& act) -> absl::StatusOr<HallRequest> {
        ASSIGN_OR_RETURN(const ReopeningRequest asked, messages::FromProto<ReopeningRequest>(*request));
        ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, before.site_location));
        return ReopenRequest(before, asked.reason, act, *books);
      });
}

grpc::Status HallService::GetHallRequest(grpc::ServerContext* context, const v1::GetHallRequestRequest* request,
                                         v1::HallRequest* response) {
  return guard_.Unary<v1::GetHallRequestRequest, v1::HallRequest>(
      context, request, response, [&](const rpc::Caller& caller) {
        return records::Get<v1::HallRequest, HallRequest>(store_, caller, request->id(), kNoRequest);
      });
}

grpc::Status HallService::ListOpenHallRequests(grpc::ServerContext* context,
                                               const v1::ListOpenHallRequestsRequest* request,
                                               v1::ListOpenHallRequestsResponse* response) {
  const auto list = [&](const rpc::Caller&) -> absl::StatusOr<v1::ListOpenHallRequestsResponse> {
    const Date today = DayInChina(store_.clock().Now());
    const Date until = request->overdue_only() ? today - 1 : roots::kWhenever;
    return records::ListQueue<HallRequest, v1::ListOpenHallRequestsResponse>(
        store_, kHallRequestsOpen, until, *request,
        [&](const HallRequest& asked, v1::ListOpenHallRequestsResponse& to) {
          v1::OpenHallRequest& open = *to.add_requests();
          *open.mutable_request() = records::ToMasked<v1::HallRequest>(asked);
          open.set_days_overdue(static_cast<int32_t>(std::max<int64_t>(0, today - asked.due_on)));
        });
  };
  return guard_.Unary<v1::ListOpenHallRequestsRequest, v1::ListOpenHallRequestsResponse>(context, request, response,
                                                                                         list);
}

}  // namespace anju::relocation
