#pragma once

#include <cstdint>

namespace anju::channels {

// Where products are sold.
enum class ChannelKind : int32_t {
  kUnspecified = 0,
  kExhibitionStreet = 1,
  kFlagshipShop = 2,
  kOfflineShop = 3,
  kTownshipStation = 4,
  kMealTicketPoint = 5,
  kSupermarket = 6,
  kBulk = 7,
  kGroupPurchase = 8,
};

}  // namespace anju::channels
