#pragma once

#include <functional>

#include "anju/registry/v1/quality.grpc.pb.h"
#include "services/platform/intake/intake.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"
#include "services/registry/domain/quality/finding.h"
#include "services/registry/rpc/evaluator.h"

namespace anju::registry {

// Translates between the contract and the use cases.
class QualityService final : public v1::Quality::Service {
 public:
  QualityService(roots::Store& store, intake::Intake& intake, rpc::Guard& guard, Evaluator& evaluator)
      : store_(store), intake_(intake), guard_(guard), evaluator_(evaluator) {}

  grpc::Status ListRules(grpc::ServerContext* context, const v1::ListRulesRequest* request,
                         v1::ListRulesResponse* response) override;
  grpc::Status ListFindings(grpc::ServerContext* context, const v1::ListFindingsRequest* request,
                            v1::ListFindingsResponse* response) override;
  grpc::Status GetFinding(grpc::ServerContext* context, const v1::GetFindingRequest* request,
                          v1::Finding* response) override;
  grpc::Status ConfirmFinding(grpc::ServerContext* context, const v1::ConfirmFindingRequest* request,
                              v1::Finding* response) override;
  grpc::Status WaiveFinding(grpc::ServerContext* context, const v1::WaiveFindingRequest* request,
                            v1::Finding* response) override;
  grpc::Status AssignFinding(grpc::ServerContext* context, const v1::AssignFindingRequest* request,
                             v1::Finding* response) override;
  grpc::Status EvaluateHousehold(grpc::ServerContext* context, const v1::EvaluateHouseholdRequest* request,
                                 v1::Evaluation* response) override;
  grpc::Status EvaluateDivision(grpc::ServerContext* context, const v1::EvaluateDivisionRequest* request,
                                v1::EvaluateDivisionResponse* response) override;
  grpc::Status ImportDepartmentRows(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<type::v1::ImportReceipt, v1::ImportDepartmentRowsRequest>* stream) override;
  grpc::Status RunComparison(grpc::ServerContext* context, const v1::RunComparisonRequest* request,
                             v1::Comparison* response) override;
  grpc::Status GetComparison(grpc::ServerContext* context, const v1::GetComparisonRequest* request,
                             v1::Comparison* response) override;
  grpc::Status ListDepartmentRows(grpc::ServerContext* context, const v1::ListDepartmentRowsRequest* request,
                                  v1::ListDepartmentRowsResponse* response) override;

 private:
  using Step = std::function<absl::StatusOr<Finding>(const Finding& before, const Deed& deed)>;
  // Does one step with the finding that the request names.
  template <typename Request>
  grpc::Status Move(grpc::ServerContext* context, const Request* request, v1::Finding* response, Step step);

  roots::Store& store_;
  intake::Intake& intake_;
  rpc::Guard& guard_;
  Evaluator& evaluator_;
};

}  // namespace anju::registry
