#pragma once

#include <optional>
#include <string>

#include "services/platform/intake/batch.h"
#include "services/platform/roots/session.h"

namespace anju::microcredit {

// A bank's self-service terminal in a village.
struct Terminal {
  static constexpr absl::string_view kKind = "terminal";
  std::string id;
  // `<division>/<source>/<terminal_no>`.
  std::string key;
  std::string bank;
  std::string village;
  Date installed_on;
  std::optional<Date> removed_on;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("bank", bank);
    archive("village", village);
    archive("installed_on", installed_on);
    archive("removed_on", removed_on);
  }
  std::string Division() const { return village; }
  friend bool operator==(const Terminal&, const Terminal&) = default;
};

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const Terminal& terminal);

// A row of anju.microcredit.v1.TerminalRecord.
struct TerminalRecord {
  std::string terminal_no;
  std::string bank;
  std::string village;
  Date installed_on;
  std::optional<Date> removed_on;

  void Fields(Archive& archive) {
    archive("terminal_no", terminal_no);
    archive("bank", bank);
    archive("village", village);
    archive("installed_on", installed_on);
    archive("removed_on", removed_on);
  }
};

// Refuses, in this order, with DIVISION_NOT_FOUND, OUTSIDE_DIVISION, NOT_A_VILLAGE, DATES_REVERSED and
// DATE_IN_FUTURE.
absl::StatusOr<roots::Outcome> ImportTerminal(roots::Session& session, const intake::Batch& batch,
                                              const TerminalRecord& record);

}  // namespace anju::microcredit
