#pragma once

#include "services/platform/tally/contribution.h"

namespace anju::workshops {

// The figures of this service. What each record adds to them is declared beside the record.
const tally::Catalogue& Catalogue();

}  // namespace anju::workshops
