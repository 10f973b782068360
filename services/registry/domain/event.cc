#include "services/registry/domain/event.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"

namespace anju::registry {

using enum absl::StatusCode;

tally::Contributions Contributions(const HouseholdEvent&) { return {}; }

std::string EventKey(absl::string_view household_id, int32_t number) { return absl::StrCat(household_id, "/", number); }

absl::Status KeepEvent(roots::Session& session, const std::optional<Household>& before, Household& after,
                       HouseholdEvent event) {
  after.events = (before.has_value() ? before->events : 0) + 1;
  if (after.events > kMostEvents) {
    return Refuse(kFailedPrecondition, "TOO_MANY_EVENTS",
                  absl::StrCat("a household has at most ", kMostEvents, " events"));
  }
  if (!before.has_value()) after.entered_at = MomentOf(session.now());
  RETURN_IF_ERROR(CheckIdNumbers(session, before, after));
  // A new household has its id from here on.
  session.Put(after);
  event.household_id = after.id;
  event.number = after.events;
  event.key = EventKey(after.id, event.number);
  event.entered_at = MomentOf(session.now());
  event.village = after.Division();
  if (before.has_value()) event.before = *before;
  session.Put(event);
  return absl::OkStatus();
}

absl::Status KeepRecorded(roots::Session& session, const intake::Batch& batch, const Household& before,
                          Household& after) {
  return KeepEvent(session, before, after,
                   {.kind = EventKind::kRecorded, .happened_on = DayInChina(session.now()), .by = batch.source});
}

FindEvent EventsOf(roots::Session& session, const std::string& household_id) {
  return [&session, household_id](int32_t number) -> absl::StatusOr<HouseholdEvent> {
    ASSIGN_OR_RETURN(std::optional<HouseholdEvent> event, session.Find<HouseholdEvent>(EventKey(household_id, number)));
    if (!event.has_value()) return absl::InternalError("an event of a household is missing");
    return *std::move(event);
  };
}

absl::StatusOr<int32_t> LastStanding(int32_t events, const FindEvent& find) {
  std::set<int32_t> taken_back;
  for (int32_t number = events; number > 0; --number) {
    if (taken_back.contains(number)) continue;
    ASSIGN_OR_RETURN(const HouseholdEvent event, find(number));
    if (event.kind != EventKind::kCorrection) return number;
    taken_back.insert(event.corrects);
  }
  return 0;
}

}  // namespace anju::registry
