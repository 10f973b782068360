#include "services/platform/subsidy/run.h"

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"

namespace anju::subsidy {

using enum absl::StatusCode;

namespace {

// A call that came again.
bool Repeats(const Run& run, const approval::Ruling& ruling, const std::string& by) {
  if (ruling.verdict != approval::Verdict::kApprove) return false;
  if (run.state == RunState::kApproved && run.approved_by == by) return true;
  if (run.approvals.empty() || run.approvals.back().history.empty()) return false;
  const approval::Entry& last = run.approvals.back().history.back();
  return last.by == by && last.verdict == approval::Verdict::kApprove && last.step == ruling.step;
}

}  // namespace

absl::StatusOr<Run> List(const std::optional<Run>& before, const std::string& division, const std::string& period,
                         const std::string& by, Date on, const approval::Flow& flow, Grounds grounds,
                         std::vector<Item> items) {
  if (before.has_value() && before->state != RunState::kListed) {
    return Refuse(kFailedPrecondition, "RUN_ALREADY_APPROVED",
                  "the run of this division and period is approved or paid: it is not listed again", "period");
  }
  Run run{.id = before.has_value() ? before->id : "",
          .key = absl::StrCat(division, "/", period),
          .division = division,
          .period = period,
          .state = RunState::kListed,
          .listed_by = by,
          .items = std::move(items),
          .listed_on = on,
          .rule = std::move(grounds.rule),
          .used = std::move(grounds.used)};
  for (const Item& item : run.items) {
    if (item.eligible()) {
      ++run.eligible;
      run.total_fen += item.amount_fen;
    } else {
      ++run.refused;
    }
  }
  ASSIGN_OR_RETURN(run.approvals,
                   approval::Propose(before.has_value() ? before->approvals : std::vector<approval::Item>(), flow,
                                     run.total_fen, {.by = by, .on = on}));
  return run;
}

absl::StatusOr<Run> Decide(const Run& before, const approval::Flow& flow, const approval::Ruling& ruling,
                           const notice::Act& act) {
  if (Repeats(before, ruling, act.by)) return before;
  if (before.state != RunState::kListed) {
    return Refuse(kFailedPrecondition, "RUN_NOT_LISTED", "only a run that is listed and not yet approved is decided");
  }
  Run after = before;
  ASSIGN_OR_RETURN(after.approvals,
                   approval::Rule(before.approvals, flow,
                                  {.amount_fen = before.total_fen, .authors = {before.listed_by}}, ruling, act));
  if (!approval::IsApproved(after.approvals)) return after;
  after.state = RunState::kApproved;
  after.approved_by = act.by;
  after.approved_on = act.on;
  return after;
}

absl::StatusOr<Run> DecideRun(roots::Session& session, const approval::Flow& national, const Run& before,
                              const approval::Ruling& ruling, const notice::Act& act) {
  ASSIGN_OR_RETURN(const approval::Flow flow, approval::FlowFor(session, national, before.division, act.on));
  ASSIGN_OR_RETURN(Run after, Decide(before, flow, ruling, act));
  session.Put(after);
  return after;
}

absl::StatusOr<Run> Pay(const Run& before, Date on, Date earliest, Date today) {
  if (before.state == RunState::kPaid) {
    if (before.paid_on == on) return before;
    return Refuse(kFailedPrecondition, "RUN_ALREADY_PAID",
                  absl::StrCat("the run was paid on ", Format(before.paid_on.value_or(on)), " and is not paid again"),
                  "paid_on");
  }
  if (before.state != RunState::kApproved) {
    return Refuse(kFailedPrecondition, "RUN_NOT_APPROVED", "a run is paid after it has been approved");
  }
  if (on < earliest || on > today) {
    return Refuse(kFailedPrecondition, "DATES_REVERSED",
                  absl::StrCat("the day of payment lies from ", Format(earliest), " to today"), "paid_on");
  }
  Run after = before;
  after.state = RunState::kPaid;
  after.paid_on = on;
  return after;
}

absl::StatusOr<policy::Answer> Explain(roots::Session&, const Run& run, const policy::Question& question) {
  policy::Answer answer;
  if (!question.Asks(run.rule)) return answer;
  for (const Item& item : run.items) {
    if (!question.subject.empty() && question.subject != item.subject && question.subject != item.root_id) continue;
    if (answer.kept.size() == kMostExplained) break;
    answer.kept.push_back({.rule = run.rule,
                           .subject = item.subject,
                           .verdict = item.eligible() ? policy::Verdict::kYes : policy::Verdict::kNo,
                           .amount_fen = item.amount_fen,
                           .reason = item.eligible() ? "" : item.reason,
                           .decided_on = run.listed_on.value_or(run.approved_on.value_or(Date())),
                           .inputs = item.inputs,
                           .used = run.used});
  }
  return answer;
}

}  // namespace anju::subsidy
