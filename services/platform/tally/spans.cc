#include "services/platform/tally/spans.h"

namespace anju::tally {

std::vector<Span> Intersect(const std::vector<Span>& a, const std::vector<Span>& b) {
  // Those of a set do not meet, and so the common days of two sets do not either.
  std::vector<Span> both;
  for (const Span& one : a) {
    for (const Span& other : b) {
      if (const std::optional<Span> common = Intersect(one, other); common.has_value()) both.push_back(*common);
    }
  }
  return both;
}

}  // namespace anju::tally
