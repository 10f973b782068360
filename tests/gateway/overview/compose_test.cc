#include "gateway/overview/compose.h"

#include <gmock/gmock.h>

#include "tests/support/refused.h"

namespace anju::gateway {
namespace {

using ::anju::testing::RefusedWith;
using ::testing::ElementsAre;
using enum absl::StatusCode;
using namespace indicators::v1;  // NOLINT: the test speaks of nothing else.

Indicator MakeIndicator(const std::string& id, IndicatorKind kind, const std::string& numerator = "",
                        const std::string& denominator = "") {
  Indicator indicator;
  indicator.set_id(id);
  indicator.set_kind(kind);
  indicator.set_unit(kind == INDICATOR_KIND_RATIO ? "percent" : "fen");
  indicator.set_label_zh("名");
  indicator.set_label_en("label");
  indicator.set_numerator(numerator);
  indicator.set_denominator(denominator);
  return indicator;
}

void AddCell(QueryIndicatorsResponse& answer, const std::string& indicator, const std::string& division, int64_t value,
             const std::string& month = "") {
  Cell& cell = *answer.add_cells();
  cell.set_indicator(indicator);
  cell.set_division(division);
  cell.set_month(month);
  cell.set_value(value);
}

ReportedFigure Published(const std::string& indicator, int64_t value, int64_t precision, bool at_least = false) {
  ReportedFigure reported;
  reported.set_indicator(indicator);
  reported.set_division("450328");
  reported.set_value(value);
  reported.set_precision(precision);
  reported.set_at_least(at_least);
  return reported;
}

TEST(RatioBasisPointsTest, RoundsHalfUp) {
  struct Row {
    int64_t numerator, denominator;
    std::optional<int64_t> expected;
  };
  for (const Row& row : std::vector<Row>{
           {0, 0, std::nullopt},
           {5, 0, std::nullopt},
           {0, 7, 0},
           {1, 1, 10000},
           {1, 3, 3333},
           {2, 3, 6667},
           // 0.5 of a basis point up, a hair less down.
           {1, 20000, 1},
           {49999, 1000000000, 0},
           {-1, 20000, 0},
           {-3, 20000, -1},
           {-1, 3, -3333},
           {1, -3, -3333},
           {2567, 7432, 3454},
           {INT64_MAX, INT64_MAX, 10000},
           {INT64_MAX / 10000, 1, INT64_MAX / 10000 * 10000},
       }) {
    EXPECT_EQ(RatioBasisPoints(row.numerator, row.denominator), row.expected)
        << row.numerator << "/" << row.denominator;
  }
}

TEST(IsDiscrepancyTest, ComparesSumsAtThePublishedPrecision) {
  struct Row {
    int64_t published, precision;
    bool at_least;
    int64_t computed;
    bool expected;
  };
  for (const Row& row : std::vector<Row>{
           {39, 1, false, 39, false},
           {39, 1, false, 40, true},
           // 1114 万元 in fen.
           {1'114'000'000, 1'000'000, false, 1'114'000'000, false},
           {1'114'000'000, 1'000'000, false, 1'114'499'999, false},
           {1'114'000'000, 1'000'000, false, 1'113'500'000, false},
           {1'114'000'000, 1'000'000, false, 1'114'500'000, true},
           {1'114'000'000, 1'000'000, false, 1'113'499'999, true},
           {10'000, 1, true, 10'000, false},
           {10'000, 1, true, 12'345, false},
           {10'000, 1, true, 9'999, true},
           {10'000, 1'000, true, 9'999, true},
           {0, 1, false, 0, false},
           // A precision that nobody gave counts as one.
           {5, 0, false, 5, false},
           {5, 0, false, 6, true},
       }) {
    EXPECT_EQ(IsDiscrepancy(Published("a", row.published, row.precision, row.at_least), row.computed), row.expected)
        << row.published << " at " << row.precision << " against " << row.computed;
  }
}

TEST(IsDiscrepancyTest, ComparesRatiosAtThePublishedPrecision) {
  struct Row {
    int64_t published, precision;
    bool at_least;
    int64_t numerator, denominator;
    bool expected;
  };
  for (const Row& row : std::vector<Row>{
           {345'400, 100, false, 2567, 7432, false},
           // Published with a slip of the pen.
           {355'400, 100, false, 2567, 7432, true},
           {1'000'000, 10'000, false, 995, 1000, false},
           {1'000'000, 10'000, false, 994, 1000, true},
           {900'000, 10'000, true, 90, 100, false},
           {900'000, 10'000, true, 89, 100, true},
           {900'000, 10'000, false, 1, 0, true},
       }) {
    EXPECT_EQ(IsDiscrepancy(Published("a", row.published, row.precision, row.at_least), row.numerator, row.denominator),
              row.expected)
        << row.published << " against " << row.numerator << "/" << row.denominator;
  }
}

TEST(CatalogueTest, KeepsTheOrderOfTheServices) {
  Catalogue catalogue;
  ListIndicatorsResponse first, second;
  *first.add_indicators() = MakeIndicator("registry.b", INDICATOR_KIND_STOCK);
  *first.add_indicators() = MakeIndicator("registry.a", INDICATOR_KIND_STOCK);
  *second.add_indicators() = MakeIndicator("channels.c", INDICATOR_KIND_FLOW);
  *second.add_indicators() = MakeIndicator("registry.a", INDICATOR_KIND_FLOW);
  catalogue.Add(first);
  catalogue.Add(second);
  ASSERT_EQ(catalogue.indicators().size(), 3);
  EXPECT_EQ(catalogue.indicators()[0].id(), "registry.b");
  EXPECT_EQ(catalogue.Find("channels.c")->kind(), INDICATOR_KIND_FLOW);
  EXPECT_EQ(catalogue.Find("registry.a")->kind(), INDICATOR_KIND_STOCK);
  EXPECT_EQ(catalogue.Find("registry.d"), nullptr);
}

TEST(SumsTest, AsOfIsTheEarliestOfAll) {
  Sums sums;
  EXPECT_EQ(sums.as_of(), std::nullopt);
  QueryIndicatorsResponse late, early, silent;
  late.mutable_as_of()->set_seconds(200);
  early.mutable_as_of()->set_seconds(100);
  sums.Add(late);
  sums.Add(early);
  EXPECT_EQ(sums.as_of(), absl::FromUnixSeconds(100));
  sums.Add(silent);
  sums.Add(late);
  EXPECT_EQ(sums.as_of(), std::nullopt);
}

TEST(AddFiguresTest, FillsWithZeroAndMakesRatiosAcrossServices) {
  Catalogue catalogue;
  ListIndicatorsResponse listed;
  *listed.add_indicators() = MakeIndicator("workshops.trained", INDICATOR_KIND_FLOW);
  *listed.add_indicators() =
      MakeIndicator("workshops.rate", INDICATOR_KIND_RATIO, "workshops.trained", "registry.persons");
  *listed.add_indicators() =
      MakeIndicator("workshops.empty", INDICATOR_KIND_RATIO, "workshops.trained", "registry.none");
  *listed.add_indicators() = MakeIndicator("registry.none", INDICATOR_KIND_STOCK);
  catalogue.Add(listed);
  QueryIndicatorsResponse workshops, registry;
  AddCell(workshops, "workshops.trained", "450328", 2567);
  AddCell(registry, "registry.persons", "450328", 7432);
  AddCell(registry, "registry.none", "36", 9);
  *workshops.add_reported() = Published("workshops.rate", 355'400, 100);
  Sums sums;
  sums.Add(workshops);
  sums.Add(registry);
  v1::DivisionFigures figures;
  AddFigures(catalogue, sums, "450328", *figures.mutable_indicators());
  ASSERT_EQ(figures.indicators_size(), 4);
  EXPECT_EQ(figures.indicators(0).value(), 2567);
  EXPECT_EQ(figures.indicators(0).unit(), "fen");
  EXPECT_FALSE(figures.indicators(0).has_numerator());
  EXPECT_FALSE(figures.indicators(0).discrepancy());
  EXPECT_EQ(figures.indicators(1).value(), 3454);
  EXPECT_EQ(figures.indicators(1).numerator(), 2567);
  EXPECT_EQ(figures.indicators(1).denominator(), 7432);
  EXPECT_TRUE(figures.indicators(1).discrepancy());
  EXPECT_EQ(figures.indicators(1).reported().value(), 355'400);
  EXPECT_FALSE(figures.indicators(2).has_value());
  EXPECT_TRUE(figures.indicators(2).has_denominator());
  EXPECT_TRUE(figures.indicators(3).has_value());
  EXPECT_EQ(figures.indicators(3).value(), 0);
}

TEST(RankTest, EqualValuesShareARankAndTheAbsentComeLast) {
  const Indicator ratio = MakeIndicator("a.ratio", INDICATOR_KIND_RATIO, "a.n", "a.d");
  QueryIndicatorsResponse answer;
  const std::vector<std::tuple<std::string, int64_t, int64_t>> rows = {{"01", 1, 2}, {"02", 0, 0}, {"03", 3, 4},
                                                                       {"04", 2, 4}, {"05", 0, 5}, {"00", 7, 0}};
  std::vector<Child> children;
  for (const auto& [code, numerator, denominator] : rows) {
    AddCell(answer, "a.n", code, numerator);
    AddCell(answer, "a.d", code, denominator);
    children.push_back({.code = code, .name = "n" + code});
  }
  Sums sums;
  sums.Add(answer);
  std::vector<std::pair<std::string, int>> ranked;
  for (const v1::RankedDivision& row : Rank(ratio, sums, children)) ranked.emplace_back(row.division(), row.rank());
  EXPECT_THAT(ranked, ElementsAre(std::pair("03", 1), std::pair("01", 2), std::pair("04", 2), std::pair("05", 4),
                                  std::pair("00", 0), std::pair("02", 0)));
  EXPECT_TRUE(Rank(ratio, sums, {}).empty());
}

class MakeTrendTest : public ::testing::Test {
 protected:
  MakeTrendTest() {
    ListIndicatorsResponse listed;
    *listed.add_indicators() = MakeIndicator("a.stock", INDICATOR_KIND_STOCK);
    *listed.add_indicators() = MakeIndicator("a.flow", INDICATOR_KIND_FLOW);
    *listed.add_indicators() = MakeIndicator("a.ratio", INDICATOR_KIND_RATIO, "a.flow", "a.stock");
    catalogue_.Add(listed);
    QueryIndicatorsResponse answer;
    AddCell(answer, "a.stock", "45", 103);
    AddCell(answer, "a.stock", "45", 105, "2018-12");
    AddCell(answer, "a.stock", "45", 105, "2019-01");
    AddCell(answer, "a.stock", "45", 103, "2019-02");
    AddCell(answer, "a.flow", "45", 8);
    AddCell(answer, "a.flow", "45", 7, "2018-12");
    AddCell(answer, "a.flow", "45", 1, "2019-01");
    sums_.Add(answer);
  }
  std::vector<int64_t> Values(const char* id) {
    std::vector<int64_t> values;
    const Span span = {.from = *ParseMonth("2018-12"), .to = *ParseMonth("2019-02")};
    for (const auto& point : MakeTrend(*catalogue_.Find(id), sums_, "45", span)) {
      values.push_back(point.figure().has_value() ? point.figure().value() : -1);
      months_.push_back(point.month());
    }
    return values;
  }
  Catalogue catalogue_;
  Sums sums_;
  std::vector<std::string> months_;
};

TEST_F(MakeTrendTest, AStockIsWhatItWasAtTheEndOfTheMonth) {
  EXPECT_THAT(Values("a.stock"), ElementsAre(105, 105, 103));
  EXPECT_THAT(months_, ElementsAre("2018-12", "2019-01", "2019-02"));
}

TEST_F(MakeTrendTest, AFlowIsItsMonths) { EXPECT_THAT(Values("a.flow"), ElementsAre(7, 1, 0)); }

TEST_F(MakeTrendTest, ARatioIsOfItsSumsInThatMonth) { EXPECT_THAT(Values("a.ratio"), ElementsAre(667, 95, 0)); }

TEST(ParseSpanTest, RefusesInOrder) {
  EXPECT_THAT(ParseSpan("x", "2018-13", "from_month", "month"), RefusedWith(kInvalidArgument, "MONTH_MALFORMED"));
  EXPECT_THAT(ParseSpan("2018-10", "", "from_month", "month"), RefusedWith(kInvalidArgument, "MONTH_MALFORMED"));
  EXPECT_THAT(ParseSpan("x", "2018-10", "from_month", "month"), RefusedWith(kInvalidArgument, "MONTH_MALFORMED"));
  EXPECT_EQ(FieldOf(ParseSpan("x", "2018-10", "from_month", "month").status()), "from_month");
  EXPECT_THAT(ParseSpan("2018-11", "2018-10", "from_month", "month"), RefusedWith(kInvalidArgument, "SPAN_REVERSED"));
  const auto alone = ParseSpan("", "2018-10", "from_month", "month");
  ASSERT_TRUE(alone.ok());
  EXPECT_EQ(alone->from, alone->to);
}

TEST(ServiceOfTest, IsTheFirstWord) {
  EXPECT_EQ(ServiceOf("microcredit.loan_balance"), "microcredit");
  EXPECT_EQ(ServiceOf("microcredit"), "microcredit");
  EXPECT_EQ(ServiceOf(""), "");
}

}  // namespace
}  // namespace anju::gateway
