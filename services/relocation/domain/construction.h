#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/platform/notice/notice.h"
#include "services/relocation/domain/building.h"

namespace anju::relocation {

using notice::Act;

// At most so many are kept of one site.
inline constexpr size_t kMostMilestones = 500;
inline constexpr size_t kMostInspections = 1000;
inline constexpr size_t kMostFacilities = 200;

enum class MilestoneKind : int32_t {
  kUnspecified = 0,
  kLand = 1,
  kFoundation = 2,
  kStructure = 3,
  kCompletion = 4,
  kAcceptance = 5,
  kOther = 6
};
enum class InspectionResult : int32_t { kUnspecified = 0, kPassed = 1, kPassedWithIssues = 2, kFailed = 3 };
enum class FacilityKind : int32_t {
  kUnspecified = 0,
  kWater = 1,
  kPower = 2,
  kRoad = 3,
  kSchool = 4,
  kClinic = 5,
  kMarket = 6,
  kOther = 7
};

// What has to be reached by a day, at a site or in one of its buildings.
struct Milestone {
  std::string milestone_no;
  // The key of the building; empty: the whole site.
  std::string building_key;
  MilestoneKind kind = MilestoneKind::kUnspecified;
  Date planned_on;
  std::optional<Date> reached_on;

  void Fields(Archive& archive) {
    archive("milestone_no", milestone_no);
    archive("building_key", building_key);
    archive("kind", kind);
    archive("planned_on", planned_on);
    archive("reached_on", reached_on);
  }
  friend bool operator==(const Milestone&, const Milestone&) = default;
};

struct Inspection {
  std::string inspection_no;
  std::string building_key;
  Date inspected_on;
  // A reference to who inspected, such as the number of their report; never a name.
  std::string inspector;
  InspectionResult result = InspectionResult::kUnspecified;

  void Fields(Archive& archive) {
    archive("inspection_no", inspection_no);
    archive("building_key", building_key);
    archive("inspected_on", inspected_on);
    archive("inspector", inspector);
    archive("result", result);
  }
  friend bool operator==(const Inspection&, const Inspection&) = default;
};

// What a site needs beside homes 配套设施.
struct Facility {
  std::string facility_no;
  FacilityKind kind = FacilityKind::kUnspecified;
  std::string name;
  Date planned_on;
  std::optional<Date> completed_on;

  void Fields(Archive& archive) {
    archive("facility_no", facility_no);
    archive("kind", kind);
    archive("name", name);
    archive("planned_on", planned_on);
    archive("completed_on", completed_on);
  }
  friend bool operator==(const Facility&, const Facility&) = default;
};

// What is done at a site 工程: one for each site, with its key.
struct SiteWorks {
  static constexpr absl::string_view kKind = "site_works";
  std::string id;
  std::string key;
  // Copied from its site.
  std::string site_location;
  std::vector<Milestone> milestones;
  std::vector<Inspection> inspections;
  std::vector<Facility> facilities;

  // What the contract shows of it.
  void Shown(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("milestones", milestones);
    archive("inspections", inspections);
    archive("facilities", facilities);
  }
  void Fields(Archive& archive) {
    Shown(archive);
    archive("site_location", site_location);
  }
  std::string Division() const { return site_location; }
  friend bool operator==(const SiteWorks&, const SiteWorks&) = default;
};

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const SiteWorks& works);

// A row of anju.relocation.v1.MilestoneRecord.
struct MilestoneRecord {
  std::string milestone_no;
  std::string site_no;
  std::string building_no;
  MilestoneKind kind = MilestoneKind::kUnspecified;
  Date planned_on;
  std::optional<Date> reached_on;

  void Fields(Archive& archive) {
    archive("milestone_no", milestone_no);
    archive("site_no", site_no);
    archive("building_no", building_no);
    archive("kind", kind);
    archive("planned_on", planned_on);
    archive("reached_on", reached_on);
  }
};

// A row of anju.relocation.v1.InspectionRecord.
struct InspectionRecord {
  std::string inspection_no;
  std::string site_no;
  std::string building_no;
  Date inspected_on;
  std::string inspector;
  InspectionResult result = InspectionResult::kUnspecified;

  void Fields(Archive& archive) {
    archive("inspection_no", inspection_no);
    archive("site_no", site_no);
    archive("building_no", building_no);
    archive("inspected_on", inspected_on);
    archive("inspector", inspector);
    archive("result", result);
  }
};

// A row of anju.relocation.v1.FacilityRecord.
struct FacilityRecord {
  std::string site_no;
  Facility facility;

  void Fields(Archive& archive) {
    archive("site_no", site_no);
    facility.Fields(archive);
  }
};

// anju.relocation.v1.ReachMilestoneRequest.
struct ReachMilestoneRequest {
  std::string id;
  std::string request_id;
  std::string milestone_no;
  Date reached_on;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("request_id", request_id);
    archive("milestone_no", milestone_no);
    archive("reached_on", reached_on);
  }
};

// How many days the latest milestone of all was or is late on a day: one that was reached after its plan, or that
// should have been reached. 0 when none is.
int64_t DaysLate(const SiteWorks& works, Date day);
// Whether the whole site or the building was accepted by that day.
bool IsAccepted(const SiteWorks& works, absl::string_view building_key, Date day);

// Records on which day a milestone was reached; a day in the future is none. Pure. Refuses, in this order, with
// MILESTONE_NOT_FOUND, MILESTONE_REACHED (on another day) and DAY_IN_FUTURE.
absl::StatusOr<SiteWorks> ReachMilestone(const SiteWorks& before, const ReachMilestoneRequest& request, Date today);

// Use cases. They refuse with SITE_NOT_FOUND, BUILDING_NOT_FOUND, BUILDING_OF_OTHER_SITE and ITEMS_TOO_MANY, a
// milestone that was reached, or a facility that was completed, after today with DAY_IN_FUTURE, and so an inspection.
absl::StatusOr<roots::Outcome> ImportMilestone(roots::Session& session, const intake::Batch& batch,
                                               const MilestoneRecord& record);
absl::StatusOr<roots::Outcome> ImportInspection(roots::Session& session, const intake::Batch& batch,
                                                const InspectionRecord& record);
absl::StatusOr<roots::Outcome> ImportFacility(roots::Session& session, const intake::Batch& batch,
                                              const FacilityRecord& record);
// `site`: an id or a key. Refuses with SITE_NOT_FOUND. The works of a site of which nothing was recorded are empty.
absl::StatusOr<SiteWorks> FindWorks(roots::Session& session, const std::string& site);

}  // namespace anju::relocation
