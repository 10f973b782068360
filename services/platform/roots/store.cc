#include "services/platform/roots/store.h"

#include <algorithm>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/platform/base/division.h"
#include "services/platform/base/ids.h"
#include "services/platform/base/page_token.h"
#include "services/platform/roots/queue.h"
#include "services/platform/roots/sql_session.h"
#include "services/platform/tally/follow.h"

namespace anju::roots {
namespace {

using enum absl::StatusCode;
using storage::Row;
using storage::Rows;
using storage::Transaction;

constexpr int kAsksPerChange = 3;
constexpr int64_t kPage = 1000;

constexpr absl::string_view kById = "SELECT id, kind, key, division, body, version, settled FROM roots WHERE id = $1";
constexpr absl::string_view kMarked = "SELECT mark, version FROM root_marks ORDER BY mark LIMIT $1";
constexpr absl::string_view kUnmark = "DELETE FROM root_marks WHERE mark = $1 AND version = $2";
// $5 is 1 when a fact of the same version counts as news too.
constexpr absl::string_view kKeepFact =
    "INSERT INTO facts (topic, key, version, body) VALUES ($1, $2, $3, $4) ON CONFLICT (topic, key) DO UPDATE "
    "SET version = excluded.version, body = excluded.body WHERE facts.version < excluded.version + $5 RETURNING key";
constexpr absl::string_view kKeepPosition =
    "INSERT INTO feed_positions (topic, sequence) VALUES ($1, $2) ON CONFLICT (topic) DO UPDATE "
    "SET sequence = excluded.sequence";
constexpr absl::string_view kPosition = "SELECT sequence FROM feed_positions WHERE topic = $1";
constexpr absl::string_view kReceipt =
    "SELECT content, answer FROM receipts WHERE subject = $1 AND method = $2 AND request_id = $3";
constexpr absl::string_view kKeepReceipt =
    "INSERT INTO receipts (subject, method, request_id, content, answer) VALUES ($1, $2, $3, $4, $5)";
// A root that counts in several divisions is listed in the first of them.
constexpr absl::string_view kList =
    "SELECT r.id, r.kind, r.key, r.division, r.body, r.version, r.settled, d.division FROM root_divisions d "
    "JOIN roots r ON r.id = d.root_id WHERE d.division >= $1 AND d.division < $2 AND (d.division, d.root_id) > ($3, "
    "$4) "
    "AND (r.kind = $5 OR $6 = '') AND NOT EXISTS (SELECT 1 FROM root_divisions e WHERE e.root_id = d.root_id "
    "AND e.division >= $7 AND e.division < d.division) ORDER BY d.division, d.root_id LIMIT $8";
constexpr absl::string_view kFirstIn =
    "SELECT division FROM roots WHERE kind = $1 AND division >= $2 AND division < $3 ORDER BY kind, division LIMIT 1";
constexpr absl::string_view kQueue =
    "SELECT r.id, r.kind, r.key, r.division, r.body, r.version, r.settled, l.link FROM root_links l JOIN roots r ON "
    "r.id = l.root_id WHERE l.kind = $1 AND l.link >= $2 AND l.link <= $3 AND (l.link, l.root_id) > ($4, $5) "
    "ORDER BY l.link, l.root_id LIMIT $6";
constexpr absl::string_view kAll =
    "SELECT id, kind, key, division, body, version, settled FROM roots WHERE id > $1 ORDER BY id LIMIT $2";

constexpr absl::string_view kKeepChange =
    "INSERT INTO code_changes (number, key, body, settled) SELECT COALESCE(MAX(number), 0) + 1, $1, $2, 0 "
    "FROM code_changes WHERE true ON CONFLICT (key) DO NOTHING";
constexpr absl::string_view kForgetDivisions = "DELETE FROM facts WHERE topic = 'division'";
constexpr absl::string_view kChanges = "SELECT body FROM code_changes ORDER BY number";
constexpr absl::string_view kNewest = "SELECT COALESCE(MAX(number), 0) FROM code_changes";
constexpr absl::string_view kUnsettled = "SELECT number, body FROM code_changes WHERE settled = 0 ORDER BY number";
constexpr absl::string_view kSettled = "UPDATE code_changes SET settled = 1 WHERE number = $1";
constexpr absl::string_view kBehind =
    "SELECT r.id, r.kind, d.division FROM root_divisions d JOIN roots r ON r.id = d.root_id WHERE d.division >= $1 "
    "AND d.division < $2 AND (d.division, d.root_id) > ($3, $4) AND r.settled < $5 ORDER BY d.division, d.root_id "
    "LIMIT $6";
constexpr int64_t kSettledAtOnce = 200;
// By then every transaction that did not know of a change has ended.
constexpr absl::Duration kSettledAfter = absl::Seconds(60);

using Keys = SqlSession::Keys;

Keys Without(const Keys& keys, const Keys& known) {
  Keys left;
  for (const auto& [topic, some] : keys) {
    auto of_topic = known.find(topic);
    for (const std::string& key : some) {
      if (of_topic == known.end() || !of_topic->second.contains(key)) left[topic].insert(key);
    }
  }
  return left;
}

}  // namespace

Store::Store(storage::Database& database, const Clock& clock, std::vector<const Kind*> kinds, FactSource* source,
             std::function<void(const std::set<std::string>&)> changed, const tally::Catalogue& catalogue)
    : database_(database), clock_(clock), kinds_(std::move(kinds)), source_(source), changed_(std::move(changed)) {
  for (const tally::Indicator& indicator : catalogue) {
    if (indicator.kind == tally::IndicatorKind::kFlow) flows_.emplace(indicator.id);
  }
}

absl::Status Store::Run(const Actor& actor, absl::FunctionRef<absl::Status(BatchSession&)> body) {
  Keys asked;
  for (int asks_left = source_ == nullptr ? 0 : kAsksPerChange;; --asks_left) {
    Keys to_ask;
    std::set<std::string> changed;
    const absl::Status status = database_.Write([&](Transaction& transaction) -> absl::Status {
      SqlSession session(transaction, *this);
      const absl::Status ran = body(session);
      // What was decided without a fact that somebody else may know is decided again with it; and nobody is refused for
      // a fact that is behind the times.
      const bool refused = session.doubted() || IsRefusal(ran);
      to_ask = Without(refused ? session.looked_at() : session.missing(), asked);
      if (asks_left > 0 && !to_ask.empty()) return absl::CancelledError("facts must be asked for");
      RETURN_IF_ERROR(ran);
      ASSIGN_OR_RETURN(changed, session.Write(actor));
      return absl::OkStatus();
    });
    if (asks_left == 0 || to_ask.empty()) {
      if (status.ok() && !changed.empty()) changed_(changed);
      return status;
    }
    RETURN_IF_ERROR(AskFor(to_ask));
    for (auto& [topic, keys] : to_ask) asked[topic].merge(keys);
  }
}

absl::Status Store::AskFor(const std::map<std::string, std::set<std::string>>& keys) {
  for (const auto& [topic, some] : keys) {
    ASSIGN_OR_RETURN(const std::vector<Fact> facts, source_->Ask(topic, {some.begin(), some.end()}));
    RETURN_IF_ERROR(database_.Write([&](Transaction& transaction) -> absl::Status {
      for (const Fact& fact : facts) {
        RETURN_IF_ERROR(transaction.Execute(kKeepFact, {fact.topic, fact.key, fact.version, fact.body, int64_t{0}}));
      }
      return absl::OkStatus();
    }));
  }
  return absl::OkStatus();
}

absl::Status Store::Change(const Actor& actor, absl::FunctionRef<absl::Status(BatchSession&)> body) {
  return Run(actor, body);
}

absl::Status Store::ChangeOnce(const Actor& actor, absl::string_view request_id, absl::string_view content,
                               absl::FunctionRef<absl::StatusOr<std::string>(BatchSession&)> body,
                               std::string* answer) {
  if (request_id.empty() || request_id.size() > 64) {
    return Refuse(kInvalidArgument, "REQUEST_ID_MALFORMED", "give a request_id of 1 to 64 characters", "request_id");
  }
  const std::string digest = Sha256(content);
  return Run(actor, [&](BatchSession& session) -> absl::Status {
    const std::string id(request_id);
    ASSIGN_OR_RETURN(Rows rows, session.transaction().Query(kReceipt, {actor.subject, actor.method, id}));
    if (!rows.empty()) {
      if (rows[0].Text(0) != digest) {
        return Refuse(kAlreadyExists, "REQUEST_ID_REUSED", "this request_id came with other content before",
                      "request_id");
      }
      *answer = rows[0].Text(1);
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(*answer, body(session));
    return session.transaction().Execute(kKeepReceipt, {actor.subject, actor.method, id, digest, *answer});
  });
}

absl::Status Store::Look(absl::FunctionRef<absl::Status(BatchSession&)> body) {
  return database_.Read([&](Transaction& transaction) {
    SqlSession session(transaction, *this);
    return body(session);
  });
}

absl::StatusOr<StoredRoot> Store::Decode(Transaction& transaction, const Row& row) {
  auto found = std::find_if(kinds_.begin(), kinds_.end(), [&](const Kind* kind) { return kind->name == row.Text(1); });
  if (found == kinds_.end()) {
    return absl::InternalError(absl::StrCat("a stored record is of no known kind: ", row.Text(1)));
  }
  StoredRoot stored{
      .kind = *found, .id = row.Text(0), .key = row.Text(2), .division = row.Text(3), .settled = row.Int(6)};
  ASSIGN_OR_RETURN(stored.root, stored.kind->decode(row.Text(4)));
  RETURN_IF_ERROR(Known(transaction, stored.settled).status());
  return stored;
}

absl::Status Store::KeepChange(Transaction& transaction, const CodeChange& change) {
  RETURN_IF_ERROR(transaction.Execute(kKeepChange, {change.key, ToJson(change)}));
  return transaction.Execute(kForgetDivisions, {});
}

std::shared_ptr<const Successions> Store::successions() const {
  absl::MutexLock lock(&mutex_);
  return successions_;
}

absl::StatusOr<std::shared_ptr<const Successions>> Store::Known(Transaction& transaction, int64_t at_least) {
  std::shared_ptr<const Successions> known = successions();
  if (static_cast<int64_t>(known->size()) >= at_least) return known;
  ASSIGN_OR_RETURN(const Rows rows, transaction.Query(kChanges, {}));
  std::vector<CodeChange> changes;
  for (const Row& row : rows) {
    ASSIGN_OR_RETURN(changes.emplace_back(), FromJson<CodeChange>(row.Text(0)));
  }
  ANJU_CHECK(static_cast<int64_t>(changes.size()) >= at_least);
  known = std::make_shared<Successions>(changes);
  absl::MutexLock lock(&mutex_);
  if (known->size() > successions_->size()) successions_ = known;
  return known;
}

tally::Contributions Store::Contributions(const Kind& kind, const std::any& root, const Successions& successions,
                                          int64_t settled) const {
  tally::Contributions parts = kind.contributions(root);
  if (settled > 0) {
    tally::Follow(
        successions, static_cast<size_t>(settled), [&](absl::string_view id) { return flows_.contains(id); }, parts);
  }
  return parts;
}

tally::Contributions Store::Contributions(const StoredRoot& stored) const {
  return Contributions(*stored.kind, stored.root, *successions(), stored.settled);
}

absl::StatusOr<int64_t> Store::Settle() {
  absl::MutexLock lock(&settling_mutex_);
  const absl::Time now = clock_.Now();
  Behind behind;
  std::vector<int64_t> settled;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const Rows newest, transaction.Query(kNewest, {}));
    RETURN_IF_ERROR(Known(transaction, newest[0].Int(0)).status());
    ASSIGN_OR_RETURN(const Rows unsettled, transaction.Query(kUnsettled, {}));
    for (const Row& row : unsettled) {
      const int64_t number = row.Int(0);
      Settling& settling = settling_.try_emplace(number, Settling{.begun = now, .look_again = now}).first->second;
      if (now < settling.look_again) continue;
      ASSIGN_OR_RETURN(const CodeChange change, FromJson<CodeChange>(row.Text(1)));
      ASSIGN_OR_RETURN(behind, FindBehind(transaction, change, number, settling));
      if (!behind.empty()) return absl::OkStatus();
      if (now >= settling.begun + kSettledAfter) settled.push_back(number);
      settling = {.begun = settling.begun, .look_again = settling.begun + kSettledAfter};
    }
    return absl::OkStatus();
  }));
  if (!behind.empty()) {
    RETURN_IF_ERROR(FollowChange(behind));
    return static_cast<int64_t>(behind.size());
  }
  if (settled.empty()) return 0;
  RETURN_IF_ERROR(database_.Write([&](Transaction& transaction) -> absl::Status {
    for (const int64_t number : settled) RETURN_IF_ERROR(transaction.Execute(kSettled, {number}));
    // Once more, because who asked early may have been told what was so before.
    return transaction.Execute(kForgetDivisions, {});
  }));
  for (const int64_t number : settled) settling_.erase(number);
  return 0;
}

// Goes on where it was, code by code; what follows already is passed over.
absl::StatusOr<Store::Behind> Store::FindBehind(Transaction& transaction, const CodeChange& change, int64_t number,
                                                Settling& settling) {
  Behind behind;
  for (; settling.code < change.became.size(); ++settling.code, settling.after = {}) {
    const std::string& code = change.became[settling.code].old_code;
    ASSIGN_OR_RETURN(const Rows rows, transaction.Query(kBehind, {code, PrefixEnd(code), settling.after.first,
                                                                  settling.after.second, number, kSettledAtOnce}));
    if (rows.empty()) continue;
    // A root that lies in several of its divisions is met once.
    for (const Row& row : rows) {
      behind[row.Text(0)] = row.Text(1);
      settling.after = {row.Text(2), row.Text(0)};
    }
    break;
  }
  return behind;
}

absl::Status Store::FollowChange(const Behind& roots) {
  std::set<std::string> changed;
  RETURN_IF_ERROR(database_.Write([&](Transaction& transaction) -> absl::Status {
    SqlSession session(transaction, *this);
    for (const auto& [id, name] : roots) {
      const std::string& kind_name = name;
      const auto kind =
          std::find_if(kinds_.begin(), kinds_.end(), [&](const Kind* one) { return one->name == kind_name; });
      if (kind != kinds_.end()) RETURN_IF_ERROR(session.Touch(**kind, id));
    }
    ASSIGN_OR_RETURN(changed, session.Write({.subject = "feed", .method = "feed/division_change"}));
    return absl::OkStatus();
  }));
  if (!changed.empty()) changed_(changed);
  return absl::OkStatus();
}

absl::StatusOr<RootPage> Store::List(absl::string_view kind, absl::string_view division, absl::string_view page_token,
                                     int64_t limit) {
  const std::pair<std::string, std::string> after = absl::StrSplit(page_token, absl::MaxSplits('/', 1));
  const std::string from(division);
  RETURN_IF_ERROR(
      CheckPageToken(page_token.empty() || (absl::StartsWith(after.first, division) && !after.second.empty())));
  return Page(kList,
              {from, PrefixEnd(division), after.first, after.second, std::string(kind), std::string(kind), from, limit},
              limit);
}

absl::StatusOr<std::vector<std::string>> Store::Beneath(absl::string_view kind, absl::string_view division) {
  std::vector<std::string> found;
  const std::string end = PrefixEnd(division);
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    for (std::string from(division); from < end;) {
      ASSIGN_OR_RETURN(Rows rows, transaction.Query(kFirstIn, {std::string(kind), from, end}));
      if (rows.empty()) break;
      const std::string first = rows[0].Text(0);
      const std::vector<absl::string_view> lineage = Lineage(first);
      const auto child = std::find_if(lineage.begin(), lineage.end(),
                                      [&](absl::string_view above) { return above.size() > division.size(); });
      if (child == lineage.end()) {
        // It lies in the division itself.
        from = division.size() < first.size() ? PrefixEnd(first) : absl::StrCat(division, "0");
        continue;
      }
      found.emplace_back(*child);
      from = PrefixEnd(*child);
    }
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<RootPage> Store::Queue(absl::string_view queue, absl::string_view division, Date until,
                                      absl::string_view page_token, int64_t limit) {
  const std::pair<std::string, std::string> after = absl::StrSplit(page_token, absl::MaxSplits('/', 1));
  const std::string first = QueueLink(division, Date(0, 1, 1)), last = QueueLink(division, until);
  RETURN_IF_ERROR(
      CheckPageToken(page_token.empty() || (after.first >= first && after.first <= last && !after.second.empty())));
  return Page(kQueue, {QueueKind(queue, division), first, last, after.first, after.second, limit}, limit);
}

absl::StatusOr<RootPage> Store::Page(absl::string_view sql, const std::vector<storage::Value>& values, int64_t limit) {
  RootPage page;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(Rows rows, transaction.Query(sql, values));
    for (const Row& row : rows) {
      ASSIGN_OR_RETURN(StoredRoot root, Decode(transaction, row));
      root.next = absl::StrCat(row.Text(7), "/", row.Text(0));
      page.roots.push_back(std::move(root));
    }
    if (static_cast<int64_t>(rows.size()) == limit) page.next_page_token = page.roots.back().next;
    return absl::OkStatus();
  }));
  return page;
}

absl::StatusOr<std::vector<StoredRoot>> Store::Linked(absl::string_view link_kind, absl::string_view link) {
  std::vector<StoredRoot> found;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<std::string> ids, SqlSession(transaction, *this).LinkedIds(link_kind, link));
    for (const std::string& id : ids) {
      ASSIGN_OR_RETURN(Rows rows, transaction.Query(kById, {id}));
      ANJU_CHECK(rows.size() == 1);
      ASSIGN_OR_RETURN(StoredRoot root, Decode(transaction, rows[0]));
      found.push_back(std::move(root));
    }
    return absl::OkStatus();
  }));
  return found;
}

absl::Status Store::ForEach(Transaction& transaction, absl::FunctionRef<absl::Status(const StoredRoot&)> visit) {
  std::string after;
  while (true) {
    ASSIGN_OR_RETURN(Rows rows, transaction.Query(kAll, {after, kPage}));
    for (const Row& row : rows) {
      ASSIGN_OR_RETURN(StoredRoot stored, Decode(transaction, row));
      RETURN_IF_ERROR(visit(stored));
      after = stored.id;
    }
    if (static_cast<int64_t>(rows.size()) < kPage) return absl::OkStatus();
  }
}

absl::StatusOr<std::vector<Marked>> Store::ListMarked(int64_t limit) {
  std::vector<Marked> marks;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(Rows rows, transaction.Query(kMarked, {limit}));
    for (const Row& row : rows) marks.push_back({.mark = row.Text(0), .version = row.Int(1)});
    return absl::OkStatus();
  }));
  return marks;
}

absl::Status Store::Unmark(BatchSession& session, const std::vector<Marked>& marks) {
  for (const Marked& marked : marks) {
    RETURN_IF_ERROR(session.transaction().Execute(kUnmark, {marked.mark, marked.version}));
  }
  return absl::OkStatus();
}

absl::Status Store::TakeFacts(absl::string_view topic, const std::vector<Fact>& facts, const Absorb& absorb) {
  if (facts.empty()) return absl::OkStatus();
  const Actor actor{.subject = "feed", .method = absl::StrCat("feed/", topic)};
  return Run(actor, [&](BatchSession& session) -> absl::Status {
    for (const Fact& fact : facts) {
      ASSIGN_OR_RETURN(Rows newer, session.transaction().Query(
                                       kKeepFact, {std::string(topic), fact.key, fact.version, fact.body, int64_t{1}}));
      if (!newer.empty()) RETURN_IF_ERROR(absorb(session, fact));
    }
    return session.transaction().Execute(kKeepPosition, {std::string(topic), facts.back().sequence});
  });
}

absl::StatusOr<int64_t> Store::FeedPosition(absl::string_view topic) {
  int64_t position = 0;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(Rows rows, transaction.Query(kPosition, {std::string(topic)}));
    if (!rows.empty()) position = rows[0].Int(0);
    return absl::OkStatus();
  }));
  return position;
}

}  // namespace anju::roots
