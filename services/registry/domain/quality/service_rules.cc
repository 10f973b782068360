#include <algorithm>

#include "services/registry/domain/quality/rule.h"

namespace anju::registry {
namespace {

constexpr int32_t kWorkingAge = 16;
constexpr int32_t kAdult = 18;
constexpr int32_t kRetired = 65;
constexpr int32_t kTooOldToWork = 70;
constexpr int64_t kMeasureDays = 90;
constexpr int64_t kWorkDays = 180;
constexpr int64_t kDefaultDays = 90;
constexpr int32_t kUnpaidMonths = 3;
// The national rule of 2014.
constexpr int64_t kMostLentFen = 50'000'00;
constexpr int64_t kMostSoldFen = 100'000'00;

bool MovedInBefore(const View& view, int64_t days) {
  return view.MovedIn() && view.today - *view.others.relocation.moved_in_on >= days;
}

bool AnyWorks(const View& view) {
  return std::any_of(view.persons.begin(), view.persons.end(),
                     [&](const PersonView& p) { return p.present && WorksOn(p, view.today); });
}

bool SupportGoesOn(const View& view) {
  const auto& supports = view.others.relocation.supports;
  return std::any_of(supports.begin(), supports.end(), [&](const feed::SupportFact& s) {
    return s.since <= view.today && (!s.until.has_value() || *s.until > view.today);
  });
}

// Moved in and looked after by nobody: neither measure nor work nor allowance.
bool LeftAlone(const View& view) {
  return MovedInBefore(view, kMeasureDays) && view.present > 0 && !SupportGoesOn(view) && !AnyWorks(view) &&
         !view.OnAllowance();
}

int64_t Owed(const View& view) {
  int64_t owed = 0;
  for (const feed::LoanFact& loan : view.others.credit.loans) owed += loan.balance_fen;
  return owed;
}

// A loan that matured more than `days` ago and is not repaid.
bool Overdue(const View& view, int64_t days) {
  const auto& loans = view.others.credit.loans;
  return std::any_of(loans.begin(), loans.end(), [&](const feed::LoanFact& loan) {
    return loan.balance_fen > 0 && view.today - loan.matures_on > days;
  });
}

template <typename Predicate>
bool AnyJob(const PersonView& person, Predicate predicate) {
  return person.work != nullptr && std::any_of(person.work->jobs.begin(), person.work->jobs.end(), predicate);
}

// A workshop's contract that goes on while nothing has been paid for months.
bool Unpaid(const View& view, const feed::JobFact& job) {
  const Month now = Month::Of(view.today);
  const Month paid = job.paid_until.value_or(Month::Of(job.since).Plus(-1));
  return job.workshop && GoesOn(job, view.today) && paid.Plus(kUnpaidMonths) < now;
}

Rules RelocationRules() {
  return {
      {.id = "X001",
       .title_zh = "非贫困户搬迁入住",
       .title_en = "Moved in without being registered poor",
       .severity = Severity::kError,
       .mender = Mender::kDepartment,
       .days = 15,
       .explanation = "入住当日不是建档立卡贫困户，不符合搬迁对象条件。核实身份，或更正户类型日期。",
       .household =
           [](const View& view) {
             return view.MovedIn() && *view.others.relocation.moved_in_on >= view.household.registered_on &&
                    view.ClassOn(*view.others.relocation.moved_in_on) != HouseholdClass::kRegisteredPoor;
           }},
      {.id = "X002",
       .title_zh = "入住早于建档",
       .title_en = "Moved in before registration",
       .severity = Severity::kError,
       .mender = Mender::kCounty,
       .days = 15,
       .explanation = "搬迁入住日期早于建档日期。更正其一。",
       .household =
           [](const View& view) {
             return view.MovedIn() && *view.others.relocation.moved_in_on < view.household.registered_on;
           }},
      {.id = "X003",
       .title_zh = "搬迁户无后续扶持",
       .title_en = "Relocated without a follow-up measure",
       .severity = Severity::kError,
       .mender = Mender::kCounty,
       .days = 30,
       .explanation = "入住三个月，从未有后续扶持措施，也无人就业、无低保。落实至少一项措施。",
       .household = [](const View& view) { return LeftAlone(view) && view.others.relocation.supports.empty(); }},
      {.id = "X004",
       .title_zh = "搬迁户后续扶持已全部终止",
       .title_en = "All measures of a relocated household have ended",
       .severity = Severity::kWarning,
       .mender = Mender::kCounty,
       .days = 30,
       .explanation = "措施都已到期，且无人就业、无低保。续办或新增措施。",
       .household = [](const View& view) { return LeftAlone(view) && !view.others.relocation.supports.empty(); }},
      {.id = "X005",
       .title_zh = "有劳动力的搬迁户无人就业",
       .title_en = "Relocated with labour and nobody in work",
       .severity = Severity::kWarning,
       .mender = Mender::kDepartment,
       .days = 30,
       .explanation = "入住半年，有劳动力而无一人就业。人社部门推荐岗位，或补录就业。",
       .household =
           [](const View& view) { return MovedInBefore(view, kWorkDays) && view.labourers > 0 && !AnyWorks(view); }},
      {.id = "X006",
       .title_zh = "搬迁户已无在册成员",
       .title_en = "A relocated household without members",
       .severity = Severity::kWarning,
       .mender = Mender::kDepartment,
       .days = 30,
       .explanation = "安置房登记在没有成员的户名下。核实房屋使用，办理变更或收回。",
       .household = [](const View& view) { return view.MovedIn() && view.present == 0; }},
      {.id = "X007",
       .title_zh = "搬迁入住日期在将来",
       .title_en = "Move-in in the future",
       .severity = Severity::kWarning,
       .mender = Mender::kDepartment,
       .days = 15,
       .explanation = "搬迁入住日期晚于今天。未入住的不得登记为已入住。",
       .household =
           [](const View& view) {
             return view.others.relocation.moved_in_on.has_value() && *view.others.relocation.moved_in_on > view.today;
           }},
      {.id = "X008",
       .title_zh = "离户成员仍享受后续扶持",
       .title_en = "A follow-up measure of one who has left",
       .severity = Severity::kWarning,
       .mender = Mender::kDepartment,
       .days = 30,
       .explanation = "成员已离户，措施仍在进行。终止措施，或更正离户日期。",
       .anybody =
           [](const View& view, const PersonView& p) {
             const auto& supports = view.others.relocation.supports;
             return !p.present && std::any_of(supports.begin(), supports.end(), [&](const feed::SupportFact& s) {
               return s.person_no == p.member->person_no && (!s.until.has_value() || *s.until > view.today);
             });
           }},
  };
}

Rules CreditRules() {
  return {
      {.id = "X011",
       .title_zh = "放贷时不是贫困户",
       .title_en = "Loan to a household that was not registered poor",
       .severity = Severity::kError,
       .mender = Mender::kDepartment,
       .days = 15,
       .explanation = "放款当日不是建档立卡贫困户，不能享受扶贫小额信贷和贴息。核实身份与贴息。",
       .household =
           [](const View& view) {
             const auto& loans = view.others.credit.loans;
             return std::any_of(loans.begin(), loans.end(), [&](const feed::LoanFact& loan) {
               return view.ClassOn(loan.disbursed_on) != HouseholdClass::kRegisteredPoor;
             });
           }},
      {.id = "X012",
       .title_zh = "无劳动力户有贷款",
       .title_en = "Loan of a household without labour",
       .severity = Severity::kWarning,
       .mender = Mender::kDepartment,
       .days = 30,
       .explanation = "贷款应用于自主发展生产，而该户没有劳动力。核查用途，防止户贷企用。",
       .household = [](const View& view) { return Owed(view) > 0 && view.present > 0 && view.labourers == 0; }},
      {.id = "X013",
       .title_zh = "已脱贫户贷款逾期",
       .title_en = "Overdue loan of a household out of poverty",
       .severity = Severity::kWarning,
       .mender = Mender::kTownship,
       .days = 15,
       .explanation = "脱贫户贷款到期未还。入户了解原因，催收或办理续贷、展期，防止返贫。",
       .household =
           [](const View& view) {
             return Overdue(view, 0) && view.household.exited_on.has_value() && *view.household.exited_on <= view.today;
           }},
      {.id = "X014",
       .title_zh = "贷款逾期超过90天",
       .title_en = "Loan overdue by more than 90 days",
       .severity = Severity::kError,
       .mender = Mender::kDepartment,
       .days = 15,
       .explanation = "达到风险补偿条件。银行与扶贫部门核实，启动代偿或处置。",
       .household = [](const View& view) { return Overdue(view, kDefaultDays); }},
      {.id = "X015",
       .title_zh = "贷款余额超过5万元",
       .title_en = "Owes more than 50,000 yuan",
       .severity = Severity::kError,
       .mender = Mender::kDepartment,
       .days = 15,
       .explanation = "扶贫小额信贷每户不超过5万元。核查多笔贷款。",
       .household = [](const View& view) { return Owed(view) > kMostLentFen; }},
      {.id = "X016",
       .title_zh = "空户有贷款余额",
       .title_en = "Loan of a household without members",
       .severity = Severity::kError,
       .mender = Mender::kDepartment,
       .days = 15,
       .explanation = "该户已无在册成员而贷款未还清。银行核实借款人去向。",
       .household = [](const View& view) { return Owed(view) > 0 && view.present == 0; }},
      {.id = "X017",
       .title_zh = "贷款户无18至64岁成员",
       .title_en = "Loan of a household without anybody of 18 to 64",
       .severity = Severity::kWarning,
       .mender = Mender::kDepartment,
       .days = 30,
       .explanation = "借款人应为18至65周岁。核查借款人与用途。",
       .household =
           [](const View& view) {
             return Owed(view) > 0 && view.present > 0 &&
                    view.Count([](const PersonView& p) { return p.age < 0 || p.Aged(kAdult, kRetired - 1); }) == 0;
           }},
      {.id = "X018",
       .title_zh = "评级时不是贫困户",
       .title_en = "Rated without being registered poor",
       .severity = Severity::kNotice,
       .mender = Mender::kDepartment,
       .days = 60,
       .explanation = "评级授信当日不是建档立卡贫困户。更正评级日期或户类型。",
       .household =
           [](const View& view) {
             const auto& rated_on = view.others.credit.rated_on;
             return rated_on.has_value() && view.ClassOn(*rated_on) != HouseholdClass::kRegisteredPoor;
           }},
  };
}

Rules WorkRules() {
  return {
      {.id = "X021",
       .title_zh = "未满16岁用工",
       .title_en = "Worker under 16",
       .severity = Severity::kError,
       .mender = Mender::kDepartment,
       .days = 3,
       .explanation = "签约或就业时未满16周岁，涉嫌使用童工。人社部门立即核查。",
       .anybody =
           [](const View&, const PersonView& p) {
             return p.born_on.has_value() && AnyJob(p, [&](const feed::JobFact& job) {
                      return YearsBetween(*p.born_on, job.since) < kWorkingAge;
                    });
           }},
      {.id = "X022",
       .title_zh = "无劳动能力而在就业",
       .title_en = "In work and without labour",
       .severity = Severity::kWarning,
       .mender = Mender::kVillage,
       .days = 30,
       .explanation = "登记为无劳动力，却有在履行的合同或就业。更正劳动能力，或核查就业是否真实。",
       .present = [](const View& view,
                     const PersonView& p) { return p.member->labour == Labour::kNone && WorksOn(p, view.today); }},
      {.id = "X023",
       .title_zh = "在校生在就业",
       .title_en = "In work and at school",
       .severity = Severity::kWarning,
       .mender = Mender::kDepartment,
       .days = 15,
       .explanation = "登记为中小学在读，却有在履行的合同或就业。核实是否辍学，或更正在校状况。",
       .present =
           [](const View& view, const PersonView& p) {
             return p.member->schooling >= Schooling::kPrimary && p.member->schooling <= Schooling::kSenior &&
                    WorksOn(p, view.today);
           }},
      {.id = "X024",
       .title_zh = "离户后仍以本户就业",
       .title_en = "Works under a household that they left",
       .severity = Severity::kWarning,
       .mender = Mender::kVillage,
       .days = 30,
       .explanation = "成员已离户，就业仍记在本户名下。就业改记新户，或更正离户日期。",
       .anybody =
           [](const View& view, const PersonView& p) {
             return !p.present && p.member->left_on.has_value() && WorksOn(p, view.today);
           }},
      {.id = "X025",
       .title_zh = "就业人员不在户内",
       .title_en = "Work of a person who is no member",
       .severity = Severity::kError,
       .mender = Mender::kTownship,
       .days = 15,
       .explanation = "就业或培训记录的人员编号不在本户成员中。核对人员编号，或补录成员。",
       .household =
           [](const View& view) {
             const auto& works = view.others.works;
             return std::any_of(works.begin(), works.end(), [&](const feed::WorkFact& work) {
               return std::none_of(view.persons.begin(), view.persons.end(),
                                   [&](const PersonView& p) { return p.member->person_no == work.person_no; });
             });
           }},
      {.id = "X026",
       .title_zh = "同时有两份就业",
       .title_en = "Two jobs at once",
       .severity = Severity::kNotice,
       .mender = Mender::kDepartment,
       .days = 60,
       .explanation = "同时有两份在履行的合同或就业，可能重复享受补贴。核实并终止其一。",
       .present =
           [](const View& view, const PersonView& p) {
             return p.work != nullptr &&
                    std::count_if(p.work->jobs.begin(), p.work->jobs.end(),
                                  [&](const feed::JobFact& job) { return GoesOn(job, view.today); }) > 1;
           }},
      {.id = "X027",
       .title_zh = "车间合同三个月以上无工资",
       .title_en = "Workshop contract unpaid for three months",
       .severity = Severity::kWarning,
       .mender = Mender::kDepartment,
       .days = 30,
       .explanation = "合同在履行，三个月以上没有工资记录。核查是否离岗或拖欠工资。",
       .present =
           [](const View& view, const PersonView& p) {
             return AnyJob(p, [&](const feed::JobFact& job) { return Unpaid(view, job); });
           }},
      {.id = "X028",
       .title_zh = "无劳动能力而参加培训",
       .title_en = "Trained and without labour",
       .severity = Severity::kNotice,
       .mender = Mender::kDepartment,
       .days = 60,
       .explanation = "登记为无劳动力却参加技能培训。更正劳动能力，或核查培训名单。",
       .present =
           [](const View&, const PersonView& p) {
             return p.member->labour == Labour::kNone && p.work != nullptr && p.work->trained_on.has_value();
           }},
      {.id = "X029",
       .title_zh = "未满16岁参加培训",
       .title_en = "Trained under 16",
       .severity = Severity::kWarning,
       .mender = Mender::kDepartment,
       .days = 30,
       .explanation = "培训结束时未满16周岁，不属于培训对象。核查培训名单和补贴。",
       .anybody =
           [](const View&, const PersonView& p) {
             return p.born_on.has_value() && p.work != nullptr && p.work->trained_on.has_value() &&
                    YearsBetween(*p.born_on, *p.work->trained_on) < kWorkingAge;
           }},
      {.id = "X030",
       .title_zh = "70岁以上在就业",
       .title_en = "In work at 70 or older",
       .severity = Severity::kNotice,
       .mender = Mender::kDepartment,
       .days = 60,
       .explanation = "70周岁以上仍有在履行的合同或就业。核查是否真实、是否适合岗位。",
       .present = [](const View& view,
                     const PersonView& p) { return p.age >= kTooOldToWork && WorksOn(p, view.today); }},
  };
}

Rules ProducerRules() {
  return {
      {.id = "X041",
       .title_zh = "空户有销售收入",
       .title_en = "Sales of a household without members",
       .severity = Severity::kError,
       .mender = Mender::kDepartment,
       .days = 15,
       .explanation = "产品销售份额记在没有成员的户名下。核查收款人。",
       .household = [](const View& view) { return view.present == 0 && view.others.producer.sold_on.has_value(); }},
      {.id = "X042",
       .title_zh = "无劳动力户有农产品销售",
       .title_en = "Sales of a household without labour",
       .severity = Severity::kNotice,
       .mender = Mender::kDepartment,
       .days = 60,
       .explanation = "该户没有劳动力而有自产销售。核实是否代销，或更正劳动能力。",
       .household =
           [](const View& view) {
             return view.present > 0 && view.labourers == 0 && view.others.producer.share_fen > 0;
           }},
      {.id = "X043",
       .title_zh = "未脱贫户销售收入超过10万元",
       .title_en = "Poor with sales above 100,000 yuan",
       .severity = Severity::kWarning,
       .mender = Mender::kTownship,
       .days = 30,
       .explanation = "销售份额累计超过10万元，与贫困状况不符。核实份额分配或家庭收入。",
       .household = [](const View& view) { return view.Poor() && view.others.producer.share_fen > kMostSoldFen; }},
  };
}

}  // namespace

const Rules& ServiceRules() {
  static const auto& rules = *[] {
    auto* all = new Rules;
    for (Rules (*family)() : {RelocationRules, CreditRules, WorkRules, ProducerRules}) {
      for (Rule& rule : family()) all->push_back(rule);
    }
    return all;
  }();
  return rules;
}

}  // namespace anju::registry
