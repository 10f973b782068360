#include "services/relocation/domain/construction.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;

absl::Status CheckNotAhead(roots::Session& session, const std::optional<Date>& day, absl::string_view field) {
  if (!day.has_value() || *day <= DayInChina(session.now())) return absl::OkStatus();
  return Refuse(kInvalidArgument, "DAY_IN_FUTURE", "give a day that has come, or leave it empty", field);
}

// The works of the site that a row names, and the building when it names one.
struct Ground {
  SiteWorks works;
  std::string building_key;
};
absl::StatusOr<Ground> FindGround(roots::Session& session, const intake::Batch& batch, const std::string& site_no,
                                  const std::string& building_no) {
  const std::string site_key = batch.Key(site_no);
  ASSIGN_OR_RETURN(SiteWorks works, FindWorks(session, site_key));
  if (building_no.empty()) return Ground{.works = std::move(works)};
  ASSIGN_OR_RETURN(std::string building_key, FindBuilding(session, batch.Key(building_no), site_key));
  return Ground{.works = std::move(works), .building_key = std::move(building_key)};
}

// Keeps an item of a site's works.
template <typename Item>
absl::StatusOr<Outcome> KeepItem(roots::Session& session, SiteWorks works, std::vector<Item> SiteWorks::*list,
                                 Item item, std::string Item::*number, size_t most) {
  const Outcome outcome = roots::Keep(works.*list, std::move(item), number);
  if (outcome == Outcome::kUnchanged) return outcome;
  if ((works.*list).size() > most) {
    return Refuse(kFailedPrecondition, "ITEMS_TOO_MANY", absl::StrCat("at most ", most, " are kept of one site"));
  }
  session.Put(works);
  return outcome;
}

}  // namespace

int64_t DaysLate(const SiteWorks& works, Date day) {
  int64_t late = 0;
  for (const Milestone& milestone : works.milestones) {
    const Date until = milestone.reached_on.has_value() ? std::min(*milestone.reached_on, day) : day;
    late = std::max<int64_t>(late, until - milestone.planned_on);
  }
  return late;
}

bool IsAccepted(const SiteWorks& works, absl::string_view building_key, Date day) {
  return std::any_of(works.milestones.begin(), works.milestones.end(), [&](const Milestone& milestone) {
    return milestone.kind == MilestoneKind::kAcceptance && milestone.reached_on.has_value() &&
           *milestone.reached_on <= day && (milestone.building_key.empty() || milestone.building_key == building_key);
  });
}

absl::StatusOr<SiteWorks> ReachMilestone(const SiteWorks& before, const ReachMilestoneRequest& request, Date today) {
  SiteWorks after = before;
  Milestone* milestone = roots::Lookup(after.milestones, &Milestone::milestone_no, request.milestone_no);
  if (milestone == nullptr) {
    return Refuse(kNotFound, "MILESTONE_NOT_FOUND", "the site has no milestone with this number", "milestone_no");
  }
  if (milestone->reached_on.has_value() && *milestone->reached_on != request.reached_on) {
    return Refuse(kFailedPrecondition, "MILESTONE_REACHED",
                  absl::StrCat("it was reached on ", Format(*milestone->reached_on), ": correct it by an import"),
                  "milestone_no");
  }
  if (request.reached_on > today) {
    return Refuse(kInvalidArgument, "DAY_IN_FUTURE", "give a day that has come", "reached_on");
  }
  milestone->reached_on = request.reached_on;
  return after;
}

absl::StatusOr<Outcome> ImportMilestone(roots::Session& session, const intake::Batch& batch,
                                        const MilestoneRecord& record) {
  ASSIGN_OR_RETURN(Ground ground, FindGround(session, batch, record.site_no, record.building_no));
  RETURN_IF_ERROR(CheckNotAhead(session, record.reached_on, "reached_on"));
  Milestone milestone{.milestone_no = record.milestone_no,
                      .building_key = ground.building_key,
                      .kind = record.kind,
                      .planned_on = record.planned_on,
                      .reached_on = record.reached_on};
  return KeepItem(session, std::move(ground.works), &SiteWorks::milestones, std::move(milestone),
                  &Milestone::milestone_no, kMostMilestones);
}

absl::StatusOr<Outcome> ImportInspection(roots::Session& session, const intake::Batch& batch,
                                         const InspectionRecord& record) {
  ASSIGN_OR_RETURN(Ground ground, FindGround(session, batch, record.site_no, record.building_no));
  RETURN_IF_ERROR(CheckNotAhead(session, record.inspected_on, "inspected_on"));
  Inspection inspection{.inspection_no = record.inspection_no,
                        .building_key = ground.building_key,
                        .inspected_on = record.inspected_on,
                        .inspector = record.inspector,
                        .result = record.result};
  return KeepItem(session, std::move(ground.works), &SiteWorks::inspections, std::move(inspection),
                  &Inspection::inspection_no, kMostInspections);
}

absl::StatusOr<Outcome> ImportFacility(roots::Session& session, const intake::Batch& batch,
                                       const FacilityRecord& record) {
  ASSIGN_OR_RETURN(SiteWorks works, FindWorks(session, batch.Key(record.site_no)));
  RETURN_IF_ERROR(CheckNotAhead(session, record.facility.completed_on, "completed_on"));
  return KeepItem(session, std::move(works), &SiteWorks::facilities, record.facility, &Facility::facility_no,
                  kMostFacilities);
}

absl::StatusOr<SiteWorks> FindWorks(roots::Session& session, const std::string& name) {
  ASSIGN_OR_RETURN(const Site site, FindSite(session, name));
  ASSIGN_OR_RETURN(std::optional<SiteWorks> works, session.Find<SiteWorks>(site.key));
  if (works.has_value()) return *std::move(works);
  return SiteWorks{.key = site.key, .site_location = site.location};
}

}  // namespace anju::relocation
