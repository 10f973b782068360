#pragma once

#include <vector>

#include "services/platform/tally/spans.h"

namespace anju::workshops {

using Spans = std::vector<tally::Span>;

// The same day `months` later, or the last of a shorter month.
Date PlusMonths(Date day, int32_t months);

}  // namespace anju::workshops
