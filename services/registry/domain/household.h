#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/platform/feed/facts.h"
#include "services/platform/intake/batch.h"
#include "services/platform/roots/session.h"
#include "services/registry/domain/identity_number.h"

namespace anju::registry {

using feed::Classification;
using feed::HouseholdClass;
using feed::Labour;
using feed::Residence;

enum class Relation : int32_t { kUnspecified = 0, kHead = 1, kSpouse = 2, kChild = 3, kParent = 4, kOther = 5 };

// A person as long as they belong to a household.
struct Member {
  std::string person_no;
  std::string name;
  // Empty when it is not known.
  std::string id_number;
  Sex sex = Sex::kUnspecified;
  std::optional<Date> born_on;
  Relation relation = Relation::kUnspecified;
  Labour labour = Labour::kUnspecified;
  Date joined_on;
  std::optional<Date> left_on;

  void Fields(Archive& archive) {
    archive("person_no", person_no);
    archive("name", name);
    archive("id_number", id_number);
    archive("sex", sex);
    archive("born_on", born_on);
    archive("relation", relation);
    archive("labour", labour);
    archive("joined_on", joined_on);
    archive("left_on", left_on);
  }
  friend bool operator==(const Member&, const Member&) = default;
};

// A household and where, as what and with whom it has lived.
// A file that gives all its persons one household would otherwise make a record, and a fact, that nobody can carry.
inline constexpr size_t kMostMembers = 100;

struct Household {
  static constexpr absl::string_view kKind = "household";
  std::string id;
  // `<division>/<source>/<household_no>`.
  std::string key;
  // In the order of their dates; the first is from the registration.
  std::vector<Residence> residences;
  // In the order of their dates; the first is from the registration.
  std::vector<Classification> classifications;
  Date registered_on;
  // When it left poverty; it stays registered.
  std::optional<Date> exited_on;
  std::optional<Date> low_income_since;
  std::optional<Date> low_income_until;
  std::vector<Member> members;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("residences", residences);
    archive("classifications", classifications);
    archive("registered_on", registered_on);
    archive("exited_on", exited_on);
    archive("low_income_since", low_income_since);
    archive("low_income_until", low_income_until);
    archive("members", members);
  }
  std::string Division() const { return residences.back().village; }
  friend bool operator==(const Household&, const Household&) = default;
};

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const Household& household);
// A household is found by its number, and by the names and ID numbers of its members.
std::vector<roots::Name> Links(const Household& household);
// An ID number belongs to one present member of one household.
std::vector<roots::Name> Names(const Household& household);
std::optional<roots::Told> Tell(const Household& household);

// A row of anju.registry.v1.HouseholdRecord.
struct HouseholdRecord {
  std::string household_no;
  std::string village;
  HouseholdClass household_class = HouseholdClass::kUnspecified;
  Date registered_on;
  std::optional<Date> exited_on;
  std::optional<Date> low_income_since;
  std::optional<Date> low_income_until;
  std::optional<Date> resident_since;

  void Fields(Archive& archive) {
    archive("household_no", household_no);
    archive("village", village);
    archive("household_class", household_class);
    archive("registered_on", registered_on);
    archive("exited_on", exited_on);
    archive("low_income_since", low_income_since);
    archive("low_income_until", low_income_until);
    archive("resident_since", resident_since);
  }
};

// A row of anju.registry.v1.PersonRecord.
struct PersonRecord {
  std::string household_no;
  Member member;

  void Fields(Archive& archive) {
    archive("household_no", household_no);
    member.Fields(archive);
  }
};

// What a household becomes when the county records it so. Later residences and classifications are events of their own
// and stay. Pure. Refuses with DATES_REVERSED.
absl::StatusOr<Household> Record(const std::optional<Household>& before, const HouseholdRecord& record,
                                 const std::string& key, const std::string& village);

// What a household becomes when a member is recorded so. Pure. Refuses, in this order, with DATES_REVERSED,
// ID_NUMBER_MALFORMED, ID_NUMBER_CHECKSUM, BIRTH_DISAGREES, SEX_DISAGREES and TOO_MANY_MEMBERS.
absl::StatusOr<Household> RecordMember(const Household& before, Member member, roots::Outcome* outcome);

// Puts the household into another class from `since` on. Pure. Refuses, in this order, with CLASS_UNSPECIFIED,
// DATES_REVERSED (before the last classification) and CLASS_UNCHANGED.
absl::StatusOr<Household> Reclassify(const Household& before, HouseholdClass household_class, Date since);

// Use cases.
absl::StatusOr<roots::Outcome> ImportHousehold(roots::Session& session, const intake::Batch& batch,
                                               const HouseholdRecord& record);
absl::StatusOr<roots::Outcome> ImportPerson(roots::Session& session, const intake::Batch& batch,
                                            const PersonRecord& record);

}  // namespace anju::registry
