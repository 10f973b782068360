#pragma once

#include "anju/relocation/v1/decisions.grpc.pb.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"

namespace anju::relocation {

// Translates between the contract of decisions on cases and the use cases.
class DecisionsService final : public v1::Decisions::Service {
 public:
  DecisionsService(roots::Store& store, rpc::Guard& guard) : store_(store), guard_(guard) {}

  grpc::Status DecideCases(grpc::ServerContext* context, const v1::DecideCasesRequest* request,
                           v1::DecideCasesResponse* response) override;
  grpc::Status ReturnCase(grpc::ServerContext* context, const v1::ReturnCaseRequest* request,
                          v1::Case* response) override;

 private:
  roots::Store& store_;
  rpc::Guard& guard_;
};

}  // namespace anju::relocation
