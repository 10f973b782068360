#include "services/registry/rpc/figures.h"

#include <algorithm>

#include "services/platform/base/division.h"
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
  return intake_.Run(context, stream, ImportExitPlan, {"division", "year"});
}

grpc::Status FiguresService::ImportPopulations(
    grpc::ServerContext* context, grpc::ServerReaderWriter<Receipt, v1::ImportPopulationsRequest>* stream) {
  return intake_.Run(context, stream, ImportPopulation, {"division", "as_of"});
}

grpc::Status FiguresService::ListExitPlans(grpc::ServerContext* context, const v1::ListExitPlansRequest* request,
                                           v1::ListExitPlansResponse* response) {
  return guard_.Unary<v1::ListExitPlansRequest, v1::ListExitPlansResponse>(
      context, request, response, [&](const rpc::Caller&) {
        return records::List<ExitPlan>(store_, *request, &v1::ListExitPlansResponse::add_exit_plans);
      });
}

absl::StatusOr<std::map<std::string, int64_t>> FiguresService::Sums(const std::vector<std::string>& divisions,
                                                                    std::optional<Month> from, Month to) {
  ASSIGN_OR_RETURN(const tally::Answer answer, figures_.Ask({.divisions = divisions, .from = from, .to = to}));
  std::map<std::string, int64_t> sums;
  for (const tally::Sum& sum : answer.sums) sums[sum.indicator] += sum.value;
  return sums;
}

absl::StatusOr<std::vector<std::string>> FiguresService::Codes(const std::string& division) {
  ASSIGN_OR_RETURN(const Division present, divisions_.Get(division));
  const std::shared_ptr<const Successions> successions = store_.successions();
  const std::vector<std::string> parts = successions->Parts(division);
  if (parts == std::vector<std::string>{division}) return std::vector<std::string>{present.code};
  std::vector<std::string> codes = {division};
  const auto add = [&](const std::string& code) {
    const bool known =
        std::any_of(codes.begin(), codes.end(), [&](const std::string& one) { return IsWithin(code, one); });
    if (!known) codes.push_back(code);
  };
  // What it was called in between, as a whole and in its parts; what became one with others has been theirs, too.
  for (size_t count = 1; count <= successions->size(); ++count) {
    const std::string called = successions->Present(division, count);
    if (successions->Parts(called) == parts) add(called);
  }
  for (const std::string& part : parts) {
    add(part);
    ASSIGN_OR_RETURN(const Division one, divisions_.Get(part));
    if (one.former_codes.size() == 1) add(one.former_codes[0]);
  }
  return codes;
}

absl::Status FiguresService::AddCounties(const std::string& division, std::set<std::string>& counties) {
  if (division.size() >= kCountyDigits) {
    ASSIGN_OR_RETURN(const Division county, divisions_.Get(CountyOf(division)));
    counties.insert(std::string(CountyOf(division)));
    counties.insert(county.code);
    counties.insert(county.former_codes.begin(), county.former_codes.end());
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::vector<Division> children,
                   divisions_.List(division, "", "", kMostChildren, std::nullopt));
  for (const Division& child : children) RETURN_IF_ERROR(AddCounties(child.code, counties));
  return absl::OkStatus();
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
    ASSIGN_OR_RETURN(const std::vector<std::string> codes, Codes(request->division()));
    v1::CompareExitPlanResponse answer;
    for (int32_t year = request->from_year(); year <= request->to_year(); ++year) {
      const Month first = Month::Of(Date(year, 1, 1)), last = Month::Of(Date(year, 12, 1));
      ASSIGN_OR_RETURN(auto sums, Sums(codes, first, last));
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
    Whole division;
    ASSIGN_OR_RETURN(division.codes, Codes(request->division()));
    const Month month = Month::Of(day);
    ASSIGN_OR_RETURN(auto sums, Sums(division.codes, std::nullopt, month));
    if (day != month.LastDay()) {
      for (const std::string& code : division.codes) RETURN_IF_ERROR(AddCounties(code, division.counties));
      RETURN_IF_ERROR(store_.Look(
          [&](roots::Session& session) { return TakeChanges(session, *store_.successions(), division, day, sums); }));
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
