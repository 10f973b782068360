#include "services/microcredit/domain/policy.h"

#include <algorithm>

namespace anju::microcredit {
namespace {

using policy::Parameter;

// The day of March, June, September and December on which interest falls due.
constexpr int32_t kSettlementDay = 20;

constexpr absl::string_view kOneYearRate = "base_rate_one_year_bp";
constexpr absl::string_view kLongerRate = "base_rate_longer_bp";
constexpr char kNationalRule[] = "国开办发〔2014〕78号 关于创新发展扶贫小额信贷的指导意见";
constexpr char kOurs[] = "平台默认值，文件未定";

// From the best to the worst.
constexpr Grade kGrades[] = {
    {.name = "AAA", .least_centi = "grade_aaa_least_centi", .line_fen = "grade_aaa_line_fen"},
    {.name = "AA", .least_centi = "grade_aa_least_centi", .line_fen = "grade_aa_line_fen"},
    {.name = "A", .least_centi = "grade_a_least_centi", .line_fen = "grade_a_line_fen"},
    {.name = "B", .least_centi = "grade_b_least_centi", .line_fen = "grade_b_line_fen"},
    {.name = "C"},
};

// A parameter with one default, of the national rule's day.
Parameter One(absl::string_view name, const std::string& label_zh, const std::string& label_en, const std::string& unit,
              int64_t least, int64_t greatest, int64_t value, const std::string& document, const std::string& text) {
  return {.name = std::string(name),
          .label_zh = label_zh,
          .label_en = label_en,
          .unit = unit,
          .least = least,
          .greatest = greatest,
          .defaults = {{.since = Date(2014, 12, 10), .value = value, .document = document, .text = text}}};
}

// The central bank's base rates, and since 2019-08-20 the loan prime rate that replaced them.
Parameter BaseRate(absl::string_view name, const std::string& label_zh, const std::string& label_en, bool longer) {
  struct Row {
    Date since;
    int64_t one_year_bp;
    int64_t longer_bp;
  };
  Parameter parameter{.name = std::string(name),
                      .label_zh = label_zh,
                      .label_en = label_en,
                      .unit = "basis_point",
                      .least = 0,
                      .greatest = 2400};
  for (const Row& row :
       {Row{Date(2014, 11, 22), 560, 600}, Row{Date(2015, 3, 1), 535, 575}, Row{Date(2015, 5, 11), 510, 550},
        Row{Date(2015, 6, 28), 485, 525}, Row{Date(2015, 8, 26), 460, 500}, Row{Date(2015, 10, 24), 435, 475}}) {
    parameter.defaults.push_back({.since = row.since,
                                  .value = longer ? row.longer_bp : row.one_year_bp,
                                  .document = "中国人民银行人民币贷款基准利率",
                                  .text = "扶贫小额信贷按基准利率放款"});
  }
  parameter.defaults.push_back({.since = Date(2019, 8, 20),
                                .value = longer ? 485 : 425,
                                .document = "中国人民银行公告〔2019〕第15号",
                                .text = "贷款市场报价利率（LPR）代替贷款基准利率"});
  return parameter;
}

std::vector<Parameter> Parameters() {
  std::vector<Parameter> parameters = {
      One(kCreditWeight, "诚信权重", "Weight of credit", "percent", 1, 100, 60, kOurs, "评级以诚信为主，诚信占60%"),
      One(kLabourWeight, "劳动力权重", "Weight of labour", "percent", 0, 100, 25, kOurs, "劳动力占25%"),
      One(kAssetWeight, "资产权重", "Weight of assets", "percent", 0, 100, 15, kOurs, "资产占15%"),
  };
  const int64_t least[] = {9000, 8000, 7000, 6000};
  const int64_t line[] = {50'000'00, 30'000'00, 20'000'00, 10'000'00};
  for (size_t i = 0; i < std::size(least); ++i) {
    const std::string name(kGrades[i].name);
    parameters.push_back(One(kGrades[i].least_centi, name + "级最低分", "Least score of " + name, "centi_point", 0,
                             10000, least[i], kOurs, "得分达到此数评为" + name + "级"));
    parameters.push_back(One(kGrades[i].line_fen, name + "级授信额度", "Line of " + name, "fen", 0, 100'000'00, line[i],
                             kOurs, name + "级农户的授信额度"));
  }
  parameters.insert(
      parameters.end(),
      {One(kLargestLoan, "单笔贷款上限", "Largest loan", "fen", 1'000'00, 100'000'00, 50'000'00, kNationalRule,
           "为建档立卡贫困户提供5万元以下的信用贷款"),
       One(kLongestTerm, "最长贷款期限", "Longest term", "month", 1, 60, 36, kNationalRule, "贷款期限3年以内"),
       BaseRate(kOneYearRate, "一年以内（含）最高利率", "Highest rate up to one year", /*longer=*/false),
       BaseRate(kLongerRate, "一年以上最高利率", "Highest rate over one year", /*longer=*/true),
       One(kGraceDays, "贴息宽限天数", "Days of grace for the interest subsidy", "day", 0, 60, 10, kOurs,
           "按季补贴，结息后10天内付清的利息仍予贴息"),
       One(kCompensationAfter, "风险补偿起始逾期天数", "Days overdue before a compensation", "day", 0, 365, 90, kOurs,
           "逾期90天的贷款启动风险补偿"),
       One(kCompensationShare, "风险补偿比例", "The fund's share of a loss", "percent", 0, 100, 80, kOurs,
           "风险补偿金承担贷款损失的80%"),
       One(kPlaceRated, "信用村镇评级面", "Rated share of a credit place", "percent", 1, 100, 80, kOurs,
           "建档立卡贫困户授信面达到80%"),
       One(kPlaceOverdue, "信用村镇逾期率上限", "Highest overdue rate of a credit place", "percent", 0, 100, 5, kOurs,
           "逾期率不超过5%")});
  return parameters;
}

}  // namespace

const policy::Catalogue& Policies() {
  static const auto& policies = *new policy::Catalogue(
      Parameters(),
      {{.name = std::string(kLineRule), .label_zh = "评级授信", .label_en = "The grade sets the line"},
       {.name = std::string(kLoanRule), .label_zh = "放款条件", .label_en = "A loan within limit, term, rate and line"},
       {.name = std::string(kSubsidyRule), .label_zh = "按季贴息", .label_en = "Interest paid in time is subsidised"},
       {.name = std::string(kCompensationRule), .label_zh = "风险补偿", .label_en = "The fund bears its share"},
       {.name = std::string(kPlaceRule), .label_zh = "信用村镇认定", .label_en = "A credit village or township"}});
  return policies;
}

const Grade& GradeOf(const policy::InForce& policy, int64_t score_centi) {
  return *std::find_if(std::begin(kGrades), std::end(kGrades) - 1,
                       [&](const Grade& grade) { return score_centi >= policy[grade.least_centi]; });
}

std::vector<absl::string_view> GradedBy(const Grade& grade) {
  std::vector<absl::string_view> names = {kCreditWeight, kLabourWeight, kAssetWeight};
  // Who is in no grade with a line missed the least of them.
  if (grade.line_fen.empty()) {
    names.push_back(std::prev(std::end(kGrades), 2)->least_centi);
  } else {
    names.insert(names.end(), {grade.least_centi, grade.line_fen});
  }
  return names;
}

absl::string_view BaseRateOf(Date disbursed_on, Date matures_on) {
  return matures_on <= AddMonths(disbursed_on, 12) ? kOneYearRate : kLongerRate;
}

Date AddMonths(Date day, int32_t months) {
  const Date last = Month::Of(day).Plus(months).LastDay();
  return Date(last.year(), last.month(), std::min(day.day(), last.day()));
}

Date NextSettlement(Date day) {
  // The last month of this quarter; a month beyond December is one of the next year.
  const int32_t month = (day.month() + 2) / 3 * 3;
  const Date settlement(day.year(), month, kSettlementDay);
  return settlement > day ? settlement : Date(day.year(), month + 3, kSettlementDay);
}

}  // namespace anju::microcredit
