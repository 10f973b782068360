#pragma once

#include <memory>

#include "services/platform/storage/database.h"

namespace anju::storage {

// A pool of connections; writes are SERIALIZABLE, reads are REPEATABLE READ. `keywords` is a libpq connection string.
// Refuses with DATABASE_IN_PLAIN_TEXT a server beyond this machine without sslmode=verify-full.
absl::StatusOr<std::unique_ptr<Database>> OpenPostgresql(absl::string_view keywords);

}  // namespace anju::storage
