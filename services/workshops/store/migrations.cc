#include "services/workshops/store/migrations.h"

namespace anju::workshops {
namespace {

// Claims the credit codes of the enterprises that were recorded before codes were claimed. Where several have one code,
// the first of them has it from now on, and the others stay as they are.
constexpr absl::string_view kClaimSqlite = R"sql(
INSERT INTO root_names (kind, name, root_id)
  SELECT 'credit_code', json_extract(body, '$.credit_code'), MIN(id) FROM roots
  WHERE kind = 'enterprise' AND json_extract(body, '$.left_on') IS NULL
  GROUP BY json_extract(body, '$.credit_code') ON CONFLICT DO NOTHING;
)sql";

constexpr absl::string_view kClaimPostgresql = R"sql(
INSERT INTO root_names (kind, name, root_id)
  SELECT 'credit_code', body::json->>'credit_code', MIN(id) FROM roots
  WHERE kind = 'enterprise' AND body::json->>'left_on' IS NULL
  GROUP BY body::json->>'credit_code' ON CONFLICT DO NOTHING;
)sql";

}  // namespace

const std::vector<storage::Migration>& Migrations() {
  static const auto& migrations = *new std::vector<storage::Migration>{
      {.name = "001_credit_codes", .sql = "", .sqlite = kClaimSqlite, .postgresql = kClaimPostgresql},
  };
  return migrations;
}

}  // namespace anju::workshops
