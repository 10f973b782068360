#pragma once

#include <string>
#include <vector>

#include "services/relocation/domain/case.h"
#include "services/relocation/domain/quality_issue.h"
#include "services/relocation/domain/unit.h"

// The progress board 搬迁进度: how far each site and each division is, with the lagging ones first.
namespace anju::relocation {

// A board shows the sites of one county; no county has as many.
inline constexpr int64_t kMostSitesOfBoard = 1000;

// A share in hundredths of a percent, rounded half up; 0 of nothing.
int64_t ShareBp(int64_t part, int64_t whole);

// anju.relocation.v1.SiteProgress.
struct SiteProgress {
  std::string site_id;
  std::string site_key;
  std::string name;
  std::string location;
  Tier tier = Tier::kUnspecified;
  int64_t units_planned = 0;
  int64_t units_completed = 0;
  // Approved to move there, whether or not they have moved.
  int64_t households_to_move = 0;
  int64_t persons_to_move = 0;
  int64_t households_moved = 0;
  int64_t persons_moved = 0;
  int64_t moved_bp = 0;
  // Of the latest milestone.
  int64_t days_late = 0;
  int64_t open_issues = 0;
  int64_t serious_issues = 0;

  void Fields(Archive& archive) {
    archive("site_id", site_id);
    archive("site_key", site_key);
    archive("name", name);
    archive("location", location);
    archive("tier", tier);
    archive("units_planned", units_planned);
    archive("units_completed", units_completed);
    archive("households_to_move", households_to_move);
    archive("persons_to_move", persons_to_move);
    archive("households_moved", households_moved);
    archive("persons_moved", persons_moved);
    archive("moved_bp", moved_bp);
    archive("days_late", days_late);
    archive("open_issues", open_issues);
    archive("serious_issues", serious_issues);
  }
};

// anju.relocation.v1.DivisionProgress.
struct DivisionProgress {
  std::string division;
  int64_t units_planned = 0;
  int64_t units_completed = 0;
  int64_t households_to_move = 0;
  int64_t persons_to_move = 0;
  int64_t households_moved = 0;
  int64_t persons_moved = 0;
  int64_t moved_bp = 0;
  int64_t milestones_overdue = 0;
  int64_t open_issues = 0;
  int64_t serious_issues = 0;

  void Fields(Archive& archive) {
    archive("division", division);
    archive("units_planned", units_planned);
    archive("units_completed", units_completed);
    archive("households_to_move", households_to_move);
    archive("persons_to_move", persons_to_move);
    archive("households_moved", households_moved);
    archive("persons_moved", persons_moved);
    archive("moved_bp", moved_bp);
    archive("milestones_overdue", milestones_overdue);
    archive("open_issues", open_issues);
    archive("serious_issues", serious_issues);
  }
};

// What is recorded of one site.
struct SiteRecords {
  Site site;
  SiteWorks works;
  std::vector<Unit> units;
  std::vector<Case> cases;
  std::vector<QualityIssue> issues;
};

// As of the end of a day. Pure.
SiteProgress ProgressOf(const SiteRecords& records, Date day);
// From the figures of the division, by their ids; one that is not there is 0. Pure.
DivisionProgress ProgressOf(const std::string& division, const std::vector<std::pair<std::string, int64_t>>& figures);
// The ids of those figures.
std::vector<std::string> ProgressIndicators();

// Those first that are latest against their milestones, then those with the smallest share moved, then those with most
// open issues.
void LaggingFirst(std::vector<SiteProgress>& sites);
// Those first with the smallest share moved, then those with most milestones overdue, then with most open issues.
// Divisions in which nobody is to move come last.
void LaggingFirst(std::vector<DivisionProgress>& divisions);

}  // namespace anju::relocation
