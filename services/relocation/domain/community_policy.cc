#include "services/relocation/domain/community_policy.h"

#include <iterator>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"

namespace anju::relocation {
namespace {

struct HallKind {
  absl::string_view parameter;
  absl::string_view label_zh;
  absl::string_view label_en;
  int32_t working_days;
};

// In the order of RequestKind, from employment on.
constexpr HallKind kHallKinds[] = {
    {"hall_working_days_employment", "就业", "employment", 5},
    {"hall_working_days_social_insurance", "社保", "social insurance", 10},
    {"hall_working_days_subsistence", "低保救助", "subsistence", 20},
    {"hall_working_days_education", "就学", "education", 10},
    {"hall_working_days_health", "就医", "health", 10},
    {"hall_working_days_household_register", "户籍", "the household register", 7},
    {"hall_working_days_legal", "法律服务", "legal advice", 5},
    {"hall_working_days_agriculture", "农业", "agriculture", 10},
    {"hall_working_days_housing", "住房物业", "housing", 5},
    {"hall_working_days_party", "组织关系", "party membership", 10},
};

constexpr absl::string_view kVillageLaw = "平台默认值，比照《村民委员会组织法》";

policy::Parameter HallParameter(const HallKind& kind) {
  // No bulletin says how long a hall may take.
  return {.name = std::string(kind.parameter),
          .label_zh = absl::StrCat("服务大厅办结期限（", kind.label_zh, "）"),
          .label_en = absl::StrCat("Working days for a request on ", kind.label_en),
          .unit = "day",
          .least = 1,
          .greatest = 60,
          .defaults = {{.since = Date(2016, 1, 1),
                        .value = kind.working_days,
                        .document = "平台默认值",
                        .text = absl::StrCat(kind.label_zh, "事项自受理之日起", kind.working_days, "个工作日内办结")}}};
}

}  // namespace

absl::string_view HallWorkingDays(RequestKind kind) {
  const size_t number = static_cast<size_t>(kind);
  ANJU_CHECK(number >= 1 && number <= std::size(kHallKinds));
  return kHallKinds[number - 1].parameter;
}

std::vector<policy::Parameter> CommunityParameters() {
  // No bulletin gives any of these numbers: quorum, majority, term and monthly accounts are those that the law has for
  // villagers' committees, whose term it made five years from the end of 2018 on.
  std::vector<policy::Parameter> parameters = {
      {.name = std::string(kPlotsPerHousehold),
       .label_zh = "每户微田园上限",
       .label_en = "Most micro-plots of a household",
       .unit = "plot",
       .least = 1,
       .greatest = 20,
       .defaults = {{.since = Date(2016, 1, 1),
                     .value = 2,
                     .document = "平台默认值",
                     .text = "每户同时使用的微田园不超过2块"}}},
      {.name = std::string(kTurnoutAbove),
       .label_zh = "选举有效投票率",
       .label_en = "Turnout above which an election counts",
       .unit = "basis_point",
       .least = 50'00,
       .greatest = 99'99,
       .defaults = {{.since = Date(2016, 1, 1),
                     .value = 50'00,
                     .document = std::string(kVillageLaw),
                     .text = "有选举权的过半数投票，选举有效"}}},
      {.name = std::string(kVotesAbove),
       .label_zh = "委员会当选得票率",
       .label_en = "Share of votes above which a committee member is elected",
       .unit = "basis_point",
       .least = 0,
       .greatest = 99'99,
       .defaults = {{.since = Date(2016, 1, 1),
                     .value = 50'00,
                     .document = std::string(kVillageLaw),
                     .text = "候选人获得参加投票人数过半数的选票，始得当选"}}},
      {.name = std::string(kLongestTerm),
       .label_zh = "任期上限",
       .label_en = "Longest term",
       .unit = "month",
       .least = 12,
       .greatest = 60,
       .defaults =
           {{.since = Date(2016, 1, 1), .value = 36, .document = std::string(kVillageLaw), .text = "每届任期三年"},
            {.since = Date(2018, 12, 29),
             .value = 60,
             .document = "平台默认值，比照2018年修正的《村民委员会组织法》",
             .text = "每届任期五年"}}},
      {.name = std::string(kShortestDisclosure),
       .label_zh = "公开最短天数",
       .label_en = "Shortest disclosure",
       .unit = "day",
       .least = 1,
       .greatest = 90,
       .defaults =
           {{.since = Date(2016, 1, 1), .value = 7, .document = "平台默认值", .text = "居务、财务公开张贴不少于7天"}}},
      {.name = std::string(kFinanceByDay),
       .label_zh = "财务公开截止日",
       .label_en = "Day by which last month's accounts are disclosed",
       .unit = "day",
       .least = 1,
       .greatest = 28,
       .defaults = {{.since = Date(2016, 1, 1),
                     .value = 10,
                     .document = std::string(kVillageLaw),
                     .text = "财务收支按月公布，次月10日前公开上月账目"}}},
  };
  for (const HallKind& kind : kHallKinds) parameters.push_back(HallParameter(kind));
  return parameters;
}

std::vector<policy::Rule> CommunityRules() {
  return {{.name = std::string(kPlotGiven), .label_zh = "分配微田园", .label_en = "A household is given a micro-plot"},
          {.name = std::string(kElectionTerm), .label_zh = "选举任期", .label_en = "For how long somebody is elected"},
          {.name = std::string(kElectionTurnout), .label_zh = "选举有效", .label_en = "Enough voted"},
          {.name = std::string(kSeatWon), .label_zh = "当选", .label_en = "Somebody is elected"},
          {.name = std::string(kHallDue), .label_zh = "办结期限", .label_en = "When a request is due"},
          {.name = std::string(kDisclosureSpan), .label_zh = "公开期限", .label_en = "A disclosure hangs long enough"},
          {.name = std::string(kFinanceDisclosed),
           .label_zh = "财务按月公开",
           .label_en = "The accounts of a month are disclosed in time"}};
}

}  // namespace anju::relocation
