#pragma once

#include <vector>

#include "services/platform/tally/contribution.h"

namespace anju::workshops {

using Spans = std::vector<tally::Span>;

// The days of any of them, in order and apart, so that whoever has two jobs counts once.
Spans Merge(Spans spans);
// The days of both; each side in order and apart, and so is the answer.
Spans Intersect(const Spans& a, const Spans& b);

// The same day `months` later, or the last of a shorter month.
Date PlusMonths(Date day, int32_t months);

}  // namespace anju::workshops
