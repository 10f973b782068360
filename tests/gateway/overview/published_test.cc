#include "gateway/overview/published.h"

#include <set>

#include "gtest/gtest.h"

namespace anju::gateway {
namespace {

using namespace indicators::v1;  // NOLINT: the kinds.

TEST(PublishedTest, CountsAreRoundedDownAndSmallOnesSuppressed) {
  struct Row {
    int64_t count;
    std::vector<int64_t> parts;
    int64_t shown;
  };
  for (const Row& row : std::vector<Row>{
           {0, {}, 0},
           {4, {}, 0},
           {5, {}, 5},
           {9, {}, 5},
           {48'997, {}, 48'995},
           {-3, {}, 0},
           // One part is what its total is.
           {9, {9}, 5},
           {8, {4, 4}, 5},
           // 3 parts that come to 10 or more are 2 or more each: the total is shown lower.
           {9, {3, 3, 3}, 5},
           {12, {4, 4, 4}, 5},
           {20, {4, 4, 4, 4, 4}, 15},
           {25, {9, 4, 4, 4, 4}, 20},
           {24, {20, 4}, 20},
       }) {
    EXPECT_EQ(PublishedCount(row.count, row.parts), row.shown) << row.count;
  }
}

// Whatever small numbers a family has: of each, who sees all that is published is left with four or more.
TEST(PublishedTest, ATotalLessItsPartsGivesNoSmallNumberAway) {
  for (int parts = 1; parts <= 6; ++parts) {
    // What is published of the total -> what the first part may be. The parts are all suppressed; a part of 5 or more
    // is known to within 5 as well, and differs by a number that everybody knows.
    std::map<int64_t, std::set<int64_t>> may_be;
    std::vector<int64_t> numbers(parts, 0);
    for (bool more = true; more;) {
      int64_t total = 0;
      for (int64_t number : numbers) total += number;
      may_be[PublishedCount(total, numbers)].insert(numbers[0]);
      more = false;
      for (int i = 0; i < parts && !more; ++i) {
        more = ++numbers[i] < kSmallestPublished;
        if (!more) numbers[i] = 0;
      }
    }
    for (const auto& [shown, candidates] : may_be) EXPECT_GE(candidates.size(), 4u) << parts << " parts, " << shown;
  }
}

// A stock that grows by a flow: neither two months of the one nor the other gives a small flow away.
TEST(PublishedTest, TwoMonthsGiveNoSmallChangeAway) {
  std::map<std::pair<int64_t, int64_t>, std::set<int64_t>> may_be;
  for (int64_t before = 0; before < 100; ++before) {
    for (int64_t change = 0; change < kSmallestPublished; ++change) {
      may_be[{PublishedCount(before, {}), PublishedCount(before + change, {})}].insert(change);
    }
  }
  for (const auto& [months, candidates] : may_be) EXPECT_GE(candidates.size(), 4u) << months.first;
}

class FiguresTest : public ::testing::Test {
 protected:
  FiguresTest() {
    ListIndicatorsResponse listed;
    const auto add = [&](const std::string& id, const std::string& unit, IndicatorKind kind,
                         const std::string& numerator = "", const std::string& denominator = "") {
      Indicator& indicator = *listed.add_indicators();
      indicator.set_id(id);
      indicator.set_unit(unit);
      indicator.set_kind(kind);
      indicator.set_numerator(numerator);
      indicator.set_denominator(denominator);
    };
    add("a.persons", "person", INDICATOR_KIND_STOCK);
    add("a.trained", "person", INDICATOR_KIND_FLOW);
    add("a.loans", "fen", INDICATOR_KIND_STOCK);
    add("a.rate", "percent", INDICATOR_KIND_RATIO, "a.trained", "a.persons");
    add("a.per_person", "fen", INDICATOR_KIND_RATIO, "a.loans", "a.persons");
    catalogue_.Add(listed);
  }

  std::map<std::string, v1::PublicFigure> Figures(int64_t persons, int64_t trained) {
    QueryIndicatorsResponse answer;
    for (const auto& [id, value] : {std::make_pair("a.persons", persons), std::make_pair("a.trained", trained),
                                    std::make_pair("a.loans", int64_t{123'456'789})}) {
      Cell& cell = *answer.add_cells();
      cell.set_indicator(id);
      cell.set_division("450328");
      cell.set_value(value);
    }
    Sums sums;
    sums.Add(answer);
    v1::PublicOverview overview;
    AddPublicFigures(catalogue_, sums, {}, "450328", *overview.mutable_figures());
    std::map<std::string, v1::PublicFigure> figures;
    for (const v1::PublicFigure& figure : overview.figures()) figures[figure.id()] = figure;
    return figures;
  }

  Catalogue catalogue_;
};

TEST_F(FiguresTest, OnlyPeopleArePublished) {
  const auto figures = Figures(1234, 617);
  EXPECT_EQ(figures.size(), 3u);
  EXPECT_FALSE(figures.contains("a.loans"));
  EXPECT_FALSE(figures.contains("a.per_person"));
  EXPECT_EQ(figures.at("a.persons").value(), 1230);
  // 615 of 1,230, in whole percent.
  EXPECT_EQ(figures.at("a.rate").value(), 5000);
  EXPECT_FALSE(figures.at("a.rate").suppressed());
}

TEST_F(FiguresTest, ARatioOfASuppressedCountIsSuppressed) {
  for (const auto& [persons, trained] : {std::make_pair(100, 4), std::make_pair(4, 4), std::make_pair(3, 100)}) {
    const auto figures = Figures(persons, trained);
    EXPECT_TRUE(figures.at("a.rate").suppressed());
    EXPECT_FALSE(figures.at("a.rate").has_value());
  }
  EXPECT_TRUE(Figures(4, 0).at("a.persons").suppressed());
  EXPECT_FALSE(Figures(4, 0).at("a.persons").has_value());
  // 4 and none look alike.
  EXPECT_EQ(Figures(0, 0).at("a.persons").SerializeAsString(), Figures(4, 0).at("a.persons").SerializeAsString());
}

}  // namespace
}  // namespace anju::gateway
