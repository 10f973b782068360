#include "services/platform/ledger/tables.h"

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/platform/base/ids.h"

namespace anju::ledger {
namespace {

using enum absl::StatusCode;
using storage::Rows;
using storage::Transaction;
using storage::Value;

constexpr absl::string_view kFind = "SELECT content, reverses FROM ledger_journals WHERE id = $1";
constexpr absl::string_view kReversalOf = "SELECT id FROM ledger_journals WHERE reverses = $1";
constexpr absl::string_view kEntriesOf =
    "SELECT account, party, amount_fen FROM ledger_entries WHERE journal_id = $1 ORDER BY number";
constexpr absl::string_view kAddEntry =
    "INSERT INTO ledger_entries (journal_id, number, record_id, division, on_day, reason, account, party, amount_fen) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
constexpr absl::string_view kAddJournal =
    "INSERT INTO ledger_journals (id, record_id, division, on_day, reason, reverses, content, entries) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

absl::Status CheckReversal(Transaction& transaction, const Journal& journal) {
  ASSIGN_OR_RETURN(const Rows reversed, transaction.Query(kFind, {journal.reverses}));
  if (reversed.empty()) {
    return Refuse(kNotFound, "JOURNAL_NOT_FOUND", "only what was posted can be reversed");
  }
  if (!reversed[0].Null(1)) {
    return Refuse(kFailedPrecondition, "JOURNAL_IS_REVERSAL", "a reversal is not reversed: post what is right anew");
  }
  ASSIGN_OR_RETURN(const Rows other, transaction.Query(kReversalOf, {journal.reverses}));
  if (!other.empty()) return Refuse(kFailedPrecondition, "JOURNAL_REVERSED", "it was reversed before");
  ASSIGN_OR_RETURN(const Rows entries, transaction.Query(kEntriesOf, {journal.reverses}));
  bool same = entries.size() == journal.entries.size();
  for (size_t i = 0; same && i < entries.size(); ++i) {
    const Entry& entry = journal.entries[i];
    same = entries[i].Text(0) == entry.account->code && entries[i].Text(1) == entry.party &&
           entries[i].Int(2) == -entry.amount_fen;
  }
  if (same) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("journal ", journal.id, " does not take back ", journal.reverses));
}

}  // namespace

absl::StatusOr<bool> IsPosted(Transaction& transaction, const Journal& journal) {
  ASSIGN_OR_RETURN(const Rows known, transaction.Query(kFind, {journal.id}));
  if (!known.empty()) {
    if (known[0].Text(0) == Sha256(Content(journal))) return true;
    return Refuse(kAlreadyExists, "JOURNAL_ID_REUSED", "another journal has this id");
  }
  if (!journal.reverses.empty()) RETURN_IF_ERROR(CheckReversal(transaction, journal));
  return false;
}

absl::Status Insert(Transaction& transaction, const Journal& journal) {
  const std::string on = Format(journal.on), reason(journal.reason);
  for (size_t i = 0; i < journal.entries.size(); ++i) {
    const Entry& entry = journal.entries[i];
    RETURN_IF_ERROR(
        transaction.Execute(kAddEntry, {journal.id, static_cast<int64_t>(i + 1), journal.record_id, journal.division,
                                        on, reason, std::string(entry.account->code), entry.party, entry.amount_fen}));
  }
  return transaction.Execute(kAddJournal, {journal.id, journal.record_id, journal.division, on, reason,
                                           journal.reverses.empty() ? Value() : Value(journal.reverses),
                                           Sha256(Content(journal)), static_cast<int64_t>(journal.entries.size())});
}

}  // namespace anju::ledger
