#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "services/platform/base/succession.h"
#include "services/registry/domain/household.h"
#include "services/registry/domain/village.h"

// What stands on a day: the stocks of the registry, exact to the day where the running figures are to the month.
namespace anju::registry {

// Something of a household or a village that counts one while it lasts.
struct Stock {
  absl::string_view indicator;
  tally::Span span;

  bool StandsOn(Date day) const { return span.from <= day && (!span.until.has_value() || *span.until > day); }
};
std::vector<Stock> Stocks(const Household& household);
std::vector<Stock> Stocks(const Village& village);

// Whether the indicator is one of these stocks.
bool IsStanding(absl::string_view indicator);

// By which the households and villages are found that change in a month: `201808` and the county. A household has one
// for each month in which anything of it begins or ends, and each county in which it lived then.
inline constexpr absl::string_view kMonthLink = "month";
std::string MonthLink(Month month, absl::string_view county);
std::vector<roots::Name> MonthLinks(const Household& household);
std::vector<roots::Name> MonthLinks(const Village& village);

// How many may have changed in one month.
inline constexpr size_t kMostChanges = 20'000;

// A division by all codes that it has had, and the counties under whose codes its records may be found.
struct Whole {
  std::vector<std::string> codes;
  std::set<std::string> counties;
};

// Takes from the sums as of the end of the month of `day` what has changed in the division after that day, by the codes
// of the month. Refuses with TOO_MANY_CHANGES.
absl::Status TakeChanges(roots::Session& session, const Successions& successions, const Whole& division, Date day,
                         std::map<std::string, int64_t>& sums);

}  // namespace anju::registry
