#include "services/platform/approval/ledger.h"

#include "absl/strings/match.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/roots/json.h"
#include "services/platform/roots/queue.h"

namespace anju::approval {
namespace {

using storage::Row;
using storage::Rows;
using storage::Transaction;

// A statement for each index that narrows the question down.
#define ANJU_DECISIONS                                                                                                \
  "SELECT id, at_us, division, kind, record_id, number, flow, flow_division, version, step, subject, role, verdict, " \
  "reason_hash, escalated FROM decisions WHERE division >= $1 AND division < $2 AND at_us >= $3 AND at_us < $4 "      \
  "AND id > $5 "
constexpr absl::string_view kOfDivision = ANJU_DECISIONS "ORDER BY id LIMIT $6";
constexpr absl::string_view kOfOfficer = ANJU_DECISIONS "AND subject = $6 ORDER BY id LIMIT $7";
constexpr absl::string_view kOfRecord =
    ANJU_DECISIONS "AND record_id = $6 AND (subject = $7 OR $8 = '') ORDER BY id LIMIT $9";
#undef ANJU_DECISIONS

LedgerLine ReadLine(const Row& row) {
  return {.id = row.Text(0),
          .at = absl::FromUnixMicros(row.Int(1)),
          .division = row.Text(2),
          .kind = row.Text(3),
          .record_id = row.Text(4),
          .number = static_cast<int32_t>(row.Int(5)),
          .decision = {.flow = row.Text(6),
                       .flow_division = row.Text(7),
                       .version = static_cast<int32_t>(row.Int(8)),
                       .step = row.Text(9),
                       .by = row.Text(10),
                       .role = row.Text(11),
                       .verdict = static_cast<int32_t>(row.Int(12)),
                       .reason_hash = row.Text(13),
                       .escalated = row.Int(14) != 0}};
}

absl::StatusOr<Rows> Ask(Transaction& transaction, const LedgerQuestion& question) {
  std::vector<storage::Value> values = {question.division, PrefixEnd(question.division),
                                        absl::ToUnixMicros(question.from), absl::ToUnixMicros(question.to),
                                        question.after};
  absl::string_view sql = kOfDivision;
  if (!question.record_id.empty()) {
    sql = kOfRecord;
    values.insert(values.end(), {question.record_id, question.by, question.by});
  } else if (!question.by.empty()) {
    sql = kOfOfficer;
    values.emplace_back(question.by);
  }
  values.emplace_back(question.limit);
  return transaction.Query(sql, values);
}

}  // namespace

absl::StatusOr<std::vector<LedgerLine>> ReadDecisions(storage::Database& database, const LedgerQuestion& question) {
  std::vector<LedgerLine> lines;
  RETURN_IF_ERROR(database.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const Rows rows, Ask(transaction, question));
    for (const Row& row : rows) lines.push_back(ReadLine(row));
    return absl::OkStatus();
  }));
  return lines;
}

absl::StatusOr<DuePage> ReadDue(roots::Store& store, const std::string& division, Date by, absl::string_view page_token,
                                int64_t limit) {
  ASSIGN_OR_RETURN(const roots::RootPage page, store.Queue(roots::kWaiting, division, by, page_token, limit));
  DuePage due{.next_page_token = page.next_page_token};
  for (const roots::StoredRoot& stored : page.roots) {
    for (const roots::Waiting& waiting : stored.kind->waits(stored.root)) {
      // A record that waits until two days stands in the queue for each of them.
      if (!absl::StartsWith(stored.next, roots::QueueLink(division, waiting.until))) continue;
      ASSIGN_OR_RETURN(Due what, roots::FromJson<Due>(waiting.body));
      due.lines.push_back({.kind = std::string(stored.kind->name),
                           .record_id = stored.id,
                           .key = stored.key,
                           .division = stored.division,
                           .due_on = waiting.until,
                           .due = std::move(what)});
    }
  }
  return due;
}

}  // namespace anju::approval
