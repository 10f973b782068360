#include "services/platform/feed/publisher.h"

#include <map>
#include <utility>

#include "services/platform/base/error.h"

namespace anju::feed {
namespace {

using storage::Row;
using storage::Rows;
using storage::Transaction;

constexpr int64_t kPublishAtOnce = 2000;
// Of the facts in one batch, which travels as one message of at most rpc::kMaxMessageBytes.
constexpr size_t kMostBytes = 4 * 1024 * 1024;

constexpr absl::string_view kTake =
    "DELETE FROM feed_outbox WHERE id IN (SELECT id FROM feed_outbox ORDER BY id LIMIT $1) "
    "RETURNING topic, key, version, body";
constexpr absl::string_view kLast = "SELECT COALESCE(MAX(sequence), 0) FROM feed";
constexpr absl::string_view kPublish =
    "INSERT INTO feed (topic, key, sequence, version, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (topic, key) DO "
    "UPDATE "
    "SET sequence = excluded.sequence, version = excluded.version, body = excluded.body "
    "WHERE feed.version < excluded.version";
constexpr absl::string_view kAfter =
    "SELECT sequence, key, version, body FROM feed WHERE topic = $1 AND sequence > $2 ORDER BY sequence LIMIT $3";
constexpr absl::string_view kUnpublished = "SELECT COUNT(*) FROM (SELECT 1 FROM feed_outbox LIMIT 1) AS waiting";
constexpr absl::string_view kFact = "SELECT sequence, key, version, body FROM feed WHERE topic = $1 AND key = $2";
constexpr absl::string_view kWaitingFact =
    "SELECT CAST(0 AS BIGINT), key, version, body FROM feed_outbox WHERE topic = $1 AND key = $2 "
    "ORDER BY version DESC LIMIT 1";

roots::Fact FactOf(absl::string_view topic, const Row& row) {
  return {.sequence = row.Int(0),
          .topic = std::string(topic),
          .key = row.Text(1),
          .body = row.Text(3),
          .version = row.Int(2)};
}

}  // namespace

absl::StatusOr<int64_t> Publish(storage::Database& database) {
  int64_t moved = 0;
  RETURN_IF_ERROR(database.Write([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(Rows taken, transaction.Query(kTake, {kPublishAtOnce}));
    moved = static_cast<int64_t>(taken.size());
    if (taken.empty()) return absl::OkStatus();
    std::map<std::pair<std::string, std::string>, std::pair<int64_t, std::string>> newest;
    for (const Row& row : taken) {
      auto& [version, body] = newest[{row.Text(0), row.Text(1)}];
      if (version < row.Int(2)) std::tie(version, body) = std::make_pair(row.Int(2), row.Text(3));
    }
    ASSIGN_OR_RETURN(Rows last, transaction.Query(kLast));
    int64_t sequence = last[0].Int(0);
    for (const auto& [name, fact] : newest) {
      RETURN_IF_ERROR(transaction.Execute(kPublish, {name.first, name.second, ++sequence, fact.first, fact.second}));
    }
    return absl::OkStatus();
  }));
  return moved;
}

absl::StatusOr<Batch> ReadFeed(storage::Database& database, absl::string_view topic, int64_t after, int64_t limit) {
  Batch batch;
  RETURN_IF_ERROR(database.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(Rows rows, transaction.Query(kAfter, {std::string(topic), after, limit}));
    size_t bytes = 0;
    for (const Row& row : rows) {
      bytes += row.Text(1).size() + row.Text(3).size();
      if (bytes > kMostBytes && !batch.facts.empty()) return absl::OkStatus();
      batch.facts.push_back(FactOf(topic, row));
    }
    ASSIGN_OR_RETURN(Rows waiting, transaction.Query(kUnpublished));
    batch.complete = waiting[0].Int(0) == 0 && static_cast<int64_t>(rows.size()) < limit;
    return absl::OkStatus();
  }));
  return batch;
}

absl::StatusOr<std::vector<roots::Fact>> ReadFacts(storage::Database& database, absl::string_view topic,
                                                   const std::vector<std::string>& keys) {
  std::vector<roots::Fact> facts;
  RETURN_IF_ERROR(database.Read([&](Transaction& transaction) -> absl::Status {
    for (const std::string& key : keys) {
      ASSIGN_OR_RETURN(Rows rows, transaction.Query(kWaitingFact, {std::string(topic), key}));
      if (rows.empty()) {
        ASSIGN_OR_RETURN(rows, transaction.Query(kFact, {std::string(topic), key}));
      }
      if (!rows.empty()) facts.push_back(FactOf(topic, rows[0]));
    }
    return absl::OkStatus();
  }));
  return facts;
}

}  // namespace anju::feed
