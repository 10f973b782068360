#pragma once

#include <vector>

#include "anju/policy/v1/policy.grpc.pb.h"
#include "services/platform/policy/explain.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"

namespace anju::policy {

// Serves the parameters and decisions of one service: a contract that all services share.
class PoliciesService final : public v1::Policies::Service {
 public:
  PoliciesService(roots::Store& store, rpc::Guard& guard, const Catalogue& catalogue, std::vector<Explainer> explainers)
      : store_(store), guard_(guard), catalogue_(catalogue), explainers_(std::move(explainers)) {}

  grpc::Status ListParameters(grpc::ServerContext* context, const v1::ListParametersRequest* request,
                              v1::ListParametersResponse* response) override;
  grpc::Status SetParameter(grpc::ServerContext* context, const v1::SetParameterRequest* request,
                            v1::Setting* response) override;
  grpc::Status ConfirmParameter(grpc::ServerContext* context, const v1::ConfirmParameterRequest* request,
                                v1::Setting* response) override;
  grpc::Status ExplainDecision(grpc::ServerContext* context, const v1::ExplainDecisionRequest* request,
                               v1::ExplainDecisionResponse* response) override;

 private:
  // Keeps the setting that `step` answers, once per request id.
  template <typename Request>
  grpc::Status Change(grpc::ServerContext* context, const Request* request, v1::Setting* response,
                      absl::FunctionRef<absl::StatusOr<Setting>(roots::Session&, const rpc::Caller&)> step);

  roots::Store& store_;
  rpc::Guard& guard_;
  const Catalogue& catalogue_;
  const std::vector<Explainer> explainers_;
};

}  // namespace anju::policy
