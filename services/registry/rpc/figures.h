#pragma once

#include "anju/registry/v1/figures.grpc.pb.h"
#include "services/platform/intake/intake.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"
#include "services/platform/tally/figures.h"
#include "services/registry/domain/divisions.h"

namespace anju::registry {

// Translates between the contract of plans and totals and what the figures know.
class FiguresService final : public v1::RegistryFigures::Service {
 public:
  FiguresService(roots::Store& store, intake::Intake& intake, rpc::Guard& guard, tally::Figures& figures,
                 Divisions& divisions)
      : store_(store), intake_(intake), guard_(guard), figures_(figures), divisions_(divisions) {}

  using Receipt = type::v1::ImportReceipt;
  grpc::Status ImportExitPlans(grpc::ServerContext* context,
                               grpc::ServerReaderWriter<Receipt, v1::ImportExitPlansRequest>* stream) override;
  grpc::Status ImportPopulations(grpc::ServerContext* context,
                                 grpc::ServerReaderWriter<Receipt, v1::ImportPopulationsRequest>* stream) override;
  grpc::Status ListExitPlans(grpc::ServerContext* context, const v1::ListExitPlansRequest* request,
                             v1::ListExitPlansResponse* response) override;
  grpc::Status CompareExitPlan(grpc::ServerContext* context, const v1::CompareExitPlanRequest* request,
                               v1::CompareExitPlanResponse* response) override;
  grpc::Status QueryTotalsAsOf(grpc::ServerContext* context, const v1::QueryTotalsAsOfRequest* request,
                               v1::QueryTotalsAsOfResponse* response) override;

 private:
  // The registry's sums of divisions, by indicator: stocks as of `to`, flows over the months asked for.
  absl::StatusOr<std::map<std::string, int64_t>> Sums(const std::vector<std::string>& divisions,
                                                      std::optional<Month> from, Month to);
  // A division by the codes under which its records have been counted: of one whose code was changed its own and all
  // that it became, so that each month finds it under the code of that month; a newer code begins with the change.
  // Refuses with DIVISION_NOT_FOUND.
  absl::StatusOr<std::vector<std::string>> Codes(const std::string& division);
  // Adds the counties that lie in a division, or the one that it lies in, with the codes that they had before.
  absl::Status AddCounties(const std::string& division, std::set<std::string>& counties);

  roots::Store& store_;
  intake::Intake& intake_;
  rpc::Guard& guard_;
  tally::Figures& figures_;
  Divisions& divisions_;
};

}  // namespace anju::registry
