#include "services/platform/tally/contribution.h"

#include <algorithm>

#include "services/platform/base/error.h"

namespace anju::tally {
namespace {

const Place& Last(const std::vector<Place>& places, Month month) {
  ANJU_CHECK(!places.empty());
  const Place* last = &places.front();
  for (const Place& place : places) {
    if (Month::Of(place.since) <= month) last = &place;
  }
  return *last;
}

}  // namespace

const std::string& PlaceOn(const std::vector<Place>& places, Date day) { return Last(places, Month::Of(day)).division; }

std::optional<Span> Intersect(const Span& a, const Span& b) {
  Span both{.from = std::max(a.from, b.from), .until = a.until};
  if (b.until.has_value()) both.until = a.until.has_value() ? std::min(*a.until, *b.until) : *b.until;
  if (both.until.has_value() && *both.until <= both.from) return std::nullopt;
  return both;
}

std::vector<Span> Union(std::vector<Span> spans) {
  std::erase_if(spans, [](const Span& span) { return span.until.has_value() && *span.until <= span.from; });
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.from < b.from; });
  std::vector<Span> merged;
  for (const Span& span : spans) {
    if (merged.empty() || (merged.back().until.has_value() && *merged.back().until < span.from)) {
      merged.push_back(span);
    } else if (merged.back().until.has_value()) {
      merged.back().until =
          span.until.has_value() ? std::optional(std::max(*merged.back().until, *span.until)) : std::nullopt;
    }
  }
  return merged;
}

void AddStock(absl::string_view indicator, const std::vector<Place>& places, Date from, std::optional<Date> until,
              int64_t amount, Contributions& to) {
  if (amount == 0) return;
  const Month begin = Month::Of(from);
  const std::optional<Month> end = until.has_value() ? std::optional(Month::Of(*until)) : std::nullopt;
  if (end.has_value() && *end <= begin) return;
  const std::string* at = &Last(places, begin).division;
  to.push_back({.indicator = indicator, .division = *at, .month = begin, .amount = amount});
  for (const Place& place : places) {
    const Month moved = Month::Of(place.since);
    if (moved <= begin || (end.has_value() && moved >= *end) || place.division == *at) continue;
    // Of several moves in one month only the last one counts.
    if (&Last(places, moved) != &place) continue;
    to.push_back({.indicator = indicator, .division = *at, .month = moved, .amount = -amount});
    to.push_back({.indicator = indicator, .division = place.division, .month = moved, .amount = amount});
    at = &place.division;
  }
  if (end.has_value()) to.push_back({.indicator = indicator, .division = *at, .month = *end, .amount = -amount});
}

void AddFlow(absl::string_view indicator, const std::vector<Place>& places, Date day, int64_t amount,
             Contributions& to) {
  if (amount == 0) return;
  to.push_back({.indicator = indicator, .division = PlaceOn(places, day), .month = Month::Of(day), .amount = amount});
}

}  // namespace anju::tally
