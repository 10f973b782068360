#include "services/relocation/domain/community_indicators.h"

#include <algorithm>

#include "services/relocation/domain/assembly.h"
#include "services/relocation/domain/disclosure.h"
#include "services/relocation/domain/grid.h"
#include "services/relocation/domain/hall.h"
#include "services/relocation/domain/plot.h"
#include "services/relocation/domain/renovation.h"

namespace anju::relocation {
namespace {

using tally::Place;
using tally::Span;

// What is at a site is where the site is.
std::vector<Place> At(const std::string& location, Date from) { return {{.since = from, .division = location}}; }

}  // namespace

tally::Contributions Contributions(const Plot& plot) {
  tally::Contributions parts;
  for (const PlotHolding& holding : plot.holdings) {
    tally::AddStock(kMicroPlotArea, At(plot.site_location, holding.since), holding.since, holding.until,
                    plot.area_centi_mu, parts);
  }
  return parts;
}

tally::Contributions Contributions(const PlotHolder& holder) {
  std::vector<Span> spans;
  for (const PlotHolder::Holding& holding : holder.holdings) {
    spans.push_back({.from = holding.since, .until = holding.until});
  }
  tally::Contributions parts;
  for (const Span& span : tally::Union(std::move(spans))) {
    tally::AddStock(kMicroPlotHouseholds, At(holder.site_location, span.from), span.from, span.until, 1, parts);
  }
  return parts;
}

tally::Contributions Contributions(const Assembly& assembly) {
  tally::Contributions parts;
  for (const Election& election : assembly.elections) {
    const absl::string_view indicator =
        election.body == Body::kRepresentatives ? kHouseholderRepresentatives : kCommitteeMembers;
    for (const Seat& seat : election.seats) {
      tally::AddStock(indicator, At(assembly.site_location, election.held_on), election.held_on,
                      EndOf(assembly, election, seat), 1, parts);
    }
  }
  return parts;
}

tally::Contributions Contributions(const Grid& grid) {
  tally::Contributions parts;
  if (!grid.IsBuilding()) return parts;
  const std::vector<Place> places = At(grid.site_location, grid.opened_on);
  tally::AddStock(kBuildingGrids, places, grid.opened_on, std::nullopt, 1, parts);
  std::vector<Span> terms;
  for (const ChiefTerm& term : grid.chiefs) terms.push_back({.from = term.since, .until = term.until});
  for (const Span& span : tally::Union(std::move(terms))) {
    tally::AddStock(kBuildingChiefs, places, span.from, span.until, 1, parts);
  }
  for (const GridMembership& member : grid.members) {
    tally::AddStock(kGridHouseholds, places, member.since, member.until, 1, parts);
  }
  return parts;
}

tally::Contributions Contributions(const HallRequest& request) {
  tally::Contributions parts;
  const std::vector<Place> places = At(request.site_location, request.received_on);
  tally::AddFlow(kHallRequests, places, request.received_on, 1, parts);
  // Both in the month in which it was due, so that one is a share of the other.
  tally::AddFlow(kHallDue, places, request.first_due_on, 1, parts);
  if (request.ClosedInTime()) tally::AddFlow(kHallClosedInTime, places, request.first_due_on, 1, parts);
  if (request.rating > 0 && request.closed_on.has_value()) {
    tally::AddFlow(kHallRatingPoints, places, *request.closed_on, request.rating, parts);
    tally::AddFlow(kHallBestPoints, places, *request.closed_on, kBestRating, parts);
  }
  return parts;
}

tally::Contributions Contributions(const Disclosure& disclosure) {
  tally::Contributions parts;
  tally::AddFlow(kDisclosures, At(disclosure.site_location, disclosure.published_on), disclosure.published_on, 1,
                 parts);
  return parts;
}

tally::Contributions Contributions(const Renovation& renovation) {
  tally::Contributions parts;
  const RenovationSteps& steps = renovation.steps;
  const std::vector<Place> places = renovation.household.Places();
  // Each year begins anew: a plan is one of its year, and what was planned in one is often begun in the next.
  const auto add = [&](std::optional<Date> from, absl::string_view all, absl::string_view poor) {
    if (!from.has_value()) return;
    const Date next_year(from->year() + 1, 1, 1);
    const Date until = std::min(next_year, steps.withdrawn_on.value_or(next_year));
    tally::AddStock(all, places, *from, until, 1, parts);
    if (renovation.Poor()) tally::AddStock(poor, places, *from, until, 1, parts);
  };
  add(steps.planned_on, kRenovationPlanned, kRenovationPlannedPoor);
  add(steps.started_on, kRenovationStarted, kRenovationStartedPoor);
  add(steps.completed_on, kRenovationCompleted, kRenovationCompletedPoor);
  if (steps.accepted_on.has_value() && renovation.subsidy_fen > 0) {
    tally::AddFlow(kRenovationSubsidy, places, *steps.accepted_on, renovation.subsidy_fen, parts);
  }
  return parts;
}

}  // namespace anju::relocation
