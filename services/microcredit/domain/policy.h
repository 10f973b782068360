#pragma once

#include "services/platform/policy/policy.h"

// What the rules of microcredit are measured by, and the decisions that are kept of them. The county where the
// household lives sets the parameters.
namespace anju::microcredit {

// The scorecard: by how much each score counts. The scores are from 0 to this.
inline constexpr int64_t kHighestScore = 100;
inline constexpr absl::string_view kCreditWeight = "credit_weight";
inline constexpr absl::string_view kLabourWeight = "labour_weight";
inline constexpr absl::string_view kAssetWeight = "asset_weight";
// 50,000 yuan for up to three years: the national rule of 2014.
inline constexpr absl::string_view kLargestLoan = "largest_loan_fen";
inline constexpr absl::string_view kLongestTerm = "longest_term_months";
// Interest paid so many days after it fell due is still subsidised.
inline constexpr absl::string_view kGraceDays = "subsidy_grace_days";
// A loss may be compensated when the loan has been overdue for so long, up to this share of it.
inline constexpr absl::string_view kCompensationAfter = "compensation_after_days";
inline constexpr absl::string_view kCompensationShare = "compensation_percent";
// What makes a credit village or township.
inline constexpr absl::string_view kPlaceRated = "place_rated_percent";
inline constexpr absl::string_view kPlaceOverdue = "place_overdue_percent";

// Rules. The subject of a line is the number of the rating, that of a loan and its subsidies the key of the loan, that
// of a compensation the key of the movement.
inline constexpr absl::string_view kLineRule = "line";
inline constexpr absl::string_view kLoanRule = "loan";
inline constexpr absl::string_view kSubsidyRule = "interest_subsidy";
inline constexpr absl::string_view kCompensationRule = "compensation";
inline constexpr absl::string_view kPlaceRule = "credit_place";

const policy::Catalogue& Policies();

inline policy::InForce PolicyOn(const policy::Books& books, Date day) { return {Policies(), books, day}; }

// A grade and the parameters that say from which score on it is given, and its line; the lowest has none, and no line.
struct Grade {
  absl::string_view name;
  absl::string_view least_centi;
  absl::string_view line_fen;
};
const Grade& GradeOf(const policy::InForce& policy, int64_t score_centi);
// The names of the parameters that made the grade what it is.
std::vector<absl::string_view> GradedBy(const Grade& grade);

// The parameter that is the highest rate, in 0.01 of a percent, of a loan of these days.
absl::string_view BaseRateOf(Date disbursed_on, Date matures_on);

// The same day some months later, or the last of that month when it is shorter.
Date AddMonths(Date day, int32_t months);

// The first day after `day` on which interest falls due. These are terms of every loan, and figures rest on them: no
// parameter.
Date NextSettlement(Date day);

}  // namespace anju::microcredit
