#include "services/platform/audit/log.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

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
constexpr int64_t kStretchAtOnce = 100;
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
// The newest entry, the head that is kept, and what the log has at its number and at $1; of each nothing if there is
// none.
constexpr absl::string_view kHeads =
    "SELECT newest.number, newest.hash, kept.number, kept.hash, at_kept.hash, at_known.hash FROM (SELECT 1 AS one) "
    "all_of "
    "LEFT JOIN (SELECT number, hash FROM audit_log ORDER BY number DESC LIMIT 1) newest ON 1 = 1 "
    "LEFT JOIN audit_head kept ON kept.one = all_of.one "
    "LEFT JOIN audit_log at_kept ON at_kept.number = kept.number "
    "LEFT JOIN audit_log at_known ON at_known.number = $1";
constexpr absl::string_view kKeep =
    "INSERT INTO audit_head (one, number, hash) VALUES (1, $1, $2) "
    "ON CONFLICT (one) DO UPDATE SET number = excluded.number, hash = excluded.hash";
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
// The entries of a stretch by their ids, and what leads to them, and what leads to none; up to $2, or all that come.
#define ANJU_AUDIT_STRETCH "SELECT id, number, records FROM audit_log WHERE id >= $1 "
constexpr absl::string_view kStretch = ANJU_AUDIT_STRETCH "AND id <= $3 ORDER BY id LIMIT $2";
constexpr absl::string_view kLastStretch = ANJU_AUDIT_STRETCH "ORDER BY id LIMIT $2";
#define ANJU_AUDIT_INDEXED \
  "SELECT r.entry_id, r.record_id FROM audit_records r JOIN audit_log e ON e.id = r.entry_id WHERE r.entry_id >= $1 "
constexpr absl::string_view kIndexed =
    ANJU_AUDIT_INDEXED "AND r.entry_id <= $3 ORDER BY r.entry_id, r.record_id LIMIT $2";
constexpr absl::string_view kLastIndexed = ANJU_AUDIT_INDEXED "ORDER BY r.entry_id, r.record_id LIMIT $2";
#define ANJU_AUDIT_ORPHANS                                                        \
  "SELECT r.entry_id FROM audit_records r WHERE r.entry_id >= $1 AND NOT EXISTS " \
  "(SELECT 1 FROM audit_log e WHERE e.id = r.entry_id) "
constexpr absl::string_view kOrphans = ANJU_AUDIT_ORPHANS "AND r.entry_id <= $2 ORDER BY r.entry_id LIMIT 1";
constexpr absl::string_view kLastOrphans = ANJU_AUDIT_ORPHANS "ORDER BY r.entry_id LIMIT 1";
// An entry and, if it is a loss, the one before it.
constexpr absl::string_view kBegin =
    "SELECT e.id, e.kind FROM audit_log e WHERE e.number = $1 OR (e.number = $1 - 1 AND EXISTS "
    "(SELECT 1 FROM audit_log WHERE number = $1 AND kind = $2)) ORDER BY e.number";
constexpr absl::string_view kNumberBefore = "SELECT number FROM audit_log WHERE id < $1 ORDER BY id DESC LIMIT 1";
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

absl::Status Index(Transaction& transaction, const Entry& entry) {
  for (size_t begin = 0; begin < entry.record_ids.size(); begin += kIdsAtOnce) {
    const size_t end = std::min(entry.record_ids.size(), begin + kIdsAtOnce);
    std::string packed;
    for (size_t i = begin; i < end; ++i) {
      ANJU_CHECK(entry.record_ids[i].size() == kIdSize);
      packed += entry.record_ids[i];
    }
    const auto count = static_cast<int64_t>(end - begin);
    RETURN_IF_ERROR(transaction.Execute(kIndex, {std::move(packed), entry.id, count}));
  }
  return absl::OkStatus();
}

struct Heads {
  // With which the log ends.
  Head log;
  // That of the two others through which it does not go and should; the later one.
  std::optional<Head> lost;
  int64_t kept = 0;
};

absl::StatusOr<Heads> ReadHeads(Transaction& transaction, absl::string_view service, const Head& known) {
  ASSIGN_OR_RETURN(const Rows rows, transaction.Query(kHeads, {known.number}));
  const Row& row = rows[0];
  const auto is_at = [&](size_t column, const Head& head) {
    return !row.Null(column) && row.Text(column) == head.hash;
  };
  Heads heads{.log = row.Null(0) ? Genesis(service) : Head{.number = row.Int(0), .hash = row.Text(1)}};
  if (row.Null(2)) {
    // It is there from the first day on, so somebody has removed it.
    heads.lost = Head{.number = heads.log.number};
  } else {
    const Head kept{.number = row.Int(2), .hash = row.Text(3)};
    heads.kept = kept.number;
    if (kept.number > 0 && !is_at(4, kept)) heads.lost = kept;
  }
  if (known.number > 0 && !is_at(5, known) && (!heads.lost.has_value() || heads.lost->number <= known.number)) {
    heads.lost = known;
  }
  return heads;
}

absl::Status SealOne(Transaction& transaction, const Entry& entry, Head& head) {
  head = Next(head, ContentHash(entry));
  std::vector<Value> values = ValuesOf(entry);
  values.insert(values.end(), {head.number, head.hash});
  RETURN_IF_ERROR(transaction.Execute(kSeal, values));
  return Index(transaction, entry);
}

absl::Status SealLoss(Transaction& transaction, const Head& lost, absl::Time now, Head& head) {
  Entry loss = LossOf(lost, head, now);
  loss.id = NewId(now);
  return SealOne(transaction, loss, head);
}

// The entries between two ids, both included.
struct Stretch {
  std::string from_id;
  // Nothing for all that come after.
  std::optional<std::string> until_id;
  // That entries are gone here is known.
  bool has_loss = false;
};

// The values of a statement about a stretch, of which there is another without an end.
std::vector<Value> StretchValues(const Stretch& stretch, std::optional<int64_t> limit) {
  std::vector<Value> values{stretch.from_id};
  if (limit.has_value()) values.emplace_back(*limit);
  if (stretch.until_id.has_value()) values.emplace_back(*stretch.until_id);
  return values;
}

absl::StatusOr<std::optional<Fault>> FindOrphan(Transaction& transaction, const Stretch& part) {
  ASSIGN_OR_RETURN(const Rows rows, transaction.Query(part.until_id.has_value() ? kOrphans : kLastOrphans,
                                                      StretchValues(part, std::nullopt)));
  if (rows.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(const Rows before, transaction.Query(kNumberBefore, {rows[0].Text(0)}));
  return Fault{.kind = FaultKind::kNotNamedByEntry,
               .number = before.empty() ? 0 : before[0].Int(0),
               .entry_id = rows[0].Text(0)};
}

// Checks the beginning of a stretch, which then ends where it does; answers whether there is more.
absl::StatusOr<bool> CheckPart(Transaction& transaction, Stretch& part, std::optional<Fault>& fault) {
  ASSIGN_OR_RETURN(const Rows entries, transaction.Query(part.until_id.has_value() ? kStretch : kLastStretch,
                                                         StretchValues(part, kStretchAtOnce)));
  const bool more = static_cast<int64_t>(entries.size()) == kStretchAtOnce;
  if (more) part.until_id = entries.back().Text(0);
  std::map<std::string, int64_t> numbers;
  std::set<std::pair<std::string, std::string>> named;
  for (const Row& row : entries) {
    numbers[row.Text(0)] = row.Int(1);
    for (std::string& id : SplitIds(row.Text(2))) named.emplace(row.Text(0), std::move(id));
  }
  // One more than there should be, so that it is among them if there is any.
  const auto limit = static_cast<int64_t>(named.size() + 1);
  ASSIGN_OR_RETURN(const Rows rows,
                   transaction.Query(part.until_id.has_value() ? kIndexed : kLastIndexed, StretchValues(part, limit)));
  for (const Row& row : rows) {
    if (fault.has_value() || named.erase({row.Text(0), row.Text(1)}) > 0) continue;
    fault = {.kind = FaultKind::kNotNamedByEntry, .number = numbers[row.Text(0)], .entry_id = row.Text(0)};
  }
  if (!fault.has_value() && !named.empty()) {
    const std::string& id = named.begin()->first;
    fault = {.kind = FaultKind::kNotFoundByRecord, .number = numbers[id], .entry_id = id};
  }
  if (!fault.has_value() && !part.has_loss) {
    ASSIGN_OR_RETURN(fault, FindOrphan(transaction, part));
  }
  return more;
}

// Leaves a fault that was found before.
absl::Status CheckStretch(Transaction& transaction, const Stretch& stretch, std::optional<Fault>& fault) {
  Stretch part = stretch;
  for (bool more = true; more && !fault.has_value();) {
    ASSIGN_OR_RETURN(more, CheckPart(transaction, part, fault));
    if (more) part = {.from_id = *part.until_id, .until_id = stretch.until_id, .has_loss = stretch.has_loss};
  }
  return absl::OkStatus();
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

absl::StatusOr<Sealed> Seal(storage::Database& database, absl::string_view service, const Head& known, absl::Time now) {
  Sealed sealed;
  RETURN_IF_ERROR(database.Write([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const Rows rows, transaction.Query(kPending, {kSealAtOnce}));
    ASSIGN_OR_RETURN(const Heads heads, ReadHeads(transaction, service, known));
    sealed = {.entries = static_cast<int64_t>(rows.size()), .head = heads.log, .lost = heads.lost};
    if (heads.lost.has_value()) {
      ++sealed.entries;
      RETURN_IF_ERROR(SealLoss(transaction, *heads.lost, now, sealed.head));
    }
    for (const Row& row : rows) {
      const Entry entry = EntryOf(row);
      RETURN_IF_ERROR(SealOne(transaction, entry, sealed.head));
      RETURN_IF_ERROR(transaction.Execute(kSealed, {entry.id}));
    }
    if (sealed.entries == 0) return absl::OkStatus();
    return transaction.Execute(kKeep, {sealed.head.number, sealed.head.hash});
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

absl::StatusOr<State> ReadState(storage::Database& database, absl::string_view service, const Head& known) {
  State state;
  RETURN_IF_ERROR(database.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const Heads heads, ReadHeads(transaction, service, known));
    state = {.head = heads.log};
    if (heads.lost.has_value()) {
      state.fault = HeadLost(*heads.lost, heads.log.number);
    } else if (heads.log.number > heads.kept) {
      // Nobody but the sealing adds to the log, and it keeps the head with the same transaction.
      state.fault = {.kind = FaultKind::kChanged, .number = heads.kept + 1};
    }
    ASSIGN_OR_RETURN(const Rows rows, transaction.Query(kWaiting));
    state.unsealed = rows[0].Int(0);
    if (state.unsealed > 0) state.unsealed_since = absl::FromUnixMicros(rows[0].Int(1));
    return absl::OkStatus();
  }));
  return state;
}

absl::StatusOr<std::optional<Fault>> CheckRecords(storage::Database& database, int64_t after,
                                                  const std::optional<std::string>& until_id) {
  std::optional<Fault> fault;
  RETURN_IF_ERROR(database.Read([&](Transaction& transaction) -> absl::Status {
    constexpr int64_t kLoss = static_cast<int32_t>(Kind::kLoss);
    ASSIGN_OR_RETURN(const Rows begin, transaction.Query(kBegin, {after, kLoss}));
    const std::string from_id = begin.empty() ? "" : begin.back().Text(0);
    if (!begin.empty() && begin.back().Int(1) == kLoss) {
      // What lies before a loss leads to entries that are gone, and the loss says so.
      const std::string before_id = begin.size() > 1 ? begin.front().Text(0) : "";
      RETURN_IF_ERROR(CheckStretch(transaction, {before_id, from_id, /*has_loss=*/true}, fault));
    }
    return CheckStretch(transaction, {from_id, until_id}, fault);
  }));
  return fault;
}

}  // namespace anju::audit
