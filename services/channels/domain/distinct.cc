#include "services/channels/domain/distinct.h"

#include <algorithm>
#include <tuple>

#include "services/platform/base/division.h"

namespace anju::channels {

void AddDistinct(absl::string_view indicator, std::vector<tally::Place> visits, tally::Contributions& to) {
  std::sort(visits.begin(), visits.end(), [](const tally::Place& a, const tally::Place& b) {
    return std::tie(a.since, a.division) < std::tie(b.since, b.division);
  });
  std::vector<const tally::Place*> counted;
  for (const tally::Place& visit : visits) {
    // The smallest division around this place that counts it already; all that are above do.
    absl::string_view nearest;
    for (const tally::Place* earlier : counted) {
      nearest = std::max(nearest, CommonDivision(earlier->division, visit.division));
    }
    if (nearest == visit.division) continue;
    counted.push_back(&visit);
    tally::AddStock(indicator, {visit}, visit.since, std::nullopt, 1, to);
    if (nearest.empty()) continue;
    tally::AddStock(indicator, {{.since = visit.since, .division = std::string(nearest)}}, visit.since, std::nullopt,
                    -1, to);
  }
}

}  // namespace anju::channels
