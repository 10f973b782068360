#pragma once

#include <string>
#include <vector>

#include "services/registry/domain/household.h"
#include "services/registry/domain/quality/others.h"

namespace anju::registry {

// What an ID number looks like, the first of these that it is.
enum class IdShape {
  kMissing,
  // The numbers of before 1999.
  kFifteenDigits,
  // Anything else than 17 digits and a digit or X.
  kMalformed,
  kImpossibleBirth,
  kBadChecksum,
  kGood
};

// A member as the rules see them, on a day.
struct PersonView {
  const Member* member = nullptr;
  // Belongs to the household on the day.
  bool present = false;
  IdShape id_shape = IdShape::kMissing;
  // What a good ID number says.
  Identity identity;
  // As recorded, else as the ID number has it.
  std::optional<Date> born_on;
  // In full years; −1 when it is not known.
  int32_t age = -1;
  // What the workshops say; null when they say nothing.
  const feed::WorkFact* work = nullptr;

  bool Aged(int32_t from, int32_t to) const { return age >= from && age <= to; }
  bool CanWork() const { return feed::CanWork(member->labour); }
};

// All that the rules look at: a household, its members and what others say of them, on a day. It refers to the
// household and to what others say, which must outlive it.
struct View {
  View(const Household& household, const Others& others, Date today);
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  const Household& household;
  const Others& others;
  const Date today;
  // All who are or were members; those whose membership was taken back never were.
  std::vector<PersonView> persons;
  // The first head among those present; null when there is none.
  const PersonView* head = nullptr;
  // Of those present.
  int32_t present = 0;
  int32_t labourers = 0;
  HouseholdClass household_class = HouseholdClass::kUnspecified;

  // The class on a day; nothing before the first.
  HouseholdClass ClassOn(Date day) const;
  bool WasEverPoor() const;
  // Registered poor, and not out of poverty.
  bool Poor() const;
  bool OnAllowance() const;
  bool MovedIn() const { return others.relocation.moved_in_on.has_value() && *others.relocation.moved_in_on <= today; }

  template <typename Predicate>
  int32_t Count(Predicate predicate) const {
    int32_t count = 0;
    for (const PersonView& person : persons) count += person.present && predicate(person);
    return count;
  }
  int32_t CountRelation(Relation relation) const {
    return Count([&](const PersonView& person) { return person.member->relation == relation; });
  }
};

// Full years from a birth to a day; negative when it is before the birth.
int32_t YearsBetween(Date born_on, Date day);

// Whether a job goes on on a day.
inline bool GoesOn(const feed::JobFact& job, Date day) {
  return job.since <= day && (!job.until.has_value() || *job.until > day);
}
bool WorksOn(const PersonView& person, Date day);

}  // namespace anju::registry
