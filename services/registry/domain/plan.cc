#include "services/registry/domain/plan.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"

namespace anju::registry {
namespace {

using enum absl::StatusCode;
using roots::Outcome;

absl::StatusOr<std::string> ResolveCounty(roots::Session& session, const intake::Batch& batch,
                                          const std::string& code) {
  ASSIGN_OR_RETURN(std::string county, intake::ResolveWithin(session, batch, code, "division"));
  if (county.size() == kCountyDigits) return county;
  return Refuse(kInvalidArgument, "NOT_A_COUNTY",
                "give the 6-digit code of a county: what lies within it is a part of it", "division");
}

std::string PlanKey(absl::string_view county, int32_t year) { return absl::StrCat(county, "/", year); }

// The codes that have become this one; none of a code that is no longer used itself.
absl::StatusOr<std::vector<std::string>> FormerCodes(roots::Session& session, const std::string& county) {
  ASSIGN_OR_RETURN(const auto fact, session.FindFact<feed::DivisionFact>(county));
  return fact.has_value() && fact->successor.empty() ? fact->former_codes : std::vector<std::string>();
}

// Where counties were merged, theirs are counted until the first yearbook of the new one.
absl::Status EndFormer(roots::Session& session, const Population& population) {
  ASSIGN_OR_RETURN(const std::vector<std::string> codes, FormerCodes(session, population.key));
  for (const std::string& code : codes) {
    ASSIGN_OR_RETURN(std::optional<Population> former, session.Find<Population>(code));
    if (!former.has_value() || former->id == population.id) continue;
    former->ended_on = population.censuses.front().as_of;
    session.Put(*former);
  }
  return absl::OkStatus();
}

// A county into which others were merged plans for all of them.
absl::Status SupersedeFormer(roots::Session& session, const std::string& county, const ExitPlan& plan) {
  ASSIGN_OR_RETURN(const std::vector<std::string> codes, FormerCodes(session, county));
  for (const std::string& code : codes) {
    ASSIGN_OR_RETURN(std::optional<ExitPlan> former, session.Find<ExitPlan>(PlanKey(code, plan.year)));
    if (!former.has_value() || former->key == plan.key) continue;
    former->superseded = true;
    session.Put(*former);
  }
  return absl::OkStatus();
}

// Half up.
int64_t ShareBp(int64_t part, int64_t whole) { return whole > 0 ? (part * 20'000 + whole) / (2 * whole) : 0; }

}  // namespace

absl::StatusOr<Outcome> ImportExitPlan(roots::Session& session, const intake::Batch& batch,
                                       const ExitPlanRecord& record) {
  ASSIGN_OR_RETURN(const std::string county, ResolveCounty(session, batch, record.division));
  if (record.year < kFirstPlanYear || record.year > kLastPlanYear) {
    return Refuse(kInvalidArgument, "YEAR_OUT_OF_RANGE",
                  absl::StrCat("plans are of the years from ", kFirstPlanYear, " to ", kLastPlanYear), "year");
  }
  if (record.planned_persons < 1) {
    return Refuse(kInvalidArgument, "PERSONS_NOT_POSITIVE", "a plan is for at least one person", "planned_persons");
  }
  if (record.planned_households < 0) {
    return Refuse(kInvalidArgument, "HOUSEHOLDS_NEGATIVE", "leave it empty when it is not known", "planned_households");
  }
  // A plan that was sent of a county before it was merged is corrected under its code; a county that was recoded goes
  // on with the plans that it had.
  std::string key_county = record.division;
  ASSIGN_OR_RETURN(std::optional<ExitPlan> before, session.Find<ExitPlan>(PlanKey(key_county, record.year)));
  if (!before.has_value()) {
    ASSIGN_OR_RETURN(key_county, intake::KeyDivision(session, record.division));
    ASSIGN_OR_RETURN(before, session.Find<ExitPlan>(PlanKey(key_county, record.year)));
  }
  ExitPlan after{.id = before.has_value() ? before->id : "",
                 .key = PlanKey(key_county, record.year),
                 .division = before.has_value() ? before->division : county,
                 .year = record.year,
                 .planned_households = record.planned_households,
                 .planned_persons = record.planned_persons,
                 .document = record.document,
                 .superseded = before.has_value() && before->superseded};
  if (before == after) return Outcome::kUnchanged;
  session.Put(after);
  RETURN_IF_ERROR(SupersedeFormer(session, key_county, after));
  return before.has_value() ? Outcome::kUpdated : Outcome::kAdded;
}

absl::StatusOr<Outcome> ImportPopulation(roots::Session& session, const intake::Batch& batch,
                                         const PopulationRecord& record) {
  ASSIGN_OR_RETURN(const std::string county, ResolveCounty(session, batch, record.division));
  if (record.census.rural_population < 1) {
    return Refuse(kInvalidArgument, "POPULATION_NOT_POSITIVE", "a county has at least one inhabitant",
                  "rural_population");
  }
  // A county that was recoded goes on with the yearbooks that it had.
  ASSIGN_OR_RETURN(const std::string key, intake::KeyDivision(session, record.division));
  ASSIGN_OR_RETURN(const std::optional<Population> before, session.Find<Population>(key));
  Population after = before.value_or(Population{.key = key});
  const Outcome outcome = roots::Keep(after.censuses, record.census, &Census::as_of);
  if (outcome == Outcome::kUnchanged) return outcome;
  if (after.censuses.size() > kMostCensuses) {
    return Refuse(kFailedPrecondition, "TOO_MANY_CENSUSES",
                  absl::StrCat("a county has at most ", kMostCensuses, " such rows"), "as_of");
  }
  std::sort(after.censuses.begin(), after.censuses.end(),
            [](const Census& a, const Census& b) { return a.as_of < b.as_of; });
  session.Put(after);
  RETURN_IF_ERROR(EndFormer(session, after));
  return outcome;
}

PlanYear Compare(PlanYear year) {
  year.households_share_bp = ShareBp(year.exited_households, year.planned_households);
  year.persons_share_bp = ShareBp(year.exited_persons, year.planned_persons);
  return year;
}

}  // namespace anju::registry
