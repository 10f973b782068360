#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/platform/intake/batch.h"
#include "services/platform/policy/policy.h"
#include "services/platform/roots/session.h"

namespace anju::channels {

// No route has more groups.
inline constexpr size_t kMostGroups = 5000;

// Visitors who travelled together, and what they spent.
struct TourGroup {
  std::string group_no;
  // `<division>/<source>/<group_no>`.
  std::string key;
  Date visited_on;
  int32_t head_count = 0;
  int64_t product_sales_fen = 0;
  int64_t other_spending_fen = 0;

  void Fields(Archive& archive) {
    archive("group_no", group_no);
    archive("key", key);
    archive("visited_on", visited_on);
    archive("head_count", head_count);
    archive("product_sales_fen", product_sales_fen);
    archive("other_spending_fen", other_spending_fen);
  }
  friend bool operator==(const TourGroup&, const TourGroup&) = default;
};

// A tourism route, and the groups that took it.
struct Route {
  static constexpr absl::string_view kKind = "route";
  std::string id;
  // `<division>/<source>/<route_no>`.
  std::string key;
  std::string name;
  std::string location;
  Date opened_on;
  // The first day on which it runs no longer.
  std::optional<Date> closed_on;
  std::vector<TourGroup> groups;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("name", name);
    archive("location", location);
    archive("opened_on", opened_on);
    archive("closed_on", closed_on);
    archive("groups", groups);
  }
  std::string Division() const { return location; }
  bool OpenOn(Date day) const { return opened_on <= day && (!closed_on.has_value() || day < *closed_on); }
  friend bool operator==(const Route&, const Route&) = default;
};

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const Route& route);
// A group is on one route.
std::vector<roots::Name> Names(const Route& route);
inline constexpr absl::string_view kGroupName = "group";

// A row of anju.channels.v1.RouteRecord.
struct RouteRecord {
  std::string route_no;
  std::string name;
  std::string location;
  Date opened_on;
  std::optional<Date> closed_on;

  void Fields(Archive& archive) {
    archive("route_no", route_no);
    archive("name", name);
    archive("location", location);
    archive("opened_on", opened_on);
    archive("closed_on", closed_on);
  }
};

// A row of anju.channels.v1.TourGroupRecord.
struct TourGroupRecord {
  std::string group_no;
  std::string route_no;
  Date visited_on;
  int32_t head_count = 0;
  int64_t product_sales_fen = 0;
  int64_t other_spending_fen = 0;

  void Fields(Archive& archive) {
    archive("group_no", group_no);
    archive("route_no", route_no);
    archive("visited_on", visited_on);
    archive("head_count", head_count);
    archive("product_sales_fen", product_sales_fen);
    archive("other_spending_fen", other_spending_fen);
  }
};

// What a route becomes when it is recorded so. Pure. Refuses, in this order, with DATES_REVERSED and ROUTE_HAS_GROUPS
// (run from elsewhere, or when it would not run any longer).
absl::StatusOr<Route> Record(const std::optional<Route>& before, const RouteRecord& record, const std::string& key,
                             const std::string& location);

// What a route becomes when a group has taken it. Pure. Refuses, in this order, with HEAD_COUNT_NOT_POSITIVE,
// AMOUNT_NEGATIVE, AMOUNT_TOO_LARGE, ROUTE_NOT_OPEN and TOO_MANY_GROUPS.
absl::StatusOr<Route> Take(const Route& before, const TourGroup& group, const policy::Books& books,
                           roots::Outcome* outcome);

// Use cases.
absl::StatusOr<roots::Outcome> ImportRoute(roots::Session& session, const intake::Batch& batch,
                                           const RouteRecord& record);
absl::StatusOr<roots::Outcome> ImportTourGroup(roots::Session& session, const intake::Batch& batch,
                                               const TourGroupRecord& record);

}  // namespace anju::channels
