#include "services/registry/domain/quality/view.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "services/platform/base/error.h"

namespace anju::registry {
namespace {

bool AllDigits(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
}

IdShape ShapeOf(absl::string_view id_number, Identity& identity) {
  if (id_number.empty()) return IdShape::kMissing;
  if (id_number.size() == 15 && AllDigits(id_number)) return IdShape::kFifteenDigits;
  if (id_number.size() != 18 || !AllDigits(id_number.substr(0, 17)) ||
      (id_number[17] != 'X' && !absl::ascii_isdigit(id_number[17]))) {
    return IdShape::kMalformed;
  }
  absl::StatusOr<Identity> read = ReadIdNumber(id_number);
  if (!read.ok()) {
    // What is left of a malformed number is its birth date.
    return ReasonOf(read.status()) == "ID_NUMBER_MALFORMED" ? IdShape::kImpossibleBirth : IdShape::kBadChecksum;
  }
  identity = *read;
  return IdShape::kGood;
}

PersonView ViewOf(const Member& member, const Others& others, Date today) {
  PersonView person{.member = &member,
                    .present = member.joined_on <= today && (!member.left_on.has_value() || *member.left_on > today)};
  person.id_shape = ShapeOf(member.id_number, person.identity);
  person.born_on = member.born_on;
  if (!person.born_on.has_value() && person.id_shape == IdShape::kGood) person.born_on = person.identity.born_on;
  if (person.born_on.has_value()) person.age = std::max(-1, YearsBetween(*person.born_on, today));
  for (const feed::WorkFact& work : others.works) {
    if (work.person_no == member.person_no) person.work = &work;
  }
  return person;
}

}  // namespace

View::View(const Household& household, const Others& others, Date today)
    : household(household), others(others), today(today) {
  persons.reserve(household.members.size());
  for (const Member& member : household.members) {
    if (member.left_as == Leaving::kTakenBack || member.left_as == Leaving::kDuplicate) continue;
    persons.push_back(ViewOf(member, others, today));
  }
  for (const PersonView& person : persons) {
    if (!person.present) continue;
    ++present;
    labourers += person.CanWork();
    if (head == nullptr && person.member->relation == Relation::kHead) head = &person;
  }
  household_class = ClassOn(today);
}

HouseholdClass View::ClassOn(Date day) const {
  HouseholdClass found = HouseholdClass::kUnspecified;
  for (const Classification& classification : household.classifications) {
    if (classification.since <= day) found = classification.household_class;
  }
  return found;
}

bool View::WasEverPoor() const {
  return std::any_of(household.classifications.begin(), household.classifications.end(),
                     [](const Classification& c) { return c.household_class == HouseholdClass::kRegisteredPoor; });
}

bool View::Poor() const {
  return household_class == HouseholdClass::kRegisteredPoor &&
         (!household.exited_on.has_value() || *household.exited_on > today);
}

bool View::OnAllowance() const {
  return household.low_income_since.has_value() && *household.low_income_since <= today &&
         (!household.low_income_until.has_value() || *household.low_income_until > today);
}

int32_t YearsBetween(Date born_on, Date day) {
  const int32_t years = static_cast<int32_t>(day.year() - born_on.year());
  const bool before_birthday =
      day.month() < born_on.month() || (day.month() == born_on.month() && day.day() < born_on.day());
  return years - (before_birthday ? 1 : 0);
}

bool WorksOn(const PersonView& person, Date day) {
  return person.work != nullptr && std::any_of(person.work->jobs.begin(), person.work->jobs.end(),
                                               [&](const feed::JobFact& job) { return GoesOn(job, day); });
}

}  // namespace anju::registry
