#include "services/platform/storage/database.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/platform/base/error.h"
#include "services/platform/storage/postgresql.h"
#include "services/platform/storage/sqlite.h"

namespace anju::storage {
namespace {

constexpr absl::string_view kCreateMigrations =
    "CREATE TABLE IF NOT EXISTS migrations (room TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (room, name))";
// Two processes that start together meet here: the second one waits, or loses the race and tries again.
constexpr absl::string_view kTakeStep =
    "INSERT INTO migrations (room, name) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING name";

absl::Status ExecuteAll(Transaction& transaction, absl::string_view sql) {
  for (absl::string_view statement : absl::StrSplit(sql, ";\n")) {
    statement = absl::StripAsciiWhitespace(statement);
    if (!statement.empty()) RETURN_IF_ERROR(transaction.Execute(statement));
  }
  return absl::OkStatus();
}

}  // namespace

int64_t Row::Int(size_t column) const {
  if (const auto* number = std::get_if<int64_t>(&values_[column])) return *number;
  int64_t value = 0;
  ANJU_CHECK(absl::SimpleAtoi(Text(column), &value));
  return value;
}

const std::string& Row::Text(size_t column) const {
  const auto* text = std::get_if<std::string>(&values_[column]);
  ANJU_CHECK(text != nullptr);
  return *text;
}

absl::Status CheckTexts(const std::vector<Value>& values) {
  for (const Value& value : values) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || !absl::StrContains(*text, '\0')) continue;
    return Refuse(absl::StatusCode::kInvalidArgument, "TEXT_MALFORMED", "a text holds no NUL character");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Database>> Database::Open(absl::string_view url) {
  if (absl::ConsumePrefix(&url, "sqlite:")) return OpenSqlite(url);
  if (absl::ConsumePrefix(&url, "postgresql://")) return OpenPostgresql(url);
  return Refuse(absl::StatusCode::kInvalidArgument, "DATABASE_UNKNOWN",
                "a database is sqlite:<path> or postgresql://<libpq keywords>");
}

absl::Status Migrate(Database& database, absl::string_view room, const std::vector<Migration>& migrations) {
  RETURN_IF_ERROR(database.Write([](Transaction& transaction) { return transaction.Execute(kCreateMigrations); }));
  for (const Migration& migration : migrations) {
    RETURN_IF_ERROR(database.Write([&](Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(Rows taken, transaction.Query(kTakeStep, {std::string(room), std::string(migration.name)}));
      if (taken.empty()) return absl::OkStatus();
      RETURN_IF_ERROR(ExecuteAll(transaction, migration.sql));
      return ExecuteAll(transaction, database.engine() == Engine::kSqlite ? migration.sqlite : migration.postgresql);
    }));
  }
  return absl::OkStatus();
}

}  // namespace anju::storage
