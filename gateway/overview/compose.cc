#include "gateway/overview/compose.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "services/platform/base/error.h"

namespace anju::gateway {

using enum absl::StatusCode;
using indicators::v1::Indicator;
using indicators::v1::ReportedFigure;

namespace {

// A published ratio is in percent times 10,000.
constexpr int64_t kReportedRatioScale = 1'000'000;
constexpr int64_t kBasisPoints = 10'000;

__int128 FloorDivide(__int128 a, __int128 b) {
  const __int128 quotient = a / b;
  return (a % b != 0 && (a < 0) != (b < 0)) ? quotient - 1 : quotient;
}

// a / b to the nearest integer, halves upward.
__int128 RoundHalfUp(__int128 a, __int128 b) {
  if (b < 0) a = -a, b = -b;
  return FloorDivide(2 * a + b, 2 * b);
}

// What was published against the exact value numerator / denominator on the published scale.
bool Differs(const ReportedFigure& reported, __int128 numerator, __int128 denominator) {
  if (denominator < 0) numerator = -numerator, denominator = -denominator;
  if (reported.at_least()) return numerator < reported.value() * denominator;
  const int64_t precision = std::max<int64_t>(reported.precision(), 1);
  return RoundHalfUp(numerator, denominator * precision) != RoundHalfUp(reported.value(), precision);
}

void Describe(const Indicator& indicator, v1::Figure& figure) {
  figure.set_id(indicator.id());
  figure.set_unit(indicator.unit());
  figure.set_label_zh(indicator.label_zh());
  figure.set_label_en(indicator.label_en());
  figure.set_kind(indicator.kind());
}

bool IsRatio(const Indicator& indicator) { return indicator.kind() == indicators::v1::INDICATOR_KIND_RATIO; }

void SetRatio(int64_t numerator, int64_t denominator, v1::Figure& figure) {
  figure.set_numerator(numerator);
  figure.set_denominator(denominator);
  if (const auto value = RatioBasisPoints(numerator, denominator); value.has_value()) figure.set_value(*value);
}

}  // namespace

void Catalogue::Add(const indicators::v1::ListIndicatorsResponse& listed) {
  for (const Indicator& indicator : listed.indicators()) {
    if (index_.emplace(indicator.id(), indicators_.size()).second) indicators_.push_back(indicator);
  }
}

const Indicator* Catalogue::Find(absl::string_view id) const {
  auto found = index_.find(std::string(id));
  return found == index_.end() ? nullptr : &indicators_[found->second];
}

absl::string_view ServiceOf(absl::string_view indicator) { return indicator.substr(0, indicator.find('.')); }

std::vector<std::string> SumsOf(const Indicator& indicator) {
  if (!IsRatio(indicator)) return {indicator.id()};
  return {indicator.numerator(), indicator.denominator()};
}

void Sums::Add(const indicators::v1::QueryIndicatorsResponse& answer) {
  for (const indicators::v1::Cell& cell : answer.cells()) {
    cells_[{cell.indicator(), cell.division(), cell.month()}] += cell.value();
  }
  for (const ReportedFigure& reported : answer.reported()) {
    reported_[{reported.indicator(), reported.division()}] = reported;
  }
  if (!answer.has_as_of()) unknown_ = true;
  if (unknown_) {
    as_of_.reset();
    return;
  }
  const absl::Time as_of =
      absl::FromUnixNanos(google::protobuf::util::TimeUtil::TimestampToNanoseconds(answer.as_of()));
  as_of_ = as_of_.has_value() ? std::min(*as_of_, as_of) : as_of;
}

int64_t Sums::At(absl::string_view indicator, absl::string_view division, absl::string_view month) const {
  auto found = cells_.find({std::string(indicator), std::string(division), std::string(month)});
  return found == cells_.end() ? 0 : found->second;
}

const ReportedFigure* Sums::Reported(absl::string_view indicator, absl::string_view division) const {
  auto found = reported_.find({std::string(indicator), std::string(division)});
  return found == reported_.end() ? nullptr : &found->second;
}

std::optional<int64_t> RatioBasisPoints(int64_t numerator, int64_t denominator) {
  if (denominator == 0) return std::nullopt;
  return static_cast<int64_t>(RoundHalfUp(static_cast<__int128>(numerator) * kBasisPoints, denominator));
}

bool IsDiscrepancy(const ReportedFigure& reported, int64_t sum) { return Differs(reported, sum, 1); }

bool IsDiscrepancy(const ReportedFigure& reported, int64_t numerator, int64_t denominator) {
  if (denominator == 0) return true;
  return Differs(reported, static_cast<__int128>(numerator) * kReportedRatioScale, denominator);
}

v1::Figure MakeFigure(const Indicator& indicator, const Sums& sums, absl::string_view division) {
  v1::Figure figure;
  Describe(indicator, figure);
  const ReportedFigure* reported = sums.Reported(indicator.id(), division);
  if (reported != nullptr) *figure.mutable_reported() = *reported;
  if (IsRatio(indicator)) {
    const int64_t numerator = sums.At(indicator.numerator(), division);
    const int64_t denominator = sums.At(indicator.denominator(), division);
    SetRatio(numerator, denominator, figure);
    figure.set_discrepancy(reported != nullptr && IsDiscrepancy(*reported, numerator, denominator));
  } else {
    figure.set_value(sums.At(indicator.id(), division));
    figure.set_discrepancy(reported != nullptr && IsDiscrepancy(*reported, figure.value()));
  }
  return figure;
}

void AddFigures(const Catalogue& catalogue, const Sums& sums, absl::string_view division,
                google::protobuf::RepeatedPtrField<v1::Figure>& figures) {
  figures.Reserve(static_cast<int>(catalogue.indicators().size()));
  for (const Indicator& indicator : catalogue.indicators()) *figures.Add() = MakeFigure(indicator, sums, division);
}

std::vector<v1::RankedDivision> Rank(const Indicator& indicator, const Sums& sums, const std::vector<Child>& children) {
  std::vector<v1::RankedDivision> rows;
  for (const Child& child : children) {
    v1::RankedDivision& row = rows.emplace_back();
    row.set_division(child.code);
    row.set_name(child.name);
    *row.mutable_figure() = MakeFigure(indicator, sums, child.code);
  }
  std::sort(rows.begin(), rows.end(), [](const v1::RankedDivision& a, const v1::RankedDivision& b) {
    const v1::Figure& x = a.figure();
    const v1::Figure& y = b.figure();
    if (x.has_value() != y.has_value()) return x.has_value();
    if (x.has_value() && x.value() != y.value()) return x.value() > y.value();
    return a.division() < b.division();
  });
  for (size_t i = 0; i < rows.size() && rows[i].figure().has_value(); ++i) {
    const bool shares = i > 0 && rows[i].figure().value() == rows[i - 1].figure().value();
    rows[i].set_rank(shares ? rows[i - 1].rank() : static_cast<int32_t>(i + 1));
  }
  return rows;
}

std::vector<v1::TrendPoint> MakeTrend(const Indicator& indicator, const Sums& sums, absl::string_view division,
                                      Span span) {
  std::vector<v1::TrendPoint> points;
  for (Month month = span.from; month <= span.to; month = month.Plus(1)) {
    v1::TrendPoint& point = points.emplace_back();
    point.set_month(Format(month));
    v1::Figure& figure = *point.mutable_figure();
    Describe(indicator, figure);
    if (IsRatio(indicator)) {
      SetRatio(sums.At(indicator.numerator(), division, point.month()),
               sums.At(indicator.denominator(), division, point.month()), figure);
    } else {
      figure.set_value(sums.At(indicator.id(), division, point.month()));
    }
  }
  return points;
}

absl::StatusOr<Span> ParseSpan(absl::string_view from, absl::string_view to, absl::string_view from_field,
                               absl::string_view to_field) {
  const auto parse = [](absl::string_view text, absl::string_view field) -> absl::StatusOr<Month> {
    auto month = ParseMonth(text);
    if (month.ok()) return month;
    return Refuse(kInvalidArgument, "MONTH_MALFORMED", absl::StrCat(field, " is a month such as 2018-10"), field);
  };
  ASSIGN_OR_RETURN(const Month last, parse(to, to_field));
  if (from.empty()) return Span{.from = last, .to = last};
  ASSIGN_OR_RETURN(const Month first, parse(from, from_field));
  if (first > last) {
    return Refuse(kInvalidArgument, "SPAN_REVERSED", absl::StrCat(from_field, " is after ", to_field), from_field);
  }
  return Span{.from = first, .to = last};
}

}  // namespace anju::gateway
