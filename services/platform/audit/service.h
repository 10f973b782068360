#pragma once

#include "anju/audit/v1/audit.grpc.pb.h"
#include "services/platform/audit/log.h"
#include "services/platform/base/clock.h"
#include "services/platform/rpc/guard.h"

namespace anju::audit {

// Opens the audit log of a service.
class AuditService final : public v1::Audit::Service {
 public:
  AuditService(storage::Database& database, const Clock& clock, rpc::Guard& guard, std::string service)
      : database_(database), clock_(clock), guard_(guard), service_(std::move(service)) {}

  grpc::Status ListEntries(grpc::ServerContext* context, const v1::ListEntriesRequest* request,
                           v1::ListEntriesResponse* response) override;
  grpc::Status ReadChain(grpc::ServerContext* context, const v1::ReadChainRequest* request,
                         v1::ReadChainResponse* response) override;
  grpc::Status GetHead(grpc::ServerContext* context, const v1::GetHeadRequest* request, v1::Head* response) override;
  grpc::Status VerifyChain(grpc::ServerContext* context, const v1::VerifyChainRequest* request,
                           v1::VerifyChainResponse* response) override;

 private:
  absl::StatusOr<v1::VerifyChainResponse> Verify(const v1::VerifyChainRequest& request);

  storage::Database& database_;
  const Clock& clock_;
  rpc::Guard& guard_;
  const std::string service_;
};

}  // namespace anju::audit
