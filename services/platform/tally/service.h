#pragma once

#include <functional>

#include "absl/time/time.h"
#include "anju/indicators/v1/indicators.grpc.pb.h"
#include "services/platform/base/clock.h"
#include "services/platform/rpc/guard.h"
#include "services/platform/tally/figures.h"

namespace anju::tally {

// Serves the figures of one service: the contract that all services share.
class IndicatorsService final : public indicators::v1::Indicators::Service {
 public:
  // `as_of`: up to when the service knows everything, its own commits and what it follows.
  // `changed`: called with the divisions whose answer is another one now.
  IndicatorsService(Figures& figures, rpc::Guard& guard, const Clock& clock, std::function<absl::Time()> as_of,
                    std::function<void(const std::set<std::string>&)> changed)
      : figures_(figures), guard_(guard), clock_(clock), as_of_(std::move(as_of)), changed_(std::move(changed)) {}

  grpc::Status ListIndicators(grpc::ServerContext*, const indicators::v1::ListIndicatorsRequest*,
                              indicators::v1::ListIndicatorsResponse*) override;
  grpc::Status QueryIndicators(grpc::ServerContext*, const indicators::v1::QueryIndicatorsRequest*,
                               indicators::v1::QueryIndicatorsResponse*) override;
  grpc::Status ListContributors(grpc::ServerContext*, const indicators::v1::ListContributorsRequest*,
                                indicators::v1::ListContributorsResponse*) override;
  grpc::Status Recount(grpc::ServerContext*, const indicators::v1::RecountRequest*,
                       indicators::v1::RecountResponse*) override;
  grpc::Status ReportFigure(grpc::ServerContext*, const indicators::v1::ReportFigureRequest*,
                            indicators::v1::ReportedFigure*) override;

 private:
  Figures& figures_;
  rpc::Guard& guard_;
  const Clock& clock_;
  const std::function<absl::Time()> as_of_;
  const std::function<void(const std::set<std::string>&)> changed_;
};

}  // namespace anju::tally
