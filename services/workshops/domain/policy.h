#pragma once

#include "services/platform/policy/policy.h"

namespace anju::workshops {

// What figures count is a definition, the same everywhere, and no parameter: who attended less of a class is not
// trained; how long a training counts as recent; from when on an employment or a contract is stable.
inline constexpr int32_t kAttendancePercent = 80;
inline constexpr int32_t kTrainingMonths = 12;
inline constexpr int32_t kStableMonths = 6;
// What nobody is paid for one month: more is a slip of the decimal point.
inline constexpr int64_t kLargestPayFen = 1'000'000'00;

// The workshop subsidy 以奖代补: within a window of months, worked in so many of them, on so many days at least in
// each, and was paid so much in all. The county sets them.
inline constexpr absl::string_view kSubsidyWindow = "subsidy_window_months";
inline constexpr absl::string_view kSubsidyMonths = "subsidy_months";
inline constexpr absl::string_view kSubsidyDays = "subsidy_days_a_month";
inline constexpr absl::string_view kSubsidyPay = "subsidy_pay_fen";
inline constexpr absl::string_view kSubsidy = "subsidy_fen";

// The rule; its subject is the key of a contract.
inline constexpr absl::string_view kSubsidyRule = "workshop_subsidy";

const policy::Catalogue& Policies();

inline policy::InForce PolicyOn(const policy::Books& books, Date day) { return {Policies(), books, day}; }

}  // namespace anju::workshops
