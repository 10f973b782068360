#include "services/platform/tally/follow.h"

#include <map>
#include <utility>

namespace anju::tally {

void Follow(const Successions& successions, size_t count, absl::FunctionRef<bool(absl::string_view)> is_flow,
            Contributions& parts) {
  for (size_t change = 0; change < count; ++change) {
    const Month since = successions.since(change);
    // What stands at the day of the change, by indicator and old code.
    std::map<std::pair<absl::string_view, std::string>, int64_t> carried;
    for (Contribution& part : parts) {
      std::optional<std::string> next = successions.After(change, part.division);
      if (!next.has_value()) continue;
      if (part.month >= since) {
        part.division = *std::move(next);
      } else if (!is_flow(part.indicator)) {
        carried[{part.indicator, part.division}] += part.amount;
      }
    }
    for (const auto& [what, amount] : carried) {
      if (amount == 0) continue;
      const auto& [indicator, division] = what;
      parts.push_back({.indicator = indicator, .division = division, .month = since, .amount = -amount});
      parts.push_back(
          {.indicator = indicator, .division = *successions.After(change, division), .month = since, .amount = amount});
    }
  }
}

}  // namespace anju::tally
