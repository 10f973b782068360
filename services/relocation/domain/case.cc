#include "services/relocation/domain/case.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/platform/base/error.h"
#include "services/platform/roots/queue.h"
#include "services/relocation/domain/area.h"
#include "services/relocation/domain/draw.h"
#include "services/relocation/domain/follow_up.h"
#include "services/relocation/domain/homes.h"
#include "services/relocation/domain/policy.h"
#include "services/relocation/domain/two_homes.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using feed::HouseholdFact;
using roots::Outcome;

constexpr absl::string_view kHousehold = "household";
constexpr absl::string_view kTitle = "title";

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

// The steps after the move that were taken here, where the row is silent about them.
void KeepLaterSteps(const Case& before, const CaseRecord& record, Case& after) {
  if (!before.KeptHere() || before.steps.moved_in_on != after.steps.moved_in_on) return;
  for (std::optional<Date> Steps::*step : {&Steps::demolished_on, &Steps::reclaimed_on, &Steps::titled_on}) {
    if (!(record.steps.*step).has_value()) after.steps.*step = before.steps.*step;
  }
  if (!record.steps.reclaimed_on.has_value()) after.old_house.reclaimed_centi_mu = before.old_house.reclaimed_centi_mu;
  if (!record.steps.titled_on.has_value()) after.title_no = before.title_no;
}

// What the row says of the old house and the title. A row that says nothing of the house leaves it as it is known.
void TakeHomes(const CaseRecord& record, Case& after) {
  OldHouse& house = after.old_house;
  if (!record.old_village.empty()) house.village = record.old_village;
  if (record.old_area_centi_sqm > 0) house.area_centi_sqm = record.old_area_centi_sqm;
  if (record.demolish_by.has_value()) house.agreed_by = record.demolish_by;
  if (house.village.empty() && !after.household.residences.empty()) {
    house.village = tally::PlaceOn(after.household.Places(), after.steps.declared_on);
  }
  house.reclaimed_centi_mu = record.reclaimed_centi_mu;
  after.title_no = record.title_no;
}

absl::Status CheckHomes(const Case& relocation) {
  if (relocation.steps.reclaimed_on.has_value() != (relocation.old_house.reclaimed_centi_mu > 0)) {
    return Refuse(kInvalidArgument, "RECLAIMED_AREA_NOT_POSITIVE",
                  "give the area that was reclaimed together with its day, or neither", "reclaimed_centi_mu");
  }
  if (relocation.steps.titled_on.has_value() == relocation.title_no.empty()) {
    return Refuse(kInvalidArgument, "TITLE_NO_MISSING",
                  "give the number of the title together with its day, or neither", "title_no");
  }
  return absl::OkStatus();
}

// Whether all that the row says of its case is what the case has. Where the row is silent, such as an older file of
// what was allotted here since, it contradicts nothing.
bool SaysNothingNew(const intake::Batch& batch, const CaseRecord& row, const Case& known) {
  constexpr std::optional<Date> Steps::*kSteps[] = {&Steps::verified_on,   &Steps::approved_on,  &Steps::allotted_on,
                                                    &Steps::moved_in_on,   &Steps::withdrawn_on, &Steps::rejected_on,
                                                    &Steps::demolished_on, &Steps::reclaimed_on, &Steps::titled_on};
  for (std::optional<Date> Steps::*step : kSteps) {
    if ((row.steps.*step).has_value() && row.steps.*step != known.steps.*step) return false;
  }
  const auto same = [](const auto& said, const auto& nothing, const auto& has) {
    return said == nothing || said == has;
  };
  const std::string none;
  return row.steps.declared_on == known.steps.declared_on &&
         (row.site_no.empty() || batch.Key(row.site_no) == known.site_key) &&
         (row.unit_no.empty() || batch.Key(row.unit_no) == known.unit_key) &&
         same(row.title_no, none, known.title_no) && same(row.old_village, none, known.old_house.village) &&
         same(row.old_area_centi_sqm, 0, known.old_house.area_centi_sqm) &&
         same(row.reclaimed_centi_mu, 0, known.old_house.reclaimed_centi_mu) &&
         same(row.demolish_by, std::optional<Date>(), known.old_house.agreed_by);
}

// Finds the site and the unit that a case names and gives them to it. Refuses, in this order, with SITE_NOT_FOUND,
// UNIT_NOT_FOUND, and as Allot does.
absl::StatusOr<Case> House(roots::Session& session, const intake::Batch& batch, const CaseRecord& record, Case to) {
  const bool allotted = to.steps.allotted_on.has_value();
  to.site_key.clear();
  to.unit_key.clear();
  to.tier = Tier::kUnspecified;
  to.site_location.clear();
  to.unit_area_centi_sqm = 0;
  to.area_per_person_centi_sqm = 0;
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
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, unit->site_location));
  return Allot(to, *unit, taken, *books);
}

// A step is recorded once it was taken.
absl::Status CheckTaken(const Steps& steps, Date today) {
  const std::pair<const char*, std::optional<Date>> days[] = {
      {"declared_on", steps.declared_on}, {"verified_on", steps.verified_on},     {"approved_on", steps.approved_on},
      {"allotted_on", steps.allotted_on}, {"moved_in_on", steps.moved_in_on},     {"withdrawn_on", steps.withdrawn_on},
      {"rejected_on", steps.rejected_on}, {"demolished_on", steps.demolished_on}, {"reclaimed_on", steps.reclaimed_on},
      {"titled_on", steps.titled_on}};
  for (const auto& [field, day] : days) {
    if (!day.has_value() || *day <= today) continue;
    return Refuse(kInvalidArgument, "DATE_IN_FUTURE", "this day has not come yet: record a step once it was taken",
                  field);
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<roots::Name> Names(const Case& relocation) {
  std::vector<roots::Name> names = {{.kind = std::string(kHouseholdCase), .name = relocation.household_id}};
  if (!relocation.unit_key.empty()) {
    names.push_back({.kind = std::string(kAllottedUnit), .name = relocation.unit_key});
  }
  if (!relocation.title_no.empty()) names.push_back({.kind = std::string(kTitle), .name = relocation.title_no});
  return names;
}

std::vector<roots::Name> Links(const Case& relocation) {
  const auto wait = [&](absl::string_view queue, Date day, std::vector<roots::Name>& links) {
    const std::vector<roots::Name> waiting = roots::QueueLinks(queue, relocation.Division(), day);
    links.insert(links.end(), waiting.begin(), waiting.end());
  };
  std::vector<roots::Name> links = {{.kind = std::string(kHousehold), .name = relocation.household_id}};
  if (!relocation.site_key.empty()) links.push_back({.kind = std::string(kCasesOfSite), .name = relocation.site_key});
  const std::optional<Date>& demolish_by = relocation.old_house.demolish_by;
  if (demolish_by.has_value() && !relocation.steps.demolished_on.has_value()) {
    wait(kOldHousesToGo, *demolish_by, links);
  }
  if (const std::optional<Date> since = TwoHomesSince(relocation); since.has_value()) wait(kTwoHomes, *since, links);
  if (const std::optional<Date> since = WithoutMeasureSince(relocation); since.has_value()) {
    wait(kWithoutMeasure, *since, links);
  }
  if (const std::optional<Date> since = NobodyInWorkSince(relocation); since.has_value()) {
    wait(kNobodyInWork, *since, links);
  }
  const std::vector<Excess> excesses = Unconfirmed(relocation);
  if (!excesses.empty() && !excesses.back().days.until.has_value()) {
    wait(kAreaExcess, excesses.back().days.from, links);
  }
  return links;
}

std::optional<roots::Told> Tell(const Case& relocation) {
  // Told without a date too, so that a move that was recorded by mistake can be taken back.
  feed::RelocationFact fact{.household_id = relocation.household_id, .moved_in_on = relocation.steps.moved_in_on};
  for (const Measure& measure : relocation.measures) {
    fact.supports.push_back({.person_no = measure.person_no, .since = measure.since, .until = measure.until});
  }
  return roots::Told{
      .topic = feed::RelocationFact::kTopic, .key = relocation.household_id, .body = roots::ToJson(fact)};
}

std::vector<roots::Decision> Decisions(const Case& relocation) { return approval::DecisionsOf(relocation.approvals); }

std::vector<roots::Waiting> Waits(const Case& relocation) { return approval::WaitsOf(relocation.approvals); }

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
                        {"moved_in_on", steps.moved_in_on, CaseState::kMovedIn},
                        {"demolished_on", steps.demolished_on, CaseState::kOldHouseDemolished},
                        {"reclaimed_on", steps.reclaimed_on, CaseState::kReclaimed},
                        {"titled_on", steps.titled_on, CaseState::kTitled}};
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
  TakeHomes(record, after);
  if (before.has_value()) KeepLaterSteps(*before, record, after);
  ASSIGN_OR_RETURN(after.state, StateAfter(after.steps));
  RETURN_IF_ERROR(CheckHomes(after));
  if (!record.unit_no.empty() && !after.steps.allotted_on.has_value()) {
    return OutOfOrder("give the day on which the unit was allotted, or leave the unit empty", "allotted_on");
  }
  return after;
}

policy::Decision JudgeArea(const Case& relocation, const Unit& unit, const policy::Books& books, Date day) {
  const policy::InForce policy = PolicyOn(books, day);
  const int64_t persons = relocation.household.PersonsOn(day);
  const int64_t most = policy[kAreaPerPerson] * persons;
  const bool fits = unit.area_centi_sqm <= most;
  return {.rule = std::string(kAllottedArea),
          .subject = unit.key,
          .verdict = fits ? policy::Verdict::kYes : policy::Verdict::kNo,
          .reason = fits ? "" : "UNIT_TOO_LARGE",
          .decided_on = day,
          .inputs = {{.name = "persons", .value = absl::StrCat(persons)},
                     {.name = "unit_area_centi_sqm", .value = absl::StrCat(unit.area_centi_sqm)},
                     {.name = "most_area_centi_sqm", .value = absl::StrCat(most)}},
          .used = policy.Use({kAreaPerPerson})};
}

absl::StatusOr<Case> Allot(const Case& before, const Unit& unit, bool taken, const policy::Books& books) {
  if (taken) return Refuse(kAlreadyExists, "UNIT_TAKEN", "the unit is allotted to another household", "unit_no");
  if (unit.site_key != before.site_key) {
    return Refuse(kFailedPrecondition, "UNIT_OF_OTHER_SITE", "the unit stands at another site than the case names",
                  "unit_no");
  }
  ANJU_CHECK(before.steps.allotted_on.has_value());
  const Date day = *before.steps.allotted_on;
  policy::Decision judged = JudgeArea(before, unit, books, day);
  Case after = before;
  const auto decided = std::find_if(after.decisions.begin(), after.decisions.end(), [&](const policy::Decision& old) {
    return old.rule == judged.rule && old.subject == judged.subject && old.decided_on == judged.decided_on &&
           std::equal(old.inputs.begin(), old.inputs.begin() + 2, judged.inputs.begin());
  });
  const policy::Decision decision = decided == after.decisions.end() ? std::move(judged) : *decided;
  if (before.household.PersonsOn(day) == 0) {
    return Refuse(kFailedPrecondition, "HOUSEHOLD_WITHOUT_MEMBERS",
                  "the registry has no member of the household on that day: import its persons first", "household_no");
  }
  if (decision.verdict == policy::Verdict::kNo) {
    const int64_t most = decision.used[0].value * before.household.PersonsOn(day);
    return Refuse(kFailedPrecondition, decision.reason,
                  absl::StrFormat("the household had %s members on that day and may have %d.%02d m², the unit has "
                                  "%d.%02d m²",
                                  decision.inputs[0].value, most / 100, most % 100, unit.area_centi_sqm / 100,
                                  unit.area_centi_sqm % 100),
                  "unit_no");
  }
  after.unit_key = unit.key;
  after.unit_area_centi_sqm = unit.area_centi_sqm;
  after.area_per_person_centi_sqm = decision.used[0].value;
  CheckArea(after, day);
  if (decided == after.decisions.end()) policy::Keep(after.decisions, decision);
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
  RETURN_IF_ERROR(CheckTaken(record.steps, DayInChina(session.now())));
  CaseRecord row = record;
  if (!row.old_village.empty()) {
    ASSIGN_OR_RETURN(row.old_village, intake::ResolveVillage(session, batch, record.old_village, "old_village"));
  }
  if (before.has_value() && before->KeptHere() && SaysNothingNew(batch, row, *before)) return Outcome::kUnchanged;
  ASSIGN_OR_RETURN(Case recorded, Record(before, row, key, household));
  ASSIGN_OR_RETURN(Case after, House(session, batch, row, std::move(recorded)));
  CheckArea(after, DayInChina(session.now()));
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, after.Division()));
  SetDemolitionDeadline(after, *books);
  if (!before.has_value()) RETURN_IF_ERROR(Gather(session, after));
  RETURN_IF_ERROR(CheckTitleFree(session, after));
  if (before == after) return Outcome::kUnchanged;
  if (before.has_value() && before->KeptHere() &&
      (before->steps != after.steps || before->site_key != after.site_key || before->unit_key != after.unit_key ||
       before->title_no != after.title_no ||
       before->old_house.reclaimed_centi_mu != after.old_house.reclaimed_centi_mu)) {
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
  ASSIGN_OR_RETURN(const Case before, FindCaseOf(session, batch, record.household_no));
  Outcome outcome = Outcome::kUnchanged;
  ASSIGN_OR_RETURN(Case after, RecordMeasure(before, record.measure, &outcome));
  if (outcome == Outcome::kUnchanged) return outcome;
  session.Put(after);
  return outcome;
}

absl::StatusOr<Case> FindCaseOf(roots::Session& session, const intake::Batch& batch, const std::string& household_no) {
  ASSIGN_OR_RETURN(const std::optional<HouseholdFact> household,
                   session.FindFact<HouseholdFact>(batch.HouseholdKey(household_no)));
  std::optional<Case> found;
  if (household.has_value()) {
    ASSIGN_OR_RETURN(found, FindCaseOf(session, household->id));
  }
  if (found.has_value()) return *std::move(found);
  return Refuse(kNotFound, "CASE_NOT_FOUND", "the household has no relocation case: import the cases first",
                "household_no");
}

absl::Status CheckHasNoOther(roots::Session& session, const std::string& household_id, const std::string& case_id) {
  ASSIGN_OR_RETURN(const std::string holder, session.HolderOf(kHouseholdCase, household_id));
  if (holder.empty() || holder == case_id) return absl::OkStatus();
  return Refuse(kAlreadyExists, "HOUSEHOLD_HAS_CASE", "the household has a case with another number", "household_no");
}

absl::Status CheckTitleFree(roots::Session& session, const Case& relocation) {
  if (relocation.title_no.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string holder, session.HolderOf(kTitle, relocation.title_no));
  if (holder.empty() || holder == relocation.id) return absl::OkStatus();
  return Refuse(kAlreadyExists, "TITLE_NO_TAKEN", "another home has the title with this number", "title_no");
}

policy::Decision JudgeDeadline(const Case& relocation, const policy::Books& books) {
  const Date moved_in_on = *relocation.steps.moved_in_on;
  const std::optional<Date>& agreed_by = relocation.old_house.agreed_by;
  policy::Decision decision = policy::Judged(kOldHouseDeadline, absl::OkStatus());
  decision.decided_on = moved_in_on;
  decision.inputs = {{"moved_in_on", Format(moved_in_on)},
                     {"agreed_by", agreed_by.has_value() ? Format(*agreed_by) : ""}};
  if (!agreed_by.has_value()) decision.used = PolicyOn(books, moved_in_on).Use({kDemolishWithin});
  return decision;
}

void SetDemolitionDeadline(Case& relocation, const policy::Books& books) {
  OldHouse& house = relocation.old_house;
  house.demolish_by.reset();
  if (!relocation.steps.moved_in_on.has_value()) return;
  policy::Decision judged = JudgeDeadline(relocation, books);
  const auto decided =
      std::find_if(relocation.decisions.begin(), relocation.decisions.end(),
                   [&](const policy::Decision& old) { return old.rule == judged.rule && old.inputs == judged.inputs; });
  const bool known = decided != relocation.decisions.end();
  const std::vector<policy::Used>& used = known ? decided->used : judged.used;
  house.demolish_by = used.empty() ? *house.agreed_by : *relocation.steps.moved_in_on + used[0].value;
  if (!known) policy::Keep(relocation.decisions, std::move(judged));
}

absl::StatusOr<std::optional<Case>> FindCaseOf(roots::Session& session, const std::string& household_id) {
  return session.FindNamed<Case>(kHouseholdCase, household_id);
}

absl::StatusOr<bool> IsTaken(roots::Session& session, const std::string& unit_key, const std::string& case_id) {
  ASSIGN_OR_RETURN(const std::string holder, session.HolderOf(kAllottedUnit, unit_key));
  return !holder.empty() && holder != case_id;
}

absl::Status FollowHousehold(roots::Session& session, const HouseholdFact& household) {
  ASSIGN_OR_RETURN(std::optional<Case> relocation, session.FindNamed<Case>(kHouseholdCase, household.id));
  if (!relocation.has_value()) return absl::OkStatus();
  const bool others = relocation->household.persons != household.persons;
  relocation->household = household;
  CheckArea(*relocation, DayInChina(session.now()));
  if (others) RETURN_IF_ERROR(Gather(session, *relocation));
  session.Put(*relocation);
  return absl::OkStatus();
}

}  // namespace anju::relocation
