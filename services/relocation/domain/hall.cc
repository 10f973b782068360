#include "services/relocation/domain/hall.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/notice/working_days.h"
#include "services/platform/roots/queue.h"
#include "services/relocation/domain/community_policy.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;

// The source of the requests that are received here.
constexpr absl::string_view kSource = "anju";

absl::StatusOr<HallRequest> Done(HallRequest after, RequestVerb verb, const Act& act, const std::string& reason = "") {
  if (after.trail.size() >= kMostRequestMoves) {
    return Refuse(kFailedPrecondition, "MOVES_TOO_MANY",
                  absl::StrCat("at most ", kMostRequestMoves, " moves are kept of a request: receive a new one"));
  }
  after.trail.push_back({.verb = verb, .by = act.by, .on = act.on, .reason = reason});
  return after;
}

absl::Status Closed() {
  return Refuse(kFailedPrecondition, "REQUEST_CLOSED", "the request is closed: reopen it first");
}

absl::Status CheckClosed(const HallRequest& request) {
  if (request.state == RequestState::kClosed) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "REQUEST_NOT_CLOSED", "this is for a request that is closed");
}

bool IsRating(int32_t rating) { return rating >= 1 && rating <= kBestRating; }

absl::Status NotARating() {
  return Refuse(kInvalidArgument, "RATING_OUT_OF_RANGE",
                absl::StrCat("a request that is closed is rated 1 to ", kBestRating), "rating");
}

}  // namespace

std::vector<roots::Name> Links(const HallRequest& request) {
  std::vector<roots::Name> links = {{.kind = "household", .name = request.household_id},
                                    {.kind = std::string(kHallRequestsOfSite), .name = request.site_key}};
  if (request.state == RequestState::kClosed) return links;
  const std::vector<roots::Name> waiting = roots::QueueLinks(kHallRequestsOpen, request.Division(), request.due_on);
  links.insert(links.end(), waiting.begin(), waiting.end());
  return links;
}

Due DueOn(RequestKind kind, Date from, const policy::Books& books) {
  const policy::InForce policy = PolicyOn(books, from);
  const absl::string_view working_days = HallWorkingDays(kind);
  const Date on = notice::AfterWorkingDays(from, policy[working_days]);
  return {.on = on,
          .decision = {.rule = std::string(kHallDue),
                       .subject = Format(from),
                       .verdict = policy::Verdict::kYes,
                       .decided_on = from,
                       .inputs = {{"due_on", Format(on)}},
                       .used = policy.Use({working_days})}};
}

absl::StatusOr<HallRequest> Record(const std::optional<HallRequest>& before, const HallRequestRecord& record,
                                   const std::string& key, const Site& site, const std::string& household_id,
                                   const policy::Books& books) {
  if (before.has_value() && before->site_key != site.key) {
    return Refuse(kFailedPrecondition, "REQUEST_OF_OTHER_SITE",
                  "a request with this number is of another site: numbers are unique within the sending system",
                  "request_no");
  }
  RETURN_IF_ERROR(intake::InOrder(record.received_on, record.closed_on, "closed_on"));
  if (record.rating != 0 && !(record.closed_on.has_value() && IsRating(record.rating))) return NotARating();
  HallRequest after = before.value_or(HallRequest{.key = key});
  after.site_key = site.key;
  after.site_location = site.location;
  after.household_id = household_id;
  after.kind = record.kind;
  after.department = record.department;
  after.state = record.closed_on.has_value() ? RequestState::kClosed : RequestState::kAssigned;
  after.received_on = record.received_on;
  Due due = DueOn(record.kind, record.received_on, books);
  after.first_due_on = due.on;
  if (!after.reopened) {
    after.due_on = due.on;
    after.decisions = {std::move(due.decision)};
  }
  after.closed_on = record.closed_on;
  after.rating = record.rating;
  return after;
}

absl::StatusOr<HallRequest> AssignRequest(const HallRequest& before, Department department, const Act& act) {
  if (before.state == RequestState::kClosed) return Closed();
  HallRequest after = before;
  after.state = RequestState::kAssigned;
  after.department = department;
  return Done(std::move(after), RequestVerb::kAssign, act);
}

absl::StatusOr<HallRequest> CloseRequest(const HallRequest& before, const Act& act) {
  if (before.state == RequestState::kReceived) {
    return Refuse(kFailedPrecondition, "REQUEST_NOT_ASSIGNED", "say first which department deals with it");
  }
  if (before.state == RequestState::kClosed) return Closed();
  HallRequest after = before;
  after.state = RequestState::kClosed;
  after.closed_on = act.on;
  return Done(std::move(after), RequestVerb::kClose, act);
}

absl::StatusOr<HallRequest> RateRequest(const HallRequest& before, int32_t rating, const Act& act) {
  if (!IsRating(rating)) return NotARating();
  RETURN_IF_ERROR(CheckClosed(before));
  if (before.rating != 0) return Refuse(kFailedPrecondition, "REQUEST_RATED", "the request was rated before");
  const auto closing = std::find_if(before.trail.rbegin(), before.trail.rend(),
                                    [](const RequestMove& move) { return move.verb == RequestVerb::kClose; });
  if (closing != before.trail.rend() && closing->by == act.by) {
    return Refuse(kFailedPrecondition, "RATER_IS_HANDLER",
                  "who closed a request does not enter how it is rated: ask somebody else");
  }
  HallRequest after = before;
  after.rating = rating;
  return Done(std::move(after), RequestVerb::kRate, act);
}

absl::StatusOr<HallRequest> ReopenRequest(const HallRequest& before, const std::string& reason, const Act& act,
                                          const policy::Books& books) {
  RETURN_IF_ERROR(CheckClosed(before));
  HallRequest after = before;
  Due due = DueOn(before.kind, act.on, books);
  after.due_on = due.on;
  policy::Keep(after.decisions, std::move(due.decision));
  after.state = RequestState::kAssigned;
  after.closed_on.reset();
  after.rating = 0;
  after.reopened = true;
  return Done(std::move(after), RequestVerb::kReopen, act, reason);
}

absl::StatusOr<Outcome> ImportHallRequest(roots::Session& session, const intake::Batch& batch,
                                          const HallRequestRecord& record) {
  ASSIGN_OR_RETURN(const Site site, FindSite(session, batch.Key(record.site_no), "site_no"));
  ASSIGN_OR_RETURN(const feed::HouseholdFact household, FindResident(session, batch.HouseholdKey(record.household_no),
                                                                     site.key, record.received_on, "household_no"));
  const std::string key = batch.Key(record.request_no);
  ASSIGN_OR_RETURN(const std::optional<HallRequest> before, session.Find<HallRequest>(key));
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, site.location));
  ASSIGN_OR_RETURN(HallRequest after, Record(before, record, key, site, household.id, *books));
  if (before == after) return Outcome::kUnchanged;
  if (before.has_value() && !before->trail.empty()) {
    return Refuse(kFailedPrecondition, "REQUEST_KEPT_HERE",
                  "this request is dealt with here: take its next step here too", "request_no");
  }
  session.Put(after);
  return before.has_value() ? Outcome::kUpdated : Outcome::kAdded;
}

absl::StatusOr<HallRequest> ReceiveRequest(roots::Session& session, const Site& site, const Asking& asking,
                                           const Act& act) {
  const intake::Batch batch{.division = std::string(CountyOf(site.location)), .source = std::string(kSource)};
  const std::string key = batch.Key(asking.request_no);
  ASSIGN_OR_RETURN(const std::optional<HallRequest> known, session.Find<HallRequest>(key));
  if (known.has_value()) {
    return Refuse(kAlreadyExists, "REQUEST_NO_TAKEN", "another request has this number: choose one of its own",
                  "request_no");
  }
  ASSIGN_OR_RETURN(const feed::HouseholdFact household,
                   FindResident(session, asking.household, site.key, act.on, "household"));
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, site.location));
  const Due due = DueOn(asking.kind, act.on, *books);
  HallRequest after{.key = key,
                    .site_key = site.key,
                    .site_location = site.location,
                    .household_id = household.id,
                    .kind = asking.kind,
                    .state = RequestState::kReceived,
                    .received_on = act.on,
                    .due_on = due.on,
                    .first_due_on = due.on,
                    .decisions = {due.decision}};
  return Done(std::move(after), RequestVerb::kReceive, act);
}

}  // namespace anju::relocation
