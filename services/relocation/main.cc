#include "anju/relocation/v1/buy_backs.pb.h"
#include "anju/relocation/v1/funds.pb.h"
#include "anju/relocation/v1/hall.pb.h"
#include "anju/relocation/v1/housing.pb.h"
#include "anju/relocation/v1/relocation.pb.h"
#include "services/platform/runtime/foundation.h"
#include "services/relocation/domain/chart.h"
#include "services/relocation/domain/explain.h"
#include "services/relocation/domain/explain_community.h"
#include "services/relocation/domain/explain_funds.h"
#include "services/relocation/domain/flows.h"
#include "services/relocation/domain/follow_up.h"
#include "services/relocation/domain/indicators.h"
#include "services/relocation/domain/kinds.h"
#include "services/relocation/rpc/buy_backs.h"
#include "services/relocation/rpc/community.h"
#include "services/relocation/rpc/construction.h"
#include "services/relocation/rpc/decisions.h"
#include "services/relocation/rpc/disclosure.h"
#include "services/relocation/rpc/funds.h"
#include "services/relocation/rpc/grid.h"
#include "services/relocation/rpc/hall.h"
#include "services/relocation/rpc/homes.h"
#include "services/relocation/rpc/household_file.h"
#include "services/relocation/rpc/housing.h"
#include "services/relocation/rpc/service.h"

namespace {

// A topic, and what is done with a newer fact of it.
template <typename Fact>
std::pair<const std::string, anju::roots::Store::Absorb> Follows(absl::Status (*take)(anju::roots::Session&,
                                                                                      const Fact&)) {
  return {std::string(Fact::kTopic),
          [take](anju::roots::Session& session, const anju::roots::Fact& told) -> absl::Status {
            ASSIGN_OR_RETURN(const Fact fact, anju::roots::FromJson<Fact>(told.body));
            return take(session, fact);
          }};
}

}  // namespace

int main(int argc, char** argv) {
  using namespace anju::relocation;
  using anju::feed::CreditFact;
  using anju::feed::HouseholdFact;
  using anju::feed::ProducerFact;
  using anju::feed::WorkFact;
  anju::runtime::Runtime runtime(argc, argv, "relocation");
  auto database = anju::runtime::OpenDatabase(runtime);
  const auto follow = [](anju::roots::Session& session, const HouseholdFact& household) -> absl::Status {
    RETURN_IF_ERROR(FollowHousehold(session, household));
    RETURN_IF_ERROR(FollowRenovation(session, household));
    return FollowLeases(session, household);
  };
  anju::runtime::Foundation foundation(
      runtime, *database,
      {.service = "relocation",
       .kinds = Kinds(),
       .catalogue = Catalogue(),
       .policies = Policies(),
       .explainers = {anju::policy::ExplainerOf<Case>(), anju::policy::ExplainerOf<Settlement>(),
                      anju::policy::ExplainerOf<Lease>(), anju::policy::ExplainerOf<Mortgage>(),
                      anju::policy::ExplainerOf<Plot>(), anju::policy::ExplainerOf<Assembly>(),
                      anju::policy::ExplainerOf<HallRequest>(), anju::policy::ExplainerOf<Disclosure>(),
                      anju::policy::ExplainerOf<Site>()},
       .flows = {NationalCaseFlow(), NationalSubsidyFlow(), NationalLeaseFlow(), NationalMortgageFlow()},
       .exposed = {anju::files::Expose<Case, v1::Case>(), anju::files::Expose<Settlement, v1::Settlement>(),
                   anju::files::Expose<Renovation, v1::Renovation>(),
                   anju::files::Expose<HallRequest, v1::HallRequest>(), anju::files::Expose<Lease, v1::Lease>(),
                   anju::files::Expose<Mortgage, v1::Mortgage>()},
       .gather = PartsOfHousehold,
       .follows = {Follows<HouseholdFact>(follow)},
       // Those services follow relocation, so that neither waits for the other.
       .hears = {Follows<WorkFact>(FollowWork), Follows<CreditFact>(FollowCredit),
                 Follows<ProducerFact>(FollowProducer)},
       .chart = FundsChart()});
  RelocationService service(foundation.store(), foundation.intake(), runtime.guard());
  HomesService homes(foundation.store(), foundation.intake(), runtime.guard());
  FundsService funds(foundation.store(), foundation.intake(), runtime.guard());
  ConstructionService construction(foundation.store(), foundation.intake(), foundation.figures(), runtime.guard());
  CommunityService community(foundation.store(), foundation.intake(), runtime.guard());
  GridsService grids(foundation.store(), foundation.intake(), runtime.guard());
  HallService hall(foundation.store(), foundation.intake(), runtime.guard());
  DisclosuresService disclosures(foundation.store(), foundation.intake(), runtime.guard());
  HousingService housing(foundation.store(), foundation.intake(), runtime.guard());
  BuyBacksService buy_backs(foundation.store(), runtime.guard());
  DecisionsService decisions(foundation.store(), runtime.guard());
  return foundation.Serve({&service, &homes, &funds, &construction, &community, &grids, &hall, &disclosures, &housing,
                           &buy_backs, &decisions});
}
