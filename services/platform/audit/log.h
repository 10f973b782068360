#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/platform/audit/entry.h"
#include "services/platform/base/succession.h"
#include "services/platform/storage/database.h"

// The audit log in a service's database. An entry is added by whoever does something, in their transaction, and waits;
// sealing takes what waits into the chain. So writers do not wait for each other, and the chain has one order.
namespace anju::audit {

// Gives the entry an id by its time.
absl::Status Append(storage::Transaction& transaction, Entry entry);

struct Sealed {
  // 0 when nothing is left.
  int64_t entries = 0;
  Head head;
  // Through which the chain should go and does not. An entry that says so was sealed first.
  std::optional<Head> lost;
};
// Seals some of what waits. Any number of replicas may do so at a time: the chain stays one. `known` is an earlier
// head; number 0 for none. The head that the database keeps beside the log is known as well.
absl::StatusOr<Sealed> Seal(storage::Database& database, absl::string_view service, const Head& known, absl::Time now);

struct Query {
  // Each leaves open what is empty.
  std::string division;
  // Any of these; 32 characters each, as ids are.
  std::vector<std::string> household_ids;
  std::string record_id;
  std::string subject;
  std::optional<Kind> kind;
  absl::Time from = absl::InfinitePast();
  absl::Time until = absl::InfiniteFuture();
  // By which an entry lies where its division has come to lie since; null: there are none.
  std::shared_ptr<const Successions> successions = nullptr;
};

struct Listed {
  Entry entry;
  // 0 and nothing while it waits.
  Head sealed;
};

struct ListedPage {
  // The newest first, with at most their first kShownRecords records.
  std::vector<Listed> entries;
  std::string next_page_token;
};
inline constexpr size_t kShownRecords = 100;

// Looks through a bounded number of entries, and may answer fewer than `limit` although there is more. A token is the
// id of an entry.
absl::StatusOr<ListedPage> List(storage::Database& database, const Query& query, absl::string_view page_token,
                                int64_t limit);

// Sealed entries after a number, whole; fewer than `limit` when they are large.
absl::StatusOr<std::vector<Link>> ReadChain(storage::Database& database, int64_t after, int64_t limit);

struct State {
  Head head;
  // The log does not end with the head that is kept beside it, or does not go through the one that is known.
  std::optional<Fault> fault;
  int64_t unsealed = 0;
  // When the oldest of them was added.
  std::optional<absl::Time> unsealed_since;
};
// `known` as in Seal; it has to be known before this is asked.
absl::StatusOr<State> ReadState(storage::Database& database, absl::string_view service, const Head& known);

// Looks at the entries whose ids lie between that of the entry `after`, 0 for the beginning, and `until_id`, nothing
// for the end, both included: finds an entry that is not found by each of its records, or by another, and what leads to
// no entry. Stretches that begin where the one before has ended leave nothing out.
absl::StatusOr<std::optional<Fault>> CheckRecords(storage::Database& database, int64_t after,
                                                  const std::optional<std::string>& until_id);

}  // namespace anju::audit
