#pragma once

#include <vector>

#include "services/platform/storage/database.h"

namespace anju::channels {

// What the platform's tables of this service need beyond what the platform does to them.
const std::vector<storage::Migration>& Migrations();

}  // namespace anju::channels
