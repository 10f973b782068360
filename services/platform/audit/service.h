#pragma once

#include <functional>
#include <string>
#include <vector>

#include "anju/audit/v1/audit.grpc.pb.h"
#include "services/platform/audit/sealer.h"
#include "services/platform/base/clock.h"
#include "services/platform/rpc/guard.h"

namespace anju::audit {

// Opens the audit log of a service.
class AuditService final : public v1::Audit::Service {
 public:
  // The ids of the households that a person, `<household id>:<person_no>`, has been recorded in.
  using HouseholdsOf = std::function<absl::StatusOr<std::vector<std::string>>(const std::string& person_id)>;

  AuditService(storage::Database& database, const Clock& clock, rpc::Guard& guard, const Sealer& sealer,
               std::string service, HouseholdsOf households_of)
      : database_(database),
        clock_(clock),
        guard_(guard),
        sealer_(sealer),
        service_(std::move(service)),
        households_of_(std::move(households_of)) {}

  grpc::Status ListEntries(grpc::ServerContext* context, const v1::ListEntriesRequest* request,
                           v1::ListEntriesResponse* response) override;
  grpc::Status ReadChain(grpc::ServerContext* context, const v1::ReadChainRequest* request,
                         v1::ReadChainResponse* response) override;
  grpc::Status GetHead(grpc::ServerContext* context, const v1::GetHeadRequest* request, v1::Head* response) override;
  grpc::Status VerifyChain(grpc::ServerContext* context, const v1::VerifyChainRequest* request,
                           v1::VerifyChainResponse* response) override;

 private:
  absl::StatusOr<Query> QueryOf(const v1::ListEntriesRequest& request, const rpc::Caller& caller) const;
  absl::StatusOr<v1::VerifyChainResponse> Verify(const v1::VerifyChainRequest& request);
  absl::StatusOr<std::optional<Fault>> VerifyEnd(const State& state, const ChainCheck& check) const;

  storage::Database& database_;
  const Clock& clock_;
  rpc::Guard& guard_;
  const Sealer& sealer_;
  const std::string service_;
  const HouseholdsOf households_of_;
};

}  // namespace anju::audit
