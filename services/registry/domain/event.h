#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "services/platform/intake/batch.h"
#include "services/registry/domain/household.h"

// What happened to a household, in the order in which it was recorded. Events are added and never changed: a mistake is
// taken back by an event of its own.
namespace anju::registry {

enum class EventKind : int32_t {
  kUnspecified = 0,
  // A county's file changed what was known.
  kRecorded = 1,
  kBirth = 2,
  kDeath = 3,
  kSplit = 4,
  kMerge = 5,
  kMove = 6,
  kHeadChange = 7,
  kMemberTransfer = 8,
  kReclassification = 9,
  kExit = 10,
  kFallBack = 11,
  kDissolution = 12,
  // The household was found to have been missed or wrongly identified 错漏户.
  kIdentification = 13,
  // An earlier event is taken back.
  kCorrection = 14,
  kDuplicate = 15,
  kDivisionChange = 16,
};

// No household has more.
inline constexpr int32_t kMostEvents = 1000;

struct HouseholdEvent {
  static constexpr absl::string_view kKind = "household_event";
  std::string id;
  // `<id of the household>/<number>`.
  std::string key;
  std::string household_id;
  // From 1, without gaps.
  int32_t number = 0;
  EventKind kind = EventKind::kUnspecified;
  // When it happened, and when it was recorded here.
  Date happened_on;
  std::string entered_at;
  // Who recorded it: a subject, or the sending system of a file.
  std::string by;
  std::string reason;
  // Members of this household whom it is about.
  std::vector<std::string> person_nos;
  // The other household of a split, a merger, a transfer or a duplicate, and the number of the event there.
  std::string other_household;
  int32_t other_number = 0;
  // Of a correction: which event it takes back.
  int32_t corrects = 0;
  // Where the household was when it was recorded.
  std::string village;
  // What was known before; not shown. A household that the event made has no residences in it.
  Household before;

  void Shown(Archive& archive) {
    archive("id", id);
    archive("household_id", household_id);
    archive("number", number);
    archive("kind", kind);
    archive("happened_on", happened_on);
    archive("entered_at", entered_at);
    archive("by", by);
    archive("reason", reason);
    archive("person_nos", person_nos);
    archive("other_household", other_household);
    archive("other_number", other_number);
    archive("corrects", corrects);
    archive("village", village);
  }
  void Fields(Archive& archive) {
    Shown(archive);
    archive("key", key);
    archive("before", before);
  }
  std::string Division() const { return village; }
};

// Events count nothing: what a household is counts.
tally::Contributions Contributions(const HouseholdEvent& event);

std::string EventKey(absl::string_view household_id, int32_t number);

// Puts the household as it is `after` the event, which gets its number, time and place. `before` is nothing for a
// household that the event makes. Refuses with TOO_MANY_EVENTS, and as CheckIdNumbers does; of two households, the one
// that members leave is kept first.
absl::Status KeepEvent(roots::Session& session, const std::optional<Household>& before, Household& after,
                       HouseholdEvent event);
// The same for what a file changed.
absl::Status KeepRecorded(roots::Session& session, const intake::Batch& batch, const Household& before,
                          Household& after);

// One event; INTERNAL when there is none of that number. A session knows how to find one.
using FindEvent = std::function<absl::StatusOr<HouseholdEvent>(int32_t number)>;
FindEvent EventsOf(roots::Session& session, const std::string& household_id);

// The number of the last event that has not been taken back and is no correction; 0 when there is none.
absl::StatusOr<int32_t> LastStanding(int32_t events, const FindEvent& find);

}  // namespace anju::registry
