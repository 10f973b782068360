#pragma once

#include "anju/registry/v1/registry.grpc.pb.h"
#include "services/platform/intake/intake.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"
#include "services/registry/domain/divisions.h"

namespace anju::registry {

// Translates between the contract and the use cases.
class RegistryService final : public v1::Registry::Service {
 public:
  RegistryService(roots::Store& store, intake::Intake& intake, rpc::Guard& guard, Divisions& divisions)
      : store_(store), intake_(intake), guard_(guard), divisions_(divisions) {}

  using Receipt = type::v1::ImportReceipt;
  grpc::Status ImportVillages(grpc::ServerContext* context,
                              grpc::ServerReaderWriter<Receipt, v1::ImportVillagesRequest>* stream) override;
  grpc::Status ImportHouseholds(grpc::ServerContext* context,
                                grpc::ServerReaderWriter<Receipt, v1::ImportHouseholdsRequest>* stream) override;
  grpc::Status ImportPersons(grpc::ServerContext* context,
                             grpc::ServerReaderWriter<Receipt, v1::ImportPersonsRequest>* stream) override;
  grpc::Status GetHousehold(grpc::ServerContext* context, const v1::GetHouseholdRequest* request,
                            v1::Household* response) override;
  grpc::Status ListHouseholds(grpc::ServerContext* context, const v1::ListHouseholdsRequest* request,
                              v1::ListHouseholdsResponse* response) override;
  grpc::Status ReclassifyHousehold(grpc::ServerContext* context, const v1::ReclassifyHouseholdRequest* request,
                                   v1::Household* response) override;
  grpc::Status GetDivision(grpc::ServerContext* context, const v1::GetDivisionRequest* request,
                           v1::Division* response) override;
  grpc::Status ListDivisions(grpc::ServerContext* context, const v1::ListDivisionsRequest* request,
                             v1::ListDivisionsResponse* response) override;

 private:
  roots::Store& store_;
  intake::Intake& intake_;
  rpc::Guard& guard_;
  Divisions& divisions_;
};

}  // namespace anju::registry
