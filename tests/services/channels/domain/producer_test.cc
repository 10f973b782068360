#include "services/channels/domain/producer.h"

#include "tests/services/channels/domain/market.h"

namespace anju::channels {
namespace {

using roots::Outcome;
using ::testing::IsEmpty;

class ProducerTest : public MarketTest {};

TEST_P(ProducerTest, AMoveKeepsItsHistory) {
  OpenStreet();
  feed::HouseholdFact household = stand_.KnowHousehold("a", kVillage, 4);
  ASSERT_TRUE(stand_.Import(ImportSale, SaleRow("1", "street", 1000)).ok());
  ASSERT_TRUE(stand_.Import(ImportSaleShare, ShareRow("1", "a", 300)).ok());
  household.residences.push_back({.since = Date(2018, 8, 20), .village = kOther});
  ASSERT_TRUE(Tell(household).ok());
  for (const std::string name : {"settled_to_households", "benefited_households", "benefited_persons"}) {
    const int64_t whole = Figure(name, kCounty, "2018-05");
    EXPECT_GT(whole, 0) << name;
    EXPECT_EQ(Figure(name, kCounty, "2018-08"), whole) << name;
    EXPECT_EQ(Figure(name, kVillage, "2018-07"), whole) << name;
    EXPECT_EQ(Figure(name, kOther, "2018-07"), 0) << name;
    EXPECT_EQ(Figure(name, kVillage, "2018-08"), 0) << name;
    EXPECT_EQ(Figure(name, kOther, "2018-08"), whole) << name;
  }
  // The sale stays where it was made.
  EXPECT_EQ(Figure("turnover", kTownship, "2018-08"), 1000);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(ProducerTest, ReachesThoseWhoAreThere) {
  OpenStreet();
  feed::HouseholdFact household = stand_.KnowHousehold("a", kVillage, 3);
  ASSERT_TRUE(stand_.Import(ImportSale, SaleRow("1", "street", 1000)).ok());
  ASSERT_TRUE(stand_.Import(ImportSaleShare, ShareRow("1", "a", 300)).ok());
  // One left before the first sale, one after it, and one was born later.
  household.persons[0].left_on = Date(2018, 4, 1);
  household.persons[1].left_on = Date(2018, 7, 1);
  household.persons.push_back({.person_no = "p4", .joined_on = Date(2018, 8, 1)});
  ASSERT_TRUE(Tell(household).ok());
  EXPECT_EQ(Figure("benefited_persons", kVillage, "2018-04"), 0);
  EXPECT_EQ(Figure("benefited_persons", kVillage, "2018-05"), 2);
  EXPECT_EQ(Figure("benefited_persons", kVillage, "2018-07"), 1);
  EXPECT_EQ(Figure("benefited_persons", kVillage, "2018-08"), 2);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(ProducerTest, LateNewsOfAMoveCorrectsWhoseVillageReceivedAGroup) {
  ASSERT_TRUE(stand_.Import(ImportRoute, RouteRow("r")).ok());
  ASSERT_TRUE(stand_.Import(ImportTourGroup, GroupRow("g", "r", Date(2018, 6, 5))).ok());
  feed::HouseholdFact a = stand_.KnowHousehold("a", kVillage, 1);
  stand_.KnowHousehold("b", kOther, 1);
  ASSERT_TRUE(stand_.Import(ImportTourHousehold, VisitRow("g", "a")).ok());
  ASSERT_TRUE(stand_.Import(ImportTourHousehold, VisitRow("g", "b")).ok());
  EXPECT_EQ(Figure("tour_villages", kCounty, "2018-06"), 2);
  // It had moved before the visit.
  a.residences.push_back({.since = Date(2018, 5, 20), .village = kOther});
  ASSERT_TRUE(Tell(a).ok());
  EXPECT_EQ(Figure("tour_villages", kCounty, "2018-06"), 1);
  // A later move changes nothing of it.
  a.residences.push_back({.since = Date(2018, 8, 20), .village = kVillage});
  ASSERT_TRUE(Tell(a).ok());
  EXPECT_EQ(Figure("tour_villages", kCounty, "2018-10"), 1);
  EXPECT_EQ(Figure("tour_households", kCounty, "2018-10"), 2);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(ProducerTest, AHouseholdThatSellsNothingLeavesNoTrace) {
  EXPECT_TRUE(Tell(stand_.KnowHousehold("a", kVillage, 1)).ok());
  EXPECT_THAT(stand_.store.Linked(kHouseholdLink, "id-a")->size(), 0);
}

TEST_P(ProducerTest, AppearsInTheFileOfItsHousehold) {
  OpenStreet();
  stand_.KnowHousehold("a", kVillage, 1);
  ASSERT_TRUE(stand_.Import(ImportSale, SaleRow("1", "street", 1000)).ok());
  ASSERT_TRUE(stand_.Import(ImportSaleShare, ShareRow("1", "a", 300)).ok());
  const auto linked = stand_.store.Linked(kHouseholdLink, "id-a");
  ASSERT_EQ(linked->size(), 1);
  EXPECT_EQ(linked->front().kind->name, Producer::kKind);
  EXPECT_EQ(linked->front().division, kVillage);
}

TEST(Producer, TellsWhatTheHouseholdHasSold) {
  Producer producer{.household = {.id = "h"}};
  producer.shares = {{.sold_on = Date(2018, 5, 1), .share_fen = 3}, {.sold_on = Date(2018, 4, 1), .share_fen = 4}};
  const roots::Told told = *Tell(producer);
  EXPECT_EQ(told.topic, feed::ProducerFact::kTopic);
  EXPECT_EQ(told.key, "h");
  const feed::ProducerFact expected{.household_id = "h", .sold_on = Date(2018, 5, 1), .share_fen = 7};
  EXPECT_EQ(*roots::FromJson<feed::ProducerFact>(told.body), expected);
}

INSTANTIATE_TEST_SUITE_P(Engines, ProducerTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::channels
