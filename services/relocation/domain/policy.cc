#include "services/relocation/domain/policy.h"

#include <iterator>

#include "services/relocation/domain/community_policy.h"

namespace anju::relocation {
namespace {

template <typename Item>
std::vector<Item> Joined(std::vector<Item> some, std::vector<Item> more) {
  std::move(more.begin(), more.end(), std::back_inserter(some));
  return some;
}

std::vector<policy::Parameter> Parameters() {
  return {
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
      {.name = std::string(kDemolishWithin),
       .label_zh = "旧房拆除期限",
       .label_en = "Days in which an old house has to go",
       .unit = "day",
       .least = 1,
       .greatest = 1825,
       .defaults = {{.since = Date(2016, 1, 1),
                     .value = 365,
                     .document = "平台默认值，依2018年国家占新腾旧规定",
                     .text = "搬迁入住后一年内拆除旧房，另有约定的从其约定"}}},
      // No bulletin says when a home is unused.
      {.name = std::string(kIdlePower),
       .label_zh = "视为未用电的月用电量",
       .label_en = "Power of a month that counts as none",
       .unit = "milli_kwh",
       .least = 0,
       .greatest = 50'000,
       .defaults = {{.since = Date(2016, 1, 1),
                     .value = 1'000,
                     .document = "平台默认值",
                     .text = "月用电量不超过1千瓦时的，视为未用电"}}},
      {.name = std::string(kIdleMonths),
       .label_zh = "视为未入住的连续月数",
       .label_en = "Idle months after which a new home is unused",
       .unit = "month",
       .least = 1,
       .greatest = 24,
       .defaults = {{.since = Date(2016, 1, 1),
                     .value = 3,
                     .document = "平台默认值",
                     .text = "新房连续3个月未用电的，视为未实际入住"}}},
      // No bulletin says at what price.
      {.name = std::string(kBuyBackPrice),
       .label_zh = "超面积回购单价",
       .label_en = "Price of surplus floor area",
       .unit = "fen",
       .least = 100'00,
       .greatest = 10'000'00,
       .defaults = {{.since = Date(2016, 1, 1),
                     .value = 1'500'00,
                     .document = "平台默认值",
                     .text = "超标面积由政府回购再免租金返租，回购单价由县确定，未确定的按每平方米1500元"}}},
      {.name = std::string(kMortgagesOfYear),
       .label_zh = "回购按揭的年度",
       .label_en = "Year of mortgages that are bought back",
       .unit = "year",
       .least = 2010,
       .greatest = 2030,
       .defaults = {{.since = Date(2016, 1, 1),
                     .value = 2016,
                     .document = "江西扶贫工作简报[2019]第1期",
                     .text = "2016年搬迁户的银行按揭贷款债务由县国资公司回购"}}},
      {.name = std::string(kMortgageFreeYears),
       .label_zh = "产权质押免息年限",
       .label_en = "Years without interest",
       .unit = "year",
       .least = 1,
       .greatest = 20,
       .defaults = {{.since = Date(2016, 1, 1),
                     .value = 5,
                     .document = "江西扶贫工作简报[2019]第1期",
                     .text = "5年后到期一次性还本，免利息"}}},
      {.name = std::string(kMortgageInstalments),
       .label_zh = "产权质押分期年数",
       .label_en = "Yearly instalments",
       .unit = "year",
       .least = 1,
       .greatest = 20,
       .defaults = {{.since = Date(2016, 1, 1),
                     .value = 5,
                     .document = "江西扶贫工作简报[2019]第1期",
                     .text = "也可到期后再按5年分期付款，按同期银行贷款利息支付利息"}}},
  };
}

std::vector<policy::Rule> Rules() {
  return {{.name = std::string(kAllottedArea), .label_zh = "以人定房", .label_en = "A unit fits the household"},
          {.name = std::string(kNoticeSpan), .label_zh = "公示期限", .label_en = "A notice hangs long enough"},
          {.name = std::string(kApproval), .label_zh = "搬迁对象审批", .label_en = "A case is approved"},
          {.name = std::string(kOldHouseDeadline), .label_zh = "拆旧期限", .label_en = "When the old house has to go"},
          {.name = std::string(kHasTwoHomes), .label_zh = "两头住", .label_en = "A household has two homes"},
          {.name = std::string(kPersonalSubsidy), .label_zh = "建房个人补助", .label_en = "The personal subsidy"},
          {.name = std::string(kDepositPaid), .label_zh = "缴纳保证金", .label_en = "A deposit is paid"},
          {.name = std::string(kDepositWithheld), .label_zh = "暂扣保证金", .label_en = "A deposit is withheld"},
          {.name = std::string(kTitlePrice), .label_zh = "办证房款", .label_en = "The price of a title"},
          {.name = std::string(kSurplusBought), .label_zh = "超面积回购", .label_en = "A surplus is bought"},
          {.name = std::string(kSurplusReturned), .label_zh = "退回超面积", .label_en = "What is no surplus goes back"},
          {.name = std::string(kMortgageBought), .label_zh = "按揭回购", .label_en = "A mortgage is bought back"},
          {.name = std::string(kMortgageTerms), .label_zh = "产权质押条件", .label_en = "The terms of a mortgage"},
          {.name = std::string(kRepaymentPlan), .label_zh = "还款方式", .label_en = "How a mortgage is repaid"},
          {.name = std::string(kInterestOwed), .label_zh = "产权质押利息", .label_en = "Interest of a mortgage"},
          {.name = std::string(kInstalment), .label_zh = "产权质押分期", .label_en = "An instalment of a mortgage"}};
}

}  // namespace

const policy::Catalogue& Policies() {
  static const auto& policies =
      *new policy::Catalogue(Joined(Parameters(), CommunityParameters()), Joined(Rules(), CommunityRules()));
  return policies;
}

}  // namespace anju::relocation
