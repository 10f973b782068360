#pragma once

#include "absl/strings/string_view.h"

// The figures of communities and of renovated houses; the catalogue in indicators.cc says what each is called. What a
// record adds to them is in community_indicators.cc.
namespace anju::relocation {

inline constexpr absl::string_view kHouseholderRepresentatives = "relocation.householder_representatives";
inline constexpr absl::string_view kCommitteeMembers = "relocation.committee_members";
inline constexpr absl::string_view kBuildingGrids = "relocation.building_grids";
inline constexpr absl::string_view kBuildingChiefs = "relocation.building_chiefs";
inline constexpr absl::string_view kGridHouseholds = "relocation.grid_households";
inline constexpr absl::string_view kHallRequests = "relocation.hall_requests";
inline constexpr absl::string_view kHallDue = "relocation.hall_due";
inline constexpr absl::string_view kHallClosedInTime = "relocation.hall_closed_in_time";
inline constexpr absl::string_view kHallRatingPoints = "relocation.hall_rating_points";
inline constexpr absl::string_view kHallBestPoints = "relocation.hall_best_points";
inline constexpr absl::string_view kDisclosures = "relocation.disclosures";
inline constexpr absl::string_view kMicroPlotArea = "relocation.micro_plot_area";
inline constexpr absl::string_view kMicroPlotHouseholds = "relocation.micro_plot_households";
inline constexpr absl::string_view kRenovationPlanned = "relocation.housing_renovation_planned";
inline constexpr absl::string_view kRenovationPlannedPoor = "relocation.housing_renovation_planned_poor";
inline constexpr absl::string_view kRenovationStarted = "relocation.housing_renovation_started";
inline constexpr absl::string_view kRenovationStartedPoor = "relocation.housing_renovation_started_poor";
inline constexpr absl::string_view kRenovationCompleted = "relocation.housing_renovation_completed";
inline constexpr absl::string_view kRenovationCompletedPoor = "relocation.housing_renovation_completed_poor";
inline constexpr absl::string_view kRenovationSubsidy = "relocation.housing_renovation_subsidy";

}  // namespace anju::relocation
