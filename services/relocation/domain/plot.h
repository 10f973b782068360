#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/platform/policy/policy.h"
#include "services/relocation/domain/resident.h"
#include "services/relocation/domain/site.h"

// Micro-plots 微田园: vegetable land at a site, given to the households that have moved in there.
namespace anju::relocation {

// The links from a site's key to its plots, and to the households that have or had one.
inline constexpr absl::string_view kPlotsOfSite = "plots_of_site";
inline constexpr absl::string_view kPlotHoldersOfSite = "plot_holders_of_site";

// From `since` until `until` (excluded; nothing: still) a household has a plot.
struct PlotHolding {
  std::string household_id;
  Date since;
  std::optional<Date> until;

  void Fields(Archive& archive) {
    archive("household_id", household_id);
    archive("since", since);
    archive("until", until);
  }
  friend bool operator==(const PlotHolding&, const PlotHolding&) = default;
};

struct Plot {
  static constexpr absl::string_view kKind = "plot";
  std::string id;
  // `<division>/<source>/<plot_no>`.
  std::string key;
  std::string site_key;
  // Copied from its site.
  std::string site_location;
  // In 0.01 mu.
  int64_t area_centi_mu = 0;
  // In the order of their days, one at a time.
  std::vector<PlotHolding> holdings;
  // On who was given it; see explain_community.h.
  std::vector<policy::Decision> decisions;

  void Shown(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("site_key", site_key);
    archive("area_centi_mu", area_centi_mu);
    archive("holdings", holdings);
  }
  void Fields(Archive& archive) {
    Shown(archive);
    archive("site_location", site_location);
    archive("decisions", decisions);
  }
  std::string Division() const { return site_location; }
  friend bool operator==(const Plot&, const Plot&) = default;
};

// Area counts while a household has it; see community_indicators.cc.
tally::Contributions Contributions(const Plot& plot);
std::vector<roots::Name> Links(const Plot& plot);

// The same holdings as their household has them: so that a household is counted once, and has not too many.
struct PlotHolder {
  static constexpr absl::string_view kKind = "plot_holder";
  struct Holding {
    std::string plot_key;
    Date since;
    std::optional<Date> until;

    void Fields(Archive& archive) {
      archive("plot_key", plot_key);
      archive("since", since);
      archive("until", until);
    }
    friend bool operator==(const Holding&, const Holding&) = default;
  };
  std::string id;
  // The id of the household.
  std::string key;
  // Of the plot that was given last.
  std::string site_key;
  std::string site_location;
  std::vector<Holding> holdings;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("site_key", site_key);
    archive("site_location", site_location);
    archive("holdings", holdings);
  }
  std::string Division() const { return site_location; }
  friend bool operator==(const PlotHolder&, const PlotHolder&) = default;
};

tally::Contributions Contributions(const PlotHolder& holder);
std::vector<roots::Name> Links(const PlotHolder& holder);

// A row of anju.relocation.v1.PlotRecord: a plot, and one holding of it when it names one.
struct PlotRecord {
  std::string plot_no;
  std::string site_no;
  int64_t area_centi_mu = 0;
  std::string household_no;
  std::optional<Date> since;
  std::optional<Date> until;

  void Fields(Archive& archive) {
    archive("plot_no", plot_no);
    archive("site_no", site_no);
    archive("area_centi_mu", area_centi_mu);
    archive("household_no", household_no);
    archive("since", since);
    archive("until", until);
  }
};

// anju.relocation.v1.AssignPlotRequest.
struct PlotRequest {
  // The key of the household.
  std::string household;

  void Fields(Archive& archive) { archive("household", household); }
};

// What a plot becomes when the county records it so at `site`; its holdings stay. Pure. Refuses, in this order, with
// AREA_NOT_POSITIVE and PLOT_OF_OTHER_SITE.
absl::StatusOr<Plot> RecordPlot(const std::optional<Plot>& before, const PlotRecord& record, const std::string& key,
                                const Site& site);
// What a plot becomes when a holding is recorded so; one that began on the same day is replaced. Pure. Refuses, in this
// order, with DATES_REVERSED and PLOT_TAKEN (another household has it at that time).
absl::StatusOr<Plot> RecordHolding(const Plot& before, const PlotHolding& holding);
// The same for its household. Pure. Refuses with PLOTS_TOO_MANY.
absl::StatusOr<PlotHolder> RecordHolding(const PlotHolder& before, const PlotHolder::Holding& holding,
                                         const policy::Books& books);
// Whether its household may have it beside its other plots, by the policy of the day from which it has it. Pure. The
// reason of a no is what RecordHolding refuses with.
policy::Decision JudgeHolding(const PlotHolder& before, const PlotHolder::Holding& holding, const policy::Books& books);

// Use cases. ImportPlot refuses, in this order, with SITE_NOT_FOUND, as RecordPlot does, HOLDING_INCOMPLETE (a
// household without a day or the other way round), HOUSEHOLD_NOT_FOUND, NOT_MOVED_IN, LIVES_ELSEWHERE, and as
// RecordHolding does. A row without `until` leaves an end that is known alone.
absl::StatusOr<roots::Outcome> ImportPlot(roots::Session& session, const intake::Batch& batch,
                                          const PlotRecord& record);
// Gives the plot to the household with this key, today. Refuses as ImportPlot does from HOUSEHOLD_NOT_FOUND on,
// with PLOT_TAKEN when any household has it now.
absl::StatusOr<Plot> AssignPlot(roots::Session& session, const Plot& before, const std::string& household_key,
                                const Act& act);
// What the household with this id has and had; none when it never had any.
absl::StatusOr<PlotHolder> FindHolder(roots::Session& session, const std::string& household_id);
// Takes the plot back, today. Refuses with PLOT_NOT_HELD.
absl::StatusOr<Plot> ReturnPlot(roots::Session& session, const Plot& before, const Act& act);

}  // namespace anju::relocation
