#include "services/relocation/domain/quality_issue.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/platform/roots/queue.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;

// The source of the issues that are raised here.
constexpr absl::string_view kSource = "anju";

absl::StatusOr<QualityIssue> Move(QualityIssue after, IssueState to, const std::string& remark, const Act& act) {
  if (after.trail.size() >= kMostIssueMoves) {
    return Refuse(kFailedPrecondition, "ISSUE_MOVES_TOO_MANY",
                  absl::StrCat("at most ", kMostIssueMoves, " steps are kept of one issue: raise another one"));
  }
  after.state = to;
  after.trail.push_back({.to = to, .by = act.by, .on = act.on, .remark = remark});
  return after;
}

absl::Status NotFixed() {
  return Refuse(kFailedPrecondition, "ISSUE_NOT_FIXED", "an issue is closed after it was fixed");
}

}  // namespace

std::vector<roots::Name> Links(const QualityIssue& issue) {
  std::vector<roots::Name> links;
  if (issue.state != IssueState::kClosed) {
    links = roots::QueueLinks(kIssuesToClose, issue.Division(), issue.due_on);
    links.push_back({.kind = std::string(kOpenIssuesOfSite), .name = issue.site_key});
  }
  links.push_back({.kind = std::string(kIssuesOfSite), .name = issue.site_key});
  return links;
}

absl::StatusOr<QualityIssue> Record(const std::optional<QualityIssue>& before, const QualityIssueRecord& record,
                                    const std::string& key) {
  if (before.has_value() && !before->trail.empty()) {
    return Refuse(kFailedPrecondition, "ISSUE_KEPT_HERE", "this issue goes its way here: take its next step here too",
                  "issue_no");
  }
  RETURN_IF_ERROR(intake::InOrder(record.found_on, record.due_on, "due_on"));
  RETURN_IF_ERROR(intake::InOrder(record.found_on, record.fixed_on, "fixed_on"));
  if (record.closed_on.has_value()) {
    if (!record.fixed_on.has_value()) return NotFixed();
    RETURN_IF_ERROR(intake::InOrder(*record.fixed_on, record.closed_on, "closed_on"));
  }
  QualityIssue after = before.value_or(QualityIssue{.key = key});
  after.severity = record.severity;
  after.text = record.text;
  after.found_on = record.found_on;
  after.due_on = record.due_on;
  after.fixed_on = record.fixed_on;
  after.closed_on = record.closed_on;
  after.state = record.closed_on.has_value()  ? IssueState::kClosed
                : record.fixed_on.has_value() ? IssueState::kFixed
                                              : IssueState::kOpen;
  return after;
}

absl::StatusOr<QualityIssue> Fix(const QualityIssue& before, const std::string& remark, const Act& act) {
  if (before.state != IssueState::kOpen) {
    return Refuse(kFailedPrecondition, "ISSUE_NOT_OPEN", "the issue was fixed, or closed, before");
  }
  QualityIssue after = before;
  after.fixed_on = act.on;
  return Move(std::move(after), IssueState::kFixed, remark, act);
}

absl::StatusOr<QualityIssue> Reinspect(const QualityIssue& before, const ReinspectIssueRequest& request,
                                       const Act& act) {
  if (before.state != IssueState::kFixed) return NotFixed();
  if (!before.trail.empty() && before.trail.back().by == act.by) {
    return Refuse(kFailedPrecondition, "INSPECTOR_IS_FIXER", "nobody inspects what they fixed: ask somebody else");
  }
  QualityIssue after = before;
  if (!request.passed) {
    after.fixed_on.reset();
    return Move(std::move(after), IssueState::kOpen, request.remark, act);
  }
  after.closed_on = act.on;
  return Move(std::move(after), IssueState::kClosed, request.remark, act);
}

int64_t DaysOverdue(const QualityIssue& issue, Date today) {
  return issue.state == IssueState::kClosed ? 0 : std::max<int64_t>(0, today - issue.due_on);
}

absl::StatusOr<Outcome> ImportQualityIssue(roots::Session& session, const intake::Batch& batch,
                                           const QualityIssueRecord& record) {
  ASSIGN_OR_RETURN(const Site site, FindSite(session, batch.Key(record.site_no)));
  std::string building_key;
  if (!record.building_no.empty()) {
    ASSIGN_OR_RETURN(building_key, FindBuilding(session, batch.Key(record.building_no), site.key));
  }
  const std::string key = batch.Key(record.issue_no);
  ASSIGN_OR_RETURN(const std::optional<QualityIssue> before, session.Find<QualityIssue>(key));
  ASSIGN_OR_RETURN(QualityIssue after, Record(before, record, key));
  after.site_key = site.key;
  after.building_key = building_key;
  after.site_location = site.location;
  if (before == after) return Outcome::kUnchanged;
  session.Put(after);
  return before.has_value() ? Outcome::kUpdated : Outcome::kAdded;
}

absl::StatusOr<QualityIssue> RaiseIssue(roots::Session& session, const RaiseIssueRequest& request, const Act& act) {
  ASSIGN_OR_RETURN(const Site site, FindSite(session, request.site));
  std::string building_key;
  if (!request.building.empty()) {
    ASSIGN_OR_RETURN(building_key, FindBuilding(session, request.building, site.key));
  }
  // In the division that the site's own key has.
  const intake::Batch batch{.division = site.key.substr(0, site.key.find('/')), .source = std::string(kSource)};
  const std::string key = batch.Key(request.issue_no);
  ASSIGN_OR_RETURN(const std::optional<QualityIssue> known, session.Find<QualityIssue>(key));
  if (known.has_value()) {
    return Refuse(kAlreadyExists, "ISSUE_NO_TAKEN", "another issue has this number: choose one of its own", "issue_no");
  }
  RETURN_IF_ERROR(intake::InOrder(act.on, request.due_on, "due_on"));
  const QualityIssue raised{.key = key,
                            .site_key = site.key,
                            .building_key = building_key,
                            .severity = request.severity,
                            .text = request.text,
                            .found_on = act.on,
                            .due_on = request.due_on,
                            .site_location = site.location};
  return Move(raised, IssueState::kOpen, "", act);
}

absl::StatusOr<QualityIssue> FindIssue(roots::Session& session, const std::string& id) {
  ASSIGN_OR_RETURN(std::optional<QualityIssue> found, session.Get<QualityIssue>(id));
  if (found.has_value()) return *std::move(found);
  return Refuse(kNotFound, "ISSUE_NOT_FOUND", "there is no issue with this id", "id");
}

absl::Status CheckReady(roots::Session& session, const std::string& site_key, absl::string_view building_key,
                        Date day) {
  ASSIGN_OR_RETURN(const SiteWorks works, FindWorks(session, site_key));
  if (!IsAccepted(works, building_key, day)) {
    return Refuse(kFailedPrecondition, "SITE_NOT_ACCEPTED",
                  absl::StrCat("the site ", site_key, " was not accepted by ", Format(day),
                               ": record the day on which its ACCEPTANCE milestone was reached"));
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> open, session.LinkedIds(kOpenIssuesOfSite, site_key));
  for (const std::string& id : open) {
    ASSIGN_OR_RETURN(const QualityIssue issue, FindIssue(session, id));
    if (issue.severity != Severity::kSerious) continue;
    if (!issue.building_key.empty() && issue.building_key != building_key) continue;
    return Refuse(kFailedPrecondition, "SITE_UNSAFE",
                  absl::StrCat("the serious issue ", issue.key, " of the site ", site_key, " is not closed"));
  }
  return absl::OkStatus();
}

}  // namespace anju::relocation
