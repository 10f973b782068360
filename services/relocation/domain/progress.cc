#include "services/relocation/domain/progress.h"

#include <algorithm>
#include <tuple>

namespace anju::relocation {
namespace {

bool IsBy(const std::optional<Date>& step, Date day) { return step.has_value() && *step <= day; }

struct Part {
  const char* indicator;
  int64_t DivisionProgress::*field;
};
constexpr Part kParts[] = {
    {"relocation.planned_units", &DivisionProgress::units_planned},
    {"relocation.units_completed", &DivisionProgress::units_completed},
    {"relocation.households_to_move", &DivisionProgress::households_to_move},
    {"relocation.persons_to_move", &DivisionProgress::persons_to_move},
    {"relocation.households_moved_in", &DivisionProgress::households_moved},
    {"relocation.persons_moved_in", &DivisionProgress::persons_moved},
    {"relocation.milestones_overdue", &DivisionProgress::milestones_overdue},
    {"relocation.quality_issues_open", &DivisionProgress::open_issues},
    {"relocation.serious_issues_open", &DivisionProgress::serious_issues},
};

}  // namespace

int64_t ShareBp(int64_t part, int64_t whole) { return whole == 0 ? 0 : (part * 20'000 + whole) / (2 * whole); }

SiteProgress ProgressOf(const SiteRecords& records, Date day) {
  const Site& site = records.site;
  SiteProgress progress{.site_id = site.id,
                        .site_key = site.key,
                        .name = site.name,
                        .location = site.location,
                        .tier = site.tier,
                        .units_planned = site.planned_units,
                        .days_late = DaysLate(records.works, day)};
  progress.units_completed = std::count_if(records.units.begin(), records.units.end(),
                                           [&](const Unit& unit) { return IsBy(unit.completed_on, day); });
  for (const Case& relocation : records.cases) {
    const Steps& steps = relocation.steps;
    if (!IsBy(steps.approved_on, day) || IsBy(steps.EndedOn(), day)) continue;
    const int64_t persons = relocation.household.PersonsOn(day);
    progress.households_to_move += 1;
    progress.persons_to_move += persons;
    if (!IsBy(steps.moved_in_on, day)) continue;
    progress.households_moved += 1;
    progress.persons_moved += persons;
  }
  progress.moved_bp = ShareBp(progress.households_moved, progress.households_to_move);
  for (const QualityIssue& issue : records.issues) {
    if (issue.found_on > day || IsBy(issue.closed_on, day)) continue;
    progress.open_issues += 1;
    if (issue.severity == Severity::kSerious) progress.serious_issues += 1;
  }
  return progress;
}

DivisionProgress ProgressOf(const std::string& division, const std::vector<std::pair<std::string, int64_t>>& figures) {
  DivisionProgress progress{.division = division};
  for (const auto& [indicator, value] : figures) {
    for (const Part& part : kParts) {
      if (indicator == part.indicator) progress.*part.field = value;
    }
  }
  progress.moved_bp = ShareBp(progress.households_moved, progress.households_to_move);
  return progress;
}

std::vector<std::string> ProgressIndicators() {
  std::vector<std::string> ids;
  for (const Part& part : kParts) ids.emplace_back(part.indicator);
  return ids;
}

void LaggingFirst(std::vector<SiteProgress>& sites) {
  const auto rank = [](const SiteProgress& site) {
    return std::tuple(-site.days_late, site.moved_bp, -site.open_issues, site.site_key);
  };
  std::sort(sites.begin(), sites.end(),
            [&](const SiteProgress& a, const SiteProgress& b) { return rank(a) < rank(b); });
}

void LaggingFirst(std::vector<DivisionProgress>& divisions) {
  const auto rank = [](const DivisionProgress& one) {
    return std::tuple(one.households_to_move == 0, one.moved_bp, -one.milestones_overdue, -one.open_issues,
                      one.division);
  };
  std::sort(divisions.begin(), divisions.end(),
            [&](const DivisionProgress& a, const DivisionProgress& b) { return rank(a) < rank(b); });
}

}  // namespace anju::relocation
