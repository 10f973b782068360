#include "services/platform/tally/service.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/base/today.h"
#include "services/platform/records/read.h"

namespace anju::tally {
namespace {

using enum absl::StatusCode;
namespace v1 = indicators::v1;

constexpr int kMostDivisions = 500;
constexpr int32_t kLongestSpan = 120;
constexpr size_t kLongestSource = 512;

absl::StatusOr<Month> ParseTo(const std::string& text, absl::string_view field) {
  absl::StatusOr<Month> month = ParseMonth(text);
  if (month.ok()) return month;
  return Refuse(kInvalidArgument, "MONTH_MALFORMED", "write the month as 2018-10", field);
}

absl::StatusOr<std::optional<Month>> ParseFrom(const std::string& text, Month to) {
  if (text.empty()) return std::optional<Month>();
  ASSIGN_OR_RETURN(const Month from, ParseTo(text, "from_month"));
  if (from <= to) return std::optional<Month>(from);
  return Refuse(kInvalidArgument, "SPAN_REVERSED", "from_month comes after to_month", "from_month");
}

absl::Status CheckDivision(const std::string& division) {
  if (IsDivisionCode(division)) return absl::OkStatus();
  return Refuse(kInvalidArgument, "DIVISION_MALFORMED", "a division code has 2, 4, 6, 9 or 12 digits", "division");
}

absl::Status NoSuchIndicator() {
  return Refuse(
      kNotFound, "INDICATOR_NOT_FOUND",
      "this service has no such sum; ListIndicators tells which there are, and a ratio is opened by its two sums",
      "indicator");
}

void ToProto(const Report& report, v1::ReportedFigure& message) {
  message.set_indicator(report.indicator);
  message.set_division(report.division);
  message.set_month(Format(report.month));
  message.set_value(report.value);
  message.set_precision(report.precision);
  message.set_at_least(report.at_least);
  message.set_source(report.source);
}

void SetTime(absl::Time time, google::protobuf::Timestamp& message) {
  message.set_seconds(absl::ToUnixSeconds(time));
  message.set_nanos(static_cast<int32_t>(absl::ToUnixNanos(time) - absl::ToUnixSeconds(time) * 1'000'000'000));
}

}  // namespace

grpc::Status IndicatorsService::ListIndicators(grpc::ServerContext* context, const v1::ListIndicatorsRequest* request,
                                               v1::ListIndicatorsResponse* response) {
  const auto list = [&](const rpc::Caller&) -> absl::StatusOr<v1::ListIndicatorsResponse> {
    v1::ListIndicatorsResponse answer;
    for (const Indicator& indicator : figures_.catalogue()) {
      v1::Indicator& message = *answer.add_indicators();
      message.set_id(std::string(indicator.id));
      message.set_label_zh(std::string(indicator.label_zh));
      message.set_label_en(std::string(indicator.label_en));
      message.set_unit(std::string(indicator.unit));
      message.set_kind(static_cast<v1::IndicatorKind>(indicator.kind));
      message.set_numerator(std::string(indicator.numerator));
      message.set_denominator(std::string(indicator.denominator));
    }
    return answer;
  };
  return guard_.Unary<v1::ListIndicatorsRequest, v1::ListIndicatorsResponse>(context, request, response, list);
}

grpc::Status IndicatorsService::QueryIndicators(grpc::ServerContext* context, const v1::QueryIndicatorsRequest* request,
                                                v1::QueryIndicatorsResponse* response) {
  const auto query = [&](const rpc::Caller&) -> absl::StatusOr<v1::QueryIndicatorsResponse> {
    if (request->divisions_size() < 1 || request->divisions_size() > kMostDivisions) {
      return Refuse(kInvalidArgument, "TOO_MANY_DIVISIONS", "ask for 1 to 500 divisions at once", "divisions");
    }
    Question question{.divisions = {request->divisions().begin(), request->divisions().end()},
                      .indicators = {request->indicators().begin(), request->indicators().end()},
                      .monthly = request->monthly()};
    for (const std::string& division : question.divisions) RETURN_IF_ERROR(CheckDivision(division));
    ASSIGN_OR_RETURN(question.to, ParseTo(request->to_month(), "to_month"));
    ASSIGN_OR_RETURN(question.from, ParseFrom(request->from_month(), question.to));
    RETURN_IF_ERROR(CheckHasBegun(question.to, DayInChina(clock_.Now()), "to_month"));
    if (question.monthly && (!question.from.has_value() || question.to.index - question.from->index >= kLongestSpan)) {
      return Refuse(kInvalidArgument, "SPAN_TOO_LONG", "ask month by month for at most 120 months", "from_month");
    }
    // Read before the figures: what commits in between is in the figures and may be missing from the time.
    const absl::Time as_of = as_of_();
    ASSIGN_OR_RETURN(Answer found, figures_.Ask(question));
    v1::QueryIndicatorsResponse answer;
    for (Sum& sum : found.sums) {
      v1::Cell& cell = *answer.add_cells();
      cell.set_indicator(std::move(sum.indicator));
      cell.set_division(std::move(sum.division));
      if (sum.month.has_value()) cell.set_month(Format(*sum.month));
      cell.set_value(sum.value);
    }
    for (const Report& report : found.reports) ToProto(report, *answer.add_reported());
    SetTime(as_of, *answer.mutable_as_of());
    return answer;
  };
  return guard_.Unary<v1::QueryIndicatorsRequest, v1::QueryIndicatorsResponse>(context, request, response, query);
}

grpc::Status IndicatorsService::ListContributors(grpc::ServerContext* context,
                                                 const v1::ListContributorsRequest* request,
                                                 v1::ListContributorsResponse* response) {
  const auto list = [&](const rpc::Caller&) -> absl::StatusOr<v1::ListContributorsResponse> {
    const Indicator* indicator = figures_.Find(request->indicator());
    if (indicator == nullptr) return NoSuchIndicator();
    RETURN_IF_ERROR(CheckDivision(request->division()));
    ASSIGN_OR_RETURN(const Month to, ParseTo(request->to_month(), "to_month"));
    ASSIGN_OR_RETURN(const std::optional<Month> from, ParseFrom(request->from_month(), to));
    RETURN_IF_ERROR(CheckHasBegun(to, DayInChina(clock_.Now()), "to_month"));
    const int64_t size = records::PageSize(request->page_size());
    ASSIGN_OR_RETURN(ContributorPage page,
                     figures_.Contributors(*indicator, request->division(), from, to, request->page_token(), size));
    v1::ListContributorsResponse answer;
    for (const Contributor& contributor : page.contributors) {
      v1::Contributor& message = *answer.add_contributors();
      message.set_kind(contributor.kind);
      message.set_id(contributor.id);
      message.set_key(contributor.key);
      message.set_division(contributor.division);
      message.set_amount(contributor.amount);
    }
    answer.set_next_page_token(page.next_page_token);
    return answer;
  };
  return guard_.Unary<v1::ListContributorsRequest, v1::ListContributorsResponse>(context, request, response, list);
}

grpc::Status IndicatorsService::Recount(grpc::ServerContext* context, const v1::RecountRequest* request,
                                        v1::RecountResponse* response) {
  const auto recount = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::RecountResponse> {
    const absl::Time as_of = as_of_();
    const auto within = [&](absl::string_view division) { return caller.Covers(division); };
    ASSIGN_OR_RETURN(Proof proof, figures_.Recount(within));
    v1::RecountResponse answer;
    answer.set_agrees(proof.differences.empty());
    answer.set_records(proof.records);
    answer.set_sums(proof.sums);
    for (const Difference& difference : proof.differences) {
      v1::RecountDifference& message = *answer.add_differences();
      message.set_indicator(difference.indicator);
      message.set_division(difference.division);
      message.set_month(Format(difference.month));
      message.set_running(difference.running);
      message.set_recounted(difference.recounted);
    }
    SetTime(as_of, *answer.mutable_as_of());
    return answer;
  };
  return guard_.Unary<v1::RecountRequest, v1::RecountResponse>(context, request, response, recount);
}

grpc::Status IndicatorsService::ReportFigure(grpc::ServerContext* context, const v1::ReportFigureRequest* request,
                                             v1::ReportedFigure* response) {
  const auto keep = [&](const rpc::Caller&) -> absl::StatusOr<v1::ReportedFigure> {
    const v1::ReportedFigure& figure = request->figure();
    const Catalogue& catalogue = figures_.catalogue();
    // A ratio can be reported as well as a sum.
    if (std::none_of(catalogue.begin(), catalogue.end(),
                     [&](const Indicator& i) { return i.id == figure.indicator(); })) {
      return NoSuchIndicator();
    }
    RETURN_IF_ERROR(CheckDivision(request->division()));
    ASSIGN_OR_RETURN(const Month month, ParseTo(figure.month(), "figure.month"));
    if (figure.precision() < 1) {
      return Refuse(kInvalidArgument, "PRECISION_NOT_POSITIVE", "the precision is at least 1", "figure.precision");
    }
    if (figure.source().size() > kLongestSource) {
      return Refuse(kInvalidArgument, "TEXT_TOO_LONG",
                    absl::StrCat("say in at most ", kLongestSource, " bytes where it was published"), "figure.source");
    }
    const Report report{.indicator = figure.indicator(),
                        .division = request->division(),
                        .month = month,
                        .value = figure.value(),
                        .precision = figure.precision(),
                        .at_least = figure.at_least(),
                        .source = figure.source()};
    RETURN_IF_ERROR(figures_.Keep(report));
    changed_({report.division});
    v1::ReportedFigure answer;
    ToProto(report, answer);
    return answer;
  };
  return guard_.Unary<v1::ReportFigureRequest, v1::ReportedFigure>(context, request, response, keep);
}

}  // namespace anju::tally
