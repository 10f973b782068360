#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/platform/base/calendar.h"

// Double entry 复式记账, as values. A rule that moves money answers, beside the root as it is then, the journal that
// says from where to where; the use case puts the one and posts the other in the same session (Session::Post), and the
// store writes both or neither. What was posted is never changed: a mistake is corrected by a journal that reverses it.
namespace anju::ledger {

enum class AccountKind : int32_t { kUnspecified = 0, kAsset = 1, kLiability = 2, kIncome = 3, kExpense = 4 };

// By whom the balance of an account is subdivided; unspecified: by nobody.
enum class PartyKind : int32_t { kUnspecified = 0, kSite = 1, kHouseholdCase = 2, kBank = 3, kContractor = 4 };

// An account of a service's chart, declared in its code and in static storage.
struct Account {
  absl::string_view code;
  absl::string_view label_zh;
  absl::string_view label_en;
  AccountKind kind = AccountKind::kAsset;
  PartyKind party = PartyKind::kUnspecified;
};
using Chart = std::vector<const Account*>;

struct Entry {
  const Account* account = nullptr;
  // The key of the site, case, … whose part of the account it is; empty for an account that is not subdivided.
  std::string party;
  // A debit is positive, a credit negative.
  int64_t amount_fen = 0;
};

// No journal has more entries, and none moves more with one: 100 billion yuan.
inline constexpr size_t kMostEntries = 20;
inline constexpr int64_t kLargestAmount = 100'000'000'000'00;

struct Journal {
  // Unique for ever, and made of the record and the number of its act, so that an act cannot be posted twice; see Id.
  std::string id;
  // The id of the root that it is about.
  std::string record_id;
  // In whose books it stands: all entries in the same, so that the books of every division balance.
  std::string division;
  Date on;
  // A code in static storage, such as SUBSIDY_PAID.
  absl::string_view reason;
  std::vector<Entry> entries;
  // The id of the journal that this one takes back; empty for one that stands for itself.
  std::string reverses;
};

// The id of the n-th journal of a record; later ones sort later.
std::string Id(absl::string_view record_id, int32_t number);

// What the journal says, as one text: two with the same are the same.
std::string Content(const Journal& journal);

// INTERNAL, because a rule has made it: fewer than two entries or too many, an amount that is nothing or too large, a
// party where the account has none or none where it has, entries whose sum is not 0. Pure.
absl::Status Check(const Journal& journal);

// Takes back all of `journal` on another day.
Journal Reverse(const Journal& journal, std::string id, Date on, absl::string_view reason);

// Balances by account and party, debits less credits; those that are 0 are not there. A root whose journals are posted
// says beside it what they come to,
//
//   ledger::Balances Balances(const Root&);
//
// computed from the root alone. The store lets no transaction pass in which the root and its journals part.
using Balances = std::map<std::pair<std::string, std::string>, int64_t>;

void Add(const Account& account, absl::string_view party, int64_t amount_fen, Balances& to);
void Add(const Journal& journal, Balances& to);

}  // namespace anju::ledger
