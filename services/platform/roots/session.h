#pragma once

#include <any>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/platform/base/error.h"
#include "services/platform/ledger/journal.h"
#include "services/platform/roots/json.h"
#include "services/platform/tally/contribution.h"

namespace anju::roots {

// A name that at most one root may bear, such as the key of a loan within its account, or the unit that a case holds.
struct Name {
  std::string kind;
  std::string name;
  friend auto operator<=>(const Name&, const Name&) = default;
};

// What a root tells the other services; `body` is the JSON of one of the structs of feed/facts.h.
struct Told {
  absl::string_view topic;
  std::string key;
  std::string body;
};

// What somebody decided about a root: a line of the ledger of decisions. The reason itself stands on the root.
struct Decision {
  std::string flow;
  std::string flow_division;
  int32_t version = 0;
  std::string step;
  std::string by;
  std::string role;
  // As anju.type.v1.Verdict.
  int32_t verdict = 0;
  // The SHA-256 of the reason; empty without one.
  std::string reason_hash;
  bool escalated = false;
  friend bool operator==(const Decision&, const Decision&) = default;
};

// Until when a root waits for a decision; `body` is JSON for who lists it. It then stands in the queue kWaiting.
struct Waiting {
  Date until;
  std::string body;
};

// An aggregate root is a struct with
//
//   static constexpr absl::string_view kKind = "credit_account";
//   std::string id, key;                   // `id` is given at the first Put, `key` is unique within the kind
//   void Fields(Archive&);                 // everything, id and key too
//   std::string Division() const;          // where it is now, which decides who may see it
//
// and beside it, in its namespace, `tally::Contributions Contributions(const Root&)`. It may also have
// `std::vector<Name> Names(const Root&)` (unique), `std::vector<Name> Links(const Root&)` (shared: the household it
// belongs to, words to search it by), `std::optional<Told> Tell(const Root&)`, `std::string Mark(const Root&)` (what is
// to be looked at again now that the root has changed; see Store::ListMarked), when its journals are posted
// `ledger::Balances Balances(const Root&)`, what they come to, `std::vector<Decision> Decisions(const Root&)` (all that
// was ever decided about it, in that order: a change adds to them and leaves those before as they are) and
// `std::vector<Waiting> Waits(const Root&)`.
//
// Kind is what the store needs to know of such a struct.
struct Kind {
  absl::string_view name;
  std::string (*encode)(const std::any& root);
  absl::StatusOr<std::any> (*decode)(absl::string_view body);
  std::string (*division)(const std::any& root);
  tally::Contributions (*contributions)(const std::any& root);
  std::vector<Name> (*names)(const std::any& root);
  std::vector<Name> (*links)(const std::any& root);
  std::optional<Told> (*tell)(const std::any& root);
  // Null for a kind that has none.
  ledger::Balances (*balances)(const std::any& root);
  std::string (*mark)(const std::any& root);
  std::vector<Decision> (*decisions)(const std::any& root);
  std::vector<Waiting> (*waits)(const std::any& root);
};

template <typename Root>
const Kind& KindOf() {
  static constexpr auto get = [](const std::any& root) -> const Root& { return *std::any_cast<Root>(&root); };
  static const Kind kind = {
      .name = Root::kKind,
      .encode = [](const std::any& root) { return ToJson(get(root)); },
      .decode = [](absl::string_view body) -> absl::StatusOr<std::any> {
        ASSIGN_OR_RETURN(Root root, FromJson<Root>(body));
        return std::any(std::move(root));
      },
      .division = [](const std::any& root) { return get(root).Division(); },
      .contributions = [](const std::any& root) { return Contributions(get(root)); },
      .names =
          [](const std::any& root) {
            if constexpr (requires { Names(get(root)); }) return Names(get(root));
            return std::vector<Name>();
          },
      .links =
          [](const std::any& root) {
            if constexpr (requires { Links(get(root)); }) return Links(get(root));
            return std::vector<Name>();
          },
      .tell = [](const std::any& root) -> std::optional<Told> {
        if constexpr (requires { Tell(get(root)); }) return Tell(get(root));
        return std::nullopt;
      },
      .balances = []() -> ledger::Balances (*)(const std::any&) {
        if constexpr (requires(const Root& root) { Balances(root); }) {
          return [](const std::any& root) { return Balances(get(root)); };
        }
        return nullptr;
      }(),
      .mark =
          [](const std::any& root) {
            if constexpr (requires { Mark(get(root)); }) return Mark(get(root));
            return std::string();
          },
      .decisions =
          [](const std::any& root) {
            if constexpr (requires { Decisions(get(root)); }) return Decisions(get(root));
            return std::vector<Decision>();
          },
      .waits =
          [](const std::any& root) {
            if constexpr (requires { Waits(get(root)); }) return Waits(get(root));
            return std::vector<Waiting>();
          },
  };
  return kind;
}

// One transaction as the rules see it: roots and facts, no SQL. Roots that were put are seen by later finds of the same
// session, and written once when it ends well.
class Session {
 public:
  virtual ~Session() = default;

  // When the use case began.
  absl::Time now() const { return now_; }

  template <typename Root>
  absl::StatusOr<std::optional<Root>> Find(absl::string_view key) {
    return Cast<Root>(Load(KindOf<Root>(), By::kKey, "", key));
  }
  template <typename Root>
  absl::StatusOr<std::optional<Root>> Get(absl::string_view id) {
    return Cast<Root>(Load(KindOf<Root>(), By::kId, "", id));
  }
  // The root of this kind that bears a name.
  template <typename Root>
  absl::StatusOr<std::optional<Root>> FindNamed(absl::string_view name_kind, absl::string_view name) {
    return Cast<Root>(Load(KindOf<Root>(), By::kName, name_kind, name));
  }
  // The id of the root that bears a name, of whatever kind; empty when none does.
  virtual absl::StatusOr<std::string> HolderOf(absl::string_view name_kind, absl::string_view name) = 0;

  // The ids of the roots of this kind that lie in a division now, and of those that share a link, in their order, as
  // they were when the session began.
  template <typename Root>
  absl::StatusOr<std::vector<std::string>> IdsIn(absl::string_view division) {
    return LoadIds(Root::kKind, division);
  }
  virtual absl::StatusOr<std::vector<std::string>> LinkedIds(absl::string_view link_kind, absl::string_view link) = 0;

  // Lets `adjust` change every root of this kind that shares a link, such as all that hold a copy of a household.
  template <typename Root, typename Adjust>
  absl::Status AdjustLinked(absl::string_view link_kind, absl::string_view link, Adjust adjust) {
    ASSIGN_OR_RETURN(const std::vector<std::string> ids, LinkedIds(link_kind, link));
    for (const std::string& id : ids) {
      ASSIGN_OR_RETURN(std::optional<Root> root, Get<Root>(id));
      if (!root.has_value()) continue;
      adjust(*root);
      Put(*root);
    }
    return absl::OkStatus();
  }

  // Keeps the root as it is now. Gives it an id when it is new; one that has an id and was not loaded in this session
  // is a bug, because what it was before is not known.
  template <typename Root>
  void Put(Root& root) {
    if (root.id.empty()) root.id = MakeId();
    Keep(KindOf<Root>(), root.id, root.key, std::any(root));
  }

  // Posts a journal; its root is put in the same session. One that was posted before is not posted again. Answers what
  // ledger::Check finds, and refuses with JOURNAL_ID_REUSED (ALREADY_EXISTS), JOURNAL_NOT_FOUND (NOT_FOUND),
  // JOURNAL_IS_REVERSAL and JOURNAL_REVERSED (FAILED_PRECONDITION).
  absl::Status Post(const ledger::Journal& journal) {
    RETURN_IF_ERROR(ledger::Check(journal));
    return Book(journal);
  }

  // What `make` answers, made once for as long as the session lasts: for what every row of a batch needs and no row
  // changes. The answer stays where it is.
  template <typename Value>
  absl::StatusOr<const Value*> Once(const std::string& name, absl::FunctionRef<absl::StatusOr<Value>()> make) {
    std::any& once = once_[name];
    if (!once.has_value()) {
      ASSIGN_OR_RETURN(once, make());
    }
    return std::any_cast<Value>(&once);
  }

  // What another service tells; nothing when it knows nothing of that. The session ends with UNAVAILABLE when it cannot
  // know.
  template <typename Fact>
  absl::StatusOr<std::optional<Fact>> FindFact(absl::string_view key) {
    ASSIGN_OR_RETURN(std::optional<std::string> body, LoadFact(Fact::kTopic, key, Fact::kAsk));
    if (!body.has_value()) return std::optional<Fact>();
    ASSIGN_OR_RETURN(Fact fact, FromJson<Fact>(*body));
    return std::optional<Fact>(std::move(fact));
  }

 protected:
  enum class By { kId, kKey, kName };
  explicit Session(absl::Time now) : now_(now) {}
  virtual absl::StatusOr<const std::any*> Load(const Kind& kind, By by, absl::string_view name_kind,
                                               absl::string_view value) = 0;
  virtual absl::StatusOr<std::vector<std::string>> LoadIds(absl::string_view kind, absl::string_view division) = 0;
  virtual void Keep(const Kind& kind, const std::string& id, const std::string& key, std::any root) = 0;
  virtual std::string MakeId() = 0;
  virtual absl::Status Book(const ledger::Journal& journal) = 0;
  virtual absl::StatusOr<std::optional<std::string>> LoadFact(absl::string_view topic, absl::string_view key,
                                                              bool ask) = 0;

 private:
  template <typename Root>
  static absl::StatusOr<std::optional<Root>> Cast(absl::StatusOr<const std::any*> loaded) {
    if (!loaded.ok()) return loaded.status();
    if (*loaded == nullptr) return std::optional<Root>();
    return std::optional<Root>(*std::any_cast<Root>(*loaded));
  }

  const absl::Time now_;
  std::map<std::string, std::any> once_;
};

}  // namespace anju::roots
