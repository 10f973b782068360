#include "services/registry/domain/person.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/platform/base/error.h"
#include "services/registry/domain/event.h"

namespace anju::registry {
namespace {

// A household, and the person's number there.
using Place = std::pair<std::string, std::string>;

// A number that is taken where its person goes gets `/2`, `/3`, … behind it.
bool MayBeOne(absl::string_view a, absl::string_view b) {
  return a == b || absl::StartsWith(a, absl::StrCat(b, "/")) || absl::StartsWith(b, absl::StrCat(a, "/"));
}

template <typename Value>
bool Holds(const std::vector<Value>& values, const Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

// From where the person came to this household, and to where they went.
absl::StatusOr<std::vector<Place>> Beside(roots::Session& session, const Place& place) {
  std::vector<Place> beside;
  ASSIGN_OR_RETURN(const std::optional<Household> household, session.Get<Household>(place.first));
  if (!household.has_value()) return beside;
  const FindEvent find = EventsOf(session, household->id);
  for (int32_t number = 1; number <= household->events; ++number) {
    ASSIGN_OR_RETURN(const HouseholdEvent event, find(number));
    if (event.other_household.empty() || !Holds(event.person_nos, place.second)) continue;
    ASSIGN_OR_RETURN(const HouseholdEvent twin, EventsOf(session, event.other_household)(event.other_number));
    const bool one = event.person_nos.size() == 1 && twin.person_nos.size() == 1;
    for (const std::string& there : twin.person_nos) {
      if (one || MayBeOne(place.second, there)) beside.emplace_back(event.other_household, there);
    }
  }
  return beside;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> HouseholdsOf(roots::Session& session, absl::string_view person_id) {
  std::vector<Place> places = {absl::StrSplit(person_id, absl::MaxSplits(':', 1))};
  std::vector<std::string> households;
  // Grows as it is gone through.
  for (size_t i = 0; i < places.size() && households.size() < kMostHouseholds; ++i) {
    if (!Holds(households, places[i].first)) households.push_back(places[i].first);
    ASSIGN_OR_RETURN(const std::vector<Place> beside, Beside(session, places[i]));
    for (const Place& place : beside) {
      if (!Holds(places, place)) places.push_back(place);
    }
  }
  return households;
}

}  // namespace anju::registry
