#include "services/relocation/domain/plot.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/relocation/domain/community_policy.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;

template <typename A, typename B>
bool Overlap(const A& a, const B& b) {
  return tally::Intersect({.from = a.since, .until = a.until}, {.from = b.since, .until = b.until}).has_value();
}

absl::Status Taken(const PlotHolding& holding) {
  return Refuse(
      kAlreadyExists, "PLOT_TAKEN",
      absl::StrCat("the plot is given since ", Format(holding.since), ": record first when it was taken back"),
      "since");
}

bool Same(const PlotHolder::Holding& a, const PlotHolder::Holding& b) {
  return a.plot_key == b.plot_key && a.since == b.since;
}

// How many plots the household would have at a time, at most, while it has this one.
int64_t PlotsWith(const PlotHolder& before, const PlotHolder::Holding& holding) {
  std::vector<PlotHolder::Holding> all = before.holdings;
  std::erase_if(all, [&](const PlotHolder::Holding& known) { return Same(known, holding); });
  all.push_back(holding);
  int64_t most = 0;
  // The most are had on a day on which one of them begins.
  for (const PlotHolder::Holding& first : all) {
    const PlotHolder::Holding day{.since = first.since, .until = first.since + 1};
    if (!Overlap(first, day) || !Overlap(holding, day)) continue;
    const auto had =
        std::count_if(all.begin(), all.end(), [&](const PlotHolder::Holding& other) { return Overlap(other, day); });
    most = std::max<int64_t>(most, had);
  }
  return most;
}

absl::Status CheckPlots(int64_t plots, int64_t most) {
  if (plots <= most) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "PLOTS_TOO_MANY",
                absl::StrCat("a household has at most ", most, " plots at a time"), "plot_no");
}

// Records the holding on the plot and on its household, and takes it from the household that was recorded to have it.
absl::StatusOr<Plot> Give(roots::Session& session, const Plot& before, const PlotHolding& holding) {
  // What is known so is not decided again.
  if (std::find(before.holdings.begin(), before.holdings.end(), holding) != before.holdings.end()) return before;
  ASSIGN_OR_RETURN(Plot after, RecordHolding(before, holding));
  const PlotHolder::Holding held{.plot_key = before.key, .since = holding.since, .until = holding.until};
  for (const PlotHolding& known : before.holdings) {
    if (known.since != holding.since || known.household_id == holding.household_id) continue;
    ASSIGN_OR_RETURN(PlotHolder old, FindHolder(session, known.household_id));
    std::erase_if(old.holdings, [&](const PlotHolder::Holding& other) { return Same(other, held); });
    session.Put(old);
  }
  ASSIGN_OR_RETURN(PlotHolder holder, FindHolder(session, holding.household_id));
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, before.site_location));
  policy::Keep(after.decisions, JudgeHolding(holder, held, *books));
  ASSIGN_OR_RETURN(holder, RecordHolding(holder, held, *books));
  holder.site_key = before.site_key;
  holder.site_location = before.site_location;
  session.Put(holder);
  return after;
}

}  // namespace

std::vector<roots::Name> Links(const Plot& plot) {
  return {{.kind = std::string(kPlotsOfSite), .name = plot.site_key}};
}

std::vector<roots::Name> Links(const PlotHolder& holder) {
  return {{.kind = std::string(kPlotHoldersOfSite), .name = holder.site_key}};
}

absl::StatusOr<Plot> RecordPlot(const std::optional<Plot>& before, const PlotRecord& record, const std::string& key,
                                const Site& site) {
  if (record.area_centi_mu < 1) {
    return Refuse(kInvalidArgument, "AREA_NOT_POSITIVE", "give the area of the plot", "area_centi_mu");
  }
  if (before.has_value() && before->site_key != site.key) {
    return Refuse(kFailedPrecondition, "PLOT_OF_OTHER_SITE",
                  "a plot with this number lies at another site: numbers are unique within the sending system",
                  "plot_no");
  }
  Plot after = before.value_or(Plot{.key = key});
  after.site_key = site.key;
  after.site_location = site.location;
  after.area_centi_mu = record.area_centi_mu;
  return after;
}

absl::StatusOr<Plot> RecordHolding(const Plot& before, const PlotHolding& holding) {
  RETURN_IF_ERROR(intake::InOrder(holding.since, holding.until, "until"));
  Plot after = before;
  std::erase_if(after.holdings, [&](const PlotHolding& known) { return known.since == holding.since; });
  for (const PlotHolding& other : after.holdings) {
    if (!Overlap(other, holding)) continue;
    return Taken(other);
  }
  const auto later = std::find_if(after.holdings.begin(), after.holdings.end(),
                                  [&](const PlotHolding& known) { return known.since > holding.since; });
  after.holdings.insert(later, holding);
  return after;
}

policy::Decision JudgeHolding(const PlotHolder& before, const PlotHolder::Holding& holding,
                              const policy::Books& books) {
  const policy::InForce policy = PolicyOn(books, holding.since);
  const int64_t plots = PlotsWith(before, holding);
  policy::Decision decision = policy::Judged(kPlotGiven, CheckPlots(plots, policy[kPlotsPerHousehold]));
  decision.subject = before.key;
  decision.decided_on = holding.since;
  decision.inputs = {{"plots_at_a_time", absl::StrCat(plots)}};
  decision.used = policy.Use({kPlotsPerHousehold});
  return decision;
}

absl::StatusOr<PlotHolder> RecordHolding(const PlotHolder& before, const PlotHolder::Holding& holding,
                                         const policy::Books& books) {
  const int64_t most = PolicyOn(books, holding.since)[kPlotsPerHousehold];
  RETURN_IF_ERROR(CheckPlots(PlotsWith(before, holding), most));
  PlotHolder after = before;
  std::erase_if(after.holdings, [&](const PlotHolder::Holding& known) { return Same(known, holding); });
  after.holdings.push_back(holding);
  return after;
}

absl::StatusOr<PlotHolder> FindHolder(roots::Session& session, const std::string& household_id) {
  ASSIGN_OR_RETURN(std::optional<PlotHolder> found, session.Find<PlotHolder>(household_id));
  return found.value_or(PlotHolder{.key = household_id});
}

absl::StatusOr<Outcome> ImportPlot(roots::Session& session, const intake::Batch& batch, const PlotRecord& record) {
  ASSIGN_OR_RETURN(const Site site, FindSite(session, batch.Key(record.site_no), "site_no"));
  const std::string key = batch.Key(record.plot_no);
  ASSIGN_OR_RETURN(const std::optional<Plot> before, session.Find<Plot>(key));
  ASSIGN_OR_RETURN(Plot after, RecordPlot(before, record, key, site));
  if (record.household_no.empty() != !record.since.has_value()) {
    return Refuse(kInvalidArgument, "HOLDING_INCOMPLETE", "give the household and the day it got the plot, or neither",
                  record.since.has_value() ? "household_no" : "since");
  }
  if (record.since.has_value()) {
    ASSIGN_OR_RETURN(const feed::HouseholdFact household, FindResident(session, batch.HouseholdKey(record.household_no),
                                                                       site.key, *record.since, "household_no"));
    PlotHolding holding{.household_id = household.id, .since = *record.since, .until = record.until};
    const PlotHolding* known = roots::Lookup(after.holdings, &PlotHolding::since, holding.since);
    if (known != nullptr && known->household_id == household.id && !holding.until.has_value()) {
      holding.until = known->until;
    }
    ASSIGN_OR_RETURN(after, Give(session, after, holding));
  }
  if (before == after) return Outcome::kUnchanged;
  session.Put(after);
  return before.has_value() ? Outcome::kUpdated : Outcome::kAdded;
}

absl::StatusOr<Plot> AssignPlot(roots::Session& session, const Plot& before, const std::string& household_key,
                                const Act& act) {
  ASSIGN_OR_RETURN(const feed::HouseholdFact household,
                   FindResident(session, household_key, before.site_key, act.on, "household"));
  if (!before.holdings.empty() &&
      (!before.holdings.back().until.has_value() || *before.holdings.back().until > act.on)) {
    return Taken(before.holdings.back());
  }
  return Give(session, before, {.household_id = household.id, .since = act.on});
}

absl::StatusOr<Plot> ReturnPlot(roots::Session& session, const Plot& before, const Act& act) {
  if (before.holdings.empty() || before.holdings.back().until.has_value() || before.holdings.back().since > act.on) {
    return Refuse(kFailedPrecondition, "PLOT_NOT_HELD", "no household has this plot now");
  }
  PlotHolding holding = before.holdings.back();
  holding.until = act.on;
  return Give(session, before, holding);
}

}  // namespace anju::relocation
