#pragma once

#include <array>
#include <cstdint>

#include "services/platform/base/calendar.h"

namespace anju::relocation {

// What the rules of communities at sites are measured by, from `since` until the next one.
struct CommunityPolicy {
  Date since;
  // A household has at most so many micro-plots at a time.
  int32_t plots_per_household = 0;
  // An election counts when more than this share of those who may vote did, in hundredths of a percent.
  int32_t turnout_above_bp = 0;
  // Who is elected into a committee has more than this share of the votes that were cast.
  int32_t votes_above_bp = 0;
  // Nobody is elected for longer.
  int32_t longest_term_months = 0;
  // By RequestKind: a request to the service hall is due after so many working days.
  std::array<int32_t, 11> hall_working_days = {};
  // A disclosure hangs at least so many days, and the accounts of a month are disclosed by this day of the next one.
  int32_t shortest_disclosure_days = 0;
  int32_t finance_disclosed_by_day = 0;
};

// The policy in force on a day; the first one before it began.
const CommunityPolicy& CommunityPolicyOn(Date day);

}  // namespace anju::relocation
