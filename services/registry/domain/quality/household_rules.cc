#include <algorithm>

#include "absl/strings/match.h"
#include "services/platform/base/division.h"
#include "services/registry/domain/quality/rule.h"

namespace anju::registry {
namespace {

constexpr int32_t kAdult = 18;
constexpr int32_t kOld = 70;
constexpr int32_t kLargest = 12;
constexpr int32_t kMostParents = 4;
constexpr int32_t kMostChildren = 7;
constexpr int64_t kQuickExitDays = 90;
constexpr int64_t kMoveDays = 31;
constexpr int64_t kReturnDays = 90;
// Siblings are twins, or at least this far apart.
constexpr int64_t kTwinDays = 3;
constexpr int64_t kSiblingDays = 240;
// The national poverty line of 2020, in fen a year, and incomes that do not fit.
constexpr int64_t kPovertyLineFen = 4'000'00;
constexpr int64_t kNotPoorFen = 20'000'00;
constexpr int64_t kImplausibleFen = 500'000'00;

// Nobody was ever a member, and it was recorded today: its members are about to come with the next file.
bool IsBeingEntered(const View& view) {
  return view.persons.empty() && absl::string_view(view.household.entered_at).substr(0, 10) >= Format(view.today);
}

// A member who was the head before.
bool HadHead(const View& view) {
  return std::any_of(view.persons.begin(), view.persons.end(),
                     [](const PersonView& p) { return !p.present && p.member->relation == Relation::kHead; });
}

template <typename Item, typename Predicate>
bool AnyNeighbours(const std::vector<Item>& list, Predicate predicate) {
  return std::adjacent_find(list.begin(), list.end(), predicate) != list.end();
}

bool SiblingsTooClose(const View& view) {
  for (const PersonView& a : view.persons) {
    if (!a.present || a.member->relation != Relation::kChild || !a.born_on.has_value()) continue;
    for (const PersonView& b : view.persons) {
      if (!b.present || b.member->relation != Relation::kChild || !b.born_on.has_value()) continue;
      const int64_t apart = *b.born_on - *a.born_on;
      if (apart >= kTwinDays && apart < kSiblingDays) return true;
    }
  }
  return false;
}

bool CameBackSoon(const View& view) {
  const std::vector<Residence>& places = view.household.residences;
  for (size_t i = 2; i < places.size(); ++i) {
    if (places[i].village == places[i - 2].village && places[i].since - places[i - 1].since < kReturnDays) return true;
  }
  return false;
}

Rules HeadAndSizeRules() {
  return {
      {.id = "H001",
       .title_zh = "无户主",
       .title_en = "No head",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "在册成员中没有户主，也从未登记过户主。指定户主并更正各成员关系。",
       .household = [](const View& view) { return view.present > 0 && view.head == nullptr && !HadHead(view); }},
      {.id = "H002",
       .title_zh = "两名以上户主",
       .title_en = "More than one head",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "同户有两名以上户主，或应分户。更正关系或办理分户。",
       .household = [](const View& view) { return view.CountRelation(Relation::kHead) > 1; }},
      {.id = "H003",
       .title_zh = "户主离户后未变更户主",
       .title_en = "The head left and nobody followed",
       .severity = Severity::kWarning,
       .mender = Mender::kVillage,
       .days = 30,
       .explanation = "户主已去世或迁出，其余成员没有新户主。变更户主及关系。",
       .household = [](const View& view) { return view.present > 0 && view.head == nullptr && HadHead(view); }},
      {.id = "H004",
       .title_zh = "空户",
       .title_en = "Nobody in the household",
       .severity = Severity::kError,
       .mender = Mender::kTownship,
       .days = 15,
       .explanation = "没有在册成员而仍计为一户。补录成员，或办理销户。",
       .household = [](const View& view) { return view.present == 0 && !IsBeingEntered(view); }},
      {.id = "H005",
       .title_zh = "家庭人口超过12人",
       .title_en = "More than 12 members",
       .severity = Severity::kWarning,
       .mender = Mender::kVillage,
       .days = 30,
       .explanation = "人口异常，可能几户并为一户或户编号列用错。核实分户。",
       .household = [](const View& view) { return view.present > kLargest; }},
      {.id = "H006",
       .title_zh = "户内只有未成年人",
       .title_en = "Only minors",
       .severity = Severity::kError,
       .mender = Mender::kCounty,
       .days = 7,
       .explanation = "全户均未满18周岁。民政部门核实监护情况，落实孤儿或困境儿童保障。",
       .household =
           [](const View& view) {
             return view.present > 0 &&
                    view.Count([](const PersonView& p) { return p.Aged(0, kAdult - 1); }) == view.present;
           }},
      {.id = "H007",
       .title_zh = "全户70岁以上且无低保",
       .title_en = "All of 70 or more and no allowance",
       .severity = Severity::kNotice,
       .mender = Mender::kCounty,
       .days = 60,
       .explanation = "老年户没有低保。民政部门核查是否符合兜底保障条件。",
       .household =
           [](const View& view) {
             return view.present > 0 && !view.OnAllowance() &&
                    view.Count([](const PersonView& p) { return p.age >= kOld; }) == view.present;
           }},
      {.id = "H008",
       .title_zh = "两名以上配偶",
       .title_en = "More than one spouse",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "同户登记了两名以上户主配偶。更正关系。",
       .household = [](const View& view) { return view.CountRelation(Relation::kSpouse) > 1; }},
      {.id = "H009",
       .title_zh = "父母超过4人",
       .title_en = "More than four parents",
       .severity = Severity::kWarning,
       .mender = Mender::kVillage,
       .days = 30,
       .explanation = "户主及配偶的父母至多4人。更正关系，祖父母登记为其他。",
       .household = [](const View& view) { return view.CountRelation(Relation::kParent) > kMostParents; }},
      {.id = "H010",
       .title_zh = "子女超过7人",
       .title_en = "More than seven children",
       .severity = Severity::kNotice,
       .mender = Mender::kVillage,
       .days = 60,
       .explanation = "子女数异常，可能含孙辈或侄辈。核实关系。",
       .household = [](const View& view) { return view.CountRelation(Relation::kChild) > kMostChildren; }},
      {.id = "H011",
       .title_zh = "子女出生间隔不合理",
       .title_en = "Children born too close to one another",
       .severity = Severity::kNotice,
       .mender = Mender::kVillage,
       .days = 60,
       .explanation = "两名子女出生相隔3天以上、不足8个月。核实出生日期，或是否收养、侄辈。",
       .household = SiblingsTooClose},
      {.id = "H012",
       .title_zh = "全户无身份证号",
       .title_en = "Nobody has an ID number",
       .severity = Severity::kError,
       .mender = Mender::kTownship,
       .days = 15,
       .explanation = "两人以上的户没有一个号码，整户无法与其他部门比对。集中采集。",
       .household =
           [](const View& view) {
             return view.present > 1 &&
                    view.Count([](const PersonView& p) { return p.id_shape == IdShape::kMissing; }) == view.present;
           }},
      {.id = "H013",
       .title_zh = "无人号码属本市",
       .title_en = "Nobody's ID number is of this prefecture",
       .severity = Severity::kNotice,
       .mender = Mender::kTownship,
       .days = 60,
       .explanation = "三人以上的户，号码前四位都不是本市的。核实户籍是否在本地，或户编号是否录串。",
       .household =
           [](const View& view) {
             const absl::string_view home = absl::string_view(view.household.residences.front().village).substr(0, 4);
             const int32_t numbered = view.Count([](const PersonView& p) { return p.id_shape == IdShape::kGood; });
             return numbered > 2 && view.Count([&](const PersonView& p) {
               return p.id_shape == IdShape::kGood && absl::StartsWith(p.member->id_number, home);
             }) == 0;
           }},
  };
}

Rules PovertyRules() {
  return {
      {.id = "H021",
       .title_zh = "无劳动力且无措施",
       .title_en = "No labour and no measure",
       .severity = Severity::kError,
       .mender = Mender::kCounty,
       .days = 30,
       .explanation = "未脱贫户没有劳动力，也没有低保或后续扶持措施。落实兜底保障。",
       .household =
           [](const View& view) {
             return view.Poor() && view.present > 0 && view.labourers == 0 && !view.OnAllowance() &&
                    std::none_of(
                        view.others.relocation.supports.begin(), view.others.relocation.supports.end(),
                        [&](const feed::SupportFact& s) { return !s.until.has_value() || *s.until > view.today; });
           }},
      {.id = "H022",
       .title_zh = "一般户享受低保",
       .title_en = "General household on the allowance",
       .severity = Severity::kWarning,
       .mender = Mender::kTownship,
       .days = 30,
       .explanation = "享受低保而未识别为贫困户或边缘户。民政与扶贫名单衔接核查。",
       .household =
           [](const View& view) { return view.household_class == HouseholdClass::kGeneral && view.OnAllowance(); }},
      {.id = "H023",
       .title_zh = "从未识别而有脱贫日期",
       .title_en = "Exit of a household that was never poor",
       .severity = Severity::kError,
       .mender = Mender::kTownship,
       .days = 15,
       .explanation = "不曾是建档立卡贫困户，却登记了脱贫日期。删除日期或更正户类型。",
       .household =
           [](const View& view) {
             return view.household.exited_on.has_value() && !view.WasEverPoor() &&
                    view.household_class != HouseholdClass::kBorderline;
           }},
      {.id = "H024",
       .title_zh = "边缘户登记脱贫",
       .title_en = "Exit of a borderline household",
       .severity = Severity::kWarning,
       .mender = Mender::kTownship,
       .days = 30,
       .explanation = "边缘户消除风险不是脱贫。删除脱贫日期，或更正户类型。",
       .household =
           [](const View& view) {
             return view.household.exited_on.has_value() && !view.WasEverPoor() &&
                    view.household_class == HouseholdClass::kBorderline;
           }},
      {.id = "H025",
       .title_zh = "未脱贫而改为其他户类型",
       .title_en = "Left the class of poor without an exit",
       .severity = Severity::kError,
       .mender = Mender::kCounty,
       .days = 30,
       .explanation = "贫困户未经脱贫程序即改为边缘户或一般户。补记脱贫日期，或恢复户类型。",
       .household =
           [](const View& view) {
             return view.WasEverPoor() && view.household_class != HouseholdClass::kRegisteredPoor &&
                    view.household_class != HouseholdClass::kUnspecified && !view.household.exited_on.has_value();
           }},
      {.id = "H026",
       .title_zh = "识别后90天内脱贫",
       .title_en = "Exit within 90 days of registration",
       .severity = Severity::kWarning,
       .mender = Mender::kCounty,
       .days = 30,
       .explanation = "识别后很快脱贫，需复核识别与退出程序。",
       .household =
           [](const View& view) {
             return view.household.exited_on.has_value() && *view.household.exited_on >= view.household.registered_on &&
                    *view.household.exited_on - view.household.registered_on < kQuickExitDays;
           }},
      {.id = "H027",
       .title_zh = "已脱贫而收入低于贫困线",
       .title_en = "Out of poverty with an income below the line",
       .severity = Severity::kError,
       .mender = Mender::kTownship,
       .days = 30,
       .explanation = "人均纯收入低于4000元（2020年国家扶贫标准），有返贫风险。入户核算收入，落实帮扶。",
       .household =
           [](const View& view) {
             return view.household.exited_on.has_value() && *view.household.exited_on <= view.today &&
                    view.household.income_fen > 0 && view.household.income_fen < kPovertyLineFen;
           }},
      {.id = "H028",
       .title_zh = "未脱贫而收入超过2万元",
       .title_en = "Poor with an income above 20,000 yuan",
       .severity = Severity::kWarning,
       .mender = Mender::kTownship,
       .days = 30,
       .explanation = "人均纯收入明显高于标准。核实收入，或启动退出程序。",
       .household =
           [](const View& view) {
             return view.Poor() && view.household.income_fen > kNotPoorFen &&
                    view.household.income_fen <= kImplausibleFen;
           }},
      {.id = "H029",
       .title_zh = "收入数值不合理",
       .title_en = "Income implausible",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "人均纯收入为负或超过50万元，多为单位录错（元、万元）。更正。",
       .household =
           [](const View& view) {
             return view.household.income_fen < 0 || view.household.income_fen > kImplausibleFen;
           }},
      {.id = "H030",
       .title_zh = "致贫原因缺劳动力而有两名以上劳动力",
       .title_en = "Poor for lack of labour with two labourers",
       .severity = Severity::kNotice,
       .mender = Mender::kVillage,
       .days = 60,
       .explanation = "致贫原因与家庭劳动力不符。核实后更正其一。",
       .household = [](const View& view) { return view.household.cause == Cause::kLabour && view.labourers >= 2; }},
      {.id = "H031",
       .title_zh = "因病致贫而全户健康",
       .title_en = "Poor through illness and all healthy",
       .severity = Severity::kNotice,
       .mender = Mender::kVillage,
       .days = 60,
       .explanation = "全部成员登记为健康。补录患病情况，或更正致贫原因。",
       .household =
           [](const View& view) {
             return view.household.cause == Cause::kIllness && view.present > 0 && view.Count([](const PersonView& p) {
               return p.member->health == Health::kHealthy;
             }) == view.present;
           }},
      {.id = "H032",
       .title_zh = "因残致贫而无残疾人",
       .title_en = "Poor through disability and nobody disabled",
       .severity = Severity::kNotice,
       .mender = Mender::kVillage,
       .days = 60,
       .explanation = "全部成员都登记了健康状况而无残疾。与残联名单核对后更正其一。",
       .household =
           [](const View& view) {
             return view.household.cause == Cause::kDisability && view.present > 0 &&
                    view.Count([](const PersonView& p) {
                      return p.member->health != Health::kUnspecified && p.member->health != Health::kDisabled;
                    }) == view.present;
           }},
      {.id = "H033",
       .title_zh = "因学致贫而无学龄成员",
       .title_en = "Poor through schooling and nobody of school age",
       .severity = Severity::kNotice,
       .mender = Mender::kVillage,
       .days = 60,
       .explanation = "没有3至25周岁的成员。核实致贫原因是否已变化。",
       .household =
           [](const View& view) {
             return view.household.cause == Cause::kSchooling && view.present > 0 &&
                    view.Count([](const PersonView& p) { return p.age < 0 || p.Aged(3, 25); }) == 0;
           }},
  };
}

Rules DateRules() {
  return {
      {.id = "H041",
       .title_zh = "建档日期在将来",
       .title_en = "Registered in the future",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 7,
       .explanation = "建档日期晚于今天，该户尚不计数。更正。",
       .household = [](const View& view) { return view.household.registered_on > view.today; }},
      {.id = "H042",
       .title_zh = "脱贫日期在将来",
       .title_en = "Exit in the future",
       .severity = Severity::kWarning,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "脱贫日期晚于今天。计划脱贫应录入脱贫计划，不录入脱贫日期。",
       .household =
           [](const View& view) {
             return view.household.exited_on.has_value() && *view.household.exited_on > view.today;
           }},
      {.id = "H043",
       .title_zh = "脱贫早于建档",
       .title_en = "Exit before registration",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "脱贫日期早于建档日期。更正其一。",
       .household =
           [](const View& view) {
             return view.household.exited_on.has_value() && *view.household.exited_on < view.household.registered_on;
           }},
      {.id = "H044",
       .title_zh = "低保起始日期在将来",
       .title_en = "Allowance begins in the future",
       .severity = Severity::kNotice,
       .mender = Mender::kVillage,
       .days = 60,
       .explanation = "低保起始日期晚于今天。向民政部门核实。",
       .household =
           [](const View& view) {
             return view.household.low_income_since.has_value() && *view.household.low_income_since > view.today;
           }},
      {.id = "H045",
       .title_zh = "低保终止早于起始",
       .title_en = "Allowance ends before it begins",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "低保终止日期早于起始日期，或只有终止日期。更正。",
       .household =
           [](const View& view) {
             return view.household.low_income_until.has_value() &&
                    (!view.household.low_income_since.has_value() ||
                     *view.household.low_income_until < *view.household.low_income_since);
           }},
      {.id = "H046",
       .title_zh = "户类型变更重复",
       .title_en = "Two classifications in a row are the same",
       .severity = Severity::kNotice,
       .mender = Mender::kTownship,
       .days = 60,
       .explanation = "相邻两次户类型相同，其中一次多余或录错。核实更正。",
       .household =
           [](const View& view) {
             return AnyNeighbours(view.household.classifications,
                                  [](const auto& a, const auto& b) { return a.household_class == b.household_class; });
           }},
      {.id = "H047",
       .title_zh = "户类型变更日期倒置",
       .title_en = "Classifications out of order",
       .severity = Severity::kError,
       .mender = Mender::kTownship,
       .days = 15,
       .explanation = "后一次户类型的日期不晚于前一次，按日期统计会出错。更正日期。",
       .household =
           [](const View& view) {
             return AnyNeighbours(view.household.classifications,
                                  [](const auto& a, const auto& b) { return b.since <= a.since; });
           }},
      {.id = "H048",
       .title_zh = "户类型变更日期在将来",
       .title_en = "Classification in the future",
       .severity = Severity::kNotice,
       .mender = Mender::kTownship,
       .days = 60,
       .explanation = "户类型自将来某日起变更，至今未生效。核实日期。",
       .household =
           [](const View& view) {
             return view.household.classifications.size() > 1 &&
                    view.household.classifications.back().since > view.today;
           }},
  };
}

Rules ResidenceRules() {
  return {
      {.id = "H051",
       .title_zh = "居住村属外县",
       .title_en = "Lives in a village of another county",
       .severity = Severity::kNotice,
       .mender = Mender::kCounty,
       .days = 60,
       .explanation = "现居住村不在建档县内。核实是否跨县迁移，是则移交档案。",
       .household =
           [](const View& view) {
             return !IsWithin(view.household.residences.back().village, CountyOf(view.household.key));
           }},
      {.id = "H052",
       .title_zh = "居住地不是村级代码",
       .title_en = "Lives in no village",
       .severity = Severity::kError,
       .mender = Mender::kTownship,
       .days = 15,
       .explanation = "居住地应为12位村级代码，否则不计入任何村。更正。",
       .household = [](const View& view) { return view.household.residences.back().village.size() != 12; }},
      {.id = "H053",
       .title_zh = "一个月内两次迁居",
       .title_en = "Moved twice within a month",
       .severity = Severity::kWarning,
       .mender = Mender::kTownship,
       .days = 30,
       .explanation = "两次迁居相隔不足31天，多为更正误录为迁居。核实日期。",
       .household =
           [](const View& view) {
             const auto& places = view.household.residences;
             for (size_t i = 2; i < places.size(); ++i) {
               if (places[i].since - places[i - 1].since < kMoveDays) return true;
             }
             return false;
           }},
      {.id = "H054",
       .title_zh = "迁出后三个月内迁回",
       .title_en = "Moved back within three months",
       .severity = Severity::kNotice,
       .mender = Mender::kTownship,
       .days = 60,
       .explanation = "迁出后很快迁回原村。核实是否实际搬迁。",
       .household = CameBackSoon},
      {.id = "H055",
       .title_zh = "入住日期在将来",
       .title_en = "Moves in the future",
       .severity = Severity::kWarning,
       .mender = Mender::kTownship,
       .days = 15,
       .explanation = "入住本村日期晚于今天，人数会计入新村。更正。",
       .household = [](const View& view) { return view.household.residences.back().since > view.today; }},
      {.id = "H056",
       .title_zh = "建档时无居住村",
       .title_en = "No village at registration",
       .severity = Severity::kNotice,
       .mender = Mender::kVillage,
       .days = 60,
       .explanation = "第一条居住记录晚于建档日期。补录建档时的居住村。",
       .household =
           [](const View& view) { return view.household.residences.front().since > view.household.registered_on; }},
      {.id = "H057",
       .title_zh = "相邻居住记录为同一村",
       .title_en = "Two residences in a row are the same village",
       .severity = Severity::kNotice,
       .mender = Mender::kTownship,
       .days = 60,
       .explanation = "相邻两条居住记录同村，多余或村代码录错。核实更正。",
       .household =
           [](const View& view) {
             return AnyNeighbours(view.household.residences,
                                  [](const auto& a, const auto& b) { return a.village == b.village; });
           }},
  };
}

}  // namespace

const Rules& HouseholdRules() {
  static const auto& rules = *[] {
    auto* all = new Rules;
    for (Rules (*family)() : {HeadAndSizeRules, PovertyRules, DateRules, ResidenceRules}) {
      for (Rule& rule : family()) all->push_back(rule);
    }
    return all;
  }();
  return rules;
}

}  // namespace anju::registry
