#include "services/microcredit/rpc/maturities.h"

#include "services/microcredit/domain/account.h"

namespace anju::microcredit {
namespace {

constexpr int64_t kLookedAtAtOnce = 200;

}  // namespace

absl::StatusOr<int64_t> CountOverdue(roots::Store& store, absl::FunctionRef<bool()> stopped) {
  const Date today = DayInChina(store.clock().Now());
  const roots::Actor actor{.subject = "night", .method = "count overdue loans"};
  int64_t looked_at = 0;
  ASSIGN_OR_RETURN(const std::vector<std::string> provinces, store.Beneath(CreditAccount::kKind, ""));
  for (const std::string& province : provinces) {
    // What was looked at leaves the queue, or waits in it for a later day: what follows is found after it all the same.
    std::string page_token;
    do {
      ASSIGN_OR_RETURN(const roots::RootPage page,
                       store.Queue(kComingDue, province, today, page_token, kLookedAtAtOnce));
      for (const roots::StoredRoot& account : page.roots) {
        if (stopped()) return looked_at;
        RETURN_IF_ERROR(store.Change(actor, [&](roots::Session& session) { return LookAgain(session, account.id); }));
        ++looked_at;
      }
      page_token = page.next_page_token;
    } while (!page_token.empty());
  }
  return looked_at;
}

}  // namespace anju::microcredit
