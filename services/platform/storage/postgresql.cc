#include "services/platform/storage/postgresql.h"

#include <libpq-fe.h>

#include <map>
#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/container/flat_hash_map.h"
#include "absl/random/random.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "services/platform/base/error.h"
#include "services/platform/storage/pool.h"

namespace anju::storage {
namespace {

constexpr int kLostRaces = 20;
constexpr Oid kInt8 = 20, kInt4 = 23, kBool = 16;

struct FreeResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, FreeResult>;

// Serialization failure, deadlock, and the unique violation of two first writers: run it again.
bool LostRace(absl::string_view sqlstate) { return sqlstate == "40001" || sqlstate == "40P01" || sqlstate == "23505"; }

// One connection with its prepared statements. Used by one thread at a time.
class Connection final : public Transaction {
 public:
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const std::string& keywords) {
    auto connection = std::unique_ptr<Connection>(new Connection);
    connection->handle_ = PQconnectdb(keywords.c_str());
    if (PQstatus(connection->handle_) != CONNECTION_OK) {
      return absl::UnavailableError(absl::StrCat("postgresql: ", PQerrorMessage(connection->handle_)));
    }
    PQsetNoticeProcessor(
        connection->handle_, [](void*, const char*) {}, nullptr);
    RETURN_IF_ERROR(connection->Execute("SET statement_timeout = '120s'"));
    return connection;
  }

  ~Connection() override { PQfinish(handle_); }

  bool Alive() const { return PQstatus(handle_) == CONNECTION_OK; }
  bool lost_race() const { return lost_race_; }
  void Forget() { lost_race_ = false; }

  absl::StatusOr<Rows> Query(absl::string_view sql, const std::vector<Value>& values) override {
    RETURN_IF_ERROR(CheckTexts(values));
    ASSIGN_OR_RETURN(const std::string name, Prepare(sql));
    std::vector<std::string> numbers(values.size());
    std::vector<const char*> texts(values.size(), nullptr);
    for (size_t i = 0; i < values.size(); ++i) {
      if (const auto* integer = std::get_if<int64_t>(&values[i])) {
        numbers[i] = absl::StrCat(*integer);
        texts[i] = numbers[i].c_str();
      } else if (const auto* text = std::get_if<std::string>(&values[i])) {
        texts[i] = text->c_str();
      }
    }
    Result result(
        PQexecPrepared(handle_, name.c_str(), static_cast<int>(values.size()), texts.data(), nullptr, nullptr, 0));
    RETURN_IF_ERROR(Check(result.get(), "execute"));
    return Read(result.get());
  }

 private:
  absl::StatusOr<std::string> Prepare(absl::string_view sql) {
    auto found = statements_.find(sql);
    if (found != statements_.end()) return found->second;
    std::string name = absl::StrCat("s", statements_.size());
    Result result(PQprepare(handle_, name.c_str(), std::string(sql).c_str(), 0, nullptr));
    RETURN_IF_ERROR(Check(result.get(), sql));
    statements_.emplace(std::string(sql), name);
    return name;
  }

  absl::Status Check(const PGresult* result, absl::string_view what) {
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return absl::OkStatus();
    const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const absl::string_view sqlstate = field == nullptr ? "" : field;
    // What is asked after it is refused for another reason: the transaction is over.
    lost_race_ = lost_race_ || LostRace(sqlstate);
    // The primary message names tables and constraints, the detail would name values.
    const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const std::string text = absl::StrCat("postgresql: ", what, ": ", sqlstate, " ", message == nullptr ? "" : message);
    // Classes 53 and 57: it has not the means now, was told to stop, or took too long.
    const bool is_busy = absl::StartsWith(sqlstate, "53") || absl::StartsWith(sqlstate, "57");
    if (sqlstate.empty() || is_busy || !Alive()) return absl::UnavailableError(text);
    return absl::InternalError(text);
  }

  static Rows Read(const PGresult* result) {
    Rows rows;
    const int columns = PQnfields(result);
    rows.reserve(PQntuples(result));
    for (int r = 0; r < PQntuples(result); ++r) {
      std::vector<Value> values(columns);
      for (int c = 0; c < columns; ++c) {
        if (PQgetisnull(result, r, c)) continue;
        const absl::string_view text(PQgetvalue(result, r, c), PQgetlength(result, r, c));
        const Oid type = PQftype(result, c);
        if (type == kBool) {
          values[c] = int64_t{text == "t"};
        } else if (int64_t number = 0; (type == kInt8 || type == kInt4) && absl::SimpleAtoi(text, &number)) {
          values[c] = number;
        } else {
          values[c] = std::string(text);
        }
      }
      rows.emplace_back(std::move(values));
    }
    return rows;
  }

  PGconn* handle_ = nullptr;
  bool lost_race_ = false;
  absl::flat_hash_map<std::string, std::string> statements_;
};

class Postgresql final : public Database {
 public:
  explicit Postgresql(std::string keywords)
      : connections_([keywords = std::move(keywords)] { return Connection::Open(keywords); }) {}

  absl::Status Start() {
    ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection, connections_.Take());
    Return(std::move(connection));
    return absl::OkStatus();
  }

  Engine engine() const override { return Engine::kPostgresql; }

  absl::Status Write(absl::FunctionRef<absl::Status(Transaction&)> body) override {
    return Run("BEGIN ISOLATION LEVEL SERIALIZABLE", "COMMIT", body);
  }

  absl::Status Read(absl::FunctionRef<absl::Status(Transaction&)> body) override {
    return Run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "ROLLBACK", body);
  }

 private:
  absl::Status Run(absl::string_view begin, absl::string_view end, absl::FunctionRef<absl::Status(Transaction&)> body) {
    ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection, connections_.Take());
    absl::BitGen random;
    absl::Status status;
    for (int loss = 0; loss < kLostRaces; ++loss) {
      connection->Forget();
      status = connection->Execute(begin);
      if (!status.ok() && !connection->Alive()) {
        // Idle connections that the server has closed say so only now; nothing was sent yet.
        Return(std::move(connection));
        ASSIGN_OR_RETURN(connection, connections_.Take());
        continue;
      }
      if (status.ok()) status = body(*connection);
      if (status.ok()) status = connection->Execute(end);
      if (status.ok()) break;
      const bool again = connection->lost_race();
      (void)connection->Execute("ROLLBACK");
      if (!again) break;
      status = absl::AbortedError("the race for these records was lost too often, try again");
      absl::SleepFor(absl::Milliseconds(absl::Uniform(random, 0, 1 << std::min(loss, 7))));
    }
    Return(std::move(connection));
    return status;
  }

  void Return(std::unique_ptr<Connection> connection) {
    if (!connection->Alive()) connection = nullptr;
    connections_.Return(std::move(connection));
  }

  Pool<Connection> connections_;
};

using Options = std::map<std::string, std::string>;

// What libpq would go by: its defaults, which the environment may set, and what `keywords` say.
absl::StatusOr<Options> OptionsOf(const std::string& keywords) {
  char* fault = nullptr;
  PQconninfoOption* said = PQconninfoParse(keywords.c_str(), &fault);
  auto done = absl::MakeCleanup([&] { PQfreemem(fault); });
  if (said == nullptr) return absl::InvalidArgumentError("the keywords after postgresql:// are not libpq's");
  Options options;
  for (PQconninfoOption* list : {PQconndefaults(), said}) {
    for (PQconninfoOption* option = list; option != nullptr && option->keyword != nullptr; ++option) {
      if (option->val != nullptr) options[option->keyword] = option->val;
    }
    PQconninfoFree(list);
  }
  return options;
}

// Records of persons do not leave the machine in plain text, nor for a server that nobody has vouched for.
absl::Status MayConnect(const std::string& keywords) {
  ASSIGN_OR_RETURN(Options options, OptionsOf(keywords));
  if (options["sslmode"] == "verify-full") return absl::OkStatus();
  const std::string& where = options["hostaddr"].empty() ? options["host"] : options["hostaddr"];
  for (absl::string_view host : absl::StrSplit(where, ',')) {
    const bool is_here = host.empty() || host == "localhost" || host == "127.0.0.1" || host == "::1" ||
                         absl::StartsWith(host, "/") || absl::StartsWith(host, "@");
    if (is_here) continue;
    return Refuse(absl::StatusCode::kInvalidArgument, "DATABASE_IN_PLAIN_TEXT",
                  absl::StrCat("the database at ", host,
                               " would be sent personal data in plain text or without knowing who it is: add "
                               "sslmode=verify-full and sslrootcert=FILE"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenPostgresql(absl::string_view keywords) {
  RETURN_IF_ERROR(MayConnect(std::string(keywords)));
  auto database = std::make_unique<Postgresql>(std::string(keywords));
  RETURN_IF_ERROR(database->Start());
  return database;
}

}  // namespace anju::storage
