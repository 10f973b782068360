#include "services/channels/domain/policy.h"

#include <gtest/gtest.h>

#include <set>

namespace anju::channels {
namespace {

TEST(Policy, HoldsFromItsDateAndTheFirstAlsoBefore) {
  for (const Date day : {Date(1999, 1, 1), Date(2016, 1, 1), Date(2018, 6, 30)}) {
    EXPECT_EQ(PolicyOn({}, day)[kLargestAmount], 1'000'000'000'00);
    for (absl::string_view name :
         {kTrademarkNeeded, kPackagingNeeded, kLicenceNeeded, kResidueTestNeeded, kTraceabilityNeeded}) {
      EXPECT_EQ(PolicyOn({}, day)[name], 1) << name;
    }
  }
}

TEST(Policy, TellsFullChannelsFromDirectOnes) {
  const struct {
    ChannelKind kind;
    int64_t standard_only;
  } rows[] = {
      {ChannelKind::kSupermarket, 1},      {ChannelKind::kBulk, 1},          {ChannelKind::kFlagshipShop, 1},
      {ChannelKind::kTownshipStation, 1},  {ChannelKind::kOfflineShop, 0},   {ChannelKind::kMealTicketPoint, 0},
      {ChannelKind::kExhibitionStreet, 0}, {ChannelKind::kGroupPurchase, 0},
  };
  std::set<absl::string_view> names;
  for (const auto& row : rows) {
    EXPECT_EQ(PolicyOn({}, Date(2018, 6, 30))[StandardOnlyOf(row.kind)], row.standard_only);
    names.insert(StandardOnlyOf(row.kind));
  }
  EXPECT_EQ(names.size(), std::size(rows));
}

TEST(Policy, EveryDefaultMayBeSetAndSaysWhereItIsFrom) {
  for (const policy::Parameter& parameter : Policies().parameters()) {
    for (const policy::Setting& setting : parameter.defaults) {
      EXPECT_LE(parameter.least, setting.value) << setting.name;
      EXPECT_GE(parameter.greatest, setting.value) << setting.name;
      EXPECT_NE(setting.document, "") << setting.name;
      EXPECT_NE(setting.text, "") << setting.name;
    }
  }
}

}  // namespace
}  // namespace anju::channels
