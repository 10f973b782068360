#include <spdlog/spdlog.h>

#include "anju/microcredit/v1/microcredit.pb.h"
#include "services/microcredit/domain/account.h"
#include "services/microcredit/domain/credit_place.h"
#include "services/microcredit/domain/explain.h"
#include "services/microcredit/domain/fund.h"
#include "services/microcredit/domain/indicators.h"
#include "services/microcredit/domain/interest_subsidy.h"
#include "services/microcredit/domain/terminal.h"
#include "services/microcredit/rpc/maturities.h"
#include "services/microcredit/rpc/service.h"
#include "services/platform/runtime/foundation.h"
#include "services/platform/subsidy/run.h"

namespace {

using namespace anju;

absl::Status Follow(roots::Session& session, const roots::Fact& fact) {
  ASSIGN_OR_RETURN(const feed::HouseholdFact household, roots::FromJson<feed::HouseholdFact>(fact.body));
  return microcredit::FollowHousehold(session, household);
}

// What fell due while no process ran. Should it fail, the night comes.
void CatchUp(roots::Store& store) {
  const auto counted = microcredit::CountOverdue(store, [] { return false; });
  if (!counted.ok()) spdlog::error("cannot count overdue loans: {}", std::string(counted.status().message()));
}

}  // namespace

int main(int argc, char** argv) {
  using namespace anju::microcredit;
  runtime::Runtime runtime(argc, argv, "microcredit");
  auto database = runtime::OpenDatabase(runtime);
  runtime::Foundation foundation(
      runtime, *database,
      {.service = "microcredit",
       .kinds = {&roots::KindOf<CreditAccount>(), &roots::KindOf<RiskFund>(), &roots::KindOf<Terminal>(),
                 &roots::KindOf<CreditPlace>(), &roots::KindOf<subsidy::Run>()},
       .catalogue = Catalogue(),
       .policies = Policies(),
       .explainers = {policy::ExplainerOf<CreditAccount>(), policy::ExplainerOf<RiskFund>(),
                      policy::ExplainerOf<subsidy::Run>(), ExplainerOfPlaces()},
       .flows = {SubsidyFlow()},
       .exposed = {files::Expose<CreditAccount, v1::CreditAccount>()},
       .follows = {{std::string(feed::HouseholdFact::kTopic), Follow}}});
  if (!runtime.migrate_only()) CatchUp(foundation.store());
  foundation.EachNight({.name = "count overdue", .run = [&](const auto& stopped) {
                          return CountOverdue(foundation.store(), stopped).status();
                        }});
  MicrocreditService service(foundation.store(), foundation.intake(), runtime.guard());
  return foundation.Serve({&service});
}
