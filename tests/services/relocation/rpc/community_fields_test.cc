#include "anju/relocation/v1/community.pb.h"
#include "anju/relocation/v1/disclosure.pb.h"
#include "anju/relocation/v1/grid.pb.h"
#include "anju/relocation/v1/hall.pb.h"
#include "anju/relocation/v1/housing.pb.h"
#include "services/platform/records/read.h"
#include "services/relocation/domain/assembly.h"
#include "services/relocation/domain/disclosure.h"
#include "services/relocation/domain/grid.h"
#include "services/relocation/domain/hall.h"
#include "services/relocation/domain/plot.h"
#include "services/relocation/domain/renovation.h"
#include "tests/support/fields.h"

namespace anju::relocation {
namespace {

using testing::ExpectSameFields;

TEST(CommunityFieldsTest, EveryStructNamesTheFieldsOfItsMessage) {
  ExpectSameFields<v1::PlotRecord, PlotRecord>();
  ExpectSameFields<v1::Plot, Plot>();
  ExpectSameFields<v1::PlotHolding, PlotHolding>();
  ExpectSameFields<v1::ElectionRecord, ElectionRecord>();
  ExpectSameFields<v1::SeatRecord, SeatRecord>();
  ExpectSameFields<v1::Seat, Seat>();
  ExpectSameFields<v1::Election, Election>();
  ExpectSameFields<v1::Assembly, Assembly>();
  ExpectSameFields<v1::HoldElectionRequest, ElectionRequest>();
  ExpectSameFields<v1::HoldElectionRequest::Winner, ElectionRequest::Winner>();
  ExpectSameFields<v1::GridRecord, GridRecord>();
  ExpectSameFields<v1::GridChiefRecord, GridChiefRecord>();
  ExpectSameFields<v1::GridHouseholdRecord, GridHouseholdRecord>();
  ExpectSameFields<v1::ChiefTerm, ChiefTerm>();
  ExpectSameFields<v1::GridMembership, GridMembership>();
  ExpectSameFields<v1::Grid, Grid>();
  ExpectSameFields<v1::HallRequestRecord, HallRequestRecord>();
  ExpectSameFields<v1::RequestMove, RequestMove>();
  ExpectSameFields<v1::HallRequest, HallRequest>();
  ExpectSameFields<v1::DisclosureRecord, DisclosureRecord>();
  ExpectSameFields<v1::Disclosure, Disclosure>();
  ExpectSameFields<v1::RenovationRecord, RenovationRecord>();
  ExpectSameFields<v1::RenovationMove, RenovationMove>();
  ExpectSameFields<v1::Renovation, Renovation>();
}

TEST(CommunityFieldsTest, TheVerbsReadTheirRequests) {
  EXPECT_EQ(FieldOf(messages::FromProto<PlotRequest>(v1::AssignPlotRequest()).status()), "household");
  EXPECT_EQ(FieldOf(messages::FromProto<ElectionRequest>(v1::HoldElectionRequest()).status()), "site");
  EXPECT_EQ(FieldOf(messages::FromProto<Resignation>(v1::ResignSeatRequest()).status()), "election_no");
  EXPECT_EQ(FieldOf(messages::FromProto<Appointment>(v1::AppointChiefRequest()).status()), "household");
  EXPECT_EQ(FieldOf(messages::FromProto<EntryRequest>(v1::AssignToGridRequest()).status()), "household");
  EXPECT_EQ(FieldOf(messages::FromProto<SiteRequest>(v1::ListUncoveredHouseholdsRequest()).status()), "site");
  EXPECT_EQ(FieldOf(messages::FromProto<Asking>(v1::ReceiveHallRequestRequest()).status()), "site");
  EXPECT_EQ(FieldOf(messages::FromProto<DepartmentRequest>(v1::AssignHallRequestRequest()).status()), "department");
  EXPECT_EQ(FieldOf(messages::FromProto<ReopeningRequest>(v1::ReopenHallRequestRequest()).status()), "reason");
  EXPECT_EQ(FieldOf(messages::FromProto<Publication>(v1::PublishDisclosureRequest()).status()), "site");
  EXPECT_EQ(FieldOf(messages::FromProto<RenovationPlan>(v1::PlanRenovationRequest()).status()), "division");
  EXPECT_EQ(FieldOf(messages::FromProto<WithdrawalRequest>(v1::WithdrawRenovationRequest()).status()), "reason");
}

TEST(CommunityFieldsTest, ARenovationIsShownWithWhatFollowsFromIt) {
  Renovation renovation{.id = "1", .state = RenovationState::kPlanned, .steps = {.planned_on = Date(2018, 2, 10)}};
  renovation.household.registered_on = Date(2016, 1, 1);
  renovation.household.classifications = {
      {.since = Date(2016, 1, 1), .household_class = feed::HouseholdClass::kRegisteredPoor}};
  const v1::Renovation shown = records::ToMasked<v1::Renovation>(renovation);
  EXPECT_TRUE(shown.poor());
  EXPECT_EQ(shown.planned_on(), "2018-02-10");
  EXPECT_EQ(*roots::FromJson<Renovation>(roots::ToJson(renovation)), renovation);
}

TEST(CommunityFieldsTest, AnAssemblyIsShownWithItsSeats) {
  Assembly assembly{.id = "1", .elections = {{.election_no = "e1", .body = Body::kSupervision}}};
  assembly.elections[0].seats = {{.household_id = "h1", .person_no = "p1", .left_on = Date(2018, 10, 8)}};
  const v1::Assembly shown = records::ToMasked<v1::Assembly>(assembly);
  EXPECT_EQ(shown.elections(0).body(), v1::BODY_SUPERVISION);
  EXPECT_EQ(shown.elections(0).seats(0).left_on(), "2018-10-08");
  EXPECT_EQ(*roots::FromJson<Assembly>(roots::ToJson(assembly)), assembly);
}

}  // namespace
}  // namespace anju::relocation
