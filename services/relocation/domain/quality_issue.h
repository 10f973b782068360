#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/relocation/domain/construction.h"

namespace anju::relocation {

// The links from a site's key to its issues, and to those that are not closed.
inline constexpr absl::string_view kIssuesOfSite = "issues_of_site";
inline constexpr absl::string_view kOpenIssuesOfSite = "open_issues_of_site";
// The queue of issues that are not closed, by the day by which they have to be.
inline constexpr absl::string_view kIssuesToClose = "issues_to_close";
// At most so many steps are kept of one issue.
inline constexpr size_t kMostIssueMoves = 200;

enum class Severity : int32_t { kUnspecified = 0, kMinor = 1, kSerious = 2 };
enum class IssueState : int32_t { kUnspecified = 0, kOpen = 1, kFixed = 2, kClosed = 3 };

// What was done to an issue here.
struct IssueMove {
  IssueState to = IssueState::kUnspecified;
  std::string by;
  Date on;
  std::string remark;

  void Fields(Archive& archive) {
    archive("to", to);
    archive("by", by);
    archive("on", on);
    archive("remark", remark);
  }
  friend bool operator==(const IssueMove&, const IssueMove&) = default;
};

// Something that was built badly 质量问题: found, fixed by a deadline, and closed after somebody else looked again.
//
//   OPEN -fix-> FIXED -looked at again: good-> CLOSED, not good-> OPEN
struct QualityIssue {
  static constexpr absl::string_view kKind = "quality_issue";
  std::string id;
  // `<division>/<source>/<issue_no>`.
  std::string key;
  std::string site_key;
  // Empty: it is of the whole site.
  std::string building_key;
  Severity severity = Severity::kUnspecified;
  std::string text;
  Date found_on;
  Date due_on;
  // Follows from the days.
  IssueState state = IssueState::kUnspecified;
  std::optional<Date> fixed_on;
  std::optional<Date> closed_on;
  // In the order of their days; empty when all of it comes from another system.
  std::vector<IssueMove> trail;
  // Copied from its site.
  std::string site_location;

  // What the contract shows of it.
  void Shown(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("site_key", site_key);
    archive("building_key", building_key);
    archive("severity", severity);
    archive("text", text);
    archive("found_on", found_on);
    archive("due_on", due_on);
    archive("state", state);
    archive("fixed_on", fixed_on);
    archive("closed_on", closed_on);
    archive("trail", trail);
  }
  void Fields(Archive& archive) {
    Shown(archive);
    archive("site_location", site_location);
  }
  std::string Division() const { return site_location; }
  friend bool operator==(const QualityIssue&, const QualityIssue&) = default;
};

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const QualityIssue& issue);
std::vector<roots::Name> Links(const QualityIssue& issue);

// A row of anju.relocation.v1.QualityIssueRecord.
struct QualityIssueRecord {
  std::string issue_no;
  std::string site_no;
  std::string building_no;
  Severity severity = Severity::kUnspecified;
  std::string text;
  Date found_on;
  Date due_on;
  std::optional<Date> fixed_on;
  std::optional<Date> closed_on;

  void Fields(Archive& archive) {
    archive("issue_no", issue_no);
    archive("site_no", site_no);
    archive("building_no", building_no);
    archive("severity", severity);
    archive("text", text);
    archive("found_on", found_on);
    archive("due_on", due_on);
    archive("fixed_on", fixed_on);
    archive("closed_on", closed_on);
  }
};

// anju.relocation.v1.RaiseIssueRequest.
struct RaiseIssueRequest {
  // An id or a key.
  std::string site;
  std::string request_id;
  std::string issue_no;
  // The key of the building; empty: the whole site.
  std::string building;
  Severity severity = Severity::kUnspecified;
  std::string text;
  Date due_on;

  void Fields(Archive& archive) {
    archive("site", site);
    archive("request_id", request_id);
    archive("issue_no", issue_no);
    archive("building", building);
    archive("severity", severity);
    archive("text", text);
    archive("due_on", due_on);
  }
};

// anju.relocation.v1.FixIssueRequest.
struct FixIssueRequest {
  std::string id;
  std::string request_id;
  std::string remark;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("request_id", request_id);
    archive("remark", remark);
  }
};

// anju.relocation.v1.ReinspectIssueRequest.
struct ReinspectIssueRequest {
  std::string id;
  std::string request_id;
  bool passed = false;
  std::string remark;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("request_id", request_id);
    archive("passed", passed);
    archive("remark", remark);
  }
};

// What an issue becomes when the county records it so. Pure. Refuses, in this order, with ISSUE_KEPT_HERE (it was
// raised or moved on here), DATES_REVERSED (due or fixed before it was found, or closed before it was fixed) and
// ISSUE_NOT_FIXED (closed, and not fixed).
absl::StatusOr<QualityIssue> Record(const std::optional<QualityIssue>& before, const QualityIssueRecord& record,
                                    const std::string& key);
// Pure. Refuses, in this order, with ISSUE_NOT_OPEN and ISSUE_MOVES_TOO_MANY.
absl::StatusOr<QualityIssue> Fix(const QualityIssue& before, const std::string& remark, const Act& act);
// Closes what was fixed well, and opens again what was not. Pure. Refuses, in this order, with ISSUE_NOT_FIXED,
// INSPECTOR_IS_FIXER and ISSUE_MOVES_TOO_MANY.
absl::StatusOr<QualityIssue> Reinspect(const QualityIssue& before, const ReinspectIssueRequest& request,
                                       const Act& act);
// How many days an issue has been open beyond its deadline; 0 when it is not.
int64_t DaysOverdue(const QualityIssue& issue, Date today);

// Use cases. Both refuse with SITE_NOT_FOUND, BUILDING_NOT_FOUND and BUILDING_OF_OTHER_SITE; the import as Record does,
// RaiseIssue with ISSUE_NO_TAKEN and DATES_REVERSED (due before today). The issue that was raised is put by the caller.
absl::StatusOr<roots::Outcome> ImportQualityIssue(roots::Session& session, const intake::Batch& batch,
                                                  const QualityIssueRecord& record);
absl::StatusOr<QualityIssue> RaiseIssue(roots::Session& session, const RaiseIssueRequest& request, const Act& act);
// Refuses with ISSUE_NOT_FOUND.
absl::StatusOr<QualityIssue> FindIssue(roots::Session& session, const std::string& id);

// Whether households may move into a building of a site on that day. Refuses, in this order, with SITE_NOT_ACCEPTED and
// SITE_UNSAFE (a serious issue of the site or the building is not closed now).
absl::Status CheckReady(roots::Session& session, const std::string& site_key, absl::string_view building_key, Date day);

}  // namespace anju::relocation
