#pragma once

#include "anju/relocation/v1/disclosure.grpc.pb.h"
#include "services/platform/intake/intake.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"

namespace anju::relocation {

// Translates between the contract of disclosures and the use cases.
class DisclosuresService final : public v1::Disclosures::Service {
 public:
  DisclosuresService(roots::Store& store, intake::Intake& intake, rpc::Guard& guard)
      : store_(store), intake_(intake), guard_(guard) {}

  using Receipt = type::v1::ImportReceipt;
  grpc::Status ImportDisclosures(grpc::ServerContext* context,
                                 grpc::ServerReaderWriter<Receipt, v1::ImportDisclosuresRequest>* stream) override;
  grpc::Status PublishDisclosure(grpc::ServerContext* context, const v1::PublishDisclosureRequest* request,
                                 v1::Disclosure* response) override;
  grpc::Status GetDisclosure(grpc::ServerContext* context, const v1::GetDisclosureRequest* request,
                             v1::Disclosure* response) override;
  grpc::Status ListDisclosures(grpc::ServerContext* context, const v1::ListDisclosuresRequest* request,
                               v1::ListDisclosuresResponse* response) override;
  grpc::Status ListFinanceArrears(grpc::ServerContext* context, const v1::ListFinanceArrearsRequest* request,
                                  v1::ListFinanceArrearsResponse* response) override;

 private:
  roots::Store& store_;
  intake::Intake& intake_;
  rpc::Guard& guard_;
};

}  // namespace anju::relocation
