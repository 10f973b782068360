#include "services/registry/rpc/figures.h"

#include "services/platform/base/error.h"
#include "services/platform/records/read.h"
#include "services/registry/domain/plan.h"
#include "services/registry/domain/standing.h"

namespace anju::registry {
namespace {

using enum absl::StatusCode;

// Of all children at once.
constexpr int64_t kMostChildren = 1000;

}  // namespace

grpc::Status FiguresService::ImportExitPlans(grpc::ServerContext* context,
                                             grpc::ServerReaderWriter<Receipt, v1::ImportExitPlansRequest>* stream) {
  return intake_.Run(context, stream, ImportExitPlan);
}

grpc::Status FiguresService::ImportPopulations(
    grpc::ServerContext* context, grpc::ServerReaderWriter<Receipt, v1::ImportPopulationsRequest>* stream) {
  return intake_.Run(context, stream, ImportPopulation);
}

grpc::Status FiguresService::ListExitPlans(grpc::ServerContext* context, const v1::ListExitPlansRequest* request,
                                           v1::ListExitPlansResponse* response) {
  return guard_.Unary<v1::ListExitPlansRequest, v1::ListExitPlansResponse>(
      context, request, response, [&](const rpc::Caller&) {
        return records::List<ExitPlan>(store_, *request, &v1::ListExitPlansResponse::add_exit_plans);
      });
}

absl::StatusOr<std::map<std::string, int64_t>> FiguresService::Sums(const std::string& division,
                                                                    std::optional<Month> from, Month to) {
  ASSIGN_OR_RETURN(const tally::Answer answer, figures_.Ask({.divisions = {division}, .from = from, .to = to}));
  std::map<std::string, int64_t> sums;
  for (const tally::Sum& sum : answer.sums) sums[sum.indicator] = sum.value;
  return sums;
}

absl::StatusOr<std::vector<std::string>> FiguresService::Counties(const std::string& division) {
  if (division.size() >= 6) return std::vector<std::string>{division.substr(0, 6)};
  std::vector<std::string> counties;
  ASSIGN_OR_RETURN(const std::vector<Division> children,
                   divisions_.List(division, "", "", kMostChildren, std::nullopt));
  for (const Division& child : children) {
    ASSIGN_OR_RETURN(const std::vector<std::string> some, Counties(child.code));
    counties.insert(counties.end(), some.begin(), some.end());
  }
  return counties;
}

grpc::Status FiguresService::CompareExitPlan(grpc::ServerContext* context, const v1::CompareExitPlanRequest* request,
                                             v1::CompareExitPlanResponse* response) {
  const auto compare = [&](const rpc::Caller&) -> absl::StatusOr<v1::CompareExitPlanResponse> {
    if (request->from_year() < kFirstPlanYear || request->to_year() > kLastPlanYear) {
      return Refuse(kInvalidArgument, "YEAR_OUT_OF_RANGE",
                    absl::StrCat("plans are of the years from ", kFirstPlanYear, " to ", kLastPlanYear), "from_year");
    }
    if (request->to_year() < request->from_year()) {
      return Refuse(kInvalidArgument, "YEARS_REVERSED", "the last year is before the first one", "to_year");
    }
    v1::CompareExitPlanResponse answer;
    for (int32_t year = request->from_year(); year <= request->to_year(); ++year) {
      const Month first = Month::Of(Date(year, 1, 1)), last = Month::Of(Date(year, 12, 1));
      ASSIGN_OR_RETURN(auto sums, Sums(request->division(), first, last));
      *answer.add_years() =
          messages::ToProto<v1::PlanYear>(Compare({.year = year,
                                                   .planned_households = sums["registry.exit_plan_households"],
                                                   .planned_persons = sums["registry.exit_plan_persons"],
                                                   .exited_households = sums["registry.exited_households"],
                                                   .exited_persons = sums["registry.exited_persons"]}));
    }
    return answer;
  };
  return guard_.Unary<v1::CompareExitPlanRequest, v1::CompareExitPlanResponse>(context, request, response, compare);
}

grpc::Status FiguresService::QueryTotalsAsOf(grpc::ServerContext* context, const v1::QueryTotalsAsOfRequest* request,
                                             v1::QueryTotalsAsOfResponse* response) {
  const auto query = [&](const rpc::Caller&) -> absl::StatusOr<v1::QueryTotalsAsOfResponse> {
    ASSIGN_OR_RETURN(const Date day, ParseDate(request->date()));
    ASSIGN_OR_RETURN(const Division division, divisions_.Get(request->division()));
    const Month month = Month::Of(day);
    const bool whole = day == month.LastDay();
    ASSIGN_OR_RETURN(auto sums, Sums(division.code, std::nullopt, whole ? month : month.Plus(-1)));
    if (!whole) {
      ASSIGN_OR_RETURN(const std::vector<std::string> counties, Counties(division.code));
      RETURN_IF_ERROR(store_.Look(
          [&](roots::Session& session) { return AddChanges(session, counties, division.code, day, sums); }));
    }
    v1::QueryTotalsAsOfResponse answer;
    for (const auto& [indicator, value] : sums) {
      if (value == 0 || !IsStanding(indicator)) continue;
      v1::Total* total = answer.add_totals();
      total->set_indicator(indicator);
      total->set_value(value);
    }
    return answer;
  };
  return guard_.Unary<v1::QueryTotalsAsOfRequest, v1::QueryTotalsAsOfResponse>(context, request, response, query);
}

}  // namespace anju::registry
