#pragma once

#include <cstdint>

#include "services/platform/base/calendar.h"

namespace anju::relocation {

// What the rules of relocation are measured by, from `since` until the next one.
struct Policy {
  Date since;
  // 以人定房: no household is given more floor area than this for each of its members, in 0.01 m².
  int64_t area_per_person_centi_sqm = 0;
  // Each of the three notices 三榜公示 hangs at least so many days.
  int32_t shortest_notice_days = 0;
  // 占新腾旧: so many days after the move the old house has to be gone, unless another day was agreed.
  int32_t demolish_within_days = 0;
  // The personal subsidy of a household, for each of its members.
  int64_t subsidy_per_person_fen = 0;
  // The deposit of a household that moves.
  int64_t deposit_fen = 0;
};

// The policy in force on a day; the first one before it began.
const Policy& PolicyOn(Date day);

}  // namespace anju::relocation
