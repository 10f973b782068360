#include "services/relocation/domain/policy.h"

namespace anju::relocation {

const policy::Catalogue& Policies() {
  static const auto& policies = *new policy::Catalogue(
      {
          {.name = std::string(kAreaPerPerson),
           .label_zh = "人均住房面积上限",
           .label_en = "Most floor area a person",
           .unit = "centi_sqm",
           .least = 10'00,
           .greatest = 60'00,
           .defaults = {{.since = Date(2016, 1, 1),
                         .value = 25'00,
                         .document = "全国“十三五”易地扶贫搬迁规划",
                         .text = "建档立卡搬迁人口人均住房建设面积不超过25平方米"}}},
          // No bulletin says how long a relocation is noticed.
          {.name = std::string(kShortestNotice),
           .label_zh = "公示最短天数",
           .label_en = "Shortest public notice",
           .unit = "day",
           .least = 1,
           .greatest = 60,
           .defaults = {{.since = Date(2016, 1, 1),
                         .value = 5,
                         .document = "平台默认值，比照扶贫小额信贷",
                         .text = "搬迁未另行规定公示天数的，比照扶贫小额信贷县乡村同时公示5天"}}},
          {.name = std::string(kSubsidyPerPerson),
           .label_zh = "建房个人补助",
           .label_en = "Personal subsidy",
           .unit = "fen",
           .least = 1000'00,
           .greatest = 100'000'00,
           .defaults = {{.since = Date(2016, 1, 1),
                         .value = 20'000'00,
                         .document = "江西扶贫工作简报[2019]第1期",
                         .text = "贫困户每人2万元的补助通过代扣代建模式统一补助到安置点项目施工企业"}}},
          {.name = std::string(kDeposit),
           .label_zh = "搬迁保证金",
           .label_en = "Deposit",
           .unit = "fen",
           .least = 0,
           .greatest = 50'000'00,
           .defaults = {{.since = Date(2016, 1, 1),
                         .value = 10'000'00,
                         .document = "江西扶贫工作简报[2019]第1期",
                         .text = "每户贫困户缴纳1万元保证金"}}},
      },
      {{.name = std::string(kAllottedArea), .label_zh = "以人定房", .label_en = "A unit fits the household"},
       {.name = std::string(kNoticeSpan), .label_zh = "公示期限", .label_en = "A notice hangs long enough"},
       {.name = std::string(kApproval), .label_zh = "搬迁对象审批", .label_en = "A case is approved"}});
  return policies;
}

}  // namespace anju::relocation
