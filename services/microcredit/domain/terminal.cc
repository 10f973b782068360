#include "services/microcredit/domain/terminal.h"

#include "services/platform/base/error.h"
#include "services/platform/base/today.h"

namespace anju::microcredit {

using roots::Outcome;

absl::StatusOr<Outcome> ImportTerminal(roots::Session& session, const intake::Batch& batch,
                                       const TerminalRecord& record) {
  ASSIGN_OR_RETURN(const std::string village, intake::ResolveVillage(session, batch, record.village, "village"));
  RETURN_IF_ERROR(intake::InOrder(record.installed_on, record.removed_on, "removed_on"));
  const Date today = DayInChina(session.now());
  RETURN_IF_ERROR(CheckHasCome(record.installed_on, today, "installed_on"));
  RETURN_IF_ERROR(CheckHasCome(record.removed_on, today, "removed_on"));
  const std::string key = batch.Key(record.terminal_no);
  ASSIGN_OR_RETURN(const std::optional<Terminal> before, session.Find<Terminal>(key));
  Terminal after = before.value_or(Terminal{.key = key});
  after.bank = record.bank;
  ASSIGN_OR_RETURN(after.village, intake::KeepCode(session, after.village, village));
  after.installed_on = record.installed_on;
  after.removed_on = record.removed_on;
  if (before == after) return Outcome::kUnchanged;
  session.Put(after);
  return before.has_value() ? Outcome::kUpdated : Outcome::kAdded;
}

}  // namespace anju::microcredit
