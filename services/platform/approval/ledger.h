#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/platform/approval/item.h"
#include "services/platform/roots/store.h"
#include "services/platform/storage/database.h"

// Reads what the store writes beside roots that have approvals: the ledger of decisions, and what waits.
namespace anju::approval {

struct LedgerLine {
  std::string id;
  absl::Time at;
  std::string division;
  std::string kind;
  std::string record_id;
  // Counted from 1 on that record.
  int32_t number = 0;
  roots::Decision decision;
};

struct LedgerQuestion {
  std::string division;
  // Empty: of all records, by anybody.
  std::string record_id;
  std::string by;
  // From then on, and before then.
  absl::Time from = absl::UnixEpoch();
  absl::Time to = absl::UnixEpoch();
  // The id of the last line of the page before.
  std::string after;
  int64_t limit = 0;
};

// In the order of time.
absl::StatusOr<std::vector<LedgerLine>> ReadDecisions(storage::Database& database, const LedgerQuestion& question);

struct DueLine {
  std::string kind;
  std::string record_id;
  std::string key;
  std::string division;
  Date due_on;
  Due due;
};

struct DuePage {
  std::vector<DueLine> lines;
  // Empty when this is the last page.
  std::string next_page_token;
};

// What is due in a division by a day, what has been so the longest first.
absl::StatusOr<DuePage> ReadDue(roots::Store& store, const std::string& division, Date by, absl::string_view page_token,
                                int64_t limit);

}  // namespace anju::approval
