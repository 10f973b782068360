#include <algorithm>

#include "services/registry/domain/quality/rule.h"

namespace anju::registry {
namespace {

constexpr int64_t kEmptyHomeDays = 90;
constexpr int64_t kMarriedDays = 90;
constexpr size_t kReadings = 3;
// On average of the last readings, in thousandths of a kWh a month.
constexpr int64_t kMuchPowerMilli = 300'000;

bool Holds(const Listed& listed, Date day) {
  return listed.since.value_or(day) <= day && (!listed.until.has_value() || *listed.until > day);
}

// How many entries of a list hold for the household and its present members.
int32_t CountListed(const View& view, ListKind list) {
  return static_cast<int32_t>(
      std::count_if(view.others.listed.begin(), view.others.listed.end(),
                    [&](const Listed& listed) { return listed.list == list && Holds(listed, view.today); }));
}

// The first entry of a list that holds for the person; null when there is none.
const Listed* Find(const View& view, const PersonView& person, ListKind list) {
  for (const Listed& listed : view.others.listed) {
    if (listed.list == list && listed.person_no == person.member->person_no && Holds(listed, view.today)) {
      return &listed;
    }
  }
  return nullptr;
}

// The day on which the person died; nothing when no list says so.
std::optional<Date> DiedOn(const View& view, const PersonView& person) {
  const Listed* listed = Find(view, person, ListKind::kDeath);
  return listed == nullptr ? std::nullopt : listed->since;
}

// The sum of the last readings of all meters; nothing while one has too few.
std::optional<int64_t> LastReadings(const View& view, ListKind list) {
  std::optional<int64_t> sum;
  for (const Listed& listed : view.others.listed) {
    if (listed.list != list || !Holds(listed, view.today)) continue;
    if (listed.readings.size() < kReadings) return std::nullopt;
    for (size_t i = listed.readings.size() - kReadings; i < listed.readings.size(); ++i) {
      sum = sum.value_or(0) + listed.readings[i].amount_milli;
    }
  }
  return sum;
}

bool EmptyHome(const View& view, ListKind list) {
  return view.MovedIn() && view.today - *view.others.relocation.moved_in_on >= kEmptyHomeDays &&
         LastReadings(view, list).value_or(1) == 0;
}

int64_t Owed(const View& view) {
  int64_t owed = 0;
  for (const feed::LoanFact& loan : view.others.credit.loans) owed += loan.balance_fen;
  return owed;
}

Rules HomeRules() {
  return {
      {.id = "C001",
       .title_zh = "入住而不用电",
       .title_en = "Moved in and no electricity used",
       .severity = Severity::kError,
       .mender = Mender::kTownship,
       .days = 15,
       .explanation = "入住三个月以上，电表最近三个月读数均为零。入户核实是否实际入住。",
       .household = [](const View& view) { return EmptyHome(view, ListKind::kPower); },
       .list = ListKind::kPower},
      {.id = "C002",
       .title_zh = "入住而不用水",
       .title_en = "Moved in and no water used",
       .severity = Severity::kWarning,
       .mender = Mender::kTownship,
       .days = 15,
       .explanation = "入住三个月以上，水表最近三个月读数均为零。入户核实是否实际入住。",
       .household = [](const View& view) { return EmptyHome(view, ListKind::kWater); },
       .list = ListKind::kWater},
      {.id = "C003",
       .title_zh = "低保户用电异常偏高",
       .title_en = "Much electricity on the allowance",
       .severity = Severity::kNotice,
       .mender = Mender::kTownship,
       .days = 60,
       .explanation = "低保户最近三个月平均用电超过300度。核实是否经营用电或他人使用。",
       .household =
           [](const View& view) {
             return view.OnAllowance() && LastReadings(view, ListKind::kPower).value_or(0) >
                                              kMuchPowerMilli * static_cast<int64_t>(kReadings);
           },
       .list = ListKind::kPower},
      {.id = "C004",
       .title_zh = "贫困户名下有商品房",
       .title_en = "Poor and owns a home",
       .severity = Severity::kError,
       .mender = Mender::kCounty,
       .days = 30,
       .explanation = "未脱贫户成员名下有购买的房产。住建、扶贫部门核实，不符合条件的按程序清退。",
       .household = [](const View& view) { return view.Poor() && CountListed(view, ListKind::kHousing) > 0; },
       .list = ListKind::kHousing},
      {.id = "C005",
       .title_zh = "低保户有两套以上房产",
       .title_en = "Two homes on the allowance",
       .severity = Severity::kError,
       .mender = Mender::kDepartment,
       .days = 30,
       .explanation = "享受低保而有两套以上房产。民政部门核查低保资格。",
       .household = [](const View& view) { return view.OnAllowance() && CountListed(view, ListKind::kHousing) > 1; },
       .list = ListKind::kHousing},
      {.id = "C006",
       .title_zh = "搬迁入住后又购房",
       .title_en = "Bought a home after moving in",
       .severity = Severity::kWarning,
       .mender = Mender::kDepartment,
       .days = 30,
       .explanation = "入住安置房后又登记新房产，形成两处住房。核实安置房使用情况。",
       .household =
           [](const View& view) {
             return view.MovedIn() &&
                    std::any_of(view.others.listed.begin(), view.others.listed.end(), [&](const Listed& listed) {
                      return listed.list == ListKind::kHousing && Holds(listed, view.today) &&
                             listed.since.has_value() && *listed.since > *view.others.relocation.moved_in_on;
                    });
           },
       .list = ListKind::kHousing},
  };
}

Rules PropertyRules() {
  return {
      {.id = "C011",
       .title_zh = "贫困户名下有车辆",
       .title_en = "Poor and owns a car",
       .severity = Severity::kError,
       .mender = Mender::kCounty,
       .days = 30,
       .explanation = "未脱贫户成员名下有机动车。核实车辆用途与价值，不符合条件的按程序清退。",
       .household = [](const View& view) { return view.Poor() && CountListed(view, ListKind::kVehicle) > 0; },
       .list = ListKind::kVehicle},
      {.id = "C012",
       .title_zh = "低保户名下有车辆",
       .title_en = "A car on the allowance",
       .severity = Severity::kWarning,
       .mender = Mender::kDepartment,
       .days = 30,
       .explanation = "享受低保而名下有机动车。民政部门核查低保资格。",
       .household = [](const View& view) { return view.OnAllowance() && CountListed(view, ListKind::kVehicle) > 0; },
       .list = ListKind::kVehicle},
      {.id = "C013",
       .title_zh = "贫困户名下有企业",
       .title_en = "Poor and owns a company",
       .severity = Severity::kError,
       .mender = Mender::kCounty,
       .days = 30,
       .explanation = "未脱贫户成员为企业或个体工商户负责人。核实是否被借名及经营状况。",
       .household = [](const View& view) { return view.Poor() && CountListed(view, ListKind::kBusiness) > 0; },
       .list = ListKind::kBusiness},
      {.id = "C014",
       .title_zh = "无劳动力户名下有企业",
       .title_en = "A company of a household without labour",
       .severity = Severity::kWarning,
       .mender = Mender::kTownship,
       .days = 30,
       .explanation = "登记为无劳动力的户名下有经营主体。更正劳动能力，或核查是否被借名。",
       .household =
           [](const View& view) {
             return view.present > 0 && view.labourers == 0 && CountListed(view, ListKind::kBusiness) > 0;
           },
       .list = ListKind::kBusiness},
      {.id = "C015",
       .title_zh = "职工参保而登记无劳动力",
       .title_en = "Insured by an employer and without labour",
       .severity = Severity::kWarning,
       .mender = Mender::kVillage,
       .days = 30,
       .explanation = "有单位为其缴纳社保，却登记为无劳动力。更正劳动能力。",
       .present =
           [](const View& view, const PersonView& p) {
             return p.member->labour == Labour::kNone && Find(view, p, ListKind::kSocialInsurance) != nullptr;
           },
       .list = ListKind::kSocialInsurance},
      {.id = "C016",
       .title_zh = "职工参保而无就业记录",
       .title_en = "Insured by an employer and no work on record",
       .severity = Severity::kNotice,
       .mender = Mender::kDepartment,
       .days = 60,
       .explanation = "有单位为其缴纳社保，就业记录中没有在职信息。补录就业。",
       .present =
           [](const View& view, const PersonView& p) {
             return p.CanWork() && !WorksOn(p, view.today) && Find(view, p, ListKind::kSocialInsurance) != nullptr;
           },
       .list = ListKind::kSocialInsurance},
  };
}

Rules LifeRules() {
  return {
      {.id = "C021",
       .title_zh = "已故人员仍在册",
       .title_en = "A dead person still counted",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "殡葬或户籍名单显示已去世，仍计入家庭人口。登记死亡，停发相关补助。",
       .present = [](const View& view, const PersonView& p) { return DiedOn(view, p).has_value(); },
       .list = ListKind::kDeath},
      {.id = "C022",
       .title_zh = "已故人员仍在就业",
       .title_en = "Work after death",
       .severity = Severity::kError,
       .mender = Mender::kDepartment,
       .days = 7,
       .explanation = "去世后仍有在履行的合同或就业，涉嫌冒领。核查工资与补贴。",
       .anybody = [](const View& view,
                     const PersonView& p) { return DiedOn(view, p).has_value() && WorksOn(p, view.today); },
       .list = ListKind::kDeath},
      {.id = "C023",
       .title_zh = "入户晚于死亡",
       .title_en = "Joined after death",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "死亡日期早于入户日期：冒用身份或号码录错。核实后删除或更正。",
       .anybody =
           [](const View& view, const PersonView& p) {
             const std::optional<Date> died_on = DiedOn(view, p);
             return died_on.has_value() && *died_on < p.member->joined_on;
           },
       .list = ListKind::kDeath},
      {.id = "C024",
       .title_zh = "户主已故而贷款未清",
       .title_en = "The head is dead and a loan is owed",
       .severity = Severity::kWarning,
       .mender = Mender::kDepartment,
       .days = 30,
       .explanation = "户主去世，贷款仍有余额。银行与继承人协商，或申请风险补偿。",
       .anybody =
           [](const View& view, const PersonView& p) {
             return p.member->relation == Relation::kHead && DiedOn(view, p).has_value() && Owed(view) > 0;
           },
       .list = ListKind::kDeath},
      {.id = "C025",
       .title_zh = "户主已婚而无配偶",
       .title_en = "The head is married and no spouse is a member",
       .severity = Severity::kNotice,
       .mender = Mender::kVillage,
       .days = 60,
       .explanation = "婚姻登记三个月以上，户内没有配偶。核实配偶是否应入户。",
       .present =
           [](const View& view, const PersonView& p) {
             const Listed* marriage = Find(view, p, ListKind::kMarriage);
             return p.member->relation == Relation::kHead && marriage != nullptr && marriage->since.has_value() &&
                    view.today - *marriage->since >= kMarriedDays && view.CountRelation(Relation::kSpouse) == 0;
           },
       .list = ListKind::kMarriage},
      {.id = "C026",
       .title_zh = "登记结婚时未到婚龄",
       .title_en = "Married under the marriage age",
       .severity = Severity::kWarning,
       .mender = Mender::kDepartment,
       .days = 30,
       .explanation = "按登记的出生日期，结婚时未满法定婚龄。核实出生日期或婚姻登记。",
       .anybody =
           [](const View& view, const PersonView& p) {
             const Listed* marriage = Find(view, p, ListKind::kMarriage);
             return marriage != nullptr && marriage->since.has_value() && p.born_on.has_value() &&
                    YearsBetween(*p.born_on, *marriage->since) < (p.member->sex == Sex::kFemale ? 20 : 22);
           },
       .list = ListKind::kMarriage},
  };
}

}  // namespace

const Rules& ListRules() {
  static const auto& rules = *[] {
    auto* all = new Rules;
    for (Rules (*family)() : {HomeRules, PropertyRules, LifeRules}) {
      for (Rule& rule : family()) all->push_back(rule);
    }
    return all;
  }();
  return rules;
}

}  // namespace anju::registry
