#pragma once

#include "absl/functional/function_ref.h"
#include "anju/registry/v1/division_changes.grpc.pb.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"
#include "services/registry/domain/division_change.h"

namespace anju::registry {

// Translates between the contract of changes of divisions and the use cases.
class DivisionChangesService final : public v1::DivisionChanges::Service {
 public:
  DivisionChangesService(roots::Store& store, rpc::Guard& guard, Divisions& divisions)
      : store_(store), guard_(guard), divisions_(divisions) {}

  grpc::Status RecordDivisionChange(grpc::ServerContext* context, const v1::RecordDivisionChangeRequest* request,
                                    v1::DivisionChange* response) override;
  grpc::Status ApplyDivisionChange(grpc::ServerContext* context, const v1::ApplyDivisionChangeRequest* request,
                                   v1::DivisionChange* response) override;
  grpc::Status WithdrawDivisionChange(grpc::ServerContext* context, const v1::WithdrawDivisionChangeRequest* request,
                                      v1::DivisionChange* response) override;
  grpc::Status ListDivisionChanges(grpc::ServerContext* context, const v1::ListDivisionChangesRequest* request,
                                   v1::ListDivisionChangesResponse* response) override;

 private:
  // Keeps the change that `step` answers, once per request id.
  template <typename Request>
  absl::StatusOr<DivisionChange> Change(const rpc::Caller& caller, const Request& request,
                                        absl::FunctionRef<absl::StatusOr<DivisionChange>(roots::BatchSession&)> step);
  // The change with this id, within the caller's scope.
  absl::StatusOr<DivisionChange> Find(roots::Session& session, const rpc::Caller& caller, const std::string& id);
  // Whether each old code is one of today, and each new one is none that has been succeeded.
  absl::Status CheckCodes(const std::vector<Succession>& successions);

  roots::Store& store_;
  rpc::Guard& guard_;
  Divisions& divisions_;
};

}  // namespace anju::registry
