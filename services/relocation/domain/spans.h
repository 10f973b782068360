#pragma once

#include <vector>

#include "services/platform/tally/contribution.h"

// Sets of days, as tally::Union makes them.
namespace anju::relocation {

// The days of both sets.
std::vector<tally::Span> Intersect(const std::vector<tally::Span>& a, const std::vector<tally::Span>& b);
// From when on nothing of the set is left: the end of its last span, `begin` when it is empty; nothing when it never
// ends.
std::optional<Date> EndOf(const std::vector<tally::Span>& spans, Date begin);

}  // namespace anju::relocation
