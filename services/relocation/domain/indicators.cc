#include "services/relocation/domain/indicators.h"

#include <algorithm>

#include "services/relocation/domain/area.h"
#include "services/relocation/domain/case.h"
#include "services/relocation/domain/community_indicators.h"
#include "services/relocation/domain/construction.h"
#include "services/relocation/domain/follow_up.h"
#include "services/relocation/domain/funds.h"
#include "services/relocation/domain/mortgage.h"
#include "services/relocation/domain/quality_issue.h"
#include "services/relocation/domain/site.h"
#include "services/relocation/domain/two_homes.h"
#include "services/relocation/domain/unit.h"

namespace anju::relocation {
namespace {

using tally::IndicatorKind;
using tally::Place;
using tally::Span;

constexpr absl::string_view kCommunities = "relocation.communities";
constexpr absl::string_view kSites = "relocation.sites";
constexpr absl::string_view kTownshipSites = "relocation.township_sites";
constexpr absl::string_view kPlannedUnits = "relocation.planned_units";
constexpr absl::string_view kUnitsCompleted = "relocation.units_completed";
constexpr absl::string_view kTownshipUnits = "relocation.township_units";
constexpr absl::string_view kHouseholdsDue = "relocation.households_due";
constexpr absl::string_view kPersonsDue = "relocation.persons_due";
constexpr absl::string_view kHouseholdsToMove = "relocation.households_to_move";
constexpr absl::string_view kPersonsToMove = "relocation.persons_to_move";
constexpr absl::string_view kHouseholdsMovedIn = "relocation.households_moved_in";
constexpr absl::string_view kPersonsMovedIn = "relocation.persons_moved_in";
constexpr absl::string_view kRelocatedLabourers = "relocation.relocated_labourers";
constexpr absl::string_view kCountyTierHouseholds = "relocation.county_tier_households";
constexpr absl::string_view kCountyTierPersons = "relocation.county_tier_persons";
constexpr absl::string_view kTownshipTierHouseholds = "relocation.township_tier_households";
constexpr absl::string_view kTownshipTierPersons = "relocation.township_tier_persons";
constexpr absl::string_view kCentralVillageHouseholds = "relocation.central_village_households";
constexpr absl::string_view kCentralVillagePersons = "relocation.central_village_persons";
constexpr absl::string_view kFollowUpIndustryPersons = "relocation.follow_up_industry_persons";
constexpr absl::string_view kFollowUpServicesPersons = "relocation.follow_up_services_persons";
constexpr absl::string_view kFollowUpSafetyNetPersons = "relocation.follow_up_safety_net_persons";
constexpr absl::string_view kFollowUpAssetIncomePersons = "relocation.follow_up_asset_income_persons";
constexpr absl::string_view kTwoHomesHouseholds = "relocation.two_homes_households";
constexpr absl::string_view kCoveredHouseholds = "relocation.follow_up_covered_households";
constexpr absl::string_view kLabourHouseholds = "relocation.labour_households";
constexpr absl::string_view kLabourHouseholdsInWork = "relocation.labour_households_in_work";
constexpr absl::string_view kBuildings = "relocation.buildings";
constexpr absl::string_view kBuildingsCompleted = "relocation.buildings_completed";
constexpr absl::string_view kMilestonesOverdue = "relocation.milestones_overdue";
constexpr absl::string_view kFacilitiesCompleted = "relocation.facilities_completed";
constexpr absl::string_view kQualityIssuesOpen = "relocation.quality_issues_open";
constexpr absl::string_view kSeriousIssuesOpen = "relocation.serious_issues_open";
constexpr absl::string_view kQualityIssuesOverdue = "relocation.quality_issues_overdue";
constexpr absl::string_view kAreaExcessHouseholds = "relocation.area_excess_households";
constexpr absl::string_view kOldHousesDemolished = "relocation.old_houses_demolished";
constexpr absl::string_view kOldHousesOverdue = "relocation.old_houses_overdue";
constexpr absl::string_view kReclaimedArea = "relocation.reclaimed_area";
constexpr absl::string_view kTitledHouseholds = "relocation.titled_households";
constexpr absl::string_view kPublicPosts = "relocation.public_posts";
constexpr absl::string_view kPublicPostsHeld = "relocation.public_posts_held";
constexpr absl::string_view kSubsidiesGranted = "relocation.subsidies_granted";
constexpr absl::string_view kSubsidiesPaid = "relocation.subsidies_paid";
constexpr absl::string_view kDepositsHeld = "relocation.deposits_held";
constexpr absl::string_view kTitlePayments = "relocation.title_payments";
constexpr absl::string_view kMortgageBalance = "relocation.mortgage_balance";

// What is at a site is where the site is.
std::vector<Place> At(const std::string& location, Date from) { return {{.since = from, .division = location}}; }

Span Membership(const feed::PersonFact& person) { return {.from = person.joined_on, .until = person.left_on}; }

// Counts something that is due on a day while it is not done after that day.
void AddOverdue(absl::string_view indicator, const std::vector<Place>& places, Date due, std::optional<Date> done,
                tally::Contributions& to) {
  if (done.has_value() && *done <= due + 1) return;
  tally::AddStock(indicator, places, due + 1, done, 1, to);
}

// Counts the household once, until it ends, and each member as long as they belong to it, over `span`.
void AddHousehold(const feed::HouseholdFact& household, absl::string_view households, absl::string_view persons,
                  const Span& span, tally::Contributions& to) {
  const std::vector<Place> places = household.Places();
  if (const std::optional<Span> both = Intersect(span, {.from = span.from, .until = household.ended_on})) {
    tally::AddStock(households, places, both->from, both->until, 1, to);
  }
  for (const feed::PersonFact& person : household.persons) {
    if (const std::optional<Span> both = Intersect(span, Membership(person)); both.has_value()) {
      tally::AddStock(persons, places, both->from, both->until, 1, to);
    }
  }
}

// Counts each relocated member once while any measure of the kind runs.
void AddFollowUp(const Case& relocation, MeasureKind kind, absl::string_view indicator, const Span& moved,
                 tally::Contributions& to) {
  const std::vector<Place> places = relocation.household.Places();
  for (const feed::PersonFact& person : relocation.household.persons) {
    const std::optional<Span> there = Intersect(moved, Membership(person));
    if (!there.has_value()) continue;
    std::vector<Span> running;
    for (const Measure& measure : relocation.measures) {
      if (measure.kind != kind || measure.person_no != person.person_no) continue;
      const std::optional<Span> both = Intersect(*there, {.from = measure.since, .until = measure.until});
      if (both.has_value()) running.push_back(*both);
    }
    for (const Span& span : tally::Union(std::move(running))) {
      tally::AddStock(indicator, places, span.from, span.until, 1, to);
    }
  }
}

void AddTier(const Case& relocation, const Span& moved, tally::Contributions& to) {
  switch (relocation.tier) {
    case Tier::kUnspecified:
      return;
    case Tier::kCounty:
      return AddHousehold(relocation.household, kCountyTierHouseholds, kCountyTierPersons, moved, to);
    case Tier::kTownship:
      return AddHousehold(relocation.household, kTownshipTierHouseholds, kTownshipTierPersons, moved, to);
    case Tier::kCentralVillage:
      return AddHousehold(relocation.household, kCentralVillageHouseholds, kCentralVillagePersons, moved, to);
  }
}

// While the unit is larger than the household may have, and nobody confirmed it.
void AddAreaExcess(const Case& relocation, tally::Contributions& to) {
  for (const Excess& excess : Unconfirmed(relocation)) {
    tally::AddStock(kAreaExcessHouseholds, relocation.household.Places(), excess.days.from, excess.days.until, 1, to);
  }
}

// What follows on the move: the old house goes, its ground becomes fields, the new home gets its title.
void AddHomes(const Case& relocation, tally::Contributions& to) {
  const std::vector<Place> places = relocation.household.Places();
  const Steps& steps = relocation.steps;
  const OldHouse& house = relocation.old_house;
  if (house.demolish_by.has_value()) {
    AddOverdue(kOldHousesOverdue, places, *house.demolish_by, steps.demolished_on, to);
  }
  if (steps.demolished_on.has_value()) {
    tally::AddStock(kOldHousesDemolished, places, *steps.demolished_on, std::nullopt, 1, to);
  }
  if (steps.reclaimed_on.has_value()) {
    tally::AddStock(kReclaimedArea, places, *steps.reclaimed_on, std::nullopt, house.reclaimed_centi_mu, to);
  }
  if (steps.titled_on.has_value()) {
    tally::AddStock(kTitledHouseholds, places, *steps.titled_on, std::nullopt, 1, to);
  }
}

void AddSpans(absl::string_view indicator, const std::vector<Place>& places, const std::vector<Span>& spans,
              tally::Contributions& to) {
  for (const Span& span : spans) tally::AddStock(indicator, places, span.from, span.until, 1, to);
}

// How the household fares after the move: in one home or two, with a measure and work or without.
void AddAfterwards(const Case& relocation, tally::Contributions& to) {
  const std::vector<Place> places = relocation.household.Places();
  HomeUse use = UseOf(relocation);
  std::vector<Span> two_homes = std::move(use.old_in_use);
  two_homes.insert(two_homes.end(), use.new_idle.begin(), use.new_idle.end());
  AddSpans(kTwoHomesHouseholds, places, tally::Union(std::move(two_homes)), to);
  const Coverage coverage = CoverageOf(relocation);
  AddSpans(kCoveredHouseholds, places, coverage.covered, to);
  AddSpans(kLabourHouseholds, places, coverage.with_labour, to);
  AddSpans(kLabourHouseholdsInWork, places, coverage.in_work, to);
}

void AddMoved(const Case& relocation, const Span& moved, tally::Contributions& to) {
  const feed::HouseholdFact& household = relocation.household;
  AddHousehold(household, kHouseholdsMovedIn, kPersonsMovedIn, moved, to);
  AddTier(relocation, moved, to);
  AddHomes(relocation, to);
  AddAfterwards(relocation, to);
  for (const feed::PersonFact& person : household.persons) {
    if (!feed::CanWork(person.labour)) continue;
    const std::optional<Span> both = Intersect(moved, Membership(person));
    if (both.has_value()) {
      tally::AddStock(kRelocatedLabourers, household.Places(), both->from, both->until, 1, to);
    }
  }
  AddFollowUp(relocation, MeasureKind::kIndustry, kFollowUpIndustryPersons, moved, to);
  AddFollowUp(relocation, MeasureKind::kServices, kFollowUpServicesPersons, moved, to);
  AddFollowUp(relocation, MeasureKind::kSafetyNet, kFollowUpSafetyNetPersons, moved, to);
  AddFollowUp(relocation, MeasureKind::kAssetIncome, kFollowUpAssetIncomePersons, moved, to);
}

}  // namespace

const tally::Catalogue& Catalogue() {
  static const auto& catalogue = *new tally::Catalogue{
      {.id = kCommunities, .label_zh = "移民社区", .label_en = "Communities completed", .unit = "site"},
      {.id = kSites, .label_zh = "安置点", .label_en = "Resettlement sites", .unit = "site"},
      {.id = kTownshipSites, .label_zh = "乡镇安置点", .label_en = "Sites in townships", .unit = "site"},
      {.id = kPlannedUnits, .label_zh = "规划住房套数", .label_en = "Units planned", .unit = "unit"},
      {.id = kUnitsCompleted, .label_zh = "竣工住房套数", .label_en = "Units completed", .unit = "unit"},
      {.id = kTownshipUnits,
       .label_zh = "乡镇安置点住房套数",
       .label_en = "Units completed at township sites",
       .unit = "unit"},
      {.id = kHouseholdsDue, .label_zh = "应搬迁户数", .label_en = "Households due to move", .unit = "household"},
      {.id = kPersonsDue, .label_zh = "应搬迁人数", .label_en = "Persons due to move", .unit = "person"},
      {.id = kHouseholdsToMove,
       .label_zh = "审批搬迁户数",
       .label_en = "Households approved to move",
       .unit = "household"},
      {.id = kPersonsToMove, .label_zh = "审批搬迁人数", .label_en = "Persons approved to move", .unit = "person"},
      {.id = kHouseholdsMovedIn, .label_zh = "搬迁入住户数", .label_en = "Households moved in", .unit = "household"},
      {.id = kPersonsMovedIn, .label_zh = "搬迁入住人数", .label_en = "Persons moved in", .unit = "person"},
      {.id = kRelocatedLabourers, .label_zh = "搬迁劳动力", .label_en = "Relocated labourers", .unit = "person"},
      {.id = kCountyTierHouseholds,
       .label_zh = "县城安置户数",
       .label_en = "Households moved to county towns",
       .unit = "household"},
      {.id = kCountyTierPersons,
       .label_zh = "县城安置人数",
       .label_en = "Persons moved to county towns",
       .unit = "person"},
      {.id = kTownshipTierHouseholds,
       .label_zh = "乡镇安置户数",
       .label_en = "Households moved to townships",
       .unit = "household"},
      {.id = kTownshipTierPersons,
       .label_zh = "乡镇安置人数",
       .label_en = "Persons moved to townships",
       .unit = "person"},
      {.id = kCentralVillageHouseholds,
       .label_zh = "中心村安置户数",
       .label_en = "Households moved to central villages",
       .unit = "household"},
      {.id = kCentralVillagePersons,
       .label_zh = "中心村安置人数",
       .label_en = "Persons moved to central villages",
       .unit = "person"},
      {.id = kFollowUpIndustryPersons,
       .label_zh = "发展特色产业人数",
       .label_en = "Relocated persons in local industry",
       .unit = "person"},
      {.id = kFollowUpServicesPersons,
       .label_zh = "加入现代服务业人数",
       .label_en = "Relocated persons in services",
       .unit = "person"},
      {.id = kFollowUpSafetyNetPersons,
       .label_zh = "享受社会兜底人数",
       .label_en = "Relocated persons in the safety net",
       .unit = "person"},
      {.id = kFollowUpAssetIncomePersons,
       .label_zh = "享受资产收益人数",
       .label_en = "Relocated persons with asset income",
       .unit = "person"},
      {.id = kPublicPosts, .label_zh = "公益性岗位", .label_en = "Public posts", .unit = "post"},
      {.id = kPublicPostsHeld, .label_zh = "在岗公益性岗位", .label_en = "Public posts held", .unit = "post"},
      {.id = kTwoHomesHouseholds,
       .label_zh = "两头住户数",
       .label_en = "Households with two homes",
       .unit = "household"},
      {.id = kCoveredHouseholds,
       .label_zh = "有后续扶持措施户数",
       .label_en = "Relocated households with a follow-up measure",
       .unit = "household"},
      {.id = kLabourHouseholds,
       .label_zh = "有劳动力搬迁户数",
       .label_en = "Relocated households with labour",
       .unit = "household"},
      {.id = kLabourHouseholdsInWork,
       .label_zh = "有人就业搬迁户数",
       .label_en = "Of those, with a member in work",
       .unit = "household"},
      {.id = "relocation.follow_up_coverage_rate",
       .label_zh = "后续扶持覆盖率",
       .label_en = "Share of relocated households with a measure",
       .unit = "percent",
       .kind = IndicatorKind::kRatio,
       .numerator = kCoveredHouseholds,
       .denominator = kHouseholdsMovedIn},
      {.id = "relocation.labour_in_work_rate",
       .label_zh = "有劳动力户就业率",
       .label_en = "Share of households with labour that have a member in work",
       .unit = "percent",
       .kind = IndicatorKind::kRatio,
       .numerator = kLabourHouseholdsInWork,
       .denominator = kLabourHouseholds},
      {.id = kBuildings, .label_zh = "楼栋", .label_en = "Buildings begun", .unit = "building"},
      {.id = kBuildingsCompleted, .label_zh = "竣工楼栋", .label_en = "Buildings completed", .unit = "building"},
      {.id = kMilestonesOverdue,
       .label_zh = "逾期工程节点",
       .label_en = "Milestones later than planned",
       .unit = "milestone"},
      {.id = kFacilitiesCompleted, .label_zh = "建成配套设施", .label_en = "Facilities completed", .unit = "facility"},
      {.id = kQualityIssuesOpen, .label_zh = "未销号质量问题", .label_en = "Quality issues open", .unit = "issue"},
      {.id = kSeriousIssuesOpen,
       .label_zh = "未销号严重质量问题",
       .label_en = "Serious quality issues open",
       .unit = "issue"},
      {.id = kQualityIssuesOverdue,
       .label_zh = "逾期质量问题",
       .label_en = "Quality issues open beyond their deadline",
       .unit = "issue"},
      {.id = kAreaExcessHouseholds,
       .label_zh = "住房面积超标户数",
       .label_en = "Households with more floor area than they may have",
       .unit = "household"},
      {.id = kOldHousesDemolished,
       .label_zh = "拆除旧房户数",
       .label_en = "Old houses demolished",
       .unit = "household"},
      {.id = kOldHousesOverdue,
       .label_zh = "逾期未拆旧房户数",
       .label_en = "Old houses that stand longer than they may",
       .unit = "household"},
      {.id = kReclaimedArea,
       .label_zh = "旧宅基地复垦面积",
       .label_en = "Ground of old houses reclaimed",
       .unit = "centi_mu"},
      {.id = kTitledHouseholds,
       .label_zh = "办理不动产证户数",
       .label_en = "Households with the title to their new home",
       .unit = "household"},
      {.id = "relocation.demolition_rate",
       .label_zh = "旧房拆除率",
       .label_en = "Share of old houses demolished",
       .unit = "percent",
       .kind = IndicatorKind::kRatio,
       .numerator = kOldHousesDemolished,
       .denominator = kHouseholdsMovedIn},
      {.id = kSubsidiesGranted,
       .label_zh = "审批个人建房补助",
       .label_en = "Personal subsidies granted",
       .unit = "fen",
       .kind = IndicatorKind::kFlow},
      {.id = kSubsidiesPaid,
       .label_zh = "拨付个人建房补助",
       .label_en = "Personal subsidies paid to contractors",
       .unit = "fen",
       .kind = IndicatorKind::kFlow},
      {.id = kDepositsHeld, .label_zh = "在存搬迁保证金", .label_en = "Deposits in custody", .unit = "fen"},
      {.id = kTitlePayments,
       .label_zh = "搬迁户缴纳房款",
       .label_en = "Paid by households for titles",
       .unit = "fen",
       .kind = IndicatorKind::kFlow},
      {.id = kMortgageBalance,
       .label_zh = "产权质押余额",
       .label_en = "Mortgages bought back and not repaid",
       .unit = "fen"},
      {.id = "relocation.move_in_rate",
       .label_zh = "搬迁入住率",
       .label_en = "Share moved in of those due",
       .unit = "percent",
       .kind = IndicatorKind::kRatio,
       .numerator = kPersonsMovedIn,
       .denominator = kPersonsDue},
      {.id = "relocation.units_completion_rate",
       .label_zh = "安置住房竣工率",
       .label_en = "Share of units completed",
       .unit = "percent",
       .kind = IndicatorKind::kRatio,
       .numerator = kUnitsCompleted,
       .denominator = kPlannedUnits},
      {.id = "relocation.follow_up_industry_rate",
       .label_zh = "发展特色产业占比",
       .label_en = "Share in local industry",
       .unit = "percent",
       .kind = IndicatorKind::kRatio,
       .numerator = kFollowUpIndustryPersons,
       .denominator = kPersonsMovedIn},
      {.id = "relocation.follow_up_services_rate",
       .label_zh = "加入现代服务业占比",
       .label_en = "Share in services",
       .unit = "percent",
       .kind = IndicatorKind::kRatio,
       .numerator = kFollowUpServicesPersons,
       .denominator = kPersonsMovedIn},
      {.id = "relocation.follow_up_safety_net_rate",
       .label_zh = "享受社会兜底占比",
       .label_en = "Share in the safety net",
       .unit = "percent",
       .kind = IndicatorKind::kRatio,
       .numerator = kFollowUpSafetyNetPersons,
       .denominator = kPersonsMovedIn},
      {.id = kHouseholderRepresentatives,
       .label_zh = "户主代表",
       .label_en = "Householders' representatives",
       .unit = "person"},
      {.id = kCommitteeMembers,
       .label_zh = "社区管理、监督委员会委员",
       .label_en = "Members of community committees",
       .unit = "person"},
      {.id = kBuildingGrids, .label_zh = "楼宇网格", .label_en = "Building grids", .unit = "grid"},
      {.id = kBuildingChiefs, .label_zh = "在任楼长", .label_en = "Building chiefs", .unit = "person"},
      {.id = kGridHouseholds, .label_zh = "编入网格户数", .label_en = "Households in a grid", .unit = "household"},
      {.id = kHallRequests,
       .label_zh = "农事城办受理事项",
       .label_en = "Requests received by service halls",
       .unit = "request",
       .kind = IndicatorKind::kFlow},
      {.id = kHallDue,
       .label_zh = "农事城办到期事项",
       .label_en = "Requests due at service halls",
       .unit = "request",
       .kind = IndicatorKind::kFlow},
      {.id = kHallClosedInTime,
       .label_zh = "农事城办按期办结事项",
       .label_en = "Requests due and closed in time",
       .unit = "request",
       .kind = IndicatorKind::kFlow},
      {.id = kHallRatingPoints,
       .label_zh = "农事城办评价得分",
       .label_en = "Points by which requests were rated",
       .unit = "point",
       .kind = IndicatorKind::kFlow},
      {.id = kHallBestPoints,
       .label_zh = "农事城办评价满分",
       .label_en = "Points by which they could be rated",
       .unit = "point",
       .kind = IndicatorKind::kFlow},
      {.id = "relocation.hall_in_time_rate",
       .label_zh = "农事城办按期办结率",
       .label_en = "Share of requests closed in time",
       .unit = "percent",
       .kind = IndicatorKind::kRatio,
       .numerator = kHallClosedInTime,
       .denominator = kHallDue},
      {.id = "relocation.hall_rating",
       .label_zh = "农事城办满意度",
       .label_en = "Satisfaction with service halls",
       .unit = "percent",
       .kind = IndicatorKind::kRatio,
       .numerator = kHallRatingPoints,
       .denominator = kHallBestPoints},
      {.id = kDisclosures,
       .label_zh = "社区公开事项",
       .label_en = "Disclosures of communities",
       .unit = "item",
       .kind = IndicatorKind::kFlow},
      {.id = kMicroPlotArea, .label_zh = "微田园面积", .label_en = "Area of micro-plots", .unit = "centi_mu"},
      {.id = kMicroPlotHouseholds,
       .label_zh = "微田园户数",
       .label_en = "Households with a micro-plot",
       .unit = "household"},
      {.id = kRenovationPlanned,
       .label_zh = "本年计划危房改造户数",
       .label_en = "Dangerous houses to renovate this year",
       .unit = "household"},
      {.id = kRenovationPlannedPoor,
       .label_zh = "本年计划危房改造贫困户数",
       .label_en = "Dangerous houses to renovate this year, poor",
       .unit = "household"},
      {.id = kRenovationStarted,
       .label_zh = "本年危房改造动工户数",
       .label_en = "Renovations started this year",
       .unit = "household"},
      {.id = kRenovationStartedPoor,
       .label_zh = "本年危房改造动工贫困户数",
       .label_en = "Renovations started this year, poor",
       .unit = "household"},
      {.id = kRenovationCompleted,
       .label_zh = "本年危房改造竣工户数",
       .label_en = "Renovations completed this year",
       .unit = "household"},
      {.id = kRenovationCompletedPoor,
       .label_zh = "本年危房改造竣工贫困户数",
       .label_en = "Renovations completed this year, poor",
       .unit = "household"},
      {.id = kRenovationSubsidy,
       .label_zh = "危房改造补助资金",
       .label_en = "Subsidies of accepted renovations",
       .unit = "fen",
       .kind = IndicatorKind::kFlow},
      {.id = "relocation.housing_renovation_completion_rate",
       .label_zh = "本年危房改造竣工率",
       .label_en = "Share of renovations completed",
       .unit = "percent",
       .kind = IndicatorKind::kRatio,
       .numerator = kRenovationCompleted,
       .denominator = kRenovationPlanned},
  };
  return catalogue;
}

tally::Contributions Contributions(const Site& site) {
  tally::Contributions parts;
  const std::vector<Place> places = At(site.location, site.started_on);
  tally::AddStock(kSites, places, site.started_on, std::nullopt, 1, parts);
  if (site.tier == Tier::kTownship) tally::AddStock(kTownshipSites, places, site.started_on, std::nullopt, 1, parts);
  tally::AddStock(kPlannedUnits, places, site.started_on, std::nullopt, site.planned_units, parts);
  if (site.community && site.completed_on.has_value()) {
    tally::AddStock(kCommunities, places, *site.completed_on, std::nullopt, 1, parts);
  }
  for (const PublicPost& post : site.posts) {
    tally::AddStock(kPublicPosts, places, post.created_on, post.closed_on, 1, parts);
    if (!post.household_id.empty()) {
      tally::AddStock(kPublicPostsHeld, places, post.created_on, post.closed_on, 1, parts);
    }
  }
  return parts;
}

tally::Contributions Contributions(const Unit& unit) {
  tally::Contributions parts;
  if (!unit.completed_on.has_value()) return parts;
  const std::vector<Place> places = At(unit.site_location, *unit.completed_on);
  tally::AddStock(kUnitsCompleted, places, *unit.completed_on, std::nullopt, 1, parts);
  if (unit.tier == Tier::kTownship) {
    tally::AddStock(kTownshipUnits, places, *unit.completed_on, std::nullopt, 1, parts);
  }
  return parts;
}

tally::Contributions Contributions(const Building& building) {
  tally::Contributions parts;
  const std::vector<Place> places = At(building.site_location, building.started_on);
  tally::AddStock(kBuildings, places, building.started_on, std::nullopt, 1, parts);
  if (building.completed_on.has_value()) {
    tally::AddStock(kBuildingsCompleted, places, *building.completed_on, std::nullopt, 1, parts);
  }
  return parts;
}

tally::Contributions Contributions(const SiteWorks& works) {
  tally::Contributions parts;
  for (const Milestone& milestone : works.milestones) {
    AddOverdue(kMilestonesOverdue, At(works.site_location, milestone.planned_on), milestone.planned_on,
               milestone.reached_on, parts);
  }
  for (const Facility& facility : works.facilities) {
    if (!facility.completed_on.has_value()) continue;
    tally::AddStock(kFacilitiesCompleted, At(works.site_location, *facility.completed_on), *facility.completed_on,
                    std::nullopt, 1, parts);
  }
  return parts;
}

tally::Contributions Contributions(const QualityIssue& issue) {
  tally::Contributions parts;
  const std::vector<Place> places = At(issue.site_location, issue.found_on);
  tally::AddStock(kQualityIssuesOpen, places, issue.found_on, issue.closed_on, 1, parts);
  if (issue.severity == Severity::kSerious) {
    tally::AddStock(kSeriousIssuesOpen, places, issue.found_on, issue.closed_on, 1, parts);
  }
  AddOverdue(kQualityIssuesOverdue, places, issue.due_on, issue.closed_on, parts);
  return parts;
}

tally::Contributions Contributions(const Case& relocation) {
  tally::Contributions parts;
  const Steps& steps = relocation.steps;
  const Span due{.from = steps.declared_on, .until = steps.EndedOn()};
  AddHousehold(relocation.household, kHouseholdsDue, kPersonsDue, due, parts);
  if (steps.approved_on.has_value()) {
    const Span approved{.from = *steps.approved_on, .until = steps.EndedOn()};
    AddHousehold(relocation.household, kHouseholdsToMove, kPersonsToMove, approved, parts);
  }
  AddAreaExcess(relocation, parts);
  if (steps.moved_in_on.has_value()) AddMoved(relocation, {.from = *steps.moved_in_on}, parts);
  return parts;
}

// By the postings and in the settlement's own division, so that a figure is what the ledger has on its account.
tally::Contributions Contributions(const Settlement& settlement) {
  tally::Contributions parts;
  for (const Posting& posting : settlement.postings) {
    const std::vector<Place> places = At(settlement.division, posting.on);
    const FundsAct act = ActOf(settlement.postings, posting);
    if (act == FundsAct::kGrantSubsidy)
      tally::AddFlow(kSubsidiesGranted, places, posting.on, posting.amount_fen, parts);
    if (act == FundsAct::kPaySubsidy) tally::AddFlow(kSubsidiesPaid, places, posting.on, posting.amount_fen, parts);
    if (act == FundsAct::kPayTitle) tally::AddFlow(kTitlePayments, places, posting.on, posting.amount_fen, parts);
    if (posting.deposit_change_fen != 0) {
      tally::AddStock(kDepositsHeld, places, posting.on, std::nullopt, posting.deposit_change_fen, parts);
    }
  }
  return parts;
}

tally::Contributions Contributions(const Mortgage& mortgage) {
  tally::Contributions parts;
  for (const Posting& posting : mortgage.postings) {
    const bool bought = ActOf(mortgage.postings, posting) == FundsAct::kBuyBackMortgage;
    const int64_t change = bought ? posting.amount_fen : posting.interest_fen - posting.amount_fen;
    tally::AddStock(kMortgageBalance, At(mortgage.division, posting.on), posting.on, std::nullopt, change, parts);
  }
  return parts;
}

}  // namespace anju::relocation
