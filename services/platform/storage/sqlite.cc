#include "services/platform/storage/sqlite.h"

#include <sqlite3.h>

#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/base/error.h"
#include "services/platform/storage/pool.h"

namespace anju::storage {
namespace {

constexpr int kBusyTimeoutMs = 10000;

absl::Status Fault(sqlite3* handle, absl::string_view what) {
  const int code = handle == nullptr ? SQLITE_NOMEM : sqlite3_errcode(handle);
  const std::string text = absl::StrCat("sqlite: ", what, ": ", sqlite3_errstr(code));
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED) return absl::UnavailableError(text);
  return absl::InternalError(absl::StrCat(text, ": ", handle == nullptr ? "" : sqlite3_errmsg(handle)));
}

// One connection with its prepared statements. Used by one thread at a time.
class Connection final : public Transaction {
 public:
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const std::string& path) {
    auto connection = std::unique_ptr<Connection>(new Connection);
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path.c_str(), &connection->handle_, flags, nullptr) != SQLITE_OK) {
      return Fault(connection->handle_, absl::StrCat("open ", path));
    }
    sqlite3_busy_timeout(connection->handle_, kBusyTimeoutMs);
    for (const char* pragma : {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON",
                               "PRAGMA cache_size=-16384", "PRAGMA temp_store=MEMORY"}) {
      RETURN_IF_ERROR(connection->Execute(pragma));
    }
    return connection;
  }

  ~Connection() override {
    for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
    sqlite3_close(handle_);
  }

  absl::StatusOr<Rows> Query(absl::string_view sql, const std::vector<Value>& values) override {
    RETURN_IF_ERROR(CheckTexts(values));
    ASSIGN_OR_RETURN(sqlite3_stmt * statement, Prepare(sql));
    auto reset = absl::MakeCleanup([&] {
      sqlite3_reset(statement);
      sqlite3_clear_bindings(statement);
    });
    for (size_t i = 0; i < values.size(); ++i) Bind(statement, static_cast<int>(i + 1), values[i]);
    Rows rows;
    while (true) {
      const int code = sqlite3_step(statement);
      if (code == SQLITE_DONE) return rows;
      if (code != SQLITE_ROW) return Fault(handle_, "step");
      rows.push_back(Read(statement));
    }
  }

 private:
  absl::StatusOr<sqlite3_stmt*> Prepare(absl::string_view sql) {
    auto found = statements_.find(sql);
    if (found != statements_.end()) return found->second;
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement,
                           nullptr) != SQLITE_OK) {
      return Fault(handle_, absl::StrCat("prepare: ", sql));
    }
    statements_.emplace(std::string(sql), statement);
    return statement;
  }

  // $3 is a named parameter to SQLite, whose index need not be 3.
  static void Bind(sqlite3_stmt* statement, int number, const Value& value) {
    const int index = sqlite3_bind_parameter_index(statement, absl::StrCat("$", number).c_str());
    ANJU_CHECK(index > 0);
    if (const auto* integer = std::get_if<int64_t>(&value)) {
      sqlite3_bind_int64(statement, index, *integer);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      sqlite3_bind_text(statement, index, text->data(), static_cast<int>(text->size()), SQLITE_STATIC);
    }
  }

  static Row Read(sqlite3_stmt* statement) {
    std::vector<Value> values(sqlite3_column_count(statement));
    for (int i = 0; i < static_cast<int>(values.size()); ++i) {
      switch (sqlite3_column_type(statement, i)) {
        case SQLITE_NULL:
          break;
        case SQLITE_INTEGER:
          values[i] = static_cast<int64_t>(sqlite3_column_int64(statement, i));
          break;
        default: {
          const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
          values[i] = std::string(text, sqlite3_column_bytes(statement, i));
        }
      }
    }
    return Row(std::move(values));
  }

  sqlite3* handle_ = nullptr;
  absl::flat_hash_map<std::string, sqlite3_stmt*> statements_;
};

class Sqlite final : public Database {
 public:
  explicit Sqlite(std::string path) : path_(std::move(path)), readers_([this] { return Connection::Open(path_); }) {}

  absl::Status Start() {
    absl::MutexLock lock(&writer_mutex_);
    ASSIGN_OR_RETURN(writer_, Connection::Open(path_));
    return absl::OkStatus();
  }

  Engine engine() const override { return Engine::kSqlite; }

  absl::Status Write(absl::FunctionRef<absl::Status(Transaction&)> body) override {
    absl::MutexLock lock(&writer_mutex_);
    RETURN_IF_ERROR(writer_->Execute("BEGIN IMMEDIATE"));
    absl::Status status = body(*writer_);
    if (status.ok()) status = writer_->Execute("COMMIT");
    if (!status.ok()) (void)writer_->Execute("ROLLBACK");
    return status;
  }

  absl::Status Read(absl::FunctionRef<absl::Status(Transaction&)> body) override {
    ASSIGN_OR_RETURN(std::unique_ptr<Connection> reader, readers_.Take());
    absl::Status status = reader->Execute("BEGIN");
    if (status.ok()) {
      status = body(*reader);
      (void)reader->Execute("ROLLBACK");
    }
    readers_.Return(std::move(reader));
    return status;
  }

 private:
  const std::string path_;
  absl::Mutex writer_mutex_;
  std::unique_ptr<Connection> writer_ ABSL_GUARDED_BY(writer_mutex_);
  Pool<Connection> readers_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenSqlite(absl::string_view path) {
  auto database = std::make_unique<Sqlite>(std::string(path));
  RETURN_IF_ERROR(database->Start());
  return database;
}

}  // namespace anju::storage
