#include "services/channels/domain/route.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/channels/domain/policy.h"
#include "services/channels/domain/visit.h"
#include "services/platform/base/error.h"
#include "services/platform/base/money.h"

namespace anju::channels {
namespace {

using enum absl::StatusCode;
using roots::Outcome;

absl::Status CheckMoney(int64_t amount_fen, const policy::InForce& policy, absl::string_view field) {
  if (amount_fen < 0) return Refuse(kInvalidArgument, "AMOUNT_NEGATIVE", "a group spends nothing or more", field);
  if (amount_fen > policy[kLargestAmount]) {
    return Refuse(kInvalidArgument, "AMOUNT_TOO_LARGE",
                  absl::StrCat("one group spends at most ", Yuan(policy[kLargestAmount]), ": check the decimal point"),
                  field);
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<roots::Name> Names(const Route& route) {
  std::vector<roots::Name> names;
  for (const TourGroup& group : route.groups) names.push_back({.kind = std::string(kGroupName), .name = group.key});
  return names;
}

absl::StatusOr<Route> Record(const std::optional<Route>& before, const RouteRecord& record, const std::string& key,
                             const std::string& location) {
  RETURN_IF_ERROR(intake::InOrder(record.opened_on, record.closed_on, "closed_on"));
  Route after = before.value_or(Route{.key = key});
  after.name = record.name;
  after.opened_on = record.opened_on;
  after.closed_on = record.closed_on;
  if (!after.groups.empty() && after.location != location) {
    return Refuse(kFailedPrecondition, "ROUTE_HAS_GROUPS",
                  "groups have taken it from elsewhere: close it and open a route with a new number", "location");
  }
  after.location = location;
  for (const TourGroup& group : after.groups) {
    if (after.OpenOn(group.visited_on)) continue;
    return Refuse(kFailedPrecondition, "ROUTE_HAS_GROUPS",
                  absl::StrCat("a group has taken it on ", Format(group.visited_on)),
                  group.visited_on < after.opened_on ? "opened_on" : "closed_on");
  }
  return after;
}

absl::StatusOr<Route> Take(const Route& before, const TourGroup& group, const policy::Books& books, Outcome* outcome) {
  Route after = before;
  *outcome = roots::Keep(after.groups, group, &TourGroup::key);
  if (*outcome == Outcome::kUnchanged) return after;
  const policy::InForce policy = PolicyOn(books, group.visited_on);
  if (group.head_count < 1) {
    return Refuse(kInvalidArgument, "HEAD_COUNT_NOT_POSITIVE", "a group is at least one person", "head_count");
  }
  RETURN_IF_ERROR(CheckMoney(group.product_sales_fen, policy, "product_sales_fen"));
  RETURN_IF_ERROR(CheckMoney(group.other_spending_fen, policy, "other_spending_fen"));
  if (!before.OpenOn(group.visited_on)) {
    return Refuse(kFailedPrecondition, "ROUTE_NOT_OPEN",
                  absl::StrCat("the route did not run on ", Format(group.visited_on), ": correct the route's dates"),
                  "visited_on");
  }
  if (after.groups.size() > kMostGroups) {
    return Refuse(kFailedPrecondition, "TOO_MANY_GROUPS",
                  absl::StrCat("at most ", kMostGroups, " groups take one route: open another"), "route_no");
  }
  return after;
}

absl::StatusOr<Outcome> ImportRoute(roots::Session& session, const intake::Batch& batch, const RouteRecord& record) {
  ASSIGN_OR_RETURN(std::string location, intake::ResolveWithin(session, batch, record.location, "location"));
  const std::string key = batch.Key(record.route_no);
  ASSIGN_OR_RETURN(const std::optional<Route> before, session.Find<Route>(key));
  if (before.has_value()) {
    ASSIGN_OR_RETURN(location, intake::KeepCode(session, before->location, location));
  }
  ASSIGN_OR_RETURN(Route after, Record(before, record, key, location));
  if (before == after) return Outcome::kUnchanged;
  session.Put(after);
  return before.has_value() ? Outcome::kUpdated : Outcome::kAdded;
}

absl::StatusOr<Outcome> ImportTourGroup(roots::Session& session, const intake::Batch& batch,
                                        const TourGroupRecord& record) {
  ASSIGN_OR_RETURN(const std::optional<Route> before, session.Find<Route>(batch.Key(record.route_no)));
  if (!before.has_value()) return Refuse(kNotFound, "ROUTE_NOT_FOUND", "import the route first", "route_no");
  const TourGroup group{.group_no = record.group_no,
                        .key = batch.Key(record.group_no),
                        .visited_on = record.visited_on,
                        .head_count = record.head_count,
                        .product_sales_fen = record.product_sales_fen,
                        .other_spending_fen = record.other_spending_fen};
  Outcome outcome = Outcome::kUnchanged;
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, before->Division()));
  ASSIGN_OR_RETURN(Route after, Take(*before, group, *books, &outcome));
  ASSIGN_OR_RETURN(std::optional<Route> holder, session.FindNamed<Route>(kGroupName, group.key));
  if (holder.has_value() && holder->id != before->id) {
    // It was recorded with the wrong route.
    std::erase_if(holder->groups, [&](const TourGroup& old) { return old.key == group.key; });
    session.Put(*holder);
    outcome = Outcome::kUpdated;
  }
  if (outcome == Outcome::kUnchanged) return outcome;
  session.Put(after);
  if (holder.has_value()) {
    RETURN_IF_ERROR(
        MoveVisits(session, {.group_key = group.key, .visited_on = group.visited_on, .location = after.location}));
  }
  return outcome;
}

}  // namespace anju::channels
