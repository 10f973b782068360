#pragma once

#include "anju/registry/v1/duplicates.grpc.pb.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"
#include "services/registry/domain/duplicates.h"

namespace anju::registry {

// Translates between the contract of duplicates and the use cases.
class DuplicatesService final : public v1::Duplicates::Service {
 public:
  DuplicatesService(roots::Store& store, rpc::Guard& guard, Twins& twins)
      : store_(store), guard_(guard), twins_(twins) {}

  grpc::Status ListDuplicates(grpc::ServerContext* context, const v1::ListDuplicatesRequest* request,
                              v1::ListDuplicatesResponse* response) override;
  grpc::Status MergePersons(grpc::ServerContext* context, const v1::MergePersonsRequest* request,
                            v1::Household* response) override;
  grpc::Status MarkNotDuplicate(grpc::ServerContext* context, const v1::MarkNotDuplicateRequest* request,
                                v1::Household* response) override;

 private:
  roots::Store& store_;
  rpc::Guard& guard_;
  Twins& twins_;
};

}  // namespace anju::registry
