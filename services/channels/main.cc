#include "anju/channels/v1/channels.pb.h"
#include "services/channels/domain/channel.h"
#include "services/channels/domain/explain.h"
#include "services/channels/domain/indicators.h"
#include "services/channels/domain/producer.h"
#include "services/channels/domain/product.h"
#include "services/channels/domain/route.h"
#include "services/channels/domain/sale.h"
#include "services/channels/domain/visit.h"
#include "services/channels/rpc/service.h"
#include "services/channels/store/migrations.h"
#include "services/platform/runtime/foundation.h"

int main(int argc, char** argv) {
  using namespace anju::channels;
  using anju::roots::KindOf;
  anju::runtime::Runtime runtime(argc, argv, "channels");
  auto database = anju::runtime::OpenDatabase(runtime, Migrations());
  anju::runtime::Foundation foundation(
      runtime, *database,
      {.service = "channels",
       .kinds = {&KindOf<Channel>(), &KindOf<Product>(), &KindOf<Sale>(), &KindOf<Producer>(), &KindOf<Route>(),
                 &KindOf<TourVillage>()},
       .catalogue = Catalogue(),
       .policies = Policies(),
       .explainers = {anju::policy::ExplainerOf<Channel>(), anju::policy::ExplainerOf<Sale>()},
       .exposed = {anju::files::Expose<Producer, v1::Producer>()},
       .follows = {{"household", [](anju::roots::Session& session, const anju::roots::Fact& fact) {
                      return FollowHousehold(session, fact.body);
                    }}}});
  ChannelsService service(foundation.store(), foundation.intake(), runtime.guard());
  return foundation.Serve({&service});
}
