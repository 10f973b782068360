#include "services/channels/domain/channel.h"

#include "tests/services/channels/domain/market.h"

namespace anju::channels {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;

class ChannelTest : public MarketTest {};

TEST(Channel, RefusesInOrder) {
  const Channel street{.id = "c",
                       .key = "450328/county/c",
                       .kind = ChannelKind::kExhibitionStreet,
                       .location = kTownship,
                       .stalls = {{.stall_no = "1"}}};
  const struct {
    Date closed_on;
    ChannelKind kind;
    const char* location;
    bool has_sales;
    absl::StatusCode code;
    const char* reason;
  } rows[] = {
      {Date(2018, 1, 1), ChannelKind::kBulk, kOther, true, kInvalidArgument, "DATES_REVERSED"},
      {Date(2018, 3, 1), ChannelKind::kBulk, kOther, true, kFailedPrecondition, "CHANNEL_HAS_SALES"},
      {Date(2018, 3, 1), ChannelKind::kBulk, kTownship, true, kFailedPrecondition, "CHANNEL_HAS_SALES"},
      {Date(2018, 3, 1), ChannelKind::kExhibitionStreet, kOther, true, kFailedPrecondition, "CHANNEL_HAS_SALES"},
      {Date(2018, 3, 1), ChannelKind::kBulk, kOther, false, kFailedPrecondition, "CHANNEL_HAS_NO_STALLS"},
      {Date(2018, 3, 1), ChannelKind::kExhibitionStreet, kOther, false, kOk, ""},
      {Date(2018, 3, 1), ChannelKind::kExhibitionStreet, kTownship, true, kOk, ""},
  };
  for (const auto& row : rows) {
    const ChannelRecord record{.kind = row.kind, .opened_on = Date(2018, 2, 6), .closed_on = row.closed_on};
    EXPECT_THAT(Record(street, record, street.key, row.location, row.has_sales).status(),
                RefusedWith(row.code, std::string(row.reason)));
  }
}

TEST(Channel, GivesStallsInOrder) {
  Channel full{.key = "450328/county/c", .kind = ChannelKind::kExhibitionStreet};
  for (size_t i = 0; i < kMostStalls; ++i) full.stalls.push_back({.stall_no = absl::StrCat(i)});
  const Channel empty{.key = "450328/county/c", .kind = ChannelKind::kExhibitionStreet};
  const struct {
    Channel channel;
    ChannelKind kind;
    Date returned_on;
    absl::StatusCode code;
    const char* reason;
  } rows[] = {
      {full, ChannelKind::kSupermarket, Date(2018, 1, 1), kFailedPrecondition, "CHANNEL_HAS_NO_STALLS"},
      {full, ChannelKind::kExhibitionStreet, Date(2018, 1, 1), kInvalidArgument, "DATES_REVERSED"},
      {full, ChannelKind::kExhibitionStreet, Date(2018, 5, 1), kFailedPrecondition, "TOO_MANY_STALLS"},
      {empty, ChannelKind::kExhibitionStreet, Date(2018, 5, 1), kOk, ""},
  };
  for (auto row : rows) {
    row.channel.kind = row.kind;
    Outcome outcome = Outcome::kUnchanged;
    EXPECT_THAT(
        Give(row.channel, {.stall_no = "new", .granted_on = Date(2018, 2, 6), .returned_on = row.returned_on}, &outcome)
            .status(),
        RefusedWith(row.code, std::string(row.reason)));
  }
}

TEST_P(ChannelTest, CountsAtEveryLevelWhileItIsOpen) {
  ChannelRecord shop = ChannelRow("s", ChannelKind::kFlagshipShop);
  ASSERT_EQ(*stand_.Import(ImportChannel, shop), Outcome::kAdded);
  ASSERT_EQ(*stand_.Import(ImportChannel, ChannelRow("o", ChannelKind::kOfflineShop)), Outcome::kAdded);
  ASSERT_EQ(*stand_.Import(ImportChannel, ChannelRow("t", ChannelKind::kTownshipStation)), Outcome::kAdded);
  ASSERT_EQ(*stand_.Import(ImportChannel, ChannelRow("m", ChannelKind::kMealTicketPoint)), Outcome::kAdded);
  ASSERT_EQ(*stand_.Import(ImportChannel, ChannelRow("x", ChannelKind::kSupermarket)), Outcome::kAdded);
  ASSERT_EQ(*stand_.Import(ImportChannel, ChannelRow("b", ChannelKind::kBulk)), Outcome::kAdded);
  ASSERT_EQ(*stand_.Import(ImportChannel, ChannelRow("e", ChannelKind::kExhibitionStreet)), Outcome::kAdded);
  for (const std::string name : {"flagship_stores", "offline_stores", "township_stations", "meal_ticket_points",
                                 "supermarkets", "exhibition_streets"}) {
    for (const std::string division : {"45", "4503", "450328", kTownship}) {
      EXPECT_EQ(Figure(name, division, "2018-01"), 0) << name << " " << division;
      EXPECT_EQ(Figure(name, division, "2018-02"), 1) << name << " " << division;
      EXPECT_EQ(Figure(name, division, "2018-10"), 1) << name << " " << division;
    }
  }
  EXPECT_EQ(*stand_.Import(ImportChannel, shop), Outcome::kUnchanged);
  shop.closed_on = Date(2018, 7, 1);
  EXPECT_EQ(*stand_.Import(ImportChannel, shop), Outcome::kUpdated);
  EXPECT_EQ(Figure("flagship_stores", "45", "2018-06"), 1);
  EXPECT_EQ(Figure("flagship_stores", "45", "2018-07"), 0);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(ChannelTest, StallsCountWhereTheStreetIsUntilTheyAreReturned) {
  OpenStreet();
  ASSERT_EQ(*stand_.Import(ImportStall, StallRow("1", "street")), Outcome::kAdded);
  StallRecord second = StallRow("2", "street");
  ASSERT_EQ(*stand_.Import(ImportStall, second), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportStall, second), Outcome::kUnchanged);
  for (const std::string division : {"45", "4503", "450328", kTownship}) {
    EXPECT_EQ(Figure("stalls", division, "2018-02"), 2) << division;
  }
  EXPECT_EQ(Figure("stalls", kElsewhere, "2018-02"), 0);
  second.returned_on = Date(2018, 5, 15);
  EXPECT_EQ(*stand_.Import(ImportStall, second), Outcome::kUpdated);
  EXPECT_EQ(Figure("stalls", "45", "2018-04"), 2);
  EXPECT_EQ(Figure("stalls", "45", "2018-05"), 1);
  ChannelRecord street = ChannelRow("street", ChannelKind::kExhibitionStreet);
  street.closed_on = Date(2018, 9, 1);
  EXPECT_EQ(*stand_.Import(ImportChannel, street), Outcome::kUpdated);
  EXPECT_EQ(Figure("stalls", "45", "2018-08"), 1);
  EXPECT_EQ(Figure("stalls", "45", "2018-09"), 0);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(ChannelTest, AStallOfTheWrongStreetGoesToTheRightOne) {
  OpenStreet();
  ASSERT_TRUE(stand_.Import(ImportChannel, ChannelRow("other", ChannelKind::kExhibitionStreet)).ok());
  ASSERT_TRUE(stand_.Import(ImportStall, StallRow("1", "other")).ok());
  EXPECT_EQ(*stand_.Import(ImportStall, StallRow("1", "street")), Outcome::kUpdated);
  EXPECT_EQ(Figure("stalls", "45", "2018-05"), 1);
  EXPECT_EQ(*stand_.Import(ImportStall, StallRow("1", "street")), Outcome::kUnchanged);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(ChannelTest, RefusesRowsInOrder) {
  ChannelRecord channel = ChannelRow("c", ChannelKind::kSupermarket);
  channel.location = "450328999999";
  channel.closed_on = Date(2017, 1, 1);
  EXPECT_THAT(stand_.Import(ImportChannel, channel).status(), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
  channel.location = kElsewhere;
  EXPECT_THAT(stand_.Import(ImportChannel, channel).status(), RefusedWith(kInvalidArgument, "OUTSIDE_DIVISION"));
  channel.location = kTownship;
  EXPECT_THAT(stand_.Import(ImportChannel, channel).status(), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  channel.closed_on.reset();
  ASSERT_TRUE(stand_.Import(ImportChannel, channel).ok());

  StallRecord stall = StallRow("1", "nowhere");
  stall.county = "459999";
  EXPECT_THAT(stand_.Import(ImportStall, stall).status(), RefusedWith(kNotFound, "CHANNEL_NOT_FOUND"));
  stall.channel_no = "c";
  EXPECT_THAT(stand_.Import(ImportStall, stall).status(), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
  stall.county = kElsewhere;
  EXPECT_THAT(stand_.Import(ImportStall, stall).status(), RefusedWith(kFailedPrecondition, "CHANNEL_HAS_NO_STALLS"));
}

TEST_P(ChannelTest, KindAndPlaceStayOnceSomethingWasSold) {
  OpenStreet();
  ChannelRecord street = ChannelRow("street", ChannelKind::kExhibitionStreet);
  street.location = kVillage;
  ASSERT_EQ(*stand_.Import(ImportChannel, street), Outcome::kUpdated);
  ASSERT_TRUE(stand_.Import(ImportSale, SaleRow("1", "street", 100)).ok());
  street.kind = ChannelKind::kBulk;
  EXPECT_THAT(stand_.Import(ImportChannel, street).status(), RefusedWith(kFailedPrecondition, "CHANNEL_HAS_SALES"));
  street.kind = ChannelKind::kExhibitionStreet;
  street.name = "新名";
  EXPECT_EQ(*stand_.Import(ImportChannel, street), Outcome::kUpdated);
}

INSTANTIATE_TEST_SUITE_P(Engines, ChannelTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::channels
