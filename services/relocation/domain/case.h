#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/platform/approval/item.h"
#include "services/platform/notice/notice.h"
#include "services/platform/policy/policy.h"
#include "services/relocation/domain/site.h"
#include "services/relocation/domain/unit.h"

namespace anju::relocation {

// The link from a site's key to the cases that have it.
inline constexpr absl::string_view kCasesOfSite = "cases_of_site";
// The name by which a case holds the id of its household.
inline constexpr absl::string_view kHouseholdCase = "household_case";
// The name by which a case has the key of its unit.
inline constexpr absl::string_view kAllottedUnit = "allotted_unit";

enum class CaseState : int32_t {
  kUnspecified = 0,
  kDeclared = 1,
  kVerified = 2,
  kApproved = 3,
  kAllotted = 4,
  kMovedIn = 5,
  kWithdrawn = 6,
  kRejected = 7,
  kOldHouseDemolished = 8,
  kReclaimed = 9,
  kTitled = 10
};

enum class CaseVerb : int32_t {
  kUnspecified = 0,
  kDeclare = 1,
  kVerify = 2,
  kApprove = 3,
  kAllot = 4,
  kWithdraw = 5,
  kReject = 6,
  kTakeBack = 7,
  kMoveIn = 8,
  kDemolishOldHouse = 9,
  kReclaimLand = 10,
  kIssueTitle = 11,
  kRevokeVerification = 12,
  kRevokeApproval = 13,
  kMoveOut = 14,
  kRevokeDemolition = 15,
  kRevokeReclamation = 16,
  kRevokeTitle = 17,
  kReopen = 18,
  kConfirmArea = 19
};

enum class MeasureKind : int32_t { kUnspecified = 0, kIndustry = 1, kServices = 2, kSafetyNet = 3, kAssetIncome = 4 };

// What is done for a person after the move 后续扶持.
struct Measure {
  std::string measure_no;
  std::string person_no;
  MeasureKind kind = MeasureKind::kUnspecified;
  Date since;
  std::optional<Date> until;

  void Fields(Archive& archive) {
    archive("measure_no", measure_no);
    archive("person_no", person_no);
    archive("kind", kind);
    archive("since", since);
    archive("until", until);
  }
  friend bool operator==(const Measure&, const Measure&) = default;
};

// The days on which a case took its steps.
struct Steps {
  Date declared_on;
  std::optional<Date> verified_on;
  std::optional<Date> approved_on;
  std::optional<Date> allotted_on;
  std::optional<Date> moved_in_on;
  std::optional<Date> withdrawn_on;
  std::optional<Date> rejected_on;
  std::optional<Date> demolished_on;
  std::optional<Date> reclaimed_on;
  std::optional<Date> titled_on;

  // Withdrawn or rejected.
  std::optional<Date> EndedOn() const { return withdrawn_on.has_value() ? withdrawn_on : rejected_on; }

  void Fields(Archive& archive) {
    archive("declared_on", declared_on);
    archive("verified_on", verified_on);
    archive("approved_on", approved_on);
    archive("allotted_on", allotted_on);
    archive("moved_in_on", moved_in_on);
    archive("withdrawn_on", withdrawn_on);
    archive("rejected_on", rejected_on);
    archive("demolished_on", demolished_on);
    archive("reclaimed_on", reclaimed_on);
    archive("titled_on", titled_on);
  }
  friend bool operator==(const Steps&, const Steps&) = default;
};

// A step that was taken here, by whom and when.
struct CaseMove {
  CaseVerb verb = CaseVerb::kUnspecified;
  std::string by;
  Date on;
  // Of a withdrawal, a rejection, and a step that was taken back.
  std::string reason;

  void Fields(Archive& archive) {
    archive("verb", verb);
    archive("by", by);
    archive("on", on);
    archive("reason", reason);
  }
  friend bool operator==(const CaseMove&, const CaseMove&) = default;
};

// What the household leaves 旧房: one family has one home, and the old one makes room for fields 占新腾旧.
struct OldHouse {
  // The village it stands in; where the household lived when it declared, unless another one was recorded.
  std::string village;
  int64_t area_centi_sqm = 0;
  // The day that the household agreed to; nothing: so long after the move as the policy of its day allows.
  std::optional<Date> agreed_by;
  // By when it has to be gone, once the household has moved in.
  std::optional<Date> demolish_by;
  // What its ground became fields of, once it is reclaimed.
  int64_t reclaimed_centi_mu = 0;

  void Fields(Archive& archive) {
    archive("village", village);
    archive("area_centi_sqm", area_centi_sqm);
    archive("agreed_by", agreed_by);
    archive("demolish_by", demolish_by);
    archive("reclaimed_centi_mu", reclaimed_centi_mu);
  }
  friend bool operator==(const OldHouse&, const OldHouse&) = default;
};

enum class Home : int32_t { kUnspecified = 0, kOld = 1, kNew = 2 };

// What a home used in a month; see two_homes.h.
struct PowerReading {
  Home home = Home::kUnspecified;
  Month month;
  int64_t kwh_milli = 0;
  // By the measure that held when it was recorded.
  bool idle = false;

  void Fields(Archive& archive) {
    archive("home", home);
    archive("month", month);
    archive("kwh_milli", kwh_milli);
    archive("idle", idle);
  }
  friend bool operator==(const PowerReading&, const PowerReading&) = default;
};

// What another record or another service gives the household after the move; see follow_up.h.
struct Support {
  // Which tells all of its own anew each time.
  std::string source;
  Date since;
  std::optional<Date> until;
  bool work = false;

  void Fields(Archive& archive) {
    archive("source", source);
    archive("since", since);
    archive("until", until);
    archive("work", work);
  }
  friend bool operator==(const Support&, const Support&) = default;
};

// That a household may have a unit that has become too large for it; see area.h.
struct AreaConfirmation {
  // Empty when there is none. It is of this unit alone.
  std::string unit_key;
  int64_t excess_centi_sqm = 0;
  std::string reason;
  std::string by;
  std::optional<Date> on;

  void Fields(Archive& archive) {
    archive("unit_key", unit_key);
    archive("excess_centi_sqm", excess_centi_sqm);
    archive("reason", reason);
    archive("by", by);
    archive("on", on);
  }
  friend bool operator==(const AreaConfirmation&, const AreaConfirmation&) = default;
};

// The relocation of one household, from its declaration on.
struct Case {
  static constexpr absl::string_view kKind = "case";
  std::string id;
  // `<division>/<source>/<case_no>`.
  std::string key;
  std::string household_id;
  // Follows from the steps.
  CaseState state = CaseState::kUnspecified;
  Steps steps;
  // Empty until they are allotted.
  std::string site_key;
  std::string unit_key;
  // The place of the ceremony with which it moved in; empty when there was none.
  std::string ceremony;
  std::vector<Measure> measures;
  std::vector<notice::Notice> notices;
  // In the order of their days; see moves.h.
  std::vector<CaseMove> trail;
  // The key of the draw that allotted its unit; empty when none did.
  std::string draw;
  OldHouse old_house;
  // Of the title to the new home; empty until it is issued.
  std::string title_no;
  // How much larger its unit is than the household may have, and since when; see area.h.
  int64_t area_excess_centi_sqm = 0;
  std::optional<Date> area_excess_since;
  AreaConfirmation area_confirmation;
  // Of both homes, in the order of the homes and their months.
  std::vector<PowerReading> power;
  // So many idle months make the new home unused, by the measure that held at the last reading.
  int32_t idle_months = 0;
  std::vector<Support> supports;
  // Copied from its unit, and from the policy of the day on which that was allotted.
  int64_t unit_area_centi_sqm = 0;
  int64_t area_per_person_centi_sqm = 0;
  // Its way to APPROVED, by the flow of its division; the last one counts. None before it was verified here.
  std::vector<approval::Item> approvals;
  // Copied from its site.
  Tier tier = Tier::kUnspecified;
  std::string site_location;
  // It waited for no site, and has the one of its unit for as long as it has the unit.
  bool site_by_unit = false;
  // Copied from the registry.
  feed::HouseholdFact household;
  // By the rules of policy.h; see explain.h.
  std::vector<policy::Decision> decisions;

  // What the contract shows of it.
  void Shown(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("household_id", household_id);
    archive("state", state);
    steps.Fields(archive);
    archive("site_key", site_key);
    archive("unit_key", unit_key);
    archive("ceremony", ceremony);
    archive("measures", measures);
    archive("notices", notices);
    archive("trail", trail);
    archive("draw", draw);
    archive("old_house", old_house);
    archive("title_no", title_no);
    archive("area_excess_centi_sqm", area_excess_centi_sqm);
    archive("area_excess_since", area_excess_since);
    archive("area_confirmation", area_confirmation);
    archive("approvals", approvals);
  }
  void Fields(Archive& archive) {
    Shown(archive);
    archive("power", power);
    archive("idle_months", idle_months);
    archive("supports", supports);
    archive("unit_area_centi_sqm", unit_area_centi_sqm);
    archive("area_per_person_centi_sqm", area_per_person_centi_sqm);
    archive("tier", tier);
    archive("site_location", site_location);
    archive("site_by_unit", site_by_unit);
    archive("household", household);
    archive("decisions", decisions);
  }
  std::string Division() const { return household.Village(); }
  // Whether it goes its way here, by the verbs of moves.h; else its steps come from another system.
  bool KeptHere() const { return !trail.empty() || !notices.empty() || !approvals.empty(); }
  friend bool operator==(const Case&, const Case&) = default;
};

// What it adds to the figures; see indicators.cc. Households and persons count where the registry has them.
tally::Contributions Contributions(const Case& relocation);
// A household has one case, a unit is allotted once, and a title is of one home.
std::vector<roots::Name> Names(const Case& relocation);
std::vector<roots::Name> Links(const Case& relocation);
std::optional<roots::Told> Tell(const Case& relocation);
std::vector<roots::Decision> Decisions(const Case& relocation);
std::vector<roots::Waiting> Waits(const Case& relocation);

// A row of anju.relocation.v1.CaseRecord.
struct CaseRecord {
  std::string case_no;
  std::string household_no;
  Steps steps;
  std::string site_no;
  std::string unit_no;
  std::string title_no;
  std::string old_village;
  int64_t old_area_centi_sqm = 0;
  std::optional<Date> demolish_by;
  int64_t reclaimed_centi_mu = 0;

  void Fields(Archive& archive) {
    archive("case_no", case_no);
    archive("household_no", household_no);
    steps.Fields(archive);
    archive("site_no", site_no);
    archive("unit_no", unit_no);
    archive("title_no", title_no);
    archive("old_village", old_village);
    archive("old_area_centi_sqm", old_area_centi_sqm);
    archive("demolish_by", demolish_by);
    archive("reclaimed_centi_mu", reclaimed_centi_mu);
  }
};

// A row of anju.relocation.v1.MeasureRecord.
struct MeasureRecord {
  std::string household_no;
  Measure measure;

  void Fields(Archive& archive) {
    archive("household_no", household_no);
    measure.Fields(archive);
  }
};

// The state that follows from the steps. Pure. Refuses with STEPS_OUT_OF_ORDER when a step is missing beneath a later
// one or is earlier than the one before it, and when a case ends twice or after a unit was allotted.
absl::StatusOr<CaseState> StateAfter(const Steps& steps);

// What a case becomes when the county records its steps so, before a site or unit is looked at. A row without the day
// of a move that a ceremony brought leaves that move alone, and one without the days after the move leaves those alone
// that were recorded here. Pure. Refuses, in this order, with NOT_REGISTERED_POOR (on the day it declared),
// STEPS_OUT_OF_ORDER, RECLAIMED_AREA_NOT_POSITIVE (or one without the day) and TITLE_NO_MISSING (or one without the
// day).
absl::StatusOr<Case> Record(const std::optional<Case>& before, const CaseRecord& record, const std::string& key,
                            const feed::HouseholdFact& household);

// 以人定房: whether the household of the case may have the unit, by the policy of the day and those who belonged to it
// then. Pure. The reason of a no is UNIT_TOO_LARGE.
policy::Decision JudgeArea(const Case& relocation, const Unit& unit, const policy::Books& books, Date day);

// Gives the unit to the household of the case, and keeps what was decided on its area; the same again is not decided
// anew. `taken`: another case has it. Pure. Refuses, in this order, with UNIT_TAKEN, UNIT_OF_OTHER_SITE,
// HOUSEHOLD_WITHOUT_MEMBERS and UNIT_TOO_LARGE.
absl::StatusOr<Case> Allot(const Case& before, const Unit& unit, bool taken, const policy::Books& books);

// What a case becomes when a measure is recorded so. Pure. Refuses, in this order, with PERSON_NOT_FOUND, NOT_MOVED_IN
// (on the day it began) and DATES_REVERSED.
absl::StatusOr<Case> RecordMeasure(const Case& before, Measure measure, roots::Outcome* outcome);

// Use cases.
// Beside what Record and Allot refuse: DATE_IN_FUTURE of a step that was not taken yet, CASE_KEPT_HERE when it says
// other than a case that goes its way here has (what says nothing new is unchanged), and as CheckNotInDraw does.
absl::StatusOr<roots::Outcome> ImportCase(roots::Session& session, const intake::Batch& batch,
                                          const CaseRecord& record);
absl::StatusOr<roots::Outcome> ImportMeasure(roots::Session& session, const intake::Batch& batch,
                                             const MeasureRecord& record);
// The case of the household that a row names. Refuses with CASE_NOT_FOUND.
absl::StatusOr<Case> FindCaseOf(roots::Session& session, const intake::Batch& batch, const std::string& household_no);
// Refuses with HOUSEHOLD_HAS_CASE when another case than the one with this id is the household's.
absl::Status CheckHasNoOther(roots::Session& session, const std::string& household_id, const std::string& case_id);
// Refuses with TITLE_NO_TAKEN when another case than this one has the title.
absl::Status CheckTitleFree(roots::Session& session, const Case& relocation);
// By when the old house has to be gone of a household that has moved in: the day that it agreed to, or as the policy of
// the day of the move has it. Pure.
policy::Decision JudgeDeadline(const Case& relocation, const policy::Books& books);
// Sets it and keeps what was decided, once: the same again is not decided anew. Nothing before the move. Whoever takes
// that step, or takes it in, does it.
void SetDemolitionDeadline(Case& relocation, const policy::Books& books);
// The case of a household, if it has one.
absl::StatusOr<std::optional<Case>> FindCaseOf(roots::Session& session, const std::string& household_id);
// Whether another case than this one has the unit.
absl::StatusOr<bool> IsTaken(roots::Session& session, const std::string& unit_key, const std::string& case_id);
// The registry tells of a household anew.
absl::Status FollowHousehold(roots::Session& session, const feed::HouseholdFact& household);

}  // namespace anju::relocation
