#include "services/platform/feed/facts.h"

#include <algorithm>

namespace anju::feed {

std::vector<tally::Place> HouseholdFact::Places() const {
  std::vector<tally::Place> places;
  for (const Residence& residence : residences) {
    places.push_back({.since = residence.since, .division = residence.village});
  }
  return places;
}

HouseholdClass HouseholdFact::ClassOn(Date day) const {
  HouseholdClass found = classifications.empty() ? HouseholdClass::kUnspecified : classifications[0].household_class;
  for (const Classification& classification : classifications) {
    if (classification.since <= day) found = classification.household_class;
  }
  return found;
}

bool HouseholdFact::RegisteredPoorOn(Date day) const {
  return registered_on <= day && (!ended_on.has_value() || *ended_on > day) &&
         ClassOn(day) == HouseholdClass::kRegisteredPoor;
}

const PersonFact* HouseholdFact::FindPerson(absl::string_view person_no) const {
  auto found = std::find_if(persons.begin(), persons.end(),
                            [&](const PersonFact& person) { return person.person_no == person_no; });
  return found == persons.end() ? nullptr : &*found;
}

int64_t HouseholdFact::PersonsOn(Date day) const {
  return std::count_if(persons.begin(), persons.end(), [&](const PersonFact& person) {
    return person.joined_on <= day && (!person.left_on.has_value() || *person.left_on > day);
  });
}

}  // namespace anju::feed
