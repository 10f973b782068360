#pragma once

#include <map>
#include <string>

#include "services/platform/roots/store.h"

namespace anju::registry {

// The topics on which the rules of quality rest, and what becomes of a newer fact.
std::map<std::string, roots::Store::Absorb> Follows();

}  // namespace anju::registry
