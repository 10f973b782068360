#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "services/channels/domain/channel.h"
#include "services/channels/domain/indicators.h"
#include "services/channels/domain/producer.h"
#include "services/channels/domain/product.h"
#include "services/channels/domain/route.h"
#include "services/channels/domain/sale.h"
#include "services/channels/domain/visit.h"
#include "tests/support/stand.h"

namespace anju::channels {

inline constexpr char kCounty[] = "450328";
inline constexpr char kTownship[] = "450328100";
inline constexpr char kVillage[] = "450328100201";
inline constexpr char kOther[] = "450328101202";
inline constexpr char kElsewhere[] = "451021";

inline std::vector<const roots::Kind*> Kinds() {
  return {&roots::KindOf<Channel>(),  &roots::KindOf<Product>(), &roots::KindOf<Sale>(),
          &roots::KindOf<Producer>(), &roots::KindOf<Route>(),   &roots::KindOf<TourVillage>()};
}

// A market in county 450328: rows that are taken as they are, to be spoilt one field at a time.
class MarketTest : public ::testing::TestWithParam<std::string> {
 protected:
  MarketTest() : stand_(GetParam(), Kinds(), Catalogue()) {
    for (const char* code : {kCounty, kTownship, kVillage, kOther, kElsewhere}) stand_.KnowDivision(code);
  }

  static ChannelRecord ChannelRow(const std::string& number, ChannelKind kind) {
    return {.channel_no = number, .name = "样例", .kind = kind, .location = kTownship, .opened_on = Date(2018, 2, 6)};
  }
  static StallRecord StallRow(const std::string& number, const std::string& channel) {
    return {.stall_no = number, .channel_no = channel, .county = kElsewhere, .granted_on = Date(2018, 2, 6)};
  }
  // Without anything that makes it a standard one.
  static ProductRecord ProductRow(const std::string& number) {
    return {.product_no = number, .name = "样例", .origin = kElsewhere, .unit = "kg"};
  }
  static ProductRecord StandardRow(const std::string& number) {
    ProductRecord row = ProductRow(number);
    row.trademark = row.packaging = row.traceable = true;
    row.production_licence = "SC";
    row.residue_tested_on = Date(2018, 1, 10);
    row.residue_test_expires_on = Date(2018, 9, 30);
    return row;
  }
  static SaleRecord SaleRow(const std::string& number, const std::string& channel, int64_t amount_fen) {
    return {.sale_no = number,
            .channel_no = channel,
            .product_no = "p",
            .sold_on = Date(2018, 5, 20),
            .quantity_milli = 1500,
            .unit = "kg",
            .amount_fen = amount_fen,
            .buyer_kind = BuyerKind::kConsumer};
  }
  static SaleShareRecord ShareRow(const std::string& sale, const std::string& household, int64_t share_fen) {
    return {.sale_no = sale, .household_no = household, .share_fen = share_fen};
  }
  static RouteRecord RouteRow(const std::string& number) {
    return {.route_no = number, .name = "样例", .location = kCounty, .opened_on = Date(2018, 3, 1)};
  }
  static TourGroupRecord GroupRow(const std::string& number, const std::string& route, Date day) {
    return {.group_no = number,
            .route_no = route,
            .visited_on = day,
            .head_count = 30,
            .product_sales_fen = 2000,
            .other_spending_fen = 500};
  }
  static TourHouseholdRecord VisitRow(const std::string& group, const std::string& household) {
    return {.group_no = group, .household_no = household};
  }

  // An exhibition street `street` and a product `p` that is not standard.
  void OpenStreet() {
    ASSERT_TRUE(stand_.Import(ImportChannel, ChannelRow("street", ChannelKind::kExhibitionStreet)).ok());
    ASSERT_TRUE(stand_.Import(ImportProduct, ProductRow("p")).ok());
  }

  // The registry tells of a household by its feed.
  absl::Status Tell(const feed::HouseholdFact& fact) {
    const roots::Fact told{.sequence = ++told_,
                           .topic = std::string(feed::HouseholdFact::kTopic),
                           .key = fact.key,
                           .body = roots::ToJson(fact),
                           .version = told_};
    return stand_.store.TakeFacts(
        feed::HouseholdFact::kTopic, {told},
        [](roots::Session& session, const roots::Fact& news) { return FollowHousehold(session, news.body); });
  }

  int64_t Figure(const std::string& name, const std::string& division, const std::string& month) {
    return stand_.Figure("channels." + name, division, month);
  }

  testing::Stand stand_;

 private:
  // Later than whatever the stand itself tells.
  int64_t told_ = 1'000'000;
};

}  // namespace anju::channels
