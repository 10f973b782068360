#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/registry/domain/event.h"

// What happens to households and their members, each with its day: births and deaths, splits and mergers, moves, exits
// from poverty and relapses. Days lie neither in the future nor before the household was registered; what changes who
// lives where cannot be dated before the household's last move.
namespace anju::registry {

// Who records something, and on which day.
struct Act {
  std::string by;
  Date today;
};

// What a member is to the head from the event on.
struct MemberRelation {
  std::string person_no;
  Relation relation = Relation::kUnspecified;

  void Fields(Archive& archive) {
    archive("person_no", person_no);
    archive("relation", relation);
  }
};

// anju.registry.v1.RecordBirthRequest.
struct Birth {
  std::string id;
  std::string person_no;
  std::string name;
  std::string id_number;
  Sex sex = Sex::kUnspecified;
  Date born_on;
  Relation relation = Relation::kUnspecified;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("person_no", person_no);
    archive("name", name);
    archive("id_number", id_number);
    archive("sex", sex);
    archive("born_on", born_on);
    archive("relation", relation);
  }
};

// anju.registry.v1.RecordDeathRequest.
struct Death {
  std::string id;
  std::string person_no;
  Date died_on;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("person_no", person_no);
    archive("died_on", died_on);
  }
};

// anju.registry.v1.SplitHouseholdRequest.
struct Split {
  std::string id;
  Date happened_on;
  std::string household_no;
  // Where the new household lives; empty: where the old one does.
  std::string village;
  std::vector<std::string> person_nos;
  std::string head;
  std::vector<MemberRelation> relations;
  std::string reason;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("happened_on", happened_on);
    archive("household_no", household_no);
    archive("village", village);
    archive("person_nos", person_nos);
    archive("head", head);
    archive("relations", relations);
    archive("reason", reason);
  }
};

// anju.registry.v1.MergeHouseholdsRequest.
struct Merger {
  std::string id;
  std::string into;
  Date happened_on;
  std::vector<MemberRelation> relations;
  std::string reason;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("into", into);
    archive("happened_on", happened_on);
    archive("relations", relations);
    archive("reason", reason);
  }
};

// anju.registry.v1.TransferHouseholdRequest.
struct Move {
  std::string id;
  Date happened_on;
  std::string village;
  std::string reason;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("happened_on", happened_on);
    archive("village", village);
    archive("reason", reason);
  }
};

// anju.registry.v1.ChangeHeadRequest.
struct HeadChange {
  std::string id;
  Date happened_on;
  std::string head;
  std::vector<MemberRelation> relations;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("happened_on", happened_on);
    archive("head", head);
    archive("relations", relations);
  }
};

// anju.registry.v1.TransferMemberRequest.
struct MemberTransfer {
  std::string id;
  std::string person_no;
  std::string into;
  Date happened_on;
  Relation relation = Relation::kUnspecified;
  std::string reason;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("person_no", person_no);
    archive("into", into);
    archive("happened_on", happened_on);
    archive("relation", relation);
    archive("reason", reason);
  }
};

// anju.registry.v1.ExitPovertyRequest, FallBackRequest and DissolveHouseholdRequest.
struct Turn {
  std::string id;
  Date happened_on;
  std::string reason;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("happened_on", happened_on);
    archive("reason", reason);
  }
};

// anju.registry.v1.CorrectIdentificationRequest.
struct Identification {
  std::string id;
  Misjudged misjudged = Misjudged::kUnspecified;
  Date found_on;
  HouseholdClass household_class = HouseholdClass::kUnspecified;
  // From when on it is of that class.
  Date since;
  std::string reason;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("misjudged", misjudged);
    archive("found_on", found_on);
    archive("household_class", household_class);
    archive("since", since);
    archive("reason", reason);
  }
};

// A row of anju.registry.v1.IdentificationFindingRecord.
struct IdentificationRecord {
  std::string household_no;
  Misjudged misjudged = Misjudged::kUnspecified;
  Date found_on;
  HouseholdClass household_class = HouseholdClass::kUnspecified;
  Date since;

  void Fields(Archive& archive) {
    archive("household_no", household_no);
    archive("misjudged", misjudged);
    archive("found_on", found_on);
    archive("household_class", household_class);
    archive("since", since);
  }
};

// anju.registry.v1.CorrectEventRequest.
struct Correction {
  std::string id;
  int32_t number = 0;
  std::string reason;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("number", number);
    archive("reason", reason);
  }
};

// Two households after an event, the one that members leave first.
struct Two {
  Household left;
  Household joined;
};

// All rules are pure. They refuse, before anything else and in this order, with DATE_IN_FUTURE (INVALID_ARGUMENT),
// HOUSEHOLD_ENDED and BEFORE_REGISTRATION (FAILED_PRECONDITION), and then with what is named here. Where members are
// named: PERSON_NOT_FOUND (NOT_FOUND) and NOT_A_MEMBER (they had not joined by that day, or have left).

// PERSON_NO_TAKEN (ALREADY_EXISTS), and as RecordMember does.
absl::StatusOr<Household> Bear(const Household& before, const Birth& birth, Date today);
absl::StatusOr<Household> Die(const Household& before, const Death& death, Date today);
// DATES_REVERSED (before the last move), PERSONS_MISSING, PERSON_TWICE, the members', HEAD_NOT_AMONG, RELATION_UNKNOWN
// (a relation to somebody who does not move, or a second head) and NOBODY_STAYS. The new household is `key` in
// `village`, of the class and the poverty of the old one.
absl::StatusOr<Two> Divide(const Household& before, const Split& split, const std::string& key,
                           const std::string& village, Date today);
// SAME_HOUSEHOLD, of the second household HOUSEHOLD_ENDED and BEFORE_REGISTRATION, DATES_REVERSED, RELATION_UNKNOWN and
// TOO_MANY_MEMBERS. A number that the second household knows already gets `/2`, `/3`, … behind it.
absl::StatusOr<Two> Unite(const Household& before, const Household& into, const Merger& merger, Date today);
// DATES_REVERSED (not after the last move) and VILLAGE_UNCHANGED.
absl::StatusOr<Household> MoveTo(const Household& before, const std::string& village, Date on, Date today);
// DATES_REVERSED (not after the last change of the head), the members', HEAD_UNCHANGED and RELATION_UNKNOWN. Who was
// the head becomes OTHER unless it is said what.
absl::StatusOr<Household> Succeed(const Household& before, const HeadChange& change, Date today);
// SAME_HOUSEHOLD, of the second household HOUSEHOLD_ENDED and BEFORE_REGISTRATION, DATES_REVERSED, the members',
// RELATION_UNKNOWN, LAST_MEMBER (merge the households) and TOO_MANY_MEMBERS.
absl::StatusOr<Two> Transfer(const Household& before, const Household& into, const MemberTransfer& transfer,
                             Date today);
// NOT_REGISTERED_POOR, EXITED_ALREADY, DATES_REVERSED (not after it was poor again).
absl::StatusOr<Household> Exit(const Household& before, Date on, Date today);
// NOT_REGISTERED_POOR, NOT_EXITED, DATES_REVERSED (not after the exit).
absl::StatusOr<Household> FallBack(const Household& before, Date on, Date today);
// REASON_MISSING (INVALID_ARGUMENT), DATES_REVERSED (a member joined later, or it moved later).
absl::StatusOr<Household> Dissolve(const Household& before, const Turn& turn, Date today);
// MISJUDGED_UNSPECIFIED, CLASS_DISAGREES (who was missed is registered poor, who was wrongly identified is not),
// DATES_REVERSED (in force before it was found), and as Reclassify does.
absl::StatusOr<Household> CorrectIdentification(const Household& before, const Identification& identification,
                                                Date today);
// A household as it was before an event that is taken back, or one that the event made and that has never been.
Household TakeBack(const Household& now, const Household& before);

// Use cases: they find the household, ask the rule, and keep the event. Each refuses with HOUSEHOLD_NOT_FOUND
// (NOT_FOUND) first; SplitHousehold also, before its rule, with DIVISION_NOT_FOUND, NOT_A_VILLAGE and
// HOUSEHOLD_NO_TAKEN (ALREADY_EXISTS), TransferHousehold with DIVISION_NOT_FOUND and NOT_A_VILLAGE; all at last with
// TOO_MANY_EVENTS and ID_NUMBER_TAKEN. `may` says whether the caller may change a household in that division.
using May = std::function<absl::Status(absl::string_view division)>;
struct Office {
  roots::Session& session;
  Act act;
  May may;
};
absl::StatusOr<Household> RecordBirth(const Office& office, const Birth& birth);
absl::StatusOr<Household> RecordDeath(const Office& office, const Death& death);
// Answers the new household.
absl::StatusOr<Household> SplitHousehold(const Office& office, const Split& split);
// Answers the household that stays.
absl::StatusOr<Household> MergeHouseholds(const Office& office, const Merger& merger);
absl::StatusOr<Household> TransferHousehold(const Office& office, const Move& move);
absl::StatusOr<Household> ChangeHead(const Office& office, const HeadChange& change);
// Answers the household that is joined.
absl::StatusOr<Household> TransferMember(const Office& office, const MemberTransfer& transfer);
// Refuses with HOUSEHOLD_ENDED before its rule.
absl::StatusOr<Household> ReclassifyHousehold(const Office& office, const std::string& id,
                                              HouseholdClass household_class, Date since);
absl::StatusOr<Household> ExitPoverty(const Office& office, const Turn& turn);
absl::StatusOr<Household> FallBackIntoPoverty(const Office& office, const Turn& turn);
absl::StatusOr<Household> DissolveHousehold(const Office& office, const Turn& turn);
absl::StatusOr<Household> CorrectHouseholdIdentification(const Office& office, const Identification& identification);
// Takes back the last event that stands, in both households when it was about two. Refuses, in this order, with
// HOUSEHOLD_NOT_FOUND, EVENT_NOT_FOUND (NOT_FOUND), REASON_MISSING (INVALID_ARGUMENT), NOT_CORRECTABLE (a correction,
// or a change of divisions), LATER_EVENTS (take those back first; also those of the other household) and
// EVENT_CORRECTED (taken back already).
absl::StatusOr<Household> CorrectEvent(const Office& office, const Correction& correction);

// A row of a file of such findings; the same again changes nothing. Refuses with HOUSEHOLD_NOT_FOUND, and as
// CorrectIdentification does.
absl::StatusOr<roots::Outcome> ImportIdentificationFinding(roots::Session& session, const intake::Batch& batch,
                                                           const IdentificationRecord& record);

}  // namespace anju::registry
