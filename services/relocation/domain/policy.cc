#include "services/relocation/domain/policy.h"

#include <iterator>

namespace anju::relocation {

const Policy& PolicyOn(Date day) {
  // In the order of their dates.
  static const Policy kPolicies[] = {
      // The national plan of the 13th five years: at most 25 m² a person. No bulletin says how long a relocation is
      // noticed: 5 days, as for loans. Nor how long an old house may stand: a year after the move, as the national rule
      // of 2018 has it. Subsidy and deposit as in [JX1].
      {.since = Date(2016, 1, 1),
       .area_per_person_centi_sqm = 25'00,
       .shortest_notice_days = 5,
       .demolish_within_days = 365,
       .subsidy_per_person_fen = 20'000'00,
       .deposit_fen = 10'000'00},
  };
  const Policy* found = std::begin(kPolicies);
  for (const Policy& policy : kPolicies) {
    if (policy.since <= day) found = &policy;
  }
  return *found;
}

}  // namespace anju::relocation
