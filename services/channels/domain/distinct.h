#pragma once

#include <vector>

#include "services/platform/tally/contribution.h"

namespace anju::channels {

// Adds a stock that counts one thing once, for ever, in every division that holds any of `visits`: from the month of
// the first of them within that division on. Sums up the tree stay counts of different things: where a later visit
// comes to a division beside one that counts it, the smallest division that holds both is told to count it once less.
// Pure.
void AddDistinct(absl::string_view indicator, std::vector<tally::Place> visits, tally::Contributions& to);

}  // namespace anju::channels
