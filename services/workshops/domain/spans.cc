#include "services/workshops/domain/spans.h"

#include <algorithm>

namespace anju::workshops {

Date PlusMonths(Date day, int32_t months) {
  const Month month = Month::Of(day).Plus(months);
  return std::min(month.FirstDay() + (day.day() - 1), month.LastDay());
}

}  // namespace anju::workshops
