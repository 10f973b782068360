#include "services/platform/roots/sql_session.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "services/platform/audit/log.h"
#include "services/platform/base/division.h"
#include "services/platform/ledger/tables.h"
#include "services/platform/roots/queue.h"
#include "services/platform/tally/cells.h"

namespace anju::roots {
namespace {

using storage::Row;
using storage::Rows;
using storage::Transaction;

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
constexpr absl::string_view kDecide =
    "INSERT INTO decisions (id, at_us, division, kind, record_id, number, flow, flow_division, version, step, subject, "
    "role, verdict, reason_hash, escalated) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
constexpr absl::string_view kFact = "SELECT body FROM facts WHERE topic = $1 AND key = $2";

absl::StatusOr<std::vector<std::string>> ReadIds(Transaction& transaction, absl::string_view sql,
                                                 const std::vector<storage::Value>& values) {
  ASSIGN_OR_RETURN(Rows rows, transaction.Query(sql, values));
  std::vector<std::string> ids;
  for (const Row& row : rows) ids.push_back(row.Text(0));
  return ids;
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

absl::StatusOr<std::string> SqlSession::HolderOf(absl::string_view name_kind, absl::string_view name) {
  auto pending = names_.find({std::string(name_kind), std::string(name)});
  if (pending != names_.end()) return pending->second;
  ASSIGN_OR_RETURN(Rows rows, transaction_.Query(kNameHolder, {std::string(name_kind), std::string(name)}));
  return rows.empty() ? std::string() : rows[0].Text(0);
}

absl::StatusOr<std::vector<std::string>> SqlSession::LinkedIds(absl::string_view link_kind, absl::string_view link) {
  return ReadIds(transaction_, kLinkedIds, {std::string(link_kind), std::string(link)});
}

void SqlSession::TakeBack(size_t mark) {
  while (undo_.size() > mark) {
    undo_.back().back();
    undo_.pop_back();
  }
}

std::vector<std::string> SqlSession::PlacesSince(size_t mark) const {
  std::vector<std::string> places;
  for (size_t i = mark; i < undo_.size(); ++i) {
    if (undo_[i].id.empty()) continue;
    const Entry& entry = entries_.at(undo_[i].id);
    places.push_back(entry.kind->division(entry.root));
    if (!entry.division.empty()) places.push_back(entry.division);
  }
  return places;
}

absl::Status SqlSession::Touch(const Kind& kind, const std::string& id) {
  ASSIGN_OR_RETURN(const std::any* root, LoadRow(kind, kById, {id}));
  if (root == nullptr) return absl::OkStatus();
  touched_.insert(id);
  Keep(kind, id, entries_[id].key, std::any(*root));
  return absl::OkStatus();
}

absl::StatusOr<std::set<std::string>> SqlSession::Write(const Actor& actor) {
  Difference difference;
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
  RETURN_IF_ERROR(WritePending(difference, changed));
  if (!written.empty()) RETURN_IF_ERROR(WriteAudit(actor, std::move(written)));
  return changed;
}

absl::Status SqlSession::WritePending(const Difference& difference, std::set<std::string>& changed) {
  std::map<std::string, std::string> pending;
  for (const auto& [cell, amount] : difference) {
    const auto& [division, indicator, month] = cell;
    if (amount != 0) tally::AppendCell(indicator, month, amount, pending[division]);
  }
  for (auto& [division, cells] : pending) {
    changed.insert(division);
    RETURN_IF_ERROR(transaction_.Execute(kAddPending, {NewId(now()), division, std::move(cells)}));
  }
  return absl::OkStatus();
}

absl::StatusOr<const std::any*> SqlSession::Load(const Kind& kind, By by, absl::string_view name_kind,
                                                 absl::string_view value) {
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

absl::StatusOr<std::vector<std::string>> SqlSession::LoadIds(absl::string_view kind, absl::string_view division) {
  return ReadIds(transaction_, kIdsIn, {std::string(kind), std::string(division), PrefixEnd(division)});
}

void SqlSession::Keep(const Kind& kind, const std::string& id, const std::string& key, std::any root) {
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
  auto back = [this, id, name_key, fresh = added, old = std::move(entry.root), old_names = std::move(old_names),
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
  };
  undo_.push_back({id, std::move(back)});
  entry.root = std::move(root);
  if (!entry.queued) order_.push_back(id);
  entry.queued = true;
}

absl::Status SqlSession::Book(const ledger::Journal& journal) {
  for (const ledger::Journal& other : journals_) {
    if (other.id == journal.id || (!journal.reverses.empty() && other.reverses == journal.reverses)) {
      return absl::InternalError(absl::StrCat("journal ", journal.id, " is posted twice in one session"));
    }
  }
  ASSIGN_OR_RETURN(const bool posted, ledger::IsPosted(transaction_, journal));
  if (posted) return absl::OkStatus();
  journals_.push_back(journal);
  undo_.push_back({"", [this] { journals_.pop_back(); }});
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> SqlSession::LoadFact(absl::string_view topic, absl::string_view key,
                                                                bool ask) {
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

absl::StatusOr<const std::any*> SqlSession::LoadRow(const Kind& kind, absl::string_view sql,
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

absl::Status SqlSession::WriteRoot(const std::string& id, const Entry& entry, std::string body, Difference& difference,
                                   std::set<std::string>& changed) {
  const Kind& kind = *entry.kind;
  const std::any& before = entry.before;
  const auto settled = static_cast<int64_t>(successions_->size());
  const std::string division = successions_->Present(kind.division(entry.root));
  changed.insert(division);
  if (!entry.division.empty()) changed.insert(entry.division);
  RETURN_IF_ERROR(WriteRow(id, entry, division, std::move(body)));
  Owe(id, entry);
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

absl::Status SqlSession::WriteRow(const std::string& id, const Entry& entry, const std::string& division,
                                  std::string body) {
  const auto settled = static_cast<int64_t>(successions_->size());
  if (entry.version == 0) {
    return transaction_.Execute(kInsert,
                                {id, std::string(entry.kind->name), entry.key, division, std::move(body), settled});
  }
  ASSIGN_OR_RETURN(const Rows updated,
                   transaction_.Query(kUpdate, {division, std::move(body), id, entry.version, settled}));
  return updated.empty() ? absl::AbortedError("a record was changed meanwhile, try again") : absl::OkStatus();
}

void SqlSession::Owe(const std::string& id, const Entry& entry) {
  const auto balances = entry.kind->balances;
  if (balances == nullptr) return;
  ledger::Balances& owed = unposted_[id];
  for (const auto& [account, amount] : balances(entry.root)) owed[account] += amount;
  if (!entry.before.has_value()) return;
  for (const auto& [account, amount] : balances(entry.before)) owed[account] -= amount;
}

absl::Status SqlSession::WriteJournals() {
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

absl::Status SqlSession::WriteAudit(const Actor& actor, std::vector<std::string> written) {
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

absl::Status SqlSession::WriteDecisions(const std::string& id, const Entry& entry, const std::string& division) {
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
                  static_cast<int64_t>(i + 1), made.flow, made.flow_division, int64_t{made.version}, made.step, made.by,
                  made.role, int64_t{made.verdict}, made.reason_hash, int64_t{made.escalated ? 1 : 0}}));
  }
  return absl::OkStatus();
}

absl::Status SqlSession::WriteTold(const Entry& entry, const std::any& before) {
  std::optional<Told> told = entry.kind->tell(entry.root);
  if (!told.has_value()) return absl::OkStatus();
  if (before.has_value()) {
    std::optional<Told> old = entry.kind->tell(before);
    if (old.has_value() && old->key == told->key && old->body == told->body) return absl::OkStatus();
  }
  return transaction_.Execute(
      kTell, {NewId(now()), std::string(told->topic), std::move(told->key), entry.version + 1, std::move(told->body)});
}

}  // namespace anju::roots
