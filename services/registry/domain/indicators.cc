#include "services/registry/domain/indicators.h"

#include "services/registry/domain/household.h"
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

Span Membership(const Member& member) { return {.from = member.joined_on, .until = member.left_on}; }

// Counts the household once and each member as long as they belong to it, over `span`.
void AddHousehold(const Household& household, const std::vector<tally::Place>& places, absl::string_view households,
                  absl::string_view persons, const Span& span, tally::Contributions& to) {
  tally::AddStock(households, places, span.from, span.until, 1, to);
  for (const Member& member : household.members) {
    if (const std::optional<Span> both = Intersect(span, Membership(member)); both.has_value()) {
      tally::AddStock(persons, places, both->from, both->until, 1, to);
    }
  }
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
  };
  return catalogue;
}

tally::Contributions Contributions(const Household& household) {
  tally::Contributions parts;
  std::vector<tally::Place> places;
  for (const Residence& residence : household.residences) {
    places.push_back({.since = residence.since, .division = residence.village});
  }
  AddHousehold(household, places, kHouseholds, kPersons, {.from = household.registered_on}, parts);
  for (const Member& member : household.members) {
    if (!feed::CanWork(member.labour)) continue;
    const std::optional<Span> span = Intersect({.from = household.registered_on}, Membership(member));
    if (span.has_value()) tally::AddStock(kLabourers, places, span->from, span->until, 1, parts);
  }
  for (size_t i = 0; i < household.classifications.size(); ++i) {
    const Classification& classification = household.classifications[i];
    if (classification.household_class != HouseholdClass::kRegisteredPoor) continue;
    Span registered{.from = classification.since};
    if (i + 1 < household.classifications.size()) registered.until = household.classifications[i + 1].since;
    AddHousehold(household, places, kIdentifiedHouseholds, kIdentifiedPersons, registered, parts);
    const std::optional<Span> poor =
        Intersect(registered, {.from = household.registered_on, .until = household.exited_on});
    if (poor.has_value()) AddHousehold(household, places, kPoorHouseholds, kPoorPersons, *poor, parts);
  }
  if (household.low_income_since.has_value()) {
    AddHousehold(household, places, kLowIncomeHouseholds, kLowIncomePersons,
                 {.from = *household.low_income_since, .until = household.low_income_until}, parts);
  }
  return parts;
}

tally::Contributions Contributions(const Village& village) {
  tally::Contributions parts;
  tally::AddStock(kPoorVillages, {{.since = village.poor_since, .division = village.key}}, village.poor_since,
                  village.poor_until, 1, parts);
  return parts;
}

}  // namespace anju::registry
