#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/platform/base/calendar.h"

namespace anju::tally {

enum class IndicatorKind : int32_t { kUnspecified = 0, kStock = 1, kFlow = 2, kRatio = 3 };

// One entry of a service's catalogue.
struct Indicator {
  // `<service>.<name>`.
  absl::string_view id;
  absl::string_view label_zh;
  absl::string_view label_en;
  // The unit of a sum as an integer (fen, person, …); percent for a ratio.
  absl::string_view unit;
  IndicatorKind kind = IndicatorKind::kStock;
  // Of a ratio: its two sums, which may belong to another service.
  absl::string_view numerator;
  absl::string_view denominator;
  // Of a stock that no record adds to: it is the stock `of`, of those counties alone of which the stock `where` is not
  // 0 in that month. So a ratio to something that is known of some counties only leaves out the others above the line,
  // too. Made at reading; nothing below a county.
  absl::string_view of;
  absl::string_view where;
};
using Catalogue = std::vector<Indicator>;

// What one record adds to one figure. A stock as of month M is the sum of the amounts up to M, a flow their sum over
// the months asked for.
struct Contribution {
  // An id of the catalogue, in static storage.
  absl::string_view indicator;
  std::string division;
  Month month;
  int64_t amount = 0;

  friend bool operator==(const Contribution&, const Contribution&) = default;
};
using Contributions = std::vector<Contribution>;

// From `since` on, something is in `division`.
struct Place {
  Date since;
  std::string division;
};

// From a day until another, excluded; nothing: for ever.
struct Span {
  Date from;
  std::optional<Date> until;
};
// The days of both; nothing when there are none.
std::optional<Span> Intersect(const Span& a, const Span& b);
// The days of any of them, as spans in their order that neither meet nor overlap.
std::vector<Span> Union(std::vector<Span> spans);

// Adds a stock of `amount` that lasts from `from` until `until` (excluded; nothing: for ever) and follows `places`,
// which are in order and not empty: what moves counts −amount where it leaves and +amount where it arrives, in that
// month. Before the first place it counts in the first one. A stock that ends in the month in which it began counts
// nowhere.
void AddStock(absl::string_view indicator, const std::vector<Place>& places, Date from, std::optional<Date> until,
              int64_t amount, Contributions& to);

// Adds a flow on `day`, where the thing was on that day.
void AddFlow(absl::string_view indicator, const std::vector<Place>& places, Date day, int64_t amount,
             Contributions& to);

// Where it was at the end of the month of `day`; a move within the month counts as done.
const std::string& PlaceOn(const std::vector<Place>& places, Date day);

}  // namespace anju::tally
