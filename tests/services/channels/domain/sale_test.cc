#include "services/channels/domain/sale.h"

#include "services/channels/domain/policy.h"
#include "tests/services/channels/domain/market.h"

namespace anju::channels {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;

class SaleTest : public MarketTest {};

TEST(Sale, RefusesInOrder) {
  const Channel market{.key = "450328/county/m",
                       .kind = ChannelKind::kSupermarket,
                       .location = kTownship,
                       .opened_on = Date(2018, 2, 6),
                       .closed_on = Date(2018, 9, 1)};
  const Product raw{.key = "450328/county/p", .unit = "kg"};
  Product standard = raw;
  standard.trademark = standard.packaging = standard.traceable = true;
  standard.production_licence = "SC";
  standard.residue_tested_on = Date(2018, 1, 1);
  standard.residue_test_expires_on = Date(2018, 7, 1);
  const Sale shared{.id = "s", .amount_fen = 101, .shares = {{.household_id = "h", .share_fen = 101}}};
  const Date closed(2018, 9, 1), expired(2018, 7, 2), good(2018, 7, 1);
  const int64_t most = PolicyOn({}, good)[kLargestAmount];
  const struct {
    int64_t quantity;
    int64_t amount;
    Date sold_on;
    const char* unit;
    ChannelKind kind;
    const Product& product;
    absl::StatusCode code;
    const char* reason;
  } rows[] = {
      {0, 0, closed, "t", ChannelKind::kSupermarket, raw, kInvalidArgument, "QUANTITY_NOT_POSITIVE"},
      {1, 0, closed, "t", ChannelKind::kSupermarket, raw, kInvalidArgument, "AMOUNT_NOT_POSITIVE"},
      {1, most + 1, closed, "t", ChannelKind::kSupermarket, raw, kInvalidArgument, "AMOUNT_TOO_LARGE"},
      {1, 100, closed, "t", ChannelKind::kSupermarket, raw, kFailedPrecondition, "CHANNEL_NOT_OPEN"},
      {1, 100, Date(2018, 2, 5), "t", ChannelKind::kSupermarket, raw, kFailedPrecondition, "CHANNEL_NOT_OPEN"},
      {1, 100, good, "t", ChannelKind::kSupermarket, raw, kInvalidArgument, "UNIT_MISMATCH"},
      {1, 100, good, "kg", ChannelKind::kSupermarket, raw, kFailedPrecondition, "PRODUCT_NOT_STANDARD"},
      {1, 100, expired, "kg", ChannelKind::kBulk, standard, kFailedPrecondition, "PRODUCT_NOT_STANDARD"},
      {1, 100, good, "kg", ChannelKind::kFlagshipShop, standard, kFailedPrecondition, "SHARES_EXCEED_SALE"},
      {1, 100, good, "kg", ChannelKind::kGroupPurchase, raw, kFailedPrecondition, "SHARES_EXCEED_SALE"},
      {1, 101, good, "kg", ChannelKind::kTownshipStation, standard, kOk, ""},
      {1, 101, good, "kg", ChannelKind::kOfflineShop, raw, kOk, ""},
      {1, 101, good, "kg", ChannelKind::kMealTicketPoint, raw, kOk, ""},
      {1, most, good, "kg", ChannelKind::kExhibitionStreet, raw, kOk, ""},
  };
  for (const auto& row : rows) {
    Channel channel = market;
    channel.kind = row.kind;
    const SaleRecord record{
        .sold_on = row.sold_on, .quantity_milli = row.quantity, .unit = row.unit, .amount_fen = row.amount};
    EXPECT_THAT(Record(shared, record, "k", channel, row.product, {}).status(),
                RefusedWith(row.code, std::string(row.reason)))
        << row.quantity << " " << row.amount << " " << Format(row.sold_on);
  }
}

TEST(Sale, AssignsSharesInOrder) {
  Sale full{.amount_fen = int64_t{kMostShares} + 1};
  for (size_t i = 0; i < kMostShares; ++i) full.shares.push_back({.household_id = absl::StrCat(i), .share_fen = 1});
  const struct {
    const char* household;
    int64_t share_fen;
    absl::StatusCode code;
    const char* reason;
  } rows[] = {
      {"new", 0, kInvalidArgument, "AMOUNT_NOT_POSITIVE"},
      {"new", INT64_MAX, kFailedPrecondition, "SHARES_EXCEED_SALE"},
      {"new", 2, kFailedPrecondition, "SHARES_EXCEED_SALE"},
      {"new", 1, kFailedPrecondition, "TOO_MANY_SHARES"},
      {"7", 3, kFailedPrecondition, "SHARES_EXCEED_SALE"},
      {"7", 2, kOk, ""},
  };
  for (const auto& row : rows) {
    Outcome outcome = Outcome::kUnchanged;
    EXPECT_THAT(Assign(full, {.household_id = row.household, .share_fen = row.share_fen}, &outcome).status(),
                RefusedWith(row.code, std::string(row.reason)))
        << row.household << " " << row.share_fen;
  }
}

TEST_P(SaleTest, CountsAtEveryLevelForEver) {
  OpenStreet();
  ASSERT_TRUE(stand_.Import(ImportChannel, ChannelRow("shop", ChannelKind::kOfflineShop)).ok());
  ASSERT_EQ(*stand_.Import(ImportSale, SaleRow("1", "street", 700)), Outcome::kAdded);
  SaleRecord shop = SaleRow("2", "shop", 40);
  shop.sold_on = Date(2018, 7, 1);
  ASSERT_EQ(*stand_.Import(ImportSale, shop), Outcome::kAdded);
  for (const std::string division : {"45", "4503", "450328", kTownship}) {
    EXPECT_EQ(Figure("turnover", division, "2018-04"), 0) << division;
    EXPECT_EQ(Figure("turnover", division, "2018-05"), 700) << division;
    EXPECT_EQ(Figure("turnover", division, "2018-10"), 740) << division;
    EXPECT_EQ(Figure("street_turnover", division, "2018-10"), 700) << division;
    EXPECT_EQ(Figure("turnover_in_period", division, "2018-06"), 0) << division;
    EXPECT_EQ(Figure("turnover_in_period", division, "2018-07"), 40) << division;
  }
  EXPECT_EQ(*stand_.Import(ImportSale, shop), Outcome::kUnchanged);
  shop.amount_fen = 41;
  EXPECT_EQ(*stand_.Import(ImportSale, shop), Outcome::kUpdated);
  EXPECT_EQ(Figure("turnover", "45", "2018-10"), 741);
  // It was sold in the street after all.
  shop.channel_no = "street";
  EXPECT_EQ(*stand_.Import(ImportSale, shop), Outcome::kUpdated);
  EXPECT_EQ(Figure("street_turnover", "45", "2018-10"), 741);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(SaleTest, NothingIsSoldOnADayThatHasNotCome) {
  OpenStreet();
  SaleRecord sale = SaleRow("1", "street", 700);
  sale.sold_on = Date(2099, 1, 1);
  EXPECT_THAT(stand_.Import(ImportSale, sale), RefusedWith(kInvalidArgument, "DATE_IN_FUTURE"));
}

TEST_P(SaleTest, SharesReachHouseholdsWhereTheyLive) {
  OpenStreet();
  stand_.KnowHousehold("a", kVillage, 4);
  stand_.KnowHousehold("b", kOther, 3);
  ASSERT_TRUE(stand_.Import(ImportSale, SaleRow("1", "street", 1000)).ok());
  ASSERT_TRUE(stand_.Import(ImportSale, SaleRow("2", "street", 1000)).ok());
  EXPECT_EQ(*stand_.Import(ImportSaleShare, ShareRow("1", "a", 300)), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportSaleShare, ShareRow("1", "b", 500)), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportSaleShare, ShareRow("2", "a", 100)), Outcome::kAdded);
  for (const std::string division : {"45", "4503", "450328"}) {
    EXPECT_EQ(Figure("settled_to_households", division, "2018-04"), 0) << division;
    EXPECT_EQ(Figure("settled_to_households", division, "2018-05"), 900) << division;
    EXPECT_EQ(Figure("benefited_households", division, "2018-05"), 2) << division;
    EXPECT_EQ(Figure("benefited_persons", division, "2018-05"), 7) << division;
  }
  EXPECT_EQ(Figure("benefited_persons", kVillage, "2018-05"), 4);
  EXPECT_EQ(*stand_.Import(ImportSaleShare, ShareRow("1", "a", 300)), Outcome::kUnchanged);
  EXPECT_EQ(*stand_.Import(ImportSaleShare, ShareRow("1", "a", 400)), Outcome::kUpdated);
  EXPECT_EQ(Figure("settled_to_households", kVillage, "2018-05"), 500);
  EXPECT_THAT(stand_.Import(ImportSaleShare, ShareRow("1", "a", 501)).status(),
              RefusedWith(kFailedPrecondition, "SHARES_EXCEED_SALE"));
  // What is shared cannot be more than what was taken, afterwards either.
  EXPECT_THAT(stand_.Import(ImportSale, SaleRow("1", "street", 899)).status(),
              RefusedWith(kFailedPrecondition, "SHARES_EXCEED_SALE"));
  EXPECT_EQ(*stand_.Import(ImportSale, SaleRow("1", "street", 900)), Outcome::kUpdated);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(SaleTest, ACorrectedDateReachesTheHouseholds) {
  OpenStreet();
  stand_.KnowHousehold("a", kVillage, 4);
  SaleRecord sale = SaleRow("1", "street", 1000);
  ASSERT_TRUE(stand_.Import(ImportSale, sale).ok());
  ASSERT_TRUE(stand_.Import(ImportSaleShare, ShareRow("1", "a", 300)).ok());
  sale.sold_on = Date(2018, 8, 2);
  EXPECT_EQ(*stand_.Import(ImportSale, sale), Outcome::kUpdated);
  EXPECT_EQ(Figure("settled_to_households", kVillage, "2018-07"), 0);
  EXPECT_EQ(Figure("settled_to_households", kVillage, "2018-08"), 300);
  EXPECT_EQ(Figure("benefited_persons", kVillage, "2018-07"), 0);
  EXPECT_EQ(*stand_.Import(ImportSaleShare, ShareRow("1", "a", 300)), Outcome::kUnchanged);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(SaleTest, RefusesRowsInOrder) {
  OpenStreet();
  SaleRecord sale = SaleRow("1", "nowhere", 0);
  sale.product_no = "nothing";
  EXPECT_THAT(stand_.Import(ImportSale, sale).status(), RefusedWith(kNotFound, "CHANNEL_NOT_FOUND"));
  sale.channel_no = "street";
  EXPECT_THAT(stand_.Import(ImportSale, sale).status(), RefusedWith(kNotFound, "PRODUCT_NOT_FOUND"));
  sale.product_no = "p";
  EXPECT_THAT(stand_.Import(ImportSale, sale).status(), RefusedWith(kInvalidArgument, "AMOUNT_NOT_POSITIVE"));
  sale.amount_fen = 100;
  EXPECT_THAT(stand_.Import(ImportSaleShare, ShareRow("1", "a", 0)).status(), RefusedWith(kNotFound, "SALE_NOT_FOUND"));
  ASSERT_TRUE(stand_.Import(ImportSale, sale).ok());
  EXPECT_THAT(stand_.Import(ImportSaleShare, ShareRow("1", "a", 0)).status(),
              RefusedWith(kNotFound, "HOUSEHOLD_NOT_FOUND"));
  stand_.KnowHousehold("a", kVillage, 1);
  EXPECT_THAT(stand_.Import(ImportSaleShare, ShareRow("1", "a", 0)).status(),
              RefusedWith(kInvalidArgument, "AMOUNT_NOT_POSITIVE"));
}

TEST_P(SaleTest, NoFaultPartsASaleFromItsHouseholds) {
  OpenStreet();
  stand_.KnowHousehold("a", kVillage, 2);
  ASSERT_TRUE(stand_.Import(ImportSale, SaleRow("1", "street", 1000)).ok());
  int broken = 0;
  for (int n = 1;; ++n) {
    testing::FaultyDatabase faulty(*stand_.database, n);
    roots::Store store(faulty, stand_.clock, Kinds(), nullptr, [](const auto&) {});
    const absl::Status status = store.Change({}, [&](roots::Session& session) {
      return ImportSaleShare(session, stand_.batch, ShareRow("1", "a", 300)).status();
    });
    ASSERT_THAT(stand_.Recount(), IsEmpty()) << "statement " << n << ": " << status;
    int64_t shared = 0;
    ASSERT_TRUE(stand_.store
                    .Look([&](roots::Session& session) -> absl::Status {
                      ASSIGN_OR_RETURN(const std::optional<Sale> sale, session.Find<Sale>(stand_.batch.Key("1")));
                      for (const SaleShare& share : sale->shares) shared += share.share_fen;
                      return absl::OkStatus();
                    })
                    .ok());
    EXPECT_EQ(Figure("settled_to_households", "45", "2018-10"), shared) << "statement " << n << ": " << status;
    if (!faulty.failed()) break;
    EXPECT_EQ(shared, 0) << "statement " << n << ": " << status;
    ++broken;
  }
  EXPECT_GT(broken, 5);
  EXPECT_EQ(Figure("settled_to_households", "45", "2018-10"), 300);
}

INSTANTIATE_TEST_SUITE_P(Engines, SaleTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::channels
