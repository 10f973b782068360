#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "services/platform/roots/store.h"
#include "services/platform/storage/database.h"
#include "services/registry/domain/divisions.h"

namespace anju::registry {

// Filled from files at the start.
class SqlDivisions final : public Divisions, public roots::FactSource {
 public:
  explicit SqlDivisions(storage::Database& database) : database_(database) {}
  static const std::vector<storage::Migration>& Migrations();

  // Reads every `<province>.csv` and `succession.csv` of a folder; what is known already is left as it is.
  absl::Status Load(const std::string& folder);

  absl::StatusOr<Division> Get(absl::string_view code) override;
  absl::StatusOr<Division> GetIn(Month month, absl::string_view code) override;
  absl::StatusOr<std::vector<Division>> List(absl::string_view parent, absl::string_view query, absl::string_view after,
                                             int64_t limit, std::optional<Month> month) override;

  absl::StatusOr<std::vector<std::string>> CodesIn(absl::string_view code) override;
  absl::Status Succeed(const std::vector<Founded>& founded, const std::vector<Succession>& successions,
                       const std::vector<Became>& became, Month effective, bool keeps_keys) override;

  // Answers the topic `division`.
  absl::StatusOr<std::vector<roots::Fact>> Ask(absl::string_view topic, const std::vector<std::string>& keys) override;

 private:
  // `month`: empty, or as it was called then.
  absl::StatusOr<Division> Find(absl::string_view code, const std::string& month);

  storage::Database& database_;
};

}  // namespace anju::registry
