#include "services/channels/domain/indicators.h"

#include <algorithm>

#include "services/channels/domain/channel.h"
#include "services/channels/domain/distinct.h"
#include "services/channels/domain/producer.h"
#include "services/channels/domain/product.h"
#include "services/channels/domain/route.h"
#include "services/channels/domain/sale.h"
#include "services/channels/domain/visit.h"

namespace anju::channels {
namespace {

using tally::IndicatorKind;
using tally::Place;
using tally::Span;

constexpr absl::string_view kStalls = "channels.stalls";
constexpr absl::string_view kExhibitionStreets = "channels.exhibition_streets";
constexpr absl::string_view kFlagshipStores = "channels.flagship_stores";
constexpr absl::string_view kOfflineStores = "channels.offline_stores";
constexpr absl::string_view kTownshipStations = "channels.township_stations";
constexpr absl::string_view kMealTicketPoints = "channels.meal_ticket_points";
constexpr absl::string_view kSupermarkets = "channels.supermarkets";
constexpr absl::string_view kTurnover = "channels.turnover";
constexpr absl::string_view kTurnoverInPeriod = "channels.turnover_in_period";
constexpr absl::string_view kStreetTurnover = "channels.street_turnover";
constexpr absl::string_view kSettledToHouseholds = "channels.settled_to_households";
constexpr absl::string_view kBenefitedHouseholds = "channels.benefited_households";
constexpr absl::string_view kBenefitedPersons = "channels.benefited_persons";
constexpr absl::string_view kTourRoutes = "channels.tour_routes";
constexpr absl::string_view kTourGroups = "channels.tour_groups";
constexpr absl::string_view kTourists = "channels.tourists";
constexpr absl::string_view kTourProductSales = "channels.tour_product_sales";
constexpr absl::string_view kTourSpending = "channels.tour_spending";
constexpr absl::string_view kTourTotal = "channels.tour_total";
constexpr absl::string_view kTourVillages = "channels.tour_villages";
constexpr absl::string_view kTourHouseholds = "channels.tour_households";
constexpr absl::string_view kProducts = "channels.products";
constexpr absl::string_view kStandardProducts = "channels.standard_products";

// The figure that counts channels of a kind; empty when none does.
absl::string_view CountOf(ChannelKind kind) {
  switch (kind) {
    case ChannelKind::kExhibitionStreet:
      return kExhibitionStreets;
    case ChannelKind::kFlagshipShop:
      return kFlagshipStores;
    case ChannelKind::kOfflineShop:
      return kOfflineStores;
    case ChannelKind::kTownshipStation:
      return kTownshipStations;
    case ChannelKind::kMealTicketPoint:
      return kMealTicketPoints;
    case ChannelKind::kSupermarket:
      return kSupermarkets;
    case ChannelKind::kUnspecified:
    case ChannelKind::kBulk:
    case ChannelKind::kGroupPurchase:
      return "";
  }
  return "";
}

// What does not move.
std::vector<Place> At(Date since, const std::string& division) { return {{.since = since, .division = division}}; }

}  // namespace

const tally::Catalogue& Catalogue() {
  static const auto& catalogue = *new tally::Catalogue{
      {.id = kStalls, .label_zh = "免费铺位", .label_en = "Stalls given to counties", .unit = "stall"},
      {.id = kExhibitionStreets, .label_zh = "展销街", .label_en = "Exhibition streets", .unit = "channel"},
      {.id = kFlagshipStores, .label_zh = "电商扶贫旗舰店", .label_en = "E-commerce flagship shops", .unit = "channel"},
      {.id = kOfflineStores, .label_zh = "线下实体店", .label_en = "Offline shops", .unit = "channel"},
      {.id = kTownshipStations,
       .label_zh = "乡镇电商扶贫综合服务站",
       .label_en = "Township e-commerce stations",
       .unit = "channel"},
      {.id = kMealTicketPoints, .label_zh = "农家饭票服务点", .label_en = "Meal ticket points", .unit = "channel"},
      {.id = kSupermarkets, .label_zh = "商超专柜", .label_en = "Supermarkets", .unit = "channel"},
      {.id = kTurnover, .label_zh = "累计销售额", .label_en = "Turnover to date", .unit = "fen"},
      {.id = kTurnoverInPeriod,
       .label_zh = "本期销售额",
       .label_en = "Turnover in the period",
       .unit = "fen",
       .kind = IndicatorKind::kFlow},
      {.id = kStreetTurnover, .label_zh = "展销街销售额", .label_en = "Turnover of exhibition streets", .unit = "fen"},
      {.id = kSettledToHouseholds, .label_zh = "农户应得销售款", .label_en = "Sales due to households", .unit = "fen"},
      {.id = kBenefitedHouseholds, .label_zh = "惠及户数", .label_en = "Households reached", .unit = "household"},
      {.id = kBenefitedPersons, .label_zh = "惠及人口", .label_en = "Persons reached", .unit = "person"},
      {.id = kTourRoutes, .label_zh = "旅游扶贫线路", .label_en = "Tourism routes", .unit = "route"},
      {.id = kTourGroups, .label_zh = "旅游团批次", .label_en = "Tourism groups", .unit = "group"},
      {.id = kTourists, .label_zh = "游客人数", .label_en = "Tourists", .unit = "person"},
      {.id = kTourProductSales,
       .label_zh = "旅游带动农产品销售",
       .label_en = "Products sold to tourists",
       .unit = "fen"},
      {.id = kTourSpending, .label_zh = "旅游消费", .label_en = "Other spending of tourists", .unit = "fen"},
      {.id = kTourTotal, .label_zh = "旅游直接带动经济", .label_en = "All that tourists spent", .unit = "fen"},
      {.id = kTourVillages, .label_zh = "参与旅游活动的村", .label_en = "Villages on tours", .unit = "village"},
      {.id = kTourHouseholds,
       .label_zh = "旅游带动贫困户数",
       .label_en = "Registered-poor households on tours",
       .unit = "household"},
      {.id = kProducts, .label_zh = "产品", .label_en = "Products on file", .unit = "product"},
      {.id = kStandardProducts, .label_zh = "标准化产品", .label_en = "Standard products", .unit = "product"},
  };
  return catalogue;
}

tally::Contributions Contributions(const Channel& channel) {
  tally::Contributions parts;
  const std::vector<Place> places = At(channel.opened_on, channel.location);
  if (const absl::string_view count = CountOf(channel.kind); !count.empty()) {
    tally::AddStock(count, places, channel.opened_on, channel.closed_on, 1, parts);
  }
  for (const Stall& stall : channel.stalls) {
    // A street that closes takes its stalls along.
    const std::optional<Span> granted = tally::Intersect({.from = stall.granted_on, .until = stall.returned_on},
                                                         {.from = stall.granted_on, .until = channel.closed_on});
    if (granted.has_value()) tally::AddStock(kStalls, places, granted->from, granted->until, 1, parts);
  }
  return parts;
}

tally::Contributions Contributions(const Product& product) {
  tally::Contributions parts;
  // It was there when it was tested, though it may have been told of later.
  const Date since = std::min(product.recorded_on, product.residue_tested_on.value_or(product.recorded_on));
  const std::vector<Place> places = At(since, product.origin);
  tally::AddStock(kProducts, places, since, std::nullopt, 1, parts);
  if (product.residue_tested_on.has_value() && product.residue_test_expires_on.has_value() &&
      IsStandard(product, *product.residue_tested_on)) {
    tally::AddStock(kStandardProducts, places, *product.residue_tested_on, *product.residue_test_expires_on + 1, 1,
                    parts);
  }
  return parts;
}

tally::Contributions Contributions(const Sale& sale) {
  tally::Contributions parts;
  const std::vector<Place> places = At(sale.sold_on, sale.location);
  tally::AddStock(kTurnover, places, sale.sold_on, std::nullopt, sale.amount_fen, parts);
  tally::AddFlow(kTurnoverInPeriod, places, sale.sold_on, sale.amount_fen, parts);
  if (sale.channel_kind == ChannelKind::kExhibitionStreet) {
    tally::AddStock(kStreetTurnover, places, sale.sold_on, std::nullopt, sale.amount_fen, parts);
  }
  return parts;
}

tally::Contributions Contributions(const Producer& producer) {
  tally::Contributions parts;
  const std::vector<Place> places = producer.household.Places();
  for (const ProducerShare& share : producer.shares) {
    tally::AddStock(kSettledToHouseholds, places, share.sold_on, std::nullopt, share.share_fen, parts);
  }
  if (!producer.shares.empty()) {
    const Date first =
        std::min_element(producer.shares.begin(), producer.shares.end(), [](const auto& a, const auto& b) {
          return a.sold_on < b.sold_on;
        })->sold_on;
    tally::AddStock(kBenefitedHouseholds, places, first, std::nullopt, 1, parts);
    for (const feed::PersonFact& person : producer.household.persons) {
      const std::optional<Span> reached =
          tally::Intersect({.from = first}, {.from = person.joined_on, .until = person.left_on});
      if (reached.has_value()) tally::AddStock(kBenefitedPersons, places, reached->from, reached->until, 1, parts);
    }
  }
  std::vector<Place> visits;
  for (const ProducerVisit& visit : producer.visits) {
    if (!producer.household.RegisteredPoorOn(visit.visited_on)) continue;
    visits.push_back({.since = visit.visited_on, .division = visit.location});
  }
  AddDistinct(kTourHouseholds, std::move(visits), parts);
  return parts;
}

tally::Contributions Contributions(const Route& route) {
  tally::Contributions parts;
  const std::vector<Place> places = At(route.opened_on, route.location);
  tally::AddStock(kTourRoutes, places, route.opened_on, route.closed_on, 1, parts);
  for (const TourGroup& group : route.groups) {
    const auto add = [&](absl::string_view indicator, int64_t amount) {
      tally::AddStock(indicator, places, group.visited_on, std::nullopt, amount, parts);
    };
    add(kTourGroups, 1);
    add(kTourists, group.head_count);
    add(kTourProductSales, group.product_sales_fen);
    add(kTourSpending, group.other_spending_fen);
    add(kTourTotal, group.product_sales_fen + group.other_spending_fen);
  }
  return parts;
}

tally::Contributions Contributions(const TourVillage& village) {
  tally::Contributions parts;
  std::vector<Place> visits;
  for (const Participation& participation : village.participations) {
    visits.push_back({.since = participation.visited_on, .division = participation.location});
  }
  AddDistinct(kTourVillages, std::move(visits), parts);
  return parts;
}

}  // namespace anju::channels
