#include "services/registry/domain/indicators.h"

#include <algorithm>

#include "services/registry/domain/household.h"
#include "services/registry/domain/plan.h"
#include "services/registry/domain/quality/finding.h"
#include "services/registry/domain/standing.h"
#include "services/registry/domain/village.h"

namespace anju::registry {
namespace {

using tally::IndicatorKind;
using tally::Span;

constexpr absl::string_view kPoorVillages = "registry.poor_villages";
constexpr absl::string_view kHouseholds = "registry.households";
constexpr absl::string_view kPersons = "registry.persons";
constexpr absl::string_view kLabourers = "registry.labourers";
constexpr absl::string_view kPoorHouseholds = "registry.poor_households";
constexpr absl::string_view kPoorPersons = "registry.poor_persons";
constexpr absl::string_view kIdentifiedHouseholds = "registry.identified_households";
constexpr absl::string_view kIdentifiedPersons = "registry.identified_persons";
constexpr absl::string_view kLowIncomeHouseholds = "registry.low_income_households";
constexpr absl::string_view kLowIncomePersons = "registry.low_income_persons";
constexpr absl::string_view kExitedHouseholds = "registry.exited_households";
constexpr absl::string_view kExitedPersons = "registry.exited_persons";
constexpr absl::string_view kFallenBackHouseholds = "registry.fallen_back_households";
constexpr absl::string_view kFallenBackPersons = "registry.fallen_back_persons";
constexpr absl::string_view kMissedOrWrong = "registry.missed_or_wrong_households";
constexpr absl::string_view kMissingIdNumbers = "registry.missing_id_numbers";
constexpr absl::string_view kPlannedHouseholds = "registry.exit_plan_households";
constexpr absl::string_view kPlannedPersons = "registry.exit_plan_persons";
constexpr absl::string_view kRuralPopulation = "registry.rural_population";
// Poor persons where a census says of how many; the poverty rate is about them.
constexpr absl::string_view kPoorPersonsCounted = "registry.poor_persons_counted";
constexpr absl::string_view kFindingsOpen = "registry.findings_open";
constexpr absl::string_view kFindingsOpened = "registry.findings_opened";
constexpr absl::string_view kFindingsClosed = "registry.findings_closed";

Span Membership(const Member& member) { return {.from = member.joined_on, .until = member.left_on}; }

// The household once and each member as long as they belong to it, over `span` within its life.
void AddHousehold(const Household& household, absl::string_view households, absl::string_view persons, const Span& some,
                  std::vector<Stock>& to) {
  const std::optional<Span> span = Intersect(some, household.Life());
  if (!span.has_value()) return;
  to.push_back({.indicator = households, .span = *span});
  for (const Member& member : household.members) {
    if (const std::optional<Span> both = Intersect(*span, Membership(member)); both.has_value()) {
      to.push_back({.indicator = persons, .span = *both});
    }
  }
}

// Counts what happened to the household on a day of its life, and to those who were its members then.
void AddHappening(const Household& household, const std::vector<tally::Place>& places, absl::string_view households,
                  absl::string_view persons, Date day, tally::Contributions& to) {
  tally::AddFlow(households, places, day, 1, to);
  tally::AddFlow(persons, places, day,
                 std::count_if(household.members.begin(), household.members.end(),
                               [day](const Member& member) { return member.IsMemberOn(day); }),
                 to);
}

// Whether the household is registered poor on that day, out of poverty or not.
bool RegisteredPoorOn(const Household& household, Date day) {
  return household.LivesOn(day) && household.ClassOn(day) == HouseholdClass::kRegisteredPoor;
}

// A household that was split from another has the exits of that one, and counts those of its own life.
void AddSpells(const Household& household, const std::vector<tally::Place>& places, tally::Contributions& to) {
  const auto exit = [&](Date day) {
    if (RegisteredPoorOn(household, day)) {
      AddHappening(household, places, kExitedHouseholds, kExitedPersons, day, to);
    }
  };
  for (const feed::Relapse& relapse : household.relapses) {
    exit(relapse.exited_on);
    if (RegisteredPoorOn(household, relapse.fell_back_on)) {
      AddHappening(household, places, kFallenBackHouseholds, kFallenBackPersons, relapse.fell_back_on, to);
    }
  }
  if (household.exited_on.has_value()) exit(*household.exited_on);
}

}  // namespace

const tally::Catalogue& Catalogue() {
  static const auto& catalogue = *new tally::Catalogue{
      {.id = kPoorVillages, .label_zh = "贫困村", .label_en = "Poor villages", .unit = "village"},
      {.id = kHouseholds, .label_zh = "建档户数", .label_en = "Households on file", .unit = "household"},
      {.id = kPersons, .label_zh = "建档人数", .label_en = "Persons on file", .unit = "person"},
      {.id = kLabourers, .label_zh = "劳动力", .label_en = "Labourers on file", .unit = "person"},
      {.id = kPoorHouseholds, .label_zh = "未脱贫户数", .label_en = "Poor households", .unit = "household"},
      {.id = kPoorPersons, .label_zh = "未脱贫人数", .label_en = "Poor persons", .unit = "person"},
      {.id = kIdentifiedHouseholds,
       .label_zh = "识别贫困户数",
       .label_en = "Households identified as poor",
       .unit = "household"},
      {.id = kIdentifiedPersons,
       .label_zh = "识别贫困人数",
       .label_en = "Persons identified as poor",
       .unit = "person"},
      {.id = kLowIncomeHouseholds,
       .label_zh = "扶贫低保户数",
       .label_en = "Households on the minimum allowance",
       .unit = "household"},
      {.id = kLowIncomePersons,
       .label_zh = "扶贫低保人数",
       .label_en = "Persons on the minimum allowance",
       .unit = "person"},
      {.id = kExitedHouseholds,
       .label_zh = "脱贫户数",
       .label_en = "Households that left poverty",
       .unit = "household",
       .kind = IndicatorKind::kFlow},
      {.id = kExitedPersons,
       .label_zh = "脱贫人数",
       .label_en = "Persons who left poverty",
       .unit = "person",
       .kind = IndicatorKind::kFlow},
      {.id = kFallenBackHouseholds,
       .label_zh = "返贫户数",
       .label_en = "Households poor again",
       .unit = "household",
       .kind = IndicatorKind::kFlow},
      {.id = kFallenBackPersons,
       .label_zh = "返贫人数",
       .label_en = "Persons poor again",
       .unit = "person",
       .kind = IndicatorKind::kFlow},
      {.id = kMissedOrWrong,
       .label_zh = "错漏户数",
       .label_en = "Households missed or wrongly identified",
       .unit = "household",
       .kind = IndicatorKind::kFlow},
      {.id = kMissingIdNumbers,
       .label_zh = "无证件号码人数",
       .label_en = "Persons without an ID number",
       .unit = "person"},
      {.id = kPlannedHouseholds,
       .label_zh = "计划脱贫户数",
       .label_en = "Households planned to leave poverty",
       .unit = "household",
       .kind = IndicatorKind::kFlow},
      {.id = kPlannedPersons,
       .label_zh = "计划脱贫人数",
       .label_en = "Persons planned to leave poverty",
       .unit = "person",
       .kind = IndicatorKind::kFlow},
      {.id = kRuralPopulation, .label_zh = "乡村户籍人口", .label_en = "Rural registered population", .unit = "person"},
      {.id = kPoorPersonsCounted,
       .label_zh = "有乡村户籍人口数的县的未脱贫人数",
       .label_en = "Poor persons of counties with a rural population on file",
       .unit = "person",
       .of = kPoorPersons,
       .where = kRuralPopulation},
      {.id = "registry.poverty_rate",
       .label_zh = "贫困发生率",
       .label_en = "Poverty rate",
       .unit = "percent",
       .kind = IndicatorKind::kRatio,
       .numerator = kPoorPersonsCounted,
       .denominator = kRuralPopulation},
      {.id = kFindingsOpen, .label_zh = "待整改疑点", .label_en = "Findings to be mended", .unit = "finding"},
      {.id = kFindingsOpened,
       .label_zh = "新增疑点",
       .label_en = "Findings opened",
       .unit = "finding",
       .kind = IndicatorKind::kFlow},
      {.id = kFindingsClosed,
       .label_zh = "销号疑点",
       .label_en = "Findings fixed or waived",
       .unit = "finding",
       .kind = IndicatorKind::kFlow},
  };
  return catalogue;
}

std::vector<Stock> Stocks(const Household& household) {
  std::vector<Stock> stocks;
  AddHousehold(household, kHouseholds, kPersons, household.Life(), stocks);
  for (const Member& member : household.members) {
    const std::optional<Span> span = Intersect(household.Life(), Membership(member));
    if (!span.has_value()) continue;
    if (feed::CanWork(member.labour)) stocks.push_back({.indicator = kLabourers, .span = *span});
    if (member.id_number.empty()) stocks.push_back({.indicator = kMissingIdNumbers, .span = *span});
  }
  for (size_t i = 0; i < household.classifications.size(); ++i) {
    const Classification& classification = household.classifications[i];
    if (classification.household_class != HouseholdClass::kRegisteredPoor) continue;
    Span registered{.from = classification.since};
    if (i + 1 < household.classifications.size()) registered.until = household.classifications[i + 1].since;
    AddHousehold(household, kIdentifiedHouseholds, kIdentifiedPersons, registered, stocks);
  }
  for (const Span& poor : PoorSpans(household)) {
    AddHousehold(household, kPoorHouseholds, kPoorPersons, poor, stocks);
  }
  if (household.low_income_since.has_value()) {
    AddHousehold(household, kLowIncomeHouseholds, kLowIncomePersons,
                 {.from = *household.low_income_since, .until = household.low_income_until}, stocks);
  }
  return stocks;
}

std::vector<Stock> Stocks(const Village& village) {
  return {{.indicator = kPoorVillages, .span = {.from = village.poor_since, .until = village.poor_until}}};
}

bool IsStanding(absl::string_view indicator) {
  for (const absl::string_view one :
       {kPoorVillages, kHouseholds, kPersons, kLabourers, kPoorHouseholds, kPoorPersons, kIdentifiedHouseholds,
        kIdentifiedPersons, kLowIncomeHouseholds, kLowIncomePersons, kMissingIdNumbers}) {
    if (one == indicator) return true;
  }
  return false;
}

tally::Contributions Contributions(const Household& household) {
  tally::Contributions parts;
  std::vector<tally::Place> places;
  for (const Residence& residence : household.residences) {
    places.push_back({.since = residence.since, .division = residence.village});
  }
  for (const Stock& stock : Stocks(household)) {
    tally::AddStock(stock.indicator, places, stock.span.from, stock.span.until, 1, parts);
  }
  AddSpells(household, places, parts);
  for (const IdentificationFinding& finding : household.identification_findings) {
    tally::AddFlow(kMissedOrWrong, places, finding.found_on, 1, parts);
  }
  return parts;
}

tally::Contributions Contributions(const Village& village) {
  tally::Contributions parts;
  for (const Stock& stock : Stocks(village)) {
    tally::AddStock(stock.indicator, {{.since = stock.span.from, .division = village.key}}, stock.span.from,
                    stock.span.until, 1, parts);
  }
  return parts;
}

tally::Contributions Contributions(const ExitPlan& plan) {
  if (plan.superseded) return {};
  const Date end(plan.year, 12, 31);
  tally::Contributions parts;
  tally::AddFlow(kPlannedHouseholds, {{.since = end, .division = plan.division}}, end, plan.planned_households, parts);
  tally::AddFlow(kPlannedPersons, {{.since = end, .division = plan.division}}, end, plan.planned_persons, parts);
  return parts;
}

tally::Contributions Contributions(const Population& population) {
  tally::Contributions parts;
  for (size_t i = 0; i < population.censuses.size(); ++i) {
    const Census& census = population.censuses[i];
    std::optional<Date> until =
        i + 1 < population.censuses.size() ? std::optional(population.censuses[i + 1].as_of) : std::nullopt;
    if (population.ended_on.has_value()) until = std::min(until.value_or(*population.ended_on), *population.ended_on);
    tally::AddStock(kRuralPopulation, {{.since = census.as_of, .division = population.key}}, census.as_of, until,
                    census.rural_population, parts);
  }
  return parts;
}

tally::Contributions Contributions(const Finding& finding) {
  tally::Contributions parts;
  std::vector<tally::Place> places;
  for (const Residence& residence : finding.places) {
    places.push_back({.since = residence.since, .division = residence.village});
  }
  std::optional<Date> opened_on;
  const auto count = [&](std::optional<Date> closed_on) {
    // Within a day a finding only shows the order in which files came in.
    if (!opened_on.has_value() || opened_on == closed_on) return;
    tally::AddFlow(kFindingsOpened, places, *opened_on, 1, parts);
    tally::AddStock(kFindingsOpen, places, *opened_on, closed_on, 1, parts);
    if (closed_on.has_value()) tally::AddFlow(kFindingsClosed, places, *closed_on, 1, parts);
  };
  for (const FindingMove& move : finding.history) {
    if (move.verb == FindingVerb::kOpen) {
      opened_on = move.on;
    } else if (move.verb == FindingVerb::kFix || move.verb == FindingVerb::kWaive) {
      count(move.on);
      opened_on.reset();
    }
  }
  count(std::nullopt);
  return parts;
}

}  // namespace anju::registry
