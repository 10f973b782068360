#include "services/workshops/domain/policy.h"

namespace anju::workshops {
namespace {

struct Dated {
  Date since;
  Policy policy;
};

// In the order of their dates; before the first one, the first holds.
const Dated kPolicies[] = {
    {.since = Date(2016, 1, 1),
     .policy = {.attendance_percent = 80,
                .training_months = 12,
                .stable_months = 6,
                .subsidy_window_months = 12,
                .subsidy_months = 6,
                .subsidy_days = 1,
                .subsidy_pay_fen = 6000'00,
                .subsidy_fen = 1000'00,
                .largest_pay_fen = 1'000'000'00}},
};

}  // namespace

const Policy& PolicyOn(Date day) {
  const Dated* found = &kPolicies[0];
  for (const Dated& dated : kPolicies) {
    if (dated.since <= day) found = &dated;
  }
  return found->policy;
}

}  // namespace anju::workshops
