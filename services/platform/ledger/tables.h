#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/platform/ledger/journal.h"
#include "services/platform/storage/database.h"

// The tables of the ledger within a transaction. The database says no as well: entries are only added, before their
// journal; a journal is added when they come to 0, and closes them; nothing is changed or removed.
namespace anju::ledger {

// Whether this journal was posted already. Refuses, in this order, with JOURNAL_ID_REUSED (ALREADY_EXISTS: another one
// has its id), and for a reversal JOURNAL_NOT_FOUND (NOT_FOUND), JOURNAL_IS_REVERSAL and JOURNAL_REVERSED
// (FAILED_PRECONDITION). INTERNAL when a reversal does not take back what it says.
absl::StatusOr<bool> IsPosted(storage::Transaction& transaction, const Journal& journal);

absl::Status Insert(storage::Transaction& transaction, const Journal& journal);

}  // namespace anju::ledger
