#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/succession.h"
#include "services/platform/roots/session.h"
#include "services/platform/storage/database.h"

namespace anju::roots {

// Who does something, for receipts and for the audit log.
struct Actor {
  std::string subject;
  // Receipts are kept by it.
  std::string method;
  std::string role;
  // As the audit log names the method, when that is another name.
  std::string full_method;
  std::string request_id;
};

// A fact as it travels: the newest version of what is told under a topic and key.
struct Fact {
  int64_t sequence = 0;
  std::string topic;
  std::string key;
  std::string body;
  int64_t version = 0;
};

// Whom to ask for facts that have not come by the feed yet. UNAVAILABLE when they cannot be asked.
class FactSource {
 public:
  virtual ~FactSource() = default;
  virtual absl::StatusOr<std::vector<Fact>> Ask(absl::string_view topic, const std::vector<std::string>& keys) = 0;
};

// A session whose row-by-row work can be taken back, as the intake needs it.
class BatchSession : public Session {
 public:
  using Session::Session;
  // Takes back every Put since `mark`.
  virtual size_t Mark() const = 0;
  virtual void TakeBack(size_t mark) = 0;
  // Where what was put since `mark` lies and, of what was there when the session began, where that lay.
  virtual std::vector<std::string> PlacesSince(size_t mark) const = 0;
  // Says that something is about to be refused: it is decided again once the facts it rests on have been asked for
  // anew.
  virtual void Doubt() = 0;
  // The transaction, for tables that are no roots.
  virtual storage::Transaction& transaction() = 0;
};

// A root with its kind, as a reader who does not know its type sees it.
struct StoredRoot {
  const Kind* kind = nullptr;
  std::string id;
  std::string key;
  std::string division;
  std::any root;
  // In a page of a list: the token of the page that begins after this root.
  std::string next;
  // How many changes of codes it follows.
  int64_t settled = 0;
};

// That roots with this mark have changed; `version` grows with each change.
struct Marked {
  std::string mark;
  int64_t version = 0;
};

struct RootPage {
  std::vector<StoredRoot> roots;
  // Empty when this is the last page.
  std::string next_page_token;
};

// Keeps the roots of one service, and with every change, in the same transaction: the difference of its contributions,
// what it tells, and an entry of the audit log. Thread-safe.
class Store {
 public:
  // `changed` is called after a commit with the divisions in which something may count differently now. `source` may be
  // null: then facts are what is in the tables. `catalogue` says which figures are flows.
  Store(storage::Database& database, const Clock& clock, std::vector<const Kind*> kinds, FactSource* source,
        std::function<void(const std::set<std::string>&)> changed, const tally::Catalogue& catalogue = {});

  // Runs `body` in one transaction. With a `request_id`, the answer that `body` leaves in `answer` is kept: a retry of
  // the same actor and method with the same `content` gets it without running `body`; other content is refused with
  // REQUEST_ID_REUSED (ALREADY_EXISTS).
  absl::Status Change(const Actor& actor, absl::FunctionRef<absl::Status(BatchSession&)> body);
  absl::Status ChangeOnce(const Actor& actor, absl::string_view request_id, absl::string_view content,
                          absl::FunctionRef<absl::StatusOr<std::string>(BatchSession&)> body, std::string* answer);

  // Runs `body` on a snapshot; what it puts is forgotten.
  absl::Status Look(absl::FunctionRef<absl::Status(BatchSession&)> body);

  template <typename Root>
  absl::StatusOr<std::optional<Root>> Get(absl::string_view id) {
    std::optional<Root> found;
    RETURN_IF_ERROR(Look([&](BatchSession& session) -> absl::Status {
      ASSIGN_OR_RETURN(found, session.Get<Root>(id));
      return absl::OkStatus();
    }));
    return found;
  }

  // Roots of a kind that lie or count in a division, ever: by division, then by id. `kind` empty: of every kind.
  absl::StatusOr<RootPage> List(absl::string_view kind, absl::string_view division, absl::string_view page_token,
                                int64_t limit);
  // The divisions of the next level beneath a division in which roots of a kind lie now, in their order. Costs one
  // query for each of them, however many roots there are.
  absl::StatusOr<std::vector<std::string>> Beneath(absl::string_view kind, absl::string_view division);
  // What waits in a queue beneath a division (see queue.h), until a day, included; what has waited longest comes first.
  absl::StatusOr<RootPage> Queue(absl::string_view queue, absl::string_view division, Date until,
                                 absl::string_view page_token, int64_t limit);
  // Roots that share a link, in the order of their ids.
  absl::StatusOr<std::vector<StoredRoot>> Linked(absl::string_view link_kind, absl::string_view link);

  // Every root once, in pages, on the snapshot of `transaction`.
  absl::Status ForEach(storage::Transaction& transaction, absl::FunctionRef<absl::Status(const StoredRoot&)> visit);

  // The marks that changed roots have left, in their order: what somebody has to look at again. A mark stays until it
  // is taken off, and is not taken off when a root has changed since it was listed.
  absl::StatusOr<std::vector<Marked>> ListMarked(int64_t limit);
  static absl::Status Unmark(BatchSession& session, const std::vector<Marked>& marks);

  // Takes in facts of `topic` that came by the feed: keeps them, hands each that is not older than what is known to
  // `absorb`, which adjusts the roots that hold a copy, and remembers the position of the last, all in one transaction.
  // One that was asked for before the feed brought it is handed over too; an absorb that has nothing to change puts
  // what is there already.
  using Absorb = std::function<absl::Status(BatchSession& session, const Fact& fact)>;
  absl::Status TakeFacts(absl::string_view topic, const std::vector<Fact>& facts, const Absorb& absorb);
  absl::StatusOr<int64_t> FeedPosition(absl::string_view topic);

  // Keeps a change of codes, and forgets what is known of divisions. The same again changes nothing. Once the
  // transaction has been committed, Settle lets the roots follow.
  static absl::Status KeepChange(storage::Transaction& transaction, const CodeChange& change);
  // Lets some roots follow changes of codes: where they lie, wait and count (see tally/follow.h). What a root says of
  // itself stays as it is. Answers how many followed; call again while it is not 0, and then now and then, because
  // another process may not have known of the change yet.
  absl::StatusOr<int64_t> Settle();
  // The changes of codes that are known here; never null.
  std::shared_ptr<const Successions> successions() const;
  // What a root adds to the figures, with the changes that it follows.
  tally::Contributions Contributions(const StoredRoot& stored) const;

  const Clock& clock() const { return clock_; }
  storage::Database& database() { return database_; }

 private:
  friend class SqlSession;

  absl::Status Run(const Actor& actor, absl::FunctionRef<absl::Status(BatchSession&)> body);
  // The changes of codes that are known here, at least so many.
  absl::StatusOr<std::shared_ptr<const Successions>> Known(storage::Transaction& transaction, int64_t at_least);
  // How far Settle has come with a change: of which code, and after which division and root.
  struct Settling {
    absl::Time begun;
    absl::Time look_again;
    size_t code = 0;
    std::pair<std::string, std::string> after = {};
  };
  // Roots that do not follow a change yet: their kinds by their ids.
  using Behind = std::map<std::string, std::string>;
  static absl::StatusOr<Behind> FindBehind(storage::Transaction& transaction, const CodeChange& change, int64_t number,
                                           Settling& settling);
  absl::Status FollowChange(const Behind& roots);
  tally::Contributions Contributions(const Kind& kind, const std::any& root, const Successions& successions,
                                     int64_t settled) const;
  // Asks for facts and keeps those that are newer.
  absl::Status AskFor(const std::map<std::string, std::set<std::string>>& keys);
  absl::StatusOr<StoredRoot> Decode(storage::Transaction& transaction, const storage::Row& row);
  // The roots that a query of a list finds; its eighth column begins their tokens.
  absl::StatusOr<RootPage> Page(absl::string_view sql, const std::vector<storage::Value>& values, int64_t limit);

  storage::Database& database_;
  const Clock& clock_;
  const std::vector<const Kind*> kinds_;
  FactSource* const source_;
  const std::function<void(const std::set<std::string>&)> changed_;
  std::set<std::string, std::less<>> flows_;

  mutable absl::Mutex mutex_;
  std::shared_ptr<const Successions> successions_ ABSL_GUARDED_BY(mutex_) = std::make_shared<Successions>();
  absl::Mutex settling_mutex_;
  std::map<int64_t, Settling> settling_ ABSL_GUARDED_BY(settling_mutex_);
};

}  // namespace anju::roots
