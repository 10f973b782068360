#pragma once

#include <cstdint>
#include <vector>

#include "services/channels/domain/channel_kind.h"
#include "services/platform/base/calendar.h"

namespace anju::channels {

// What was in force from a day on, until the next.
struct Policy {
  Date since;
  // Channels that take standard products only; the others take any.
  std::vector<ChannelKind> full_channels;
  // Channels that have stalls to give to counties.
  std::vector<ChannelKind> with_stalls;
  // What makes a product a standard one.
  bool trademark_needed = true;
  bool packaging_needed = true;
  bool licence_needed = true;
  bool residue_test_needed = true;
  bool traceability_needed = true;
  // What no single sale or group reaches: more is a slip of the decimal point.
  int64_t largest_amount_fen = 0;

  bool Full(ChannelKind kind) const;
  bool HasStalls(ChannelKind kind) const;
};

// The policy of a day; the first one before there was any.
const Policy& PolicyOn(Date day);

}  // namespace anju::channels
