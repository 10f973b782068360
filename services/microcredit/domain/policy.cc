#include "services/microcredit/domain/policy.h"

#include <algorithm>

namespace anju::microcredit {
namespace {

// The last entry that has begun on `day`, of a table in the order of its dates.
template <typename Entry>
const Entry& InForce(const std::vector<Entry>& table, Date day) {
  auto next = std::find_if(table.begin(), table.end(), [&](const Entry& entry) { return entry.since > day; });
  return next == table.begin() ? table.front() : *std::prev(next);
}

// Loans of up to 50,000 yuan for up to three years, without collateral: the national rule of 2014.
const std::vector<Policy>& Policies() {
  static const auto& policies = *new std::vector<Policy>{{
      .since = Date(2014, 12, 10),
      .credit_weight = 60,
      .labour_weight = 25,
      .asset_weight = 15,
      .highest_score = 100,
      .grades = {{.least_centi = 9000, .name = "AAA", .line_fen = 50'000'00},
                 {.least_centi = 8000, .name = "AA", .line_fen = 30'000'00},
                 {.least_centi = 7000, .name = "A", .line_fen = 20'000'00},
                 {.least_centi = 6000, .name = "B", .line_fen = 10'000'00},
                 {.least_centi = 0, .name = "C", .line_fen = 0}},
      .largest_loan_fen = 50'000'00,
      .longest_term_months = 36,
      .settlement_day = 20,
      .subsidy_grace_days = 10,
      .compensation_after_days = 90,
      .compensation_percent = 80,
      .place_rated_percent = 80,
      .place_overdue_percent = 5,
  }};
  return policies;
}

// The central bank's base rates, and since 2019-08-20 the loan prime rate that replaced them.
const std::vector<BaseRate>& BaseRates() {
  static const auto& rates = *new std::vector<BaseRate>{
      {.since = Date(2014, 11, 22), .one_year_bp = 560, .longer_bp = 600},
      {.since = Date(2015, 3, 1), .one_year_bp = 535, .longer_bp = 575},
      {.since = Date(2015, 5, 11), .one_year_bp = 510, .longer_bp = 550},
      {.since = Date(2015, 6, 28), .one_year_bp = 485, .longer_bp = 525},
      {.since = Date(2015, 8, 26), .one_year_bp = 460, .longer_bp = 500},
      {.since = Date(2015, 10, 24), .one_year_bp = 435, .longer_bp = 475},
      {.since = Date(2019, 8, 20), .one_year_bp = 425, .longer_bp = 485},
  };
  return rates;
}

}  // namespace

const Policy& PolicyOn(Date day) { return InForce(Policies(), day); }
const BaseRate& BaseRateOn(Date day) { return InForce(BaseRates(), day); }

int32_t HighestRateBp(Date disbursed_on, Date matures_on) {
  const BaseRate& rate = BaseRateOn(disbursed_on);
  return matures_on <= AddMonths(disbursed_on, 12) ? rate.one_year_bp : rate.longer_bp;
}

const Grade& GradeOf(const Policy& policy, int64_t score_centi) {
  auto found = std::find_if(policy.grades.begin(), policy.grades.end(),
                            [&](const Grade& grade) { return score_centi >= grade.least_centi; });
  return found == policy.grades.end() ? policy.grades.back() : *found;
}

Date AddMonths(Date day, int32_t months) {
  const Date last = Month::Of(day).Plus(months).LastDay();
  return Date(last.year(), last.month(), std::min(day.day(), last.day()));
}

Date NextSettlement(Date day) {
  const int32_t settlement_day = PolicyOn(day).settlement_day;
  // The last month of this quarter; a month beyond December is one of the next year.
  const int32_t month = (day.month() + 2) / 3 * 3;
  const Date settlement(day.year(), month, settlement_day);
  return settlement > day ? settlement : Date(day.year(), month + 3, settlement_day);
}

}  // namespace anju::microcredit
