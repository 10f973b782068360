#include "anju/registry/v1/registry.pb.h"
#include "services/platform/runtime/foundation.h"
#include "services/registry/domain/division_change.h"
#include "services/registry/domain/duplicates.h"
#include "services/registry/domain/event.h"
#include "services/registry/domain/household.h"
#include "services/registry/domain/indicators.h"
#include "services/registry/domain/plan.h"
#include "services/registry/domain/quality/comparison.h"
#include "services/registry/domain/village.h"
#include "services/registry/rpc/divisions.h"
#include "services/registry/rpc/duplicates.h"
#include "services/registry/rpc/evaluator.h"
#include "services/registry/rpc/events.h"
#include "services/registry/rpc/figures.h"
#include "services/registry/rpc/follows.h"
#include "services/registry/rpc/household_file.h"
#include "services/registry/rpc/own_facts.h"
#include "services/registry/rpc/quality.h"
#include "services/registry/rpc/service.h"
#include "services/registry/store/divisions.h"
#include "services/registry/store/twins.h"

int main(int argc, char** argv) {
  using namespace anju::registry;
  using anju::roots::KindOf;
  anju::runtime::Runtime runtime(argc, argv, "registry");
  auto database = anju::runtime::OpenDatabase(runtime, SqlDivisions::Migrations());
  SqlDivisions divisions(*database);
  anju::runtime::MustStart("--divisions", divisions.Load(runtime.divisions()));
  OwnFacts own_facts(divisions);
  anju::runtime::Foundation foundation(
      runtime, *database,
      {.service = "registry",
       .kinds = {&KindOf<Household>(), &KindOf<HouseholdEvent>(), &KindOf<Village>(), &KindOf<ExitPlan>(),
                 &KindOf<Population>(), &KindOf<DuplicateRuling>(), &KindOf<Others>(), &KindOf<Finding>(),
                 &KindOf<ListEntry>(), &KindOf<Comparison>(), &KindOf<DivisionChange>()},
       .catalogue = Catalogue(),
       .exposed = {anju::files::Expose<Household, v1::Household>()},
       .gather = PartsOfHousehold,
       .hears = Follows(),
       .own_facts = &own_facts});
  own_facts.Open(foundation.store());
  RegistryService service(foundation.store(), foundation.intake(), runtime.guard(), divisions);
  EventsService events(foundation.store(), foundation.intake(), runtime.guard());
  FiguresService figures(foundation.store(), foundation.intake(), runtime.guard(), foundation.figures(), divisions);
  SqlTwins twins(*database);
  DuplicatesService duplicates(foundation.store(), runtime.guard(), twins);
  Evaluator evaluator(foundation.store());
  QualityService quality(foundation.store(), foundation.intake(), runtime.guard(), evaluator);
  if (!runtime.migrate_only()) evaluator.Start();
  foundation.EachNight(
      {.name = "evaluate", .run = [&](const auto& stopped) { return evaluator.EvaluateAll(stopped); }});
  DivisionChangesService changes(foundation.store(), runtime.guard(), divisions);
  return foundation.Serve({&service, &events, &figures, &duplicates, &quality, &changes});
}
