#include "services/platform/roots/store.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/platform/audit/log.h"
#include "services/platform/base/division.h"
#include "services/platform/base/ids.h"
#include "services/platform/ledger/tables.h"
#include "services/platform/roots/queue.h"
#include "services/platform/tally/cells.h"
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
constexpr absl::string_view kByKey =
    "SELECT id, kind, key, division, body, version, settled FROM roots WHERE kind = $1 AND key = $2";
constexpr absl::string_view kInsert =
    "INSERT INTO roots (id, kind, key, division, version, body, settled) VALUES ($1, $2, $3, $4, 1, $5, $6)";
// The version guard turns a lost update into zero rows instead of a lie.
constexpr absl::string_view kUpdate =
    "UPDATE roots SET division = $1, version = version + 1, body = $2, settled = $5 WHERE id = $3 AND version = $4 "
    "RETURNING version";
constexpr absl::string_view kAddDivision =
    "INSERT INTO root_divisions (division, root_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
constexpr absl::string_view kDropDivision = "DELETE FROM root_divisions WHERE division = $1 AND root_id = $2";
constexpr absl::string_view kNameHolder = "SELECT root_id FROM root_names WHERE kind = $1 AND name = $2";
constexpr absl::string_view kAddName = "INSERT INTO root_names (kind, name, root_id) VALUES ($1, $2, $3)";
constexpr absl::string_view kDropName = "DELETE FROM root_names WHERE kind = $1 AND name = $2 AND root_id = $3";
constexpr absl::string_view kAddLink =
    "INSERT INTO root_links (kind, link, root_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
constexpr absl::string_view kDropLink = "DELETE FROM root_links WHERE kind = $1 AND link = $2 AND root_id = $3";
constexpr absl::string_view kLinkedIds =
    "SELECT root_id FROM root_links WHERE kind = $1 AND link = $2 ORDER BY root_id";
constexpr absl::string_view kIdsIn =
    "SELECT id FROM roots WHERE kind = $1 AND division >= $2 AND division < $3 ORDER BY id";
constexpr absl::string_view kAddPending = "INSERT INTO tally_pending (id, division, cells) VALUES ($1, $2, $3)";
constexpr absl::string_view kTell =
    "INSERT INTO feed_outbox (id, topic, key, version, body) VALUES ($1, $2, $3, $4, $5)";
constexpr absl::string_view kMark =
    "INSERT INTO root_marks (mark, version) VALUES ($1, 1) ON CONFLICT (mark) DO UPDATE "
    "SET version = root_marks.version + 1";
constexpr absl::string_view kMarked = "SELECT mark, version FROM root_marks ORDER BY mark LIMIT $1";
constexpr absl::string_view kUnmark = "DELETE FROM root_marks WHERE mark = $1 AND version = $2";
constexpr absl::string_view kDecide =
    "INSERT INTO decisions (id, at_us, division, kind, record_id, number, flow, flow_division, version, step, subject, "
    "role, verdict, reason_hash, escalated) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
constexpr absl::string_view kFact = "SELECT body FROM facts WHERE topic = $1 AND key = $2";
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

absl::StatusOr<std::vector<std::string>> ReadIds(Transaction& transaction, absl::string_view sql,
                                                 const std::vector<storage::Value>& values) {
  ASSIGN_OR_RETURN(Rows rows, transaction.Query(sql, values));
  std::vector<std::string> ids;
  for (const Row& row : rows) ids.push_back(row.Text(0));
  return ids;
}

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

using Keys = std::map<std::string, std::set<std::string>>;

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

// What is in `next` and not in `old`, and the other way round, through `apply(item, added)`.
template <typename Item>
absl::Status ForEachDifference(std::vector<Item> old, std::vector<Item> next,
                               absl::FunctionRef<absl::Status(const Item&, bool)> apply) {
  for (auto* list : {&old, &next}) {
    std::sort(list->begin(), list->end());
    list->erase(std::unique(list->begin(), list->end()), list->end());
  }
  std::vector<Item> gone, added;
  std::set_difference(old.begin(), old.end(), next.begin(), next.end(), std::back_inserter(gone));
  std::set_difference(next.begin(), next.end(), old.begin(), old.end(), std::back_inserter(added));
  for (const Item& item : gone) RETURN_IF_ERROR(apply(item, false));
  for (const Item& item : added) RETURN_IF_ERROR(apply(item, true));
  return absl::OkStatus();
}

// What a root names itself, and where it waits.
std::vector<Name> LinksOf(const Kind& kind, const std::any& root, const Successions& successions, int64_t settled) {
  if (!root.has_value()) return {};
  std::vector<Name> links = kind.links(root);
  for (const Waiting& waiting : kind.waits(root)) {
    for (Name& link : QueueLinks(kWaiting, kind.division(root), waiting.until)) links.push_back(std::move(link));
  }
  if (settled > 0) FollowQueues(successions, static_cast<size_t>(settled), links);
  return links;
}

}  // namespace

class SqlSession final : public BatchSession {
 public:
  SqlSession(Transaction& transaction, Store& store)
      : BatchSession(store.clock().Now()),
        transaction_(transaction),
        store_(store),
        successions_(store.successions()) {}

  // Facts, by topic: those that were not there, and all that were looked at and that somebody else may know better.
  const Keys& missing() const { return missing_; }
  const Keys& looked_at() const { return looked_at_; }
  bool doubted() const { return doubted_; }

  void Doubt() override { doubted_ = true; }

  absl::StatusOr<std::string> HolderOf(absl::string_view name_kind, absl::string_view name) override {
    auto pending = names_.find({std::string(name_kind), std::string(name)});
    if (pending != names_.end()) return pending->second;
    ASSIGN_OR_RETURN(Rows rows, transaction_.Query(kNameHolder, {std::string(name_kind), std::string(name)}));
    return rows.empty() ? std::string() : rows[0].Text(0);
  }

  absl::StatusOr<std::vector<std::string>> LinkedIds(absl::string_view link_kind, absl::string_view link) override {
    return ReadIds(transaction_, kLinkedIds, {std::string(link_kind), std::string(link)});
  }

  size_t Mark() const override { return undo_.size(); }
  void TakeBack(size_t mark) override {
    while (undo_.size() > mark) {
      undo_.back()();
      undo_.pop_back();
    }
  }
  Transaction& transaction() override { return transaction_; }

  // Writes a root even when it says the same, because of what it follows.
  absl::Status Touch(const Kind& kind, const std::string& id) {
    ASSIGN_OR_RETURN(const std::any* root, LoadRow(kind, kById, {id}));
    if (root == nullptr) return absl::OkStatus();
    touched_.insert(id);
    Keep(kind, id, entries_[id].key, std::any(*root));
    return absl::OkStatus();
  }

  // Writes everything that was put and is different. Answers the divisions that may count differently.
  absl::StatusOr<std::set<std::string>> Write(const Actor& actor) {
    std::map<std::tuple<std::string, absl::string_view, Month>, int64_t> difference;
    std::set<std::string> changed;
    std::vector<std::string> written;
    for (const std::string& id : order_) {
      Entry& entry = entries_[id];
      std::string body = entry.kind->encode(entry.root);
      if (body == entry.body && !touched_.contains(id)) continue;
      written.push_back(id);
      RETURN_IF_ERROR(WriteRoot(id, entry, std::move(body), difference, changed));
    }
    // A name that goes from one root to another must be let go before it is taken, in whatever order they were put.
    for (const auto& [name, id] : claims_) {
      RETURN_IF_ERROR(transaction_.Execute(kAddName, {name.kind, name.name, id}));
    }
    RETURN_IF_ERROR(WriteJournals());
    // In one order everywhere, so that two commits do not wait for each other's.
    for (const std::string& mark : marks_) RETURN_IF_ERROR(transaction_.Execute(kMark, {mark}));
    std::map<std::string, std::string> pending;
    for (const auto& [cell, amount] : difference) {
      const auto& [division, indicator, month] = cell;
      if (amount != 0) tally::AppendCell(indicator, month, amount, pending[division]);
    }
    for (auto& [division, cells] : pending) {
      changed.insert(division);
      RETURN_IF_ERROR(transaction_.Execute(kAddPending, {NewId(now()), division, std::move(cells)}));
    }
    if (!written.empty()) RETURN_IF_ERROR(WriteAudit(actor, std::move(written)));
    return changed;
  }

 protected:
  absl::StatusOr<const std::any*> Load(const Kind& kind, By by, absl::string_view name_kind,
                                       absl::string_view value) override {
    std::string id(value);
    if (by == By::kKey) {
      auto found = keys_.find(std::make_pair(std::string(kind.name), std::string(value)));
      if (found == keys_.end()) return LoadRow(kind, kByKey, {std::string(kind.name), std::string(value)});
      id = found->second;
    } else if (by == By::kName) {
      ASSIGN_OR_RETURN(id, HolderOf(name_kind, value));
      if (id.empty()) return nullptr;
    }
    auto found = entries_.find(id);
    if (found == entries_.end()) return LoadRow(kind, kById, {id});
    return found->second.kind == &kind && found->second.root.has_value() ? &found->second.root : nullptr;
  }

  absl::StatusOr<std::vector<std::string>> LoadIds(absl::string_view kind, absl::string_view division) override {
    return ReadIds(transaction_, kIdsIn, {std::string(kind), std::string(division), PrefixEnd(division)});
  }

  void Keep(const Kind& kind, const std::string& id, const std::string& key, std::any root) override {
    const auto name_key = std::make_pair(std::string(kind.name), key);
    auto [found, added] = entries_.try_emplace(id);
    ANJU_CHECK(!added || made_.contains(id));
    Entry& entry = found->second;
    if (added) {
      entry.kind = &kind;
      entry.key = key;
      keys_[name_key] = id;
    }
    std::vector<std::pair<Name, std::optional<std::string>>> old_names;
    const auto hold = [&](const Name& name, const std::string& holder) {
      auto held = names_.find(name);
      old_names.emplace_back(name, held == names_.end() ? std::nullopt : std::optional(held->second));
      names_[name] = holder;
    };
    if (entry.root.has_value()) {
      for (const Name& name : kind.names(entry.root)) hold(name, "");
    }
    if (entry.version > 0 && !entry.queued) entry.before = entry.root;
    for (const Name& name : kind.names(root)) hold(name, id);
    undo_.push_back([this, id, name_key, fresh = added, old = std::move(entry.root), old_names = std::move(old_names),
                     queued = entry.queued] {
      for (auto name = old_names.rbegin(); name != old_names.rend(); ++name) {
        if (name->second.has_value()) {
          names_[name->first] = *name->second;
        } else {
          names_.erase(name->first);
        }
      }
      Entry& entry = entries_[id];
      entry.root = old;
      if (!queued) {
        order_.pop_back();
        entry.queued = false;
      }
      if (fresh) {
        entries_.erase(id);
        keys_.erase(name_key);
      }
    });
    entry.root = std::move(root);
    if (!entry.queued) order_.push_back(id);
    entry.queued = true;
  }

  absl::Status Book(const ledger::Journal& journal) override {
    for (const ledger::Journal& other : journals_) {
      if (other.id == journal.id || (!journal.reverses.empty() && other.reverses == journal.reverses)) {
        return absl::InternalError(absl::StrCat("journal ", journal.id, " is posted twice in one session"));
      }
    }
    ASSIGN_OR_RETURN(const bool posted, ledger::IsPosted(transaction_, journal));
    if (posted) return absl::OkStatus();
    journals_.push_back(journal);
    undo_.push_back([this] { journals_.pop_back(); });
    return absl::OkStatus();
  }

  std::string MakeId() override { return *made_.insert(NewId(now())).first; }

  absl::StatusOr<std::optional<std::string>> LoadFact(absl::string_view topic, absl::string_view key,
                                                      bool ask) override {
    const auto cached = std::make_pair(std::string(topic), std::string(key));
    auto found = facts_.find(cached);
    if (found != facts_.end()) return found->second;
    ASSIGN_OR_RETURN(Rows rows, transaction_.Query(kFact, {cached.first, cached.second}));
    if (ask) looked_at_[cached.first].insert(cached.second);
    std::optional<std::string> body;
    if (rows.empty()) {
      if (ask) missing_[cached.first].insert(cached.second);
    } else {
      body = rows[0].Text(0);
    }
    return facts_[cached] = std::move(body);
  }

 private:
  struct Entry {
    const Kind* kind = nullptr;
    std::string key;
    std::any root;
    bool queued = false;
    // As it is in the table; a new root has version 0. `before` is kept once the root is put.
    std::any before;
    std::string body;
    std::string division;
    int64_t version = 0;
    // How many changes of codes it follows.
    int64_t settled = 0;
  };

  absl::StatusOr<const std::any*> LoadRow(const Kind& kind, absl::string_view sql,
                                          const std::vector<storage::Value>& values) {
    ASSIGN_OR_RETURN(Rows rows, transaction_.Query(sql, values));
    if (rows.empty() || rows[0].Text(1) != kind.name) return nullptr;
    const Row& row = rows[0];
    ASSIGN_OR_RETURN(std::any root, kind.decode(row.Text(4)));
    Entry& entry = entries_[row.Text(0)];
    entry = Entry{.kind = &kind,
                  .key = row.Text(2),
                  .root = std::move(root),
                  .body = row.Text(4),
                  .division = row.Text(3),
                  .version = row.Int(5),
                  .settled = row.Int(6)};
    ASSIGN_OR_RETURN(successions_, store_.Known(transaction_, entry.settled));
    keys_[{std::string(kind.name), entry.key}] = row.Text(0);
    return &entry.root;
  }

  absl::Status WriteRoot(const std::string& id, const Entry& entry, std::string body,
                         std::map<std::tuple<std::string, absl::string_view, Month>, int64_t>& difference,
                         std::set<std::string>& changed) {
    const Kind& kind = *entry.kind;
    const std::any& before = entry.before;
    const auto settled = static_cast<int64_t>(successions_->size());
    const std::string division = successions_->Present(kind.division(entry.root));
    changed.insert(division);
    if (!entry.division.empty()) changed.insert(entry.division);
    if (entry.version == 0) {
      RETURN_IF_ERROR(
          transaction_.Execute(kInsert, {id, std::string(kind.name), entry.key, division, std::move(body), settled}));
    } else {
      ASSIGN_OR_RETURN(Rows updated,
                       transaction_.Query(kUpdate, {division, std::move(body), id, entry.version, settled}));
      if (updated.empty()) return absl::AbortedError("a record was changed meanwhile, try again");
    }
    if (kind.balances != nullptr) {
      ledger::Balances& owed = unposted_[id];
      for (const auto& [account, amount] : kind.balances(entry.root)) owed[account] += amount;
      if (before.has_value()) {
        for (const auto& [account, amount] : kind.balances(before)) owed[account] -= amount;
      }
    }
    std::vector<std::string> old_divisions, divisions = {division};
    if (before.has_value()) {
      old_divisions.push_back(entry.division);
      for (const tally::Contribution& part : store_.Contributions(kind, before, *successions_, entry.settled)) {
        old_divisions.push_back(part.division);
        difference[{part.division, part.indicator, part.month}] -= part.amount;
      }
    }
    for (const tally::Contribution& part : store_.Contributions(kind, entry.root, *successions_, settled)) {
      divisions.push_back(part.division);
      difference[{part.division, part.indicator, part.month}] += part.amount;
    }
    RETURN_IF_ERROR(ForEachDifference<std::string>(old_divisions, divisions, [&](const std::string& place, bool added) {
      return transaction_.Execute(added ? kAddDivision : kDropDivision, {place, id});
    }));
    const auto names = [&](const std::any& root, auto list) {
      return root.has_value() ? list(root) : std::vector<Name>();
    };
    RETURN_IF_ERROR(ForEachDifference<Name>(names(before, kind.names), names(entry.root, kind.names),
                                            [&](const Name& name, bool added) -> absl::Status {
                                              if (!added)
                                                return transaction_.Execute(kDropName, {name.kind, name.name, id});
                                              claims_.emplace_back(name, id);
                                              return absl::OkStatus();
                                            }));
    RETURN_IF_ERROR(
        ForEachDifference<Name>(LinksOf(kind, before, *successions_, entry.settled),
                                LinksOf(kind, entry.root, *successions_, settled), [&](const Name& link, bool added) {
                                  return transaction_.Execute(added ? kAddLink : kDropLink, {link.kind, link.name, id});
                                }));
    if (std::string mark = kind.mark(entry.root); !mark.empty()) marks_.insert(std::move(mark));
    RETURN_IF_ERROR(WriteDecisions(id, entry, division));
    return WriteTold(entry, before);
  }

  // What was posted must be what the roots say it is: neither a root nor a journal is ever written alone.
  absl::Status WriteJournals() {
    for (const ledger::Journal& journal : journals_) {
      RETURN_IF_ERROR(ledger::Insert(transaction_, journal));
      ledger::Balances& owed = unposted_[journal.record_id];
      for (const ledger::Entry& entry : journal.entries) {
        owed[{std::string(entry.account->code), entry.party}] -= entry.amount_fen;
      }
    }
    for (const auto& [id, owed] : unposted_) {
      for (const auto& [account, amount] : owed) {
        if (amount == 0) continue;
        return absl::InternalError(
            absl::StrCat("record ", id, " and its journals differ by ", amount, " fen on account ", account.first));
      }
    }
    return absl::OkStatus();
  }

  absl::Status WriteAudit(const Actor& actor, std::vector<std::string> written) {
    std::optional<std::string> division;
    for (const std::string& id : written) {
      const Entry& entry = entries_[id];
      for (const std::string& place : {entry.kind->division(entry.root), entry.division}) {
        // A new record was nowhere before.
        if (entry.version == 0 && place.empty()) continue;
        division = division.has_value() ? std::string(CommonDivision(*division, place)) : place;
      }
    }
    return audit::Append(transaction_, {.at = now(),
                                        .subject = actor.subject,
                                        .role = actor.role,
                                        .method = actor.full_method.empty() ? actor.method : actor.full_method,
                                        .division = division.value_or(""),
                                        .request_id = actor.request_id,
                                        .record_count = static_cast<int64_t>(written.size()),
                                        .record_ids = std::move(written)});
  }

  // Adds to the ledger what was decided in this session.
  absl::Status WriteDecisions(const std::string& id, const Entry& entry, const std::string& division) {
    const auto all = [&](const std::any& root) {
      return root.has_value() ? entry.kind->decisions(root) : std::vector<Decision>();
    };
    const std::vector<Decision> known = all(entry.before), decisions = all(entry.root);
    // What was decided stays decided.
    ANJU_CHECK(decisions.size() >= known.size() && std::equal(known.begin(), known.end(), decisions.begin()));
    for (size_t i = known.size(); i < decisions.size(); ++i) {
      const Decision& made = decisions[i];
      RETURN_IF_ERROR(transaction_.Execute(
          kDecide, {NewId(now()), absl::ToUnixMicros(now()), division, std::string(entry.kind->name), id,
                    static_cast<int64_t>(i + 1), made.flow, made.flow_division, int64_t{made.version}, made.step,
                    made.by, made.role, int64_t{made.verdict}, made.reason_hash, int64_t{made.escalated ? 1 : 0}}));
    }
    return absl::OkStatus();
  }

  absl::Status WriteTold(const Entry& entry, const std::any& before) {
    std::optional<Told> told = entry.kind->tell(entry.root);
    if (!told.has_value()) return absl::OkStatus();
    if (before.has_value()) {
      std::optional<Told> old = entry.kind->tell(before);
      if (old.has_value() && old->key == told->key && old->body == told->body) return absl::OkStatus();
    }
    return transaction_.Execute(kTell, {NewId(now()), std::string(told->topic), std::move(told->key), entry.version + 1,
                                        std::move(told->body)});
  }

  Transaction& transaction_;
  Store& store_;
  std::shared_ptr<const Successions> successions_;
  std::set<std::string> touched_;
  // Node-based, so that a pointer to a root stays good while others are loaded.
  std::map<std::string, Entry> entries_;
  std::map<std::pair<std::string, std::string>, std::string> keys_;
  std::set<std::string> made_;
  std::map<Name, std::string> names_;
  // Names that are new on a root, with its id.
  std::vector<std::pair<Name, std::string>> claims_;
  std::set<std::string> marks_;
  std::vector<std::string> order_;
  std::vector<std::function<void()>> undo_;
  std::vector<ledger::Journal> journals_;
  // By root: what its balances have changed by, less what was posted.
  std::map<std::string, ledger::Balances> unposted_;
  std::map<std::pair<std::string, std::string>, std::optional<std::string>> facts_;
  Keys missing_;
  Keys looked_at_;
  bool doubted_ = false;
};

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
  return Page(kQueue,
              {QueueKind(queue, division), QueueLink(division, Date(0, 1, 1)), QueueLink(division, until), after.first,
               after.second, limit},
              limit);
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
    ASSIGN_OR_RETURN(std::vector<std::string> ids,
                     ReadIds(transaction, kLinkedIds, {std::string(link_kind), std::string(link)}));
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
