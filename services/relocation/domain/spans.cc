#include "services/relocation/domain/spans.h"

namespace anju::relocation {

using tally::Span;

std::vector<Span> Intersect(const std::vector<Span>& a, const std::vector<Span>& b) {
  std::vector<Span> both;
  for (const Span& one : a) {
    for (const Span& other : b) {
      if (const std::optional<Span> common = tally::Intersect(one, other); common.has_value()) both.push_back(*common);
    }
  }
  return both;
}

std::optional<Date> EndOf(const std::vector<Span>& spans, Date begin) {
  return spans.empty() ? begin : spans.back().until;
}

}  // namespace anju::relocation
