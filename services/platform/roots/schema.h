#pragma once

#include <vector>

#include "services/platform/storage/database.h"

namespace anju::roots {

// The platform's tables in a service's database: roots with their keys, names and links; the tally; the feed and the
// facts taken in; receipts, imports and the audit log; the ledger.
const std::vector<storage::Migration>& PlatformMigrations();

}  // namespace anju::roots
