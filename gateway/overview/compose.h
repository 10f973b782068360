#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "anju/gateway/v1/gateway.pb.h"
#include "anju/indicators/v1/indicators.pb.h"
#include "services/platform/base/calendar.h"

// How the sums of several services become figures. Everything here is a pure function of values.
namespace anju::gateway {

// The most months of a trend, as the indicators contract has it.
inline constexpr int32_t kMaxTrendMonths = 120;

// The indicators of all services, in the order of the services and then as each lists them.
class Catalogue {
 public:
  void Add(const indicators::v1::ListIndicatorsResponse& listed);
  const std::vector<indicators::v1::Indicator>& indicators() const { return indicators_; }
  // Nothing when no service has it.
  const indicators::v1::Indicator* Find(absl::string_view id) const;

 private:
  std::vector<indicators::v1::Indicator> indicators_;
  std::map<std::string, size_t, std::less<>> index_;
};

// The service an indicator belongs to: `microcredit` of `microcredit.loan_balance`.
absl::string_view ServiceOf(absl::string_view indicator);

// What it takes to make a figure: itself, or the two sums of a ratio.
std::vector<std::string> SumsOf(const indicators::v1::Indicator& indicator);

// The answers of all services to one question, put together.
class Sums {
 public:
  void Add(const indicators::v1::QueryIndicatorsResponse& answer);
  // Absent is 0. An empty month is the whole span.
  int64_t At(absl::string_view indicator, absl::string_view division, absl::string_view month = "") const;
  // Nothing when the county has published none.
  const indicators::v1::ReportedFigure* Reported(absl::string_view indicator, absl::string_view division) const;
  // The earliest of all answers; nothing before the first, or when an answer did not say.
  std::optional<absl::Time> as_of() const { return as_of_; }

 private:
  std::map<std::tuple<std::string, std::string, std::string>, int64_t, std::less<>> cells_;
  std::map<std::pair<std::string, std::string>, indicators::v1::ReportedFigure, std::less<>> reported_;
  std::optional<absl::Time> as_of_;
  bool unknown_ = false;
};

// numerator / denominator in 0.01 of a percent, rounded half up; nothing when the denominator is 0.
std::optional<int64_t> RatioBasisPoints(int64_t numerator, int64_t denominator);

// Whether a sum, or a ratio of two sums, is something else than what was published: rounded to the published precision
// it is not the published value, or it is below a published lower bound.
bool IsDiscrepancy(const indicators::v1::ReportedFigure& reported, int64_t sum);
bool IsDiscrepancy(const indicators::v1::ReportedFigure& reported, int64_t numerator, int64_t denominator);

// One figure of the whole span, with what was published.
v1::Figure MakeFigure(const indicators::v1::Indicator& indicator, const Sums& sums, absl::string_view division);

// All figures of a division, in the order of the catalogue.
void AddFigures(const Catalogue& catalogue, const Sums& sums, absl::string_view division,
                google::protobuf::RepeatedPtrField<v1::Figure>& figures);

// A division that is ranked or stands beside its siblings.
struct Child {
  std::string code;
  std::string name;
};

// The children by one indicator, the greatest first; equal values share a rank and stand in the order of their codes;
// those without a value come last with rank 0.
std::vector<v1::RankedDivision> Rank(const indicators::v1::Indicator& indicator, const Sums& sums,
                                     const std::vector<Child>& children);

// The months of a request, both included.
struct Span {
  Month from;
  Month to;
};

// An empty `from` is a span of one month. Refuses with MONTH_MALFORMED or SPAN_REVERSED and names the field.
absl::StatusOr<Span> ParseSpan(absl::string_view from, absl::string_view to, absl::string_view from_field,
                               absl::string_view to_field);

// The figure of every month of the span, from cells that the services have made for each month: of a flow its month's,
// of a stock what it was at the month's end.
std::vector<v1::TrendPoint> MakeTrend(const indicators::v1::Indicator& indicator, const Sums& sums,
                                      absl::string_view division, Span span);

}  // namespace anju::gateway
