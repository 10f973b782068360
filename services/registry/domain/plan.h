#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/platform/intake/batch.h"
#include "services/platform/roots/session.h"

// What a county plans and what a yearbook says, beside what the households make.
namespace anju::registry {

// How many are to leave poverty in one year, by a county's plan 年度脱贫计划.
struct ExitPlan {
  static constexpr absl::string_view kKind = "exit_plan";
  std::string id;
  // `<county>/<year>`: one plan for a county and a year, whichever system sends it.
  std::string key;
  std::string division;
  int32_t year = 0;
  int64_t planned_households = 0;
  int64_t planned_persons = 0;
  std::string document;
  // The county was merged, and the county that it became part of has a plan for that year: this one counts no more.
  bool superseded = false;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("division", division);
    archive("year", year);
    archive("planned_households", planned_households);
    archive("planned_persons", planned_persons);
    archive("document", document);
    archive("superseded", superseded);
  }
  std::string Division() const { return division; }
  friend bool operator==(const ExitPlan&, const ExitPlan&) = default;
};

// A row of anju.registry.v1.ExitPlanRecord.
struct ExitPlanRecord {
  std::string division;
  int32_t year = 0;
  int64_t planned_households = 0;
  int64_t planned_persons = 0;
  std::string document;

  void Fields(Archive& archive) {
    archive("division", division);
    archive("year", year);
    archive("planned_households", planned_households);
    archive("planned_persons", planned_persons);
    archive("document", document);
  }
};

// The rural registered population 乡村户籍人口 from a day on.
struct Census {
  Date as_of;
  int64_t rural_population = 0;
  std::string document;

  void Fields(Archive& archive) {
    archive("as_of", as_of);
    archive("rural_population", rural_population);
    archive("document", document);
  }
  friend bool operator==(const Census&, const Census&) = default;
};

// No county has more rows in its yearbooks.
inline constexpr size_t kMostCensuses = 200;

// What the yearbooks say of one county.
struct Population {
  static constexpr absl::string_view kKind = "population";
  std::string id;
  // The county's code.
  std::string key;
  // In the order of their days.
  std::vector<Census> censuses;
  // When the first yearbook came of a county into which this one was merged.
  std::optional<Date> ended_on = std::nullopt;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("censuses", censuses);
    archive("ended_on", ended_on);
  }
  std::string Division() const { return key; }
  friend bool operator==(const Population&, const Population&) = default;
};

// A row of anju.registry.v1.PopulationRecord.
struct PopulationRecord {
  std::string division;
  Census census;

  void Fields(Archive& archive) {
    archive("division", division);
    census.Fields(archive);
  }
};

// What they add to the figures; see indicators.cc.
tally::Contributions Contributions(const ExitPlan& plan);
tally::Contributions Contributions(const Population& population);

inline constexpr int32_t kFirstPlanYear = 2014, kLastPlanYear = 2100;

// Both refuse rows, in this order, with DIVISION_NOT_FOUND, OUTSIDE_DIVISION, NOT_A_COUNTY (what is planned or counted
// below a county is part of it), and then the plan with YEAR_OUT_OF_RANGE, PERSONS_NOT_POSITIVE and
// HOUSEHOLDS_NEGATIVE, the population with POPULATION_NOT_POSITIVE and TOO_MANY_CENSUSES.
absl::StatusOr<roots::Outcome> ImportExitPlan(roots::Session& session, const intake::Batch& batch,
                                              const ExitPlanRecord& record);
absl::StatusOr<roots::Outcome> ImportPopulation(roots::Session& session, const intake::Batch& batch,
                                                const PopulationRecord& record);

// One year of a plan against what came of it; anju.registry.v1.PlanYear.
struct PlanYear {
  int32_t year = 0;
  int64_t planned_households = 0;
  int64_t planned_persons = 0;
  int64_t exited_households = 0;
  int64_t exited_persons = 0;
  // Exited of planned, in 0.01 percent, half up; 0 where nothing is planned.
  int64_t households_share_bp = 0;
  int64_t persons_share_bp = 0;

  void Fields(Archive& archive) {
    archive("year", year);
    archive("planned_households", planned_households);
    archive("planned_persons", planned_persons);
    archive("exited_households", exited_households);
    archive("exited_persons", exited_persons);
    archive("households_share_bp", households_share_bp);
    archive("persons_share_bp", persons_share_bp);
  }
};

// Fills in the shares. Pure.
PlanYear Compare(PlanYear year);

}  // namespace anju::registry
