#include "services/workshops/domain/policy.h"

namespace anju::workshops {
namespace {

// A parameter of the workshop subsidy, with its default.
policy::Parameter Subsidy(absl::string_view name, const std::string& label_zh, const std::string& label_en,
                          const std::string& unit, int64_t least, int64_t greatest, int64_t value) {
  return {.name = std::string(name),
          .label_zh = label_zh,
          .label_en = label_en,
          .unit = unit,
          .least = least,
          .greatest = greatest,
          .defaults = {{.since = Date(2016, 1, 1),
                        .value = value,
                        .document = "田阳县就业扶贫“以奖代补”实施方案",
                        .text = "在1年内累计工作不少于6个月、给付劳动力不低于6000元报酬的企业，按1000元/人的标准给予"
                                "一次性带动就业补贴"}}};
}

}  // namespace

const policy::Catalogue& Policies() {
  static const auto& policies = *new policy::Catalogue(
      {Subsidy(kSubsidyWindow, "以奖代补计算期", "Window of the workshop subsidy", "month", 1, 36, 12),
       Subsidy(kSubsidyMonths, "以奖代补最少工作月数", "Least months of work", "month", 1, 36, 6),
       Subsidy(kSubsidyDays, "计为一个月的最少工作天数", "Least days that make a month of work", "day", 1, 31, 1),
       Subsidy(kSubsidyPay, "以奖代补最低报酬", "Least pay in all", "fen", 0, 100'000'00, 6000'00),
       Subsidy(kSubsidy, "以奖代补标准", "Subsidy for each worker", "fen", 1'00, 100'000'00, 1000'00)},
      {{.name = std::string(kSubsidyRule), .label_zh = "以奖代补", .label_en = "Workshop subsidy"}});
  return policies;
}

}  // namespace anju::workshops
