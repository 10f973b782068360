#pragma once

#include <string>
#include <vector>

#include "services/platform/storage/database.h"
#include "services/registry/domain/duplicates.h"

namespace anju::registry {

// Reads them from the links of the roots, in the order of an index.
class SqlTwins final : public Twins {
 public:
  explicit SqlTwins(storage::Database& database) : database_(database) {}
  absl::StatusOr<std::vector<std::string>> Shared(absl::string_view county, absl::string_view after,
                                                  int64_t limit) override;

 private:
  storage::Database& database_;
};

}  // namespace anju::registry
