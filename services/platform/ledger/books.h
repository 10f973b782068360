#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/platform/ledger/journal.h"
#include "services/platform/roots/store.h"

namespace anju::ledger {

// What an account comes to, over everything posted up to a day.
struct AccountSum {
  const Account* account = nullptr;
  int64_t debit_fen = 0;
  int64_t credit_fen = 0;

  // In the account's own sense: debits less credits for assets and expenses, credits less debits for the others.
  int64_t Balance() const;
};

// An entry as it stands in the table.
struct BookedEntry {
  std::string journal_id;
  int64_t number = 0;
  std::string record_id;
  std::string division;
  Date on;
  std::string reason;
  std::string reverses;
  std::string account;
  std::string party;
  int64_t amount_fen = 0;
};

// Which entries; empty fields leave open. The division is never empty.
struct EntryQuery {
  std::string division;
  std::string record_id;
  std::string account;
  std::string party;
};

struct EntryPage {
  std::vector<BookedEntry> entries;
  std::string next_page_token;
};

// An account in which a record and its journals do not agree, or a journal whose entries do not come to 0 or stand in
// no account of the chart (`record_id` is then the journal's id, `recorded_fen` 0).
struct Discrepancy {
  std::string record_id;
  std::string account;
  std::string party;
  int64_t posted_fen = 0;
  int64_t recorded_fen = 0;
};

struct BooksProof {
  int64_t journals = 0;
  int64_t entries = 0;
  int64_t records = 0;
  // At most 100.
  std::vector<Discrepancy> discrepancies;
};

// Reads the books of one service. Thread-safe.
class Books {
 public:
  Books(roots::Store& store, Chart chart) : store_(store), chart_(std::move(chart)) {}

  // Null when the chart has no such account.
  const Account* Find(absl::string_view code) const;

  // Of an account, or of one party's part of it, at the end of a day, in a division with all beneath it; of an empty
  // one, everywhere.
  absl::StatusOr<AccountSum> Balance(const Account& account, const std::optional<std::string>& party,
                                     const std::string& division, Date on);
  // Every account that was ever used, in the order of the chart; the debits of all are the credits of all.
  absl::StatusOr<std::vector<AccountSum>> TrialBalance(const std::string& division, Date on);
  // In the order of their journals.
  absl::StatusOr<EntryPage> Entries(const EntryQuery& query, const std::string& page_token, int64_t page_size);
  // Holds every journal against 0 and against the chart, and what was posted for each record against what it says: of
  // the journals and records in divisions that `within` admits.
  absl::StatusOr<BooksProof> Check(absl::FunctionRef<bool(absl::string_view division)> within = Everywhere);

 private:
  static bool Everywhere(absl::string_view) { return true; }

  roots::Store& store_;
  const Chart chart_;
};

}  // namespace anju::ledger
