#include "services/workshops/domain/spans.h"

#include <algorithm>

namespace anju::workshops {

using tally::Span;

Spans Merge(Spans spans) {
  std::erase_if(spans, [](const Span& span) { return span.until.has_value() && *span.until <= span.from; });
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.from < b.from; });
  Spans merged;
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

Spans Intersect(const Spans& a, const Spans& b) {
  Spans both;
  for (const Span& one : a) {
    for (const Span& other : b) {
      if (const std::optional<Span> common = tally::Intersect(one, other); common.has_value()) both.push_back(*common);
    }
  }
  return Merge(std::move(both));
}

Date PlusMonths(Date day, int32_t months) {
  const Month month = Month::Of(day).Plus(months);
  return std::min(month.FirstDay() + (day.day() - 1), month.LastDay());
}

}  // namespace anju::workshops
