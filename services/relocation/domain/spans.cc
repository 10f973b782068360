#include "services/relocation/domain/spans.h"

namespace anju::relocation {

std::optional<Date> EndOf(const std::vector<tally::Span>& spans, Date begin) {
  return spans.empty() ? begin : spans.back().until;
}

}  // namespace anju::relocation
