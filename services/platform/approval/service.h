#pragma once

#include <string>
#include <vector>

#include "anju/approval/v1/approval.grpc.pb.h"
#include "services/platform/approval/flow.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"

namespace anju::approval {

// Serves the flows of one service, what waits and its ledger of decisions: a contract that all services share.
class ApprovalsService final : public v1::Approvals::Service {
 public:
  // `flows`: the national defaults of all flows that this service has.
  ApprovalsService(roots::Store& store, rpc::Guard& guard, std::vector<Flow> flows)
      : store_(store), guard_(guard), flows_(std::move(flows)) {}

  grpc::Status DefineFlow(grpc::ServerContext* context, const v1::DefineFlowRequest* request,
                          v1::Flow* response) override;
  grpc::Status GetFlow(grpc::ServerContext* context, const v1::GetFlowRequest* request, v1::Flow* response) override;
  grpc::Status ListFlows(grpc::ServerContext* context, const v1::ListFlowsRequest* request,
                         v1::ListFlowsResponse* response) override;
  grpc::Status ListDecisions(grpc::ServerContext* context, const v1::ListDecisionsRequest* request,
                             v1::ListDecisionsResponse* response) override;
  grpc::Status ListDue(grpc::ServerContext* context, const v1::ListDueRequest* request,
                       v1::ListDueResponse* response) override;

 private:
  // The flow of this name as the division follows it today. Refuses with FLOW_NOT_FOUND.
  absl::StatusOr<Flow> Find(const std::string& name, const std::string& division);

  roots::Store& store_;
  rpc::Guard& guard_;
  const std::vector<Flow> flows_;
};

}  // namespace anju::approval
