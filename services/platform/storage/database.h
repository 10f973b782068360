#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace anju::storage {

// Nothing, a BIGINT or a TEXT: all that the dialect knows.
using Value = std::variant<std::monostate, int64_t, std::string>;

// One row of an answer. Asking for a column that is not there, or not of that type, is a bug.
class Row {
 public:
  explicit Row(std::vector<Value> values) : values_(std::move(values)) {}
  bool Null(size_t column) const { return values_[column].index() == 0; }
  int64_t Int(size_t column) const;
  const std::string& Text(size_t column) const;

 private:
  std::vector<Value> values_;
};
using Rows = std::vector<Row>;

// One transaction. Statements are of the dialect that SQLite and PostgreSQL share: BIGINT and TEXT, ON CONFLICT,
// RETURNING, parameters $1, $2, … numbered in the order of `values`. Values are bound, never spliced; statements are
// prepared once per connection.
class Transaction {
 public:
  virtual ~Transaction() = default;
  // Refuses with TEXT_MALFORMED when a text holds a NUL, behind which PostgreSQL would not see it.
  virtual absl::StatusOr<Rows> Query(absl::string_view sql, const std::vector<Value>& values = {}) = 0;
  absl::Status Execute(absl::string_view sql, const std::vector<Value>& values = {}) {
    return Query(sql, values).status();
  }
};

// What every Query checks first.
absl::Status CheckTexts(const std::vector<Value>& values);

enum class Engine { kSqlite, kPostgresql };

// A database that one service owns. Thread-safe.
class Database {
 public:
  virtual ~Database() = default;

  virtual Engine engine() const = 0;

  // Runs `body` in one serializable transaction and commits if it answers OK, otherwise rolls back. A lost race is run
  // again, so `body` must be free of other effects; ABORTED after 20 losses. DEADLINE_EXCEEDED, UNAVAILABLE when the
  // database cannot be had.
  virtual absl::Status Write(absl::FunctionRef<absl::Status(Transaction&)> body) = 0;

  // Runs `body` on one snapshot, beside writers and without holding them up. Connections are limited, so `body` must
  // not read or write the same database by another.
  virtual absl::Status Read(absl::FunctionRef<absl::Status(Transaction&)> body) = 0;

  // `sqlite:<path>` or `postgresql://<libpq keywords>`, such as
  // `postgresql://host=/run/postgresql dbname=anju_registry`.
  static absl::StatusOr<std::unique_ptr<Database>> Open(absl::string_view url);
};

// One forward step of a schema: statements separated by semicolons at line ends.
struct Migration {
  absl::string_view name;
  absl::string_view sql;
  // What comes after it on one engine only: triggers, for which the two have no common words.
  absl::string_view sqlite = "";
  absl::string_view postgresql = "";
};

// Runs the migrations that this database has not had yet, each in a transaction, under a lock. `room` keeps the
// platform's migrations and the service's apart.
absl::Status Migrate(Database& database, absl::string_view room, const std::vector<Migration>& migrations);

}  // namespace anju::storage
