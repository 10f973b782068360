#pragma once

#include "anju/relocation/v1/construction.grpc.pb.h"
#include "services/platform/intake/intake.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"
#include "services/platform/tally/figures.h"
#include "services/relocation/domain/progress.h"

namespace anju::relocation {

// Translates between the contract and the use cases.
class ConstructionService final : public v1::Construction::Service {
 public:
  ConstructionService(roots::Store& store, intake::Intake& intake, tally::Figures& figures, rpc::Guard& guard)
      : store_(store), intake_(intake), figures_(figures), guard_(guard) {}

  using Receipt = type::v1::ImportReceipt;
  grpc::Status ImportBuildings(grpc::ServerContext* context,
                               grpc::ServerReaderWriter<Receipt, v1::ImportBuildingsRequest>* stream) override;
  grpc::Status ImportMilestones(grpc::ServerContext* context,
                                grpc::ServerReaderWriter<Receipt, v1::ImportMilestonesRequest>* stream) override;
  grpc::Status ImportInspections(grpc::ServerContext* context,
                                 grpc::ServerReaderWriter<Receipt, v1::ImportInspectionsRequest>* stream) override;
  grpc::Status ImportFacilities(grpc::ServerContext* context,
                                grpc::ServerReaderWriter<Receipt, v1::ImportFacilitiesRequest>* stream) override;
  grpc::Status ImportQualityIssues(grpc::ServerContext* context,
                                   grpc::ServerReaderWriter<Receipt, v1::ImportQualityIssuesRequest>* stream) override;
  grpc::Status ListBuildings(grpc::ServerContext* context, const v1::ListBuildingsRequest* request,
                             v1::ListBuildingsResponse* response) override;
  grpc::Status ListUnits(grpc::ServerContext* context, const v1::ListUnitsRequest* request,
                         v1::ListUnitsResponse* response) override;
  grpc::Status GetSiteWorks(grpc::ServerContext* context, const v1::GetSiteWorksRequest* request,
                            v1::SiteWorks* response) override;
  grpc::Status ReachMilestone(grpc::ServerContext* context, const v1::ReachMilestoneRequest* request,
                              v1::SiteWorks* response) override;
  grpc::Status RaiseIssue(grpc::ServerContext* context, const v1::RaiseIssueRequest* request,
                          v1::QualityIssue* response) override;
  grpc::Status FixIssue(grpc::ServerContext* context, const v1::FixIssueRequest* request,
                        v1::QualityIssue* response) override;
  grpc::Status ReinspectIssue(grpc::ServerContext* context, const v1::ReinspectIssueRequest* request,
                              v1::QualityIssue* response) override;
  grpc::Status ListOpenIssues(grpc::ServerContext* context, const v1::ListOpenIssuesRequest* request,
                              v1::ListOpenIssuesResponse* response) override;
  grpc::Status GetProgressBoard(grpc::ServerContext* context, const v1::GetProgressBoardRequest* request,
                                v1::ProgressBoard* response) override;

 private:
  absl::StatusOr<std::vector<SiteProgress>> SitesIn(const std::string& division, Date day);
  absl::StatusOr<std::vector<DivisionProgress>> DivisionsIn(const std::string& division, Month month);

  roots::Store& store_;
  intake::Intake& intake_;
  tally::Figures& figures_;
  rpc::Guard& guard_;
};

}  // namespace anju::relocation
