#include "services/platform/audit/log.h"

#include <algorithm>

#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/base/ids.h"

namespace anju::audit {
namespace {

using storage::Row;
using storage::Rows;
using storage::Transaction;
using storage::Value;

constexpr int64_t kSealAtOnce = 200;
constexpr int64_t kScannedAtOnce = 500;
constexpr int kScansPerPage = 20;
// Of what one answer holds of the chain, in ids.
constexpr size_t kMostRecords = 20'000;
// An id of a record, and how many are bound at once: longer texts are slow to cut.
constexpr size_t kIdSize = 32;
constexpr size_t kIdsAtOnce = 50;

#define ANJU_AUDIT_COLUMNS "id, at_us, kind, subject, role, method, division, request_id, purpose, record_count"
constexpr absl::string_view kAppend =
    "INSERT INTO audit_pending (" ANJU_AUDIT_COLUMNS ", records) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
constexpr absl::string_view kPending = "SELECT " ANJU_AUDIT_COLUMNS ", records FROM audit_pending ORDER BY id LIMIT $1";
constexpr absl::string_view kHead = "SELECT number, hash FROM audit_log ORDER BY number DESC LIMIT 1";
constexpr absl::string_view kHashOf = "SELECT hash FROM audit_log WHERE number = $1";
constexpr absl::string_view kSeal = "INSERT INTO audit_log (" ANJU_AUDIT_COLUMNS
                                    ", records, number, hash) "
                                    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
constexpr absl::string_view kSealed = "DELETE FROM audit_pending WHERE id = $1";
// The ids stand in $1 one behind the other, $3 of them.
#define ANJU_AUDIT_PARTS \
  "WITH RECURSIVE part (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM part WHERE n + 1 < CAST($3 AS INTEGER)) "
constexpr absl::string_view kIndex = ANJU_AUDIT_PARTS
    "INSERT INTO audit_records (record_id, entry_id) "
    "SELECT substr(CAST($1 AS TEXT), n * 32 + 1, 32), CAST($2 AS TEXT) FROM part";
constexpr absl::string_view kIndexed = ANJU_AUDIT_PARTS
    "SELECT COUNT(*) FROM part JOIN audit_records r "
    "ON r.record_id = substr(CAST($1 AS TEXT), n * 32 + 1, 32) AND r.entry_id = $2";
constexpr absl::string_view kChain =
    "SELECT " ANJU_AUDIT_COLUMNS ", records, number, hash FROM audit_log WHERE number > $1 ORDER BY number LIMIT $2";
constexpr absl::string_view kWaiting = "SELECT COUNT(*), COALESCE(MIN(at_us), 0) FROM audit_pending";

// As many of the records as a list shows: 100 ids with commas between them.
#define ANJU_AUDIT_LISTED                                                                                            \
  "SELECT e.id, e.at_us, e.kind, e.subject, e.role, e.method, e.division, e.request_id, e.purpose, e.record_count, " \
  "substr(e.records, 1, 3299), "
constexpr absl::string_view kWaitingFrom =
    ANJU_AUDIT_LISTED "0, '', e.records FROM audit_pending e WHERE e.id < $1 ORDER BY e.id DESC LIMIT $2";
constexpr absl::string_view kAllFrom =
    ANJU_AUDIT_LISTED "e.number, e.hash FROM audit_log e WHERE e.id < $1 ORDER BY e.id DESC LIMIT $2";
constexpr absl::string_view kOfSubjectFrom = ANJU_AUDIT_LISTED
    "e.number, e.hash FROM audit_log e WHERE e.subject = $3 AND e.id < $1 ORDER BY e.id DESC LIMIT $2";
constexpr absl::string_view kOfRecordFrom = ANJU_AUDIT_LISTED
    "e.number, e.hash FROM audit_records r JOIN audit_log e ON e.id = r.entry_id "
    "WHERE r.record_id = $3 AND r.entry_id < $1 ORDER BY r.entry_id DESC LIMIT $2";
// The households stand in $3 as in $1 above, $4 of them.
constexpr absl::string_view kOfHouseholdsFrom =
    "WITH RECURSIVE part (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM part WHERE n + 1 < CAST($4 AS INTEGER)), "
    "household (id) AS (SELECT substr(CAST($3 AS TEXT), n * 32 + 1, 32) FROM part), "
    "wanted (id) AS (SELECT id FROM household UNION SELECT l.root_id FROM household h JOIN root_links l "
    "ON l.kind = 'household' AND l.link = h.id) " ANJU_AUDIT_LISTED
    "e.number, e.hash FROM audit_log e WHERE e.id < $1 AND e.id IN (SELECT r.entry_id FROM wanted w "
    "JOIN audit_records r ON r.record_id = w.id) ORDER BY e.id DESC LIMIT $2";
constexpr absl::string_view kLinkedTo = "SELECT root_id FROM root_links WHERE kind = 'household' AND link = $1";

std::vector<std::string> SplitIds(const std::string& records) {
  return records.empty() ? std::vector<std::string>() : absl::StrSplit(records, ',');
}

Entry EntryOf(const Row& row) {
  return {.id = row.Text(0),
          .at = absl::FromUnixMicros(row.Int(1)),
          .kind = static_cast<Kind>(row.Int(2)),
          .subject = row.Text(3),
          .role = row.Text(4),
          .method = row.Text(5),
          .division = row.Text(6),
          .request_id = row.Text(7),
          .purpose = row.Text(8),
          .record_count = row.Int(9),
          .record_ids = SplitIds(row.Text(10))};
}

std::vector<Value> ValuesOf(const Entry& entry) {
  return {entry.id,
          absl::ToUnixMicros(entry.at),
          int64_t{static_cast<int32_t>(entry.kind)},
          entry.subject,
          entry.role,
          entry.method,
          entry.division,
          entry.request_id,
          entry.purpose,
          entry.record_count,
          absl::StrJoin(entry.record_ids, ",")};
}

// Calls `visit` with the values that kIndex and kIndexed take for some of the entry's records.
absl::Status ForEachPart(const Entry& entry,
                         absl::FunctionRef<absl::Status(const std::vector<Value>&, int64_t)> visit) {
  for (size_t begin = 0; begin < entry.record_ids.size(); begin += kIdsAtOnce) {
    const size_t end = std::min(entry.record_ids.size(), begin + kIdsAtOnce);
    std::string packed;
    for (size_t i = begin; i < end; ++i) {
      ANJU_CHECK(entry.record_ids[i].size() == kIdSize);
      packed += entry.record_ids[i];
    }
    const auto count = static_cast<int64_t>(end - begin);
    RETURN_IF_ERROR(visit({std::move(packed), entry.id, count}, count));
  }
  return absl::OkStatus();
}

absl::StatusOr<Head> ReadHead(Transaction& transaction, absl::string_view service) {
  ASSIGN_OR_RETURN(const Rows rows, transaction.Query(kHead));
  return rows.empty() ? Genesis(service) : Head{.number = rows[0].Int(0), .hash = rows[0].Text(1)};
}

absl::Status SealOne(Transaction& transaction, const Entry& entry, Head& head) {
  head = Next(head, ContentHash(entry));
  std::vector<Value> values = ValuesOf(entry);
  values.insert(values.end(), {head.number, head.hash});
  RETURN_IF_ERROR(transaction.Execute(kSeal, values));
  RETURN_IF_ERROR(
      ForEachPart(entry, [&](const std::vector<Value>& part, int64_t) { return transaction.Execute(kIndex, part); }));
  return transaction.Execute(kSealed, {entry.id});
}

// Whether all that the entry's division became lies within what the one that is asked for became.
bool LiesIn(const Query& query, absl::string_view division) {
  if (query.successions == nullptr) return IsWithin(division, query.division);
  const std::vector<std::string> asked = query.successions->Parts(query.division);
  const std::vector<std::string> became = query.successions->Parts(division);
  return std::all_of(became.begin(), became.end(), [&](const std::string& part) {
    return std::any_of(asked.begin(), asked.end(), [&](const std::string& within) { return IsWithin(part, within); });
  });
}

bool Matches(const Query& query, const Entry& entry) {
  return LiesIn(query, entry.division) && (query.subject.empty() || entry.subject == query.subject) &&
         (!query.kind.has_value() || entry.kind == *query.kind) && entry.at < query.until;
}

// The first id that an entry of this time can have; behind all of them after the last time.
std::string FirstId(absl::Time time) {
  if (time == absl::InfiniteFuture()) return "g";
  return absl::StrFormat("%012x", std::max<int64_t>(absl::ToUnixMillis(time), 0));
}

Listed ListedOf(const Row& row) { return {.entry = EntryOf(row), .sealed = {row.Int(11), row.Text(12)}}; }

// The sealed entries before an id.
absl::StatusOr<Rows> Scan(Transaction& transaction, const Query& query, const std::string& before, int64_t limit) {
  if (!query.record_id.empty()) return transaction.Query(kOfRecordFrom, {before, limit, query.record_id});
  if (!query.household_ids.empty()) {
    const auto count = static_cast<int64_t>(query.household_ids.size());
    return transaction.Query(kOfHouseholdsFrom, {before, limit, absl::StrJoin(query.household_ids, ""), count});
  }
  if (!query.subject.empty()) return transaction.Query(kOfSubjectFrom, {before, limit, query.subject});
  return transaction.Query(kAllFrom, {before, limit});
}

// Those that wait are few, and are looked through one by one.
absl::StatusOr<std::vector<Listed>> ScanWaiting(Transaction& transaction, const Query& query,
                                                const std::string& before) {
  std::vector<std::string> wanted;
  if (!query.record_id.empty()) wanted.push_back(query.record_id);
  for (const std::string& household : query.household_ids) {
    wanted.push_back(household);
    ASSIGN_OR_RETURN(const Rows linked, transaction.Query(kLinkedTo, {household}));
    for (const Row& row : linked) wanted.push_back(row.Text(0));
  }
  std::vector<Listed> found;
  ASSIGN_OR_RETURN(const Rows rows, transaction.Query(kWaitingFrom, {before, kScannedAtOnce}));
  for (const Row& row : rows) {
    const bool touches = wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const std::string& id) {
                           return absl::StrContains(row.Text(13), id);
                         });
    Listed listed = ListedOf(row);
    if (touches && Matches(query, listed.entry)) found.push_back(std::move(listed));
  }
  return found;
}

}  // namespace

absl::Status Append(Transaction& transaction, Entry entry) {
  entry.id = NewId(entry.at);
  return transaction.Execute(kAppend, ValuesOf(entry));
}

absl::StatusOr<Sealed> Seal(storage::Database& database, absl::string_view service, const Head& known) {
  Sealed sealed;
  RETURN_IF_ERROR(database.Write([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const Rows rows, transaction.Query(kPending, {kSealAtOnce}));
    sealed = {.entries = static_cast<int64_t>(rows.size()), .head = known};
    if (rows.empty()) return absl::OkStatus();
    if (known.number > 0) {
      ASSIGN_OR_RETURN(const Rows kept, transaction.Query(kHashOf, {known.number}));
      sealed.lost = kept.empty() || kept[0].Text(0) != known.hash;
    }
    ASSIGN_OR_RETURN(sealed.head, ReadHead(transaction, service));
    for (const Row& row : rows) RETURN_IF_ERROR(SealOne(transaction, EntryOf(row), sealed.head));
    return absl::OkStatus();
  }));
  return sealed;
}

absl::StatusOr<ListedPage> List(storage::Database& database, const Query& query, absl::string_view page_token,
                                int64_t limit) {
  ListedPage page;
  const std::string first = query.from == absl::InfinitePast() ? "" : FirstId(query.from);
  std::string before = page_token.empty() ? FirstId(query.until) : std::string(page_token);
  RETURN_IF_ERROR(database.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(std::vector<Listed> waiting, ScanWaiting(transaction, query, before));
    const auto newer = [](const Listed& a, const Listed& b) { return a.entry.id > b.entry.id; };
    bool more = true;
    for (int scan = 0; scan < kScansPerPage && more && static_cast<int64_t>(page.entries.size()) < limit; ++scan) {
      ASSIGN_OR_RETURN(const Rows rows, Scan(transaction, query, before, kScannedAtOnce));
      more = static_cast<int64_t>(rows.size()) == kScannedAtOnce;
      for (const Row& row : rows) {
        Listed listed = ListedOf(row);
        before = listed.entry.id;
        if (before < first) more = false;
        if (before >= first && Matches(query, listed.entry)) page.entries.push_back(std::move(listed));
      }
    }
    // Of those that wait, the ones in the stretch that was looked through; what is older comes with its page.
    for (Listed& listed : waiting) {
      if (listed.entry.id >= (more ? std::max(before, first) : first)) page.entries.push_back(std::move(listed));
    }
    std::sort(page.entries.begin(), page.entries.end(), newer);
    if (static_cast<int64_t>(page.entries.size()) > limit) {
      page.entries.resize(static_cast<size_t>(limit));
      before = page.entries.back().entry.id;
      more = true;
    }
    if (more) page.next_page_token = before;
    return absl::OkStatus();
  }));
  return page;
}

absl::StatusOr<std::vector<Link>> ReadChain(storage::Database& database, int64_t after, int64_t limit) {
  std::vector<Link> links;
  RETURN_IF_ERROR(database.Read([&](Transaction& transaction) -> absl::Status {
    size_t records = 0;
    // In parts, because the rows of a part are in memory at once.
    while (static_cast<int64_t>(links.size()) < limit && records < kMostRecords) {
      const int64_t part = std::min<int64_t>(limit - static_cast<int64_t>(links.size()), 100);
      ASSIGN_OR_RETURN(const Rows rows, transaction.Query(kChain, {after, part}));
      for (const Row& row : rows) {
        Entry entry = EntryOf(row);
        records += entry.record_ids.size();
        after = row.Int(11);
        if (records > kMostRecords && !links.empty()) return absl::OkStatus();
        const std::string content = ContentHash(entry);
        links.push_back({.number = after, .content_hash = content, .hash = row.Text(12), .entry = std::move(entry)});
      }
      if (static_cast<int64_t>(rows.size()) < part) break;
    }
    return absl::OkStatus();
  }));
  return links;
}

absl::StatusOr<State> ReadState(storage::Database& database, absl::string_view service) {
  State state;
  RETURN_IF_ERROR(database.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(state.head, ReadHead(transaction, service));
    ASSIGN_OR_RETURN(const Rows rows, transaction.Query(kWaiting));
    state.unsealed = rows[0].Int(0);
    if (state.unsealed > 0) state.unsealed_since = absl::FromUnixMicros(rows[0].Int(1));
    return absl::OkStatus();
  }));
  return state;
}

absl::StatusOr<std::optional<Fault>> CheckRecords(storage::Database& database, const std::vector<Link>& links) {
  std::optional<Fault> fault;
  RETURN_IF_ERROR(database.Read([&](Transaction& transaction) -> absl::Status {
    for (const Link& link : links) {
      RETURN_IF_ERROR(ForEachPart(*link.entry, [&](const std::vector<Value>& part, int64_t count) -> absl::Status {
        ASSIGN_OR_RETURN(const Rows rows, transaction.Query(kIndexed, part));
        if (rows[0].Int(0) != count) {
          fault = {.kind = FaultKind::kNotFoundByRecord, .number = link.number, .entry_id = link.entry->id};
        }
        return absl::OkStatus();
      }));
      if (fault.has_value()) return absl::OkStatus();
    }
    return absl::OkStatus();
  }));
  return fault;
}

}  // namespace anju::audit
