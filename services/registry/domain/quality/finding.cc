#include "services/registry/domain/quality/finding.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"

namespace anju::registry {
namespace {

using enum absl::StatusCode;

absl::Status CheckStanding(const Finding& finding) {
  if (!finding.Standing()) {
    return Refuse(kFailedPrecondition, "FINDING_CLOSED", "the finding is fixed or waived; nothing is left to do");
  }
  if (finding.history.size() >= kMostMoves) {
    return Refuse(kFailedPrecondition, "FINDING_BUSY",
                  absl::StrCat("more than ", kMostMoves, " things were done to this finding: mend the record"));
  }
  return absl::OkStatus();
}

std::string KeyOf(const std::string& household_id, const Hit& hit) {
  return absl::StrCat(household_id, "/", hit.rule->id, "/", hit.person_no);
}

// Whether it was confirmed since it was opened last.
bool ConfirmedSinceOpened(const Finding& finding) {
  for (auto move = finding.history.rbegin(); move != finding.history.rend(); ++move) {
    if (move->verb == FindingVerb::kConfirm) return true;
    if (move->verb == FindingVerb::kOpen) return false;
  }
  return false;
}

void Reopen(Finding& finding, const Rule& rule, Date today) {
  if (!finding.history.empty() && finding.history.back().verb == FindingVerb::kFix && finding.closed_on == today) {
    finding.history.pop_back();
    const bool waived = !finding.history.empty() && finding.history.back().verb == FindingVerb::kWaive;
    finding.state = waived                          ? FindingState::kWaived
                    : ConfirmedSinceOpened(finding) ? FindingState::kConfirmed
                                                    : FindingState::kOpen;
    finding.closed_on = waived ? std::optional(finding.history.back().on) : std::nullopt;
    return;
  }
  finding.state = FindingState::kOpen;
  finding.opened_on = today;
  finding.due_on = today + rule.days;
  finding.closed_on.reset();
  finding.severity = rule.severity;
  finding.mender = rule.mender;
  finding.history.push_back({.verb = FindingVerb::kOpen, .on = today});
}

// Brings what is known to be as it should be, and puts what is different.
absl::Status Keep(roots::Session& session, const std::optional<Finding>& before, Finding after, Evaluation& result,
                  ListKind list) {
  const bool stood = before.has_value() && before->Standing();
  if (after.Standing()) {
    ++result.standing;
    const Rule* rule = FindRule(after.rule_id);
    if (list != ListKind::kUnspecified && rule != nullptr && rule->list == list) ++result.of_list;
  }
  if (before == after) return absl::OkStatus();
  if (after.Standing() && !stood) ++result.opened;
  if (!before.has_value() || after.state != before->state) {
    if (after.state == FindingState::kFixed) ++result.fixed;
  }
  ++result.changed;
  session.Put(after);
  return absl::OkStatus();
}

}  // namespace

std::vector<roots::Name> Links(const Finding& finding) {
  return {{.kind = std::string(kFindingsLink), .name = finding.household_id}};
}

Finding OnHit(const std::optional<Finding>& before, const Hit& hit, const Household& household, Date today) {
  Finding after = before.value_or(Finding{.key = KeyOf(household.id, hit),
                                          .household_id = household.id,
                                          .rule_id = std::string(hit.rule->id),
                                          .person_no = hit.person_no,
                                          .state = FindingState::kFixed});
  if (after.places.empty() || after.places.back().village != household.Division()) {
    after.places.push_back({.since = today, .village = household.Division()});
  }
  if (after.state == FindingState::kFixed) Reopen(after, *hit.rule, today);
  return after;
}

Finding OnClear(const Finding& before, Date today) {
  if (before.state == FindingState::kFixed) return before;
  Finding after = before;
  after.state = FindingState::kFixed;
  after.closed_on = today;
  after.history.push_back({.verb = FindingVerb::kFix, .on = today});
  return after;
}

absl::StatusOr<Finding> Confirm(const Finding& before, const std::string& reason, const Deed& deed) {
  RETURN_IF_ERROR(CheckStanding(before));
  if (before.state == FindingState::kConfirmed) {
    return Refuse(kFailedPrecondition, "FINDING_CONFIRMED", "somebody has confirmed it already: mend the record");
  }
  Finding after = before;
  after.state = FindingState::kConfirmed;
  after.history.push_back({.verb = FindingVerb::kConfirm, .by = deed.by, .on = deed.on, .reason = reason});
  return after;
}

absl::StatusOr<Finding> Waive(const Finding& before, const std::string& reason, const Deed& deed) {
  RETURN_IF_ERROR(CheckStanding(before));
  if (reason.empty()) {
    return Refuse(kInvalidArgument, "REASON_MISSING", "say why the record is right as it is", "reason");
  }
  if (std::any_of(before.history.begin(), before.history.end(),
                  [&](const FindingMove& move) { return move.by == deed.by; })) {
    return Refuse(kFailedPrecondition, "APPROVER_IS_AUTHOR",
                  "who confirmed or assigned a finding does not waive it: ask a second person");
  }
  Finding after = before;
  after.state = FindingState::kWaived;
  after.closed_on = deed.on;
  after.history.push_back({.verb = FindingVerb::kWaive, .by = deed.by, .on = deed.on, .reason = reason});
  return after;
}

absl::StatusOr<Finding> Assign(const Finding& before, Mender mender, std::optional<Date> due_on, const Deed& deed) {
  RETURN_IF_ERROR(CheckStanding(before));
  if (mender < Mender::kVillage || mender > Mender::kDepartment) {
    return Refuse(kInvalidArgument, "MENDER_UNSPECIFIED", "name who is to mend it", "mender");
  }
  if (due_on.has_value() && *due_on < deed.on) {
    return Refuse(kInvalidArgument, "DUE_IN_THE_PAST", "give a deadline from today on", "due_on");
  }
  Finding after = before;
  after.mender = mender;
  after.due_on = due_on.value_or(before.due_on);
  if (after == before) {
    return Refuse(kFailedPrecondition, "ASSIGNMENT_UNCHANGED", "it is assigned so already");
  }
  after.history.push_back({.verb = FindingVerb::kAssign, .by = deed.by, .on = deed.on});
  return after;
}

void Evaluation::Add(const Evaluation& other) {
  households += other.households;
  persons += other.persons;
  opened += other.opened;
  fixed += other.fixed;
  standing += other.standing;
  of_list += other.of_list;
  changed += other.changed;
}

absl::StatusOr<Evaluation> Evaluate(roots::Session& session, const Household& household, ListKind list) {
  ASSIGN_OR_RETURN(std::optional<Others> others, session.Find<Others>(household.id));
  if (!others.has_value()) others.emplace();
  const Date today = DayInChina(session.now());
  const View view(household, *others, today);

  ASSIGN_OR_RETURN(const std::vector<std::string> ids, session.LinkedIds(kFindingsLink, household.id));
  std::map<std::string, Finding> known;
  for (const std::string& id : ids) {
    ASSIGN_OR_RETURN(std::optional<Finding> finding, session.Get<Finding>(id));
    if (finding.has_value()) known.emplace(finding->key, *std::move(finding));
  }
  Evaluation result{.households = 1, .persons = view.present};
  for (const Hit& hit : Evaluate(view)) {
    auto found = known.extract(KeyOf(household.id, hit));
    std::optional<Finding> before;
    if (!found.empty()) {
      before = std::move(found.mapped());
    } else {
      // Links are as they were when the session began; this one may have been found since.
      ASSIGN_OR_RETURN(before, session.Find<Finding>(KeyOf(household.id, hit)));
    }
    RETURN_IF_ERROR(Keep(session, before, OnHit(before, hit, household, today), result, list));
  }
  for (const auto& [key, before] : known) {
    RETURN_IF_ERROR(Keep(session, before, OnClear(before, today), result, list));
  }
  return result;
}

absl::StatusOr<Evaluation> EvaluateHousehold(roots::Session& session, const std::string& household_id, ListKind list) {
  ASSIGN_OR_RETURN(const std::optional<Household> household, session.Get<Household>(household_id));
  if (!household.has_value()) return Evaluation();
  return Evaluate(session, *household, list);
}

absl::StatusOr<Finding> FindFinding(roots::Session& session, const std::string& id) {
  ASSIGN_OR_RETURN(std::optional<Finding> finding, session.Get<Finding>(id));
  if (!finding.has_value()) {
    return Refuse(kNotFound, "FINDING_NOT_FOUND", "there is no finding with this id", "id");
  }
  return *std::move(finding);
}

}  // namespace anju::registry
