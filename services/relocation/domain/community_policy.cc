#include "services/relocation/domain/community_policy.h"

#include <iterator>

namespace anju::relocation {
namespace {

// Nothing, employment, social insurance, subsistence, education, health, household register, legal, agriculture,
// housing, party.
constexpr std::array<int32_t, 11> kHallWorkingDays = {0, 5, 10, 20, 10, 10, 7, 5, 10, 5, 10};

}  // namespace

const CommunityPolicy& CommunityPolicyOn(Date day) {
  // In the order of their dates. No bulletin gives any of these numbers: quorum, majority, term and monthly accounts
  // are those that the law has for villagers' committees, whose term it made five years from the end of 2018 on.
  static const CommunityPolicy kPolicies[] = {
      {.since = Date(2016, 1, 1),
       .plots_per_household = 2,
       .turnout_above_bp = 50'00,
       .votes_above_bp = 50'00,
       .longest_term_months = 36,
       .hall_working_days = kHallWorkingDays,
       .shortest_disclosure_days = 7,
       .finance_disclosed_by_day = 10},
      {.since = Date(2018, 12, 29),
       .plots_per_household = 2,
       .turnout_above_bp = 50'00,
       .votes_above_bp = 50'00,
       .longest_term_months = 60,
       .hall_working_days = kHallWorkingDays,
       .shortest_disclosure_days = 7,
       .finance_disclosed_by_day = 10},
  };
  const CommunityPolicy* found = std::begin(kPolicies);
  for (const CommunityPolicy& policy : kPolicies) {
    if (policy.since <= day) found = &policy;
  }
  return *found;
}

}  // namespace anju::relocation
