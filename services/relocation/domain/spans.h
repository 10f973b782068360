#pragma once

#include <vector>

#include "services/platform/tally/spans.h"

namespace anju::relocation {

// From when on nothing of the set of days is left: the end of its last span, `begin` when it is empty; nothing when it
// never ends.
std::optional<Date> EndOf(const std::vector<tally::Span>& spans, Date begin);

}  // namespace anju::relocation
