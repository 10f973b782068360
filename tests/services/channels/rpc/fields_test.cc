#include "tests/support/fields.h"

#include "anju/channels/v1/channels.pb.h"
#include "services/channels/domain/channel.h"
#include "services/channels/domain/producer.h"
#include "services/channels/domain/product.h"
#include "services/channels/domain/route.h"
#include "services/channels/domain/sale.h"
#include "services/channels/domain/visit.h"
#include "services/platform/records/read.h"

namespace anju::channels {
namespace {

using testing::ExpectSameFields;

// Records and resources are converted by name: every field of the contract is named, and no other.
TEST(Fields, AreThoseOfTheContract) {
  ExpectSameFields<v1::ChannelRecord, ChannelRecord>();
  ExpectSameFields<v1::StallRecord, StallRecord>();
  ExpectSameFields<v1::ProductRecord, ProductRecord>();
  ExpectSameFields<v1::SaleRecord, SaleRecord>();
  ExpectSameFields<v1::SaleShareRecord, SaleShareRecord>();
  ExpectSameFields<v1::RouteRecord, RouteRecord>();
  ExpectSameFields<v1::TourGroupRecord, TourGroupRecord>();
  ExpectSameFields<v1::TourHouseholdRecord, TourHouseholdRecord>();
  ExpectSameFields<v1::Channel, Channel>();
  ExpectSameFields<v1::Stall, Stall>();
  ExpectSameFields<v1::Sale, Sale>();
  ExpectSameFields<v1::SaleShare, SaleShare>();
  ExpectSameFields<v1::Producer, Producer>();
  ExpectSameFields<v1::ProducerShare, ProducerShare>();
  ExpectSameFields<v1::ProducerVisit, ProducerVisit>();
  ExpectSameFields<v1::Route, Route>();
  ExpectSameFields<v1::TourGroup, TourGroup>();
}

TEST(Fields, AProducerIsShownWithoutItsCopyOfTheHousehold) {
  const Producer producer{
      .id = "p",
      .key = "450328/county/1",
      .shares = {{.sale_key = "450328/county/s", .sold_on = Date(2018, 5, 20), .share_fen = 300}},
      .visits = {{.group_key = "450328/county/g", .visited_on = Date(2018, 6, 5), .location = "450328"}},
      .household = {.id = "h", .key = "450328/county/1"}};
  const auto message = records::ToMasked<v1::Producer>(producer);
  EXPECT_EQ(message.household_id(), "h");
  EXPECT_EQ(message.shares(0).sold_on(), "2018-05-20");
  EXPECT_EQ(message.visits(0).location(), "450328");
  // And kept with it.
  EXPECT_EQ(*roots::FromJson<Producer>(roots::ToJson(producer)), producer);
}

TEST(Fields, EnumsHaveTheNumbersOfTheContract) {
  EXPECT_EQ(static_cast<int>(ChannelKind::kGroupPurchase), v1::CHANNEL_KIND_GROUP_PURCHASE);
  EXPECT_EQ(static_cast<int>(ChannelKind::kExhibitionStreet), v1::CHANNEL_KIND_EXHIBITION_STREET);
  EXPECT_EQ(static_cast<int>(ChannelKind::kFlagshipShop), v1::CHANNEL_KIND_FLAGSHIP_SHOP);
  EXPECT_EQ(static_cast<int>(ChannelKind::kOfflineShop), v1::CHANNEL_KIND_OFFLINE_SHOP);
  EXPECT_EQ(static_cast<int>(ChannelKind::kTownshipStation), v1::CHANNEL_KIND_TOWNSHIP_STATION);
  EXPECT_EQ(static_cast<int>(ChannelKind::kMealTicketPoint), v1::CHANNEL_KIND_MEAL_TICKET_POINT);
  EXPECT_EQ(static_cast<int>(ChannelKind::kSupermarket), v1::CHANNEL_KIND_SUPERMARKET);
  EXPECT_EQ(static_cast<int>(ChannelKind::kBulk), v1::CHANNEL_KIND_BULK);
  EXPECT_EQ(static_cast<int>(BuyerKind::kConsumer), v1::BUYER_KIND_CONSUMER);
  EXPECT_EQ(static_cast<int>(BuyerKind::kEnterprise), v1::BUYER_KIND_ENTERPRISE);
  EXPECT_EQ(static_cast<int>(BuyerKind::kPublicBody), v1::BUYER_KIND_PUBLIC_BODY);
}

}  // namespace
}  // namespace anju::channels
