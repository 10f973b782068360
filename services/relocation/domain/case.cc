#include "services/relocation/domain/case.h"

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/relocation/domain/draw.h"
#include "services/relocation/domain/policy.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using feed::HouseholdFact;
using roots::Outcome;

constexpr absl::string_view kHouseholdCase = "household_case";
constexpr absl::string_view kAllottedUnit = "allotted_unit";
constexpr absl::string_view kHousehold = "household";

absl::Status OutOfOrder(absl::string_view sentence, absl::string_view field) {
  return Refuse(kFailedPrecondition, "STEPS_OUT_OF_ORDER", sentence, field);
}

// Refuses, in this order, with HOUSEHOLD_HAS_CASE and CASE_OF_OTHER_HOUSEHOLD.
absl::Status CheckOwner(roots::Session& session, const std::optional<Case>& before, const HouseholdFact& household) {
  RETURN_IF_ERROR(CheckHasNoOther(session, household.id, before.has_value() ? before->id : ""));
  if (before.has_value() && before->household_id != household.id) {
    return Refuse(kFailedPrecondition, "CASE_OF_OTHER_HOUSEHOLD",
                  "this number is of another household's case: give each household a number of its own", "case_no");
  }
  return absl::OkStatus();
}

// Finds the site and the unit that a case names and gives them to it. Refuses, in this order, with SITE_NOT_FOUND,
// UNIT_NOT_FOUND, and as Allot does.
absl::StatusOr<Case> House(roots::Session& session, const intake::Batch& batch, const CaseRecord& record, Case to) {
  const bool allotted = to.steps.allotted_on.has_value();
  to.site_key.clear();
  to.unit_key.clear();
  to.tier = Tier::kUnspecified;
  to.site_location.clear();
  if (record.site_no.empty() && !allotted) return to;
  ASSIGN_OR_RETURN(const std::optional<Site> site, session.Find<Site>(batch.Key(record.site_no)));
  if (!site.has_value()) {
    return Refuse(kNotFound, "SITE_NOT_FOUND", "name a site that was imported before", "site_no");
  }
  to.site_key = site->key;
  to.tier = site->tier;
  to.site_location = site->location;
  if (!allotted) return to;
  const std::string unit_key = batch.Key(record.unit_no);
  ASSIGN_OR_RETURN(const std::optional<Unit> unit, session.Find<Unit>(unit_key));
  if (!unit.has_value()) {
    return Refuse(kNotFound, "UNIT_NOT_FOUND", "name a unit that was imported before", "unit_no");
  }
  ASSIGN_OR_RETURN(const bool taken, IsTaken(session, unit_key, to.id));
  return Allot(to, *unit, taken);
}

}  // namespace

std::vector<roots::Name> Names(const Case& relocation) {
  std::vector<roots::Name> names = {{.kind = std::string(kHouseholdCase), .name = relocation.household_id}};
  if (!relocation.unit_key.empty()) {
    names.push_back({.kind = std::string(kAllottedUnit), .name = relocation.unit_key});
  }
  return names;
}

std::vector<roots::Name> Links(const Case& relocation) {
  std::vector<roots::Name> links = {{.kind = std::string(kHousehold), .name = relocation.household_id}};
  if (!relocation.site_key.empty()) links.push_back({.kind = std::string(kCasesOfSite), .name = relocation.site_key});
  return links;
}

std::optional<roots::Told> Tell(const Case& relocation) {
  // Told without a date too, so that a move that was recorded by mistake can be taken back.
  return roots::Told{.topic = feed::RelocationFact::kTopic,
                     .key = relocation.household_id,
                     .body = roots::ToJson(feed::RelocationFact{.household_id = relocation.household_id,
                                                                .moved_in_on = relocation.steps.moved_in_on})};
}

absl::StatusOr<CaseState> StateAfter(const Steps& steps) {
  struct Step {
    absl::string_view field;
    std::optional<Date> day;
    CaseState state;
  };
  const Step taken[] = {{"declared_on", steps.declared_on, CaseState::kDeclared},
                        {"verified_on", steps.verified_on, CaseState::kVerified},
                        {"approved_on", steps.approved_on, CaseState::kApproved},
                        {"allotted_on", steps.allotted_on, CaseState::kAllotted},
                        {"moved_in_on", steps.moved_in_on, CaseState::kMovedIn}};
  const Step* last = &taken[0];
  for (const Step& step : taken) {
    if (!step.day.has_value() || &step == last) continue;
    if (&step != last + 1) {
      return OutOfOrder(absl::StrCat("give ", (last + 1)->field, " too: each step needs the one before it"),
                        (last + 1)->field);
    }
    if (*step.day < *last->day) {
      return OutOfOrder(absl::StrCat("this step is before ", last->field, ", ", Format(*last->day)), step.field);
    }
    last = &step;
  }
  const std::optional<Date> ended_on = steps.EndedOn();
  if (!ended_on.has_value()) return last->state;
  const bool withdrawn = steps.withdrawn_on.has_value();
  const absl::string_view field = withdrawn ? "withdrawn_on" : "rejected_on";
  if (withdrawn && steps.rejected_on.has_value()) {
    return OutOfOrder("a case is either withdrawn or rejected, not both", "rejected_on");
  }
  if (last->state >= CaseState::kAllotted) {
    return OutOfOrder("a case may end so only before a unit is allotted", field);
  }
  if (*ended_on < *last->day) {
    return OutOfOrder(absl::StrCat("this is before ", last->field, ", ", Format(*last->day)), field);
  }
  return withdrawn ? CaseState::kWithdrawn : CaseState::kRejected;
}

absl::StatusOr<Case> Record(const std::optional<Case>& before, const CaseRecord& record, const std::string& key,
                            const HouseholdFact& household) {
  if (!household.RegisteredPoorOn(record.steps.declared_on)) {
    return Refuse(kFailedPrecondition, "NOT_REGISTERED_POOR",
                  "the household was not registered as poor on the day it declared", "declared_on");
  }
  Case after = before.value_or(Case{.key = key});
  after.household_id = household.id;
  after.household = household;
  after.steps = record.steps;
  if (before.has_value() && after.steps.moved_in_on != before->steps.moved_in_on) {
    if (!before->ceremony.empty() && !record.steps.moved_in_on.has_value()) {
      after.steps.moved_in_on = before->steps.moved_in_on;
    } else {
      after.ceremony.clear();
    }
  }
  ASSIGN_OR_RETURN(after.state, StateAfter(after.steps));
  if (!record.unit_no.empty() && !after.steps.allotted_on.has_value()) {
    return OutOfOrder("give the day on which the unit was allotted, or leave the unit empty", "allotted_on");
  }
  return after;
}

absl::StatusOr<Case> Allot(const Case& before, const Unit& unit, bool taken) {
  if (taken) return Refuse(kAlreadyExists, "UNIT_TAKEN", "the unit is allotted to another household", "unit_no");
  if (unit.site_key != before.site_key) {
    return Refuse(kFailedPrecondition, "UNIT_OF_OTHER_SITE", "the unit stands at another site than the case names",
                  "unit_no");
  }
  ANJU_CHECK(before.steps.allotted_on.has_value());
  const Date day = *before.steps.allotted_on;
  const int64_t persons = before.household.PersonsOn(day);
  const int64_t most = PolicyOn(day).area_per_person_centi_sqm * persons;
  if (unit.area_centi_sqm > most) {
    return Refuse(kFailedPrecondition, "UNIT_TOO_LARGE",
                  absl::StrCat("the household had ", persons, " members on that day and may have ", most,
                               " hundredths of a square metre, the unit has ", unit.area_centi_sqm),
                  "unit_no");
  }
  Case after = before;
  after.unit_key = unit.key;
  return after;
}

absl::StatusOr<Case> RecordMeasure(const Case& before, Measure measure, Outcome* outcome) {
  if (before.household.FindPerson(measure.person_no) == nullptr) {
    return Refuse(kNotFound, "PERSON_NOT_FOUND",
                  "the registry has no such person in this household: import the persons first", "person_no");
  }
  if (!before.steps.moved_in_on.has_value() || measure.since < *before.steps.moved_in_on) {
    return Refuse(kFailedPrecondition, "NOT_MOVED_IN", "the household had not moved in when the measure began",
                  "since");
  }
  RETURN_IF_ERROR(intake::InOrder(measure.since, measure.until, "until"));
  Case after = before;
  *outcome = roots::Keep(after.measures, std::move(measure), &Measure::measure_no);
  return after;
}

absl::StatusOr<Outcome> ImportCase(roots::Session& session, const intake::Batch& batch, const CaseRecord& record) {
  ASSIGN_OR_RETURN(const HouseholdFact household, intake::FindHousehold(session, batch, record.household_no));
  const std::string key = batch.Key(record.case_no);
  ASSIGN_OR_RETURN(const std::optional<Case> before, session.Find<Case>(key));
  RETURN_IF_ERROR(CheckOwner(session, before, household));
  ASSIGN_OR_RETURN(Case recorded, Record(before, record, key, household));
  ASSIGN_OR_RETURN(Case after, House(session, batch, record, std::move(recorded)));
  if (before == after) return Outcome::kUnchanged;
  if (before.has_value() && before->KeptHere() &&
      (before->steps != after.steps || before->site_key != after.site_key || before->unit_key != after.unit_key)) {
    return Refuse(kFailedPrecondition, "CASE_KEPT_HERE",
                  "this case goes its way here, through its notices: take its next step here too", "case_no");
  }
  if (!after.unit_key.empty() && (!before.has_value() || before->unit_key != after.unit_key)) {
    RETURN_IF_ERROR(CheckNotInDraw(session, key, after.unit_key));
  }
  session.Put(after);
  return before.has_value() ? Outcome::kUpdated : Outcome::kAdded;
}

absl::StatusOr<Outcome> ImportMeasure(roots::Session& session, const intake::Batch& batch,
                                      const MeasureRecord& record) {
  ASSIGN_OR_RETURN(const std::optional<HouseholdFact> household,
                   session.FindFact<HouseholdFact>(batch.HouseholdKey(record.household_no)));
  std::optional<Case> before;
  if (household.has_value()) {
    ASSIGN_OR_RETURN(before, session.FindNamed<Case>(kHouseholdCase, household->id));
  }
  if (!before.has_value()) {
    return Refuse(kNotFound, "CASE_NOT_FOUND", "the household has no relocation case: import the cases first",
                  "household_no");
  }
  Outcome outcome = Outcome::kUnchanged;
  ASSIGN_OR_RETURN(Case after, RecordMeasure(*before, record.measure, &outcome));
  if (outcome == Outcome::kUnchanged) return outcome;
  session.Put(after);
  return outcome;
}

absl::Status CheckHasNoOther(roots::Session& session, const std::string& household_id, const std::string& case_id) {
  ASSIGN_OR_RETURN(const std::string holder, session.HolderOf(kHouseholdCase, household_id));
  if (holder.empty() || holder == case_id) return absl::OkStatus();
  return Refuse(kAlreadyExists, "HOUSEHOLD_HAS_CASE", "the household has a case with another number", "household_no");
}

absl::StatusOr<bool> IsTaken(roots::Session& session, const std::string& unit_key, const std::string& case_id) {
  ASSIGN_OR_RETURN(const std::string holder, session.HolderOf(kAllottedUnit, unit_key));
  return !holder.empty() && holder != case_id;
}

absl::Status FollowHousehold(roots::Session& session, const HouseholdFact& household) {
  return session.AdjustLinked<Case>(kHousehold, household.id, [&](Case& root) { root.household = household; });
}

}  // namespace anju::relocation
