#pragma once

#include <vector>

#include "services/platform/tally/contribution.h"

// Sets of days, as Union makes them.
namespace anju::tally {

// The days of both sets.
std::vector<Span> Intersect(const std::vector<Span>& a, const std::vector<Span>& b);

}  // namespace anju::tally
