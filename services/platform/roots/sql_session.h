#pragma once

#include <any>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "services/platform/base/ids.h"
#include "services/platform/roots/codes.h"
#include "services/platform/roots/store.h"

namespace anju::roots {

// A session on the tables of a transaction: what is put is kept here, and written with everything that follows from it
// by Write. For one thread, for as long as the transaction.
class SqlSession final : public BatchSession {
 public:
  // By topic.
  using Keys = std::map<std::string, std::set<std::string>>;

  SqlSession(storage::Transaction& transaction, Store& store)
      : BatchSession(store.clock().Now()), transaction_(transaction), store_(store), successions_(store.successions()) {
    SaySuccessions(*this, successions_);
  }

  // Facts, by topic: those that were not there, and all that were looked at and that somebody else may know better.
  const Keys& missing() const { return missing_; }
  const Keys& looked_at() const { return looked_at_; }
  bool doubted() const { return doubted_; }

  void Doubt() override { doubted_ = true; }

  absl::StatusOr<std::string> HolderOf(absl::string_view name_kind, absl::string_view name) override;
  absl::StatusOr<std::vector<std::string>> LinkedIds(absl::string_view link_kind, absl::string_view link) override;

  size_t Mark() const override { return undo_.size(); }
  void TakeBack(size_t mark) override;
  std::vector<std::string> PlacesSince(size_t mark) const override;
  storage::Transaction& transaction() override { return transaction_; }

  // Writes a root even when it says the same, because of what it follows.
  absl::Status Touch(const Kind& kind, const std::string& id);

  // Writes everything that was put and is different. Answers the divisions that may count differently.
  absl::StatusOr<std::set<std::string>> Write(const Actor& actor);

 protected:
  absl::StatusOr<const std::any*> Load(const Kind& kind, By by, absl::string_view name_kind,
                                       absl::string_view value) override;
  absl::StatusOr<std::vector<std::string>> LoadIds(absl::string_view kind, absl::string_view division) override;
  void Keep(const Kind& kind, const std::string& id, const std::string& key, std::any root) override;
  absl::Status Book(const ledger::Journal& journal) override;
  std::string MakeId() override { return *made_.insert(NewId(now())).first; }
  absl::StatusOr<std::optional<std::string>> LoadFact(absl::string_view topic, absl::string_view key,
                                                      bool ask) override;

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

  // Amounts by division, indicator and month.
  using Difference = std::map<std::tuple<std::string, absl::string_view, Month>, int64_t>;

  absl::StatusOr<const std::any*> LoadRow(const Kind& kind, absl::string_view sql,
                                          const std::vector<storage::Value>& values);

  // Writes a root and all that it says of itself; what its contributions differ by is added to `difference`.
  absl::Status WriteRoot(const std::string& id, const Entry& entry, std::string body, Difference& difference,
                         std::set<std::string>& changed);

  absl::Status WriteRow(const std::string& id, const Entry& entry, const std::string& division, std::string body);
  absl::Status WritePending(const Difference& difference, std::set<std::string>& changed);
  // What the root's balances have changed by has to be posted.
  void Owe(const std::string& id, const Entry& entry);
  // What was posted must be what the roots say it is: neither a root nor a journal is ever written alone.
  absl::Status WriteJournals();
  absl::Status WriteAudit(const Actor& actor, std::vector<std::string> written);

  // Adds to the ledger what was decided in this session.
  absl::Status WriteDecisions(const std::string& id, const Entry& entry, const std::string& division);
  absl::Status WriteTold(const Entry& entry, const std::any& before);

  storage::Transaction& transaction_;
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
  struct Undo {
    // Of the root that was put; empty for a journal.
    std::string id;
    std::function<void()> back;
  };
  std::vector<Undo> undo_;
  std::vector<ledger::Journal> journals_;
  // By root: what its balances have changed by, less what was posted.
  std::map<std::string, ledger::Balances> unposted_;
  std::map<std::pair<std::string, std::string>, std::optional<std::string>> facts_;
  Keys missing_;
  Keys looked_at_;
  bool doubted_ = false;
};

}  // namespace anju::roots
