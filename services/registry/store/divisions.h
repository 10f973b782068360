#pragma once

#include <map>
#include <string>
#include <vector>

#include "services/platform/roots/store.h"
#include "services/platform/storage/database.h"

namespace anju::registry {

struct Division {
  std::string code;
  std::string name;
  std::string level;
  std::string parent;
  // The names from the province down.
  std::string full_name;
  std::vector<std::string> former_codes;

  void Fields(Archive& archive) {
    archive("code", code);
    archive("name", name);
    archive("level", level);
    archive("parent", parent);
    archive("full_name", full_name);
    archive("former_codes", former_codes);
  }
};

// The tree of divisions, and what became of old codes. Filled from files at the start; thread-safe.
class SqlDivisions final : public roots::FactSource {
 public:
  explicit SqlDivisions(storage::Database& database) : database_(database) {}
  static const std::vector<storage::Migration>& Migrations();

  // Reads every `<province>.csv` and `succession.csv` of a folder; what is known already is left as it is.
  absl::Status Load(const std::string& folder);

  // By a present or a former code. Refuses with DIVISION_NOT_FOUND.
  absl::StatusOr<Division> Get(absl::string_view code);
  // The children of `parent`, or with a `query` all beneath it whose name holds the query, by code after `after`.
  absl::StatusOr<std::vector<Division>> List(absl::string_view parent, absl::string_view query, absl::string_view after,
                                             int64_t limit);

  // Answers the topic `division`.
  absl::StatusOr<std::vector<roots::Fact>> Ask(absl::string_view topic, const std::vector<std::string>& keys) override;

 private:
  storage::Database& database_;
};

}  // namespace anju::registry
