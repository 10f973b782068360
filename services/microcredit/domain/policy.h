#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/platform/base/calendar.h"

// What was in force on a day. A past decision is explained by the policy of its date, so a change is a new entry.
namespace anju::microcredit {

struct Grade {
  // From this weighed score on.
  int64_t least_centi = 0;
  absl::string_view name;
  int64_t line_fen = 0;
};

struct Policy {
  Date since;
  // The scorecard: hundredths by which each score counts.
  int64_t credit_weight = 0;
  int64_t labour_weight = 0;
  int64_t asset_weight = 0;
  int64_t highest_score = 0;
  // From the best to the worst; the last one begins at 0.
  std::vector<Grade> grades;
  int64_t largest_loan_fen = 0;
  int32_t longest_term_months = 0;
  // The day of March, June, September and December on which interest falls due.
  int32_t settlement_day = 0;
  // Interest paid so many days after it fell due is still subsidised.
  int32_t subsidy_grace_days = 0;
  // A loss may be compensated when the loan has been overdue for so long, up to this share of it.
  int32_t compensation_after_days = 0;
  int64_t compensation_percent = 0;
  // What makes a credit village or township.
  int64_t place_rated_percent = 0;
  int64_t place_overdue_percent = 0;
};

// The policy in force; of a day before the first, the first.
const Policy& PolicyOn(Date day);

// The highest rate, in 0.01 of a percent, at which a loan of these days may be disbursed.
struct BaseRate {
  Date since;
  // Of a loan that matures within a year,
  int32_t one_year_bp = 0;
  // and of a longer one.
  int32_t longer_bp = 0;
};
const BaseRate& BaseRateOn(Date day);
int32_t HighestRateBp(Date disbursed_on, Date matures_on);

const Grade& GradeOf(const Policy& policy, int64_t score_centi);

// The same day some months later, or the last of that month when it is shorter.
Date AddMonths(Date day, int32_t months);

// The first day after `day` on which interest falls due.
Date NextSettlement(Date day);

}  // namespace anju::microcredit
