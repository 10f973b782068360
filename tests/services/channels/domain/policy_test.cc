#include "services/channels/domain/policy.h"

#include <gtest/gtest.h>

namespace anju::channels {
namespace {

TEST(Policy, TheFirstOneHoldsBeforeThereWasAny) { EXPECT_EQ(&PolicyOn(Date(1999, 1, 1)), &PolicyOn(Date(2016, 1, 1))); }

TEST(Policy, TellsFullChannelsFromDirectOnes) {
  const Policy& policy = PolicyOn(Date(2018, 6, 30));
  for (const ChannelKind kind :
       {ChannelKind::kSupermarket, ChannelKind::kBulk, ChannelKind::kFlagshipShop, ChannelKind::kTownshipStation}) {
    EXPECT_TRUE(policy.Full(kind)) << static_cast<int>(kind);
    EXPECT_FALSE(policy.HasStalls(kind)) << static_cast<int>(kind);
  }
  for (const ChannelKind kind : {ChannelKind::kExhibitionStreet, ChannelKind::kOfflineShop,
                                 ChannelKind::kMealTicketPoint, ChannelKind::kGroupPurchase}) {
    EXPECT_FALSE(policy.Full(kind)) << static_cast<int>(kind);
  }
  EXPECT_TRUE(policy.HasStalls(ChannelKind::kExhibitionStreet));
}

}  // namespace
}  // namespace anju::channels
