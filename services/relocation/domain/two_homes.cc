#include "services/relocation/domain/two_homes.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/relocation/domain/policy.h"
#include "services/relocation/domain/spans.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using tally::Span;

// The runs of consecutive months after the move in which the home was idle, or was not, that are at least so long.
std::vector<Span> Runs(const Case& relocation, Home home, bool idle, int32_t shortest) {
  std::vector<Span> runs;
  const Month moved = Month::Of(*relocation.steps.moved_in_on);
  const PowerReading* last = nullptr;
  int32_t length = 0;
  const auto end = [&](std::optional<Date> until) {
    if (length >= shortest) runs.push_back({.from = last->month.Plus(1 - length).FirstDay(), .until = until});
    length = 0;
  };
  for (const PowerReading& reading : relocation.power) {
    if (reading.home != home || reading.month <= moved) continue;
    const bool goes_on = last != nullptr && last->month.Plus(1) == reading.month && reading.idle == idle;
    if (length > 0 && !goes_on) end(last->month.Plus(1).FirstDay());
    if (reading.idle == idle) ++length;
    last = &reading;
  }
  if (length > 0) end(std::nullopt);
  return runs;
}

}  // namespace

HomeUse UseOf(const Case& relocation) {
  if (!relocation.steps.moved_in_on.has_value()) return {};
  HomeUse use{.old_in_use = Runs(relocation, Home::kOld, /*idle=*/false, 1),
              .new_idle = Runs(relocation, Home::kNew, /*idle=*/true, relocation.idle_months)};
  if (relocation.steps.demolished_on.has_value()) {
    const Span stands{.from = *relocation.steps.moved_in_on, .until = relocation.steps.demolished_on};
    use.old_in_use = Intersect(use.old_in_use, std::vector<Span>{stands});
  }
  return use;
}

std::optional<Date> TwoHomesSince(const Case& relocation) {
  HomeUse use = UseOf(relocation);
  std::vector<Span> all = std::move(use.old_in_use);
  all.insert(all.end(), use.new_idle.begin(), use.new_idle.end());
  all = tally::Union(std::move(all));
  if (all.empty() || all.back().until.has_value()) return std::nullopt;
  return all.back().from;
}

policy::Decision JudgeTwoHomes(const Case& relocation, Date day, std::vector<policy::Used> used) {
  const std::optional<Date> since = TwoHomesSince(relocation);
  const auto months = [&](Home home, bool idle) {
    return std::count_if(relocation.power.begin(), relocation.power.end(),
                         [&](const PowerReading& reading) { return reading.home == home && reading.idle == idle; });
  };
  policy::Decision decision = policy::Judged(kHasTwoHomes, absl::OkStatus());
  if (!since.has_value()) {
    decision.verdict = policy::Verdict::kNo;
    decision.reason = "ONE_HOME";
    if (relocation.power.empty()) decision.reason = "NO_READINGS";
    if (!relocation.steps.moved_in_on.has_value()) decision.reason = "NOT_MOVED_IN";
  }
  decision.decided_on = day;
  decision.inputs = {{"readings", absl::StrCat(relocation.power.size())},
                     {"old_home_months_in_use", absl::StrCat(months(Home::kOld, /*idle=*/false))},
                     {"new_home_idle_months", absl::StrCat(months(Home::kNew, /*idle=*/true))},
                     {"since", since.has_value() ? Format(*since) : ""}};
  decision.used = std::move(used);
  return decision;
}

absl::StatusOr<Case> RecordReading(const Case& before, const PowerReadingRecord& record, const policy::Books& books,
                                   Outcome* outcome) {
  if (record.kwh_milli < 0) {
    return Refuse(kInvalidArgument, "READING_NEGATIVE", "give what was used in the month, in kilowatt-hours",
                  "kwh_milli");
  }
  const policy::InForce policy = PolicyOn(books, record.month.FirstDay());
  Case after = before;
  const PowerReading reading{.home = record.home,
                             .month = record.month,
                             .kwh_milli = record.kwh_milli,
                             .idle = record.kwh_milli <= policy[kIdlePower]};
  const auto place = std::lower_bound(after.power.begin(), after.power.end(), reading,
                                      [](const PowerReading& a, const PowerReading& b) {
                                        return std::tuple(a.home, a.month) < std::tuple(b.home, b.month);
                                      });
  if (place != after.power.end() && place->home == reading.home && place->month == reading.month) {
    *outcome = *place == reading ? Outcome::kUnchanged : Outcome::kUpdated;
    *place = reading;
  } else {
    *outcome = Outcome::kAdded;
    after.power.insert(place, reading);
  }
  const auto first = std::find_if(after.power.begin(), after.power.end(),
                                  [&](const PowerReading& kept) { return kept.home == record.home; });
  const auto of_home =
      std::count_if(first, after.power.end(), [&](const PowerReading& kept) { return kept.home == record.home; });
  if (of_home > static_cast<int64_t>(kMonthsOfReadings)) after.power.erase(first);
  after.idle_months = static_cast<int32_t>(policy[kIdleMonths]);
  if (after == before) {
    *outcome = Outcome::kUnchanged;
  } else {
    policy::Keep(after.decisions, JudgeTwoHomes(after, record.month.LastDay(), policy.Use({kIdlePower, kIdleMonths})));
  }
  return after;
}

absl::StatusOr<Outcome> ImportPowerReading(roots::Session& session, const intake::Batch& batch,
                                           const PowerReadingRecord& record) {
  ASSIGN_OR_RETURN(const Case before, FindCaseOf(session, batch, record.household_no));
  Outcome outcome = Outcome::kUnchanged;
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, before.Division()));
  ASSIGN_OR_RETURN(Case after, RecordReading(before, record, *books, &outcome));
  if (outcome != Outcome::kUnchanged) session.Put(after);
  return outcome;
}

}  // namespace anju::relocation
