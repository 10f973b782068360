#pragma once

#include <memory>

#include "services/platform/storage/database.h"

namespace anju::storage {

// A database in the file at `path`, made when it is not there. WAL, synchronous=FULL, one writer, many readers.
absl::StatusOr<std::unique_ptr<Database>> OpenSqlite(absl::string_view path);

}  // namespace anju::storage
