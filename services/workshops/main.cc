#include "anju/workshops/v1/workshops.pb.h"
#include "services/platform/runtime/foundation.h"
#include "services/platform/subsidy/run.h"
#include "services/workshops/domain/enterprise.h"
#include "services/workshops/domain/explain.h"
#include "services/workshops/domain/indicators.h"
#include "services/workshops/domain/subsidy.h"
#include "services/workshops/domain/training.h"
#include "services/workshops/domain/worker.h"
#include "services/workshops/rpc/follows.h"
#include "services/workshops/rpc/service.h"
#include "services/workshops/store/migrations.h"

int main(int argc, char** argv) {
  using namespace anju::workshops;
  namespace roots = anju::roots;
  anju::runtime::Runtime runtime(argc, argv, "workshops");
  auto database = anju::runtime::OpenDatabase(runtime, Migrations());
  anju::runtime::Foundation foundation(
      runtime, *database,
      {.service = "workshops",
       .kinds = {&roots::KindOf<Enterprise>(), &roots::KindOf<TrainingBatch>(), &roots::KindOf<Worker>(),
                 &roots::KindOf<anju::subsidy::Run>()},
       .catalogue = Catalogue(),
       .policies = Policies(),
       .explainers = {anju::policy::ExplainerOf<Worker>(), anju::policy::ExplainerOf<anju::subsidy::Run>()},
       .flows = {SubsidyFlow()},
       .exposed = {anju::files::Expose<Worker, v1::Worker>()},
       .follows = Follows()});
  WorkshopsService service(foundation.store(), foundation.intake(), runtime.guard());
  return foundation.Serve({&service});
}
