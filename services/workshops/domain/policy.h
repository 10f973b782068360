#pragma once

#include <cstdint>

#include "services/platform/base/calendar.h"

namespace anju::workshops {

// What was in force on a day. A decision of the past is explained by the policy of its date.
struct Policy {
  // Who attended less of a class is not trained.
  int32_t attendance_percent = 0;
  // How long a training counts as recent.
  int32_t training_months = 0;
  // From when on an employment or a contract is stable.
  int32_t stable_months = 0;
  // The workshop subsidy 以奖代补: within `subsidy_window_months`, worked in `subsidy_months` of them, on
  // `subsidy_days` days at least in each, and was paid `subsidy_pay_fen` in all.
  int32_t subsidy_window_months = 0;
  int32_t subsidy_months = 0;
  int32_t subsidy_days = 0;
  int64_t subsidy_pay_fen = 0;
  int64_t subsidy_fen = 0;
  // What nobody is paid for one month: more is a slip of the decimal point.
  int64_t largest_pay_fen = 0;
};

const Policy& PolicyOn(Date day);

}  // namespace anju::workshops
