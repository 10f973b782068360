#pragma once

#include "anju/relocation/v1/relocation.grpc.pb.h"
#include "services/platform/intake/intake.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"

namespace anju::relocation {

// Translates between the contract and the use cases.
class RelocationService final : public v1::Relocation::Service {
 public:
  RelocationService(roots::Store& store, intake::Intake& intake, rpc::Guard& guard)
      : store_(store), intake_(intake), guard_(guard) {}

  using Receipt = type::v1::ImportReceipt;
  grpc::Status ImportSites(grpc::ServerContext* context,
                           grpc::ServerReaderWriter<Receipt, v1::ImportSitesRequest>* stream) override;
  grpc::Status ImportUnits(grpc::ServerContext* context,
                           grpc::ServerReaderWriter<Receipt, v1::ImportUnitsRequest>* stream) override;
  grpc::Status ImportCases(grpc::ServerContext* context,
                           grpc::ServerReaderWriter<Receipt, v1::ImportCasesRequest>* stream) override;
  grpc::Status ImportMeasures(grpc::ServerContext* context,
                              grpc::ServerReaderWriter<Receipt, v1::ImportMeasuresRequest>* stream) override;
  grpc::Status ImportPublicPosts(grpc::ServerContext* context,
                                 grpc::ServerReaderWriter<Receipt, v1::ImportPublicPostsRequest>* stream) override;
  grpc::Status GetSite(grpc::ServerContext* context, const v1::GetSiteRequest* request, v1::Site* response) override;
  grpc::Status ListSites(grpc::ServerContext* context, const v1::ListSitesRequest* request,
                         v1::ListSitesResponse* response) override;
  grpc::Status GetCase(grpc::ServerContext* context, const v1::GetCaseRequest* request, v1::Case* response) override;
  grpc::Status ListCases(grpc::ServerContext* context, const v1::ListCasesRequest* request,
                         v1::ListCasesResponse* response) override;
  grpc::Status MoveInHouseholds(grpc::ServerContext* context, const v1::MoveInHouseholdsRequest* request,
                                v1::MoveInHouseholdsResponse* response) override;

 private:
  roots::Store& store_;
  intake::Intake& intake_;
  rpc::Guard& guard_;
};

}  // namespace anju::relocation
