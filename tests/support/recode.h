#pragma once

#include <vector>

#include "tests/support/stand.h"

namespace anju::testing {

// Codes of divisions that became others, with everything that follows from it.
inline void Recode(Stand& stand, const std::string& month, const std::vector<Became>& became) {
  const absl::Status status = stand.store.Change({}, [&](roots::BatchSession& session) {
    const CodeChange change{.key = became.front().old_code, .since = *ParseMonth(month), .became = became};
    return roots::Store::KeepChange(session.transaction(), change);
  });
  ASSERT_TRUE(status.ok()) << status;
  absl::StatusOr<int64_t> settled;
  do {
    settled = stand.store.Settle();
    ASSERT_TRUE(settled.ok()) << settled.status();
  } while (*settled > 0);
}

}  // namespace anju::testing
