#include "services/channels/domain/policy.h"

#include <algorithm>

namespace anju::channels {
namespace {

const std::vector<Policy>& Policies() {
  static const auto& policies = *new std::vector<Policy>{
      {.since = Date(2016, 1, 1),
       .full_channels = {ChannelKind::kSupermarket, ChannelKind::kBulk, ChannelKind::kFlagshipShop,
                         ChannelKind::kTownshipStation},
       .with_stalls = {ChannelKind::kExhibitionStreet},
       .largest_amount_fen = 100'000'000'000},
  };
  return policies;
}

bool Holds(const std::vector<ChannelKind>& kinds, ChannelKind kind) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

}  // namespace

bool Policy::Full(ChannelKind kind) const { return Holds(full_channels, kind); }

bool Policy::HasStalls(ChannelKind kind) const { return Holds(with_stalls, kind); }

const Policy& PolicyOn(Date day) {
  const Policy* found = &Policies().front();
  for (const Policy& policy : Policies()) {
    if (policy.since <= day) found = &policy;
  }
  return *found;
}

}  // namespace anju::channels
