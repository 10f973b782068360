#pragma once

#include <map>
#include <string>

#include "services/platform/roots/store.h"

namespace anju::workshops {

// The topics that this service follows, and what becomes of a newer fact.
std::map<std::string, roots::Store::Absorb> Follows();

}  // namespace anju::workshops
