#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
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

// How a member left, when that was recorded as an event here.
enum class Leaving : int32_t {
  kUnspecified = 0,
  kDeath = 1,
  kSplit = 2,
  kMerge = 3,
  kTransfer = 4,
  kDissolution = 5,
  // The same person stands elsewhere and counts there.
  kDuplicate = 6,
  // The record of the membership was taken back.
  kTakenBack = 7,
};

// How a household ended.
enum class Ending : int32_t { kUnspecified = 0, kMerge = 1, kDissolution = 2, kTakenBack = 3 };

// What was wrong with the identification of a household 错漏户.
enum class Misjudged : int32_t { kUnspecified = 0, kMissed = 1, kWrong = 2 };

// From `since` on, this is what the member is to the head.
struct RelationSince {
  Date since;
  Relation relation = Relation::kUnspecified;

  void Fields(Archive& archive) {
    archive("since", since);
    archive("relation", relation);
  }
  friend bool operator==(const RelationSince&, const RelationSince&) = default;
};

// What somebody attends now.
enum class Schooling : int32_t {
  kUnspecified = 0,
  kNone = 1,
  kPreschool = 2,
  kPrimary = 3,
  kJunior = 4,
  kSenior = 5,
  kCollege = 6
};
enum class Health : int32_t { kUnspecified = 0, kHealthy = 1, kChronic = 2, kSerious = 3, kDisabled = 4 };
// Why a household is poor, mainly 主要致贫原因.
enum class Cause : int32_t {
  kUnspecified = 0,
  kIllness = 1,
  kDisability = 2,
  kSchooling = 3,
  kDisaster = 4,
  kLand = 5,
  kSkills = 6,
  kLabour = 7,
  kFunds = 8,
  kTransport = 9,
  kWill = 10
};

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
  Leaving left_as = Leaving::kUnspecified;
  // In the order of their dates, the first from joining on; empty while it has always been `relation`.
  std::vector<RelationSince> relations;
  // Of one who came from another household: who they are in every household, see PersonId.
  std::string person_id;
  // When the member was first recorded, as MomentOf writes it.
  std::string entered_at;
  Schooling schooling = Schooling::kUnspecified;
  Health health = Health::kUnspecified;

  bool IsMemberOn(Date day) const { return joined_on <= day && (!left_on.has_value() || *left_on > day); }
  Relation RelationOn(Date day) const;

  // What a row of a file says of a member.
  void Columns(Archive& archive) {
    archive("person_no", person_no);
    archive("name", name);
    archive("id_number", id_number);
    archive("sex", sex);
    archive("born_on", born_on);
    archive("relation", relation);
    archive("labour", labour);
    archive("joined_on", joined_on);
    archive("left_on", left_on);
    archive("schooling", schooling);
    archive("health", health);
  }
  void Fields(Archive& archive) {
    Columns(archive);
    archive("left_as", left_as);
    archive("relations", relations);
    archive("person_id", person_id);
    archive("entered_at", entered_at);
  }
  friend bool operator==(const Member&, const Member&) = default;
};

// A household was found to have been missed or wrongly identified when the poor were identified.
struct IdentificationFinding {
  Misjudged misjudged = Misjudged::kUnspecified;
  Date found_on;

  void Fields(Archive& archive) {
    archive("misjudged", misjudged);
    archive("found_on", found_on);
  }
  friend bool operator==(const IdentificationFinding&, const IdentificationFinding&) = default;
};

// A file that gives all its persons one household would otherwise make a record, and a fact, that nobody can carry.
inline constexpr size_t kMostMembers = 100;

// A household and where, as what and with whom it has lived. What happens to it is in events.h.
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
  // When it last left poverty; it stays registered. Nothing: it is poor, for the first time or again.
  std::optional<Date> exited_on;
  std::optional<Date> low_income_since;
  std::optional<Date> low_income_until;
  std::vector<Member> members;
  // The exits before, each with the day on which it was poor again 返贫; in their order.
  std::vector<feed::Relapse> relapses;
  std::vector<IdentificationFinding> identification_findings;
  // From that day on it is no household any more.
  std::optional<Date> ended_on;
  Ending ended_as = Ending::kUnspecified;
  // The household that it was merged into, and the one that it was split from.
  std::string merged_into;
  std::string split_from;
  // When it was first recorded, as MomentOf writes it; empty for one from before events were kept.
  std::string entered_at;
  // How many events are kept of it.
  int32_t events = 0;
  Cause cause = Cause::kUnspecified;
  // Net income per person in a year; 0 when it is not known.
  int64_t income_fen = 0;

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
    archive("relapses", relapses);
    archive("identification_findings", identification_findings);
    archive("ended_on", ended_on);
    archive("ended_as", ended_as);
    archive("merged_into", merged_into);
    archive("split_from", split_from);
    archive("entered_at", entered_at);
    archive("events", events);
    archive("cause", cause);
    archive("income_fen", income_fen);
  }
  std::string Division() const { return residences.back().village; }
  // While it is one.
  tally::Span Life() const { return {.from = registered_on, .until = ended_on}; }
  bool LivesOn(Date day) const { return registered_on <= day && (!ended_on.has_value() || *ended_on > day); }
  // The village and the class of a day; the first ones before the first.
  const std::string& VillageOn(Date day) const;
  HouseholdClass ClassOn(Date day) const;
  // Registered poor and not out of poverty.
  bool PoorOn(Date day) const;
  friend bool operator==(const Household&, const Household&) = default;
};

// When it is poor: registered poor and not out of poverty, within its life. In their order.
std::vector<tally::Span> PoorSpans(const Household& household);
// Who a member is in whatever household: `<id of the household that first recorded them>:<person_no there>`.
std::string PersonId(const Household& household, const Member& member);
// A moment in UTC to the microsecond, so written that texts sort as the moments do.
std::string MomentOf(absl::Time time);

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const Household& household);
// A household is found by its number, by the names and ID numbers of its members, by the months in which anything of
// it changed, and by what its members have in common with others who may be the same persons.
std::vector<roots::Name> Links(const Household& household);
// The kind of the names under which ID numbers are claimed, each by its SHA-256.
inline constexpr absl::string_view kIdNumberName = "id_number";
// An ID number belongs to one present member of one household that has not ended.
std::vector<roots::Name> Names(const Household& household);
std::optional<roots::Told> Tell(const Household& household);
// Its quality is evaluated again when it changes.
inline std::string Mark(const Household& household) { return household.id; }

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
  Cause cause = Cause::kUnspecified;
  int64_t income_fen = 0;

  void Fields(Archive& archive) {
    archive("household_no", household_no);
    archive("village", village);
    archive("household_class", household_class);
    archive("registered_on", registered_on);
    archive("exited_on", exited_on);
    archive("low_income_since", low_income_since);
    archive("low_income_until", low_income_until);
    archive("resident_since", resident_since);
    archive("cause", cause);
    archive("income_fen", income_fen);
  }
};

// A row of anju.registry.v1.PersonRecord.
struct PersonRecord {
  std::string household_no;
  Member member;

  void Fields(Archive& archive) {
    archive("household_no", household_no);
    member.Columns(archive);
  }
};

// What a household becomes when the county records it so. A residence or a classification that never changed is
// corrected; where it did, the history stays, and so do exits before a relapse: a row that says what was at first or is
// now changes nothing of it, and one with a day of its own is a move. Pure. Refuses, in this order, with
// DATES_REVERSED, CLASS_KEPT_HERE (another class than it was at first or is now, or another day), RESIDENCE_KEPT_HERE
// (the same for the village, where the row gives no day for it; on the day of an earlier move; or a registration after
// the first move) and EXIT_KEPT_HERE (the household was poor again, and this exit is not one of those that are known).
absl::StatusOr<Household> Record(const std::optional<Household>& before, const HouseholdRecord& record,
                                 const std::string& key, const std::string& village);

// What a household becomes when a member is recorded so; how a member left, and what they became to the head by an
// event, stays. Pure. Refuses, in this order, with DATES_REVERSED, ID_NUMBER_MALFORMED, ID_NUMBER_CHECKSUM,
// BIRTH_DISAGREES, SEX_DISAGREES, TOO_MANY_MEMBERS and HOUSEHOLD_ENDED.
absl::StatusOr<Household> RecordMember(const Household& before, Member member, roots::Outcome* outcome);

// Puts the household into another class from `since` on. Pure. Refuses, in this order, with CLASS_UNSPECIFIED,
// DATES_REVERSED (before the last classification) and CLASS_UNCHANGED.
absl::StatusOr<Household> Reclassify(const Household& before, HouseholdClass household_class, Date since);

// Refuses with ID_NUMBER_TAKEN when a present member of `after` who was none `before` has the ID number of another
// present member, of whatever household.
absl::Status CheckIdNumbers(roots::Session& session, const std::optional<Household>& before, const Household& after);

// Use cases. What changes in a household that is known already is kept as an event RECORDED by the sending system.
absl::StatusOr<roots::Outcome> ImportHousehold(roots::Session& session, const intake::Batch& batch,
                                               const HouseholdRecord& record);
absl::StatusOr<roots::Outcome> ImportPerson(roots::Session& session, const intake::Batch& batch,
                                            const PersonRecord& record);

}  // namespace anju::registry
