#include "services/relocation/domain/plot.h"

#include "services/relocation/domain/community_policy.h"
#include "tests/services/relocation/domain/neighbourhood.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;
using ::testing::SizeIs;

constexpr Date kAugust = Date(2018, 8, 6);

PlotRecord Row(const std::string& number, const std::string& household, std::optional<Date> since = kAugust) {
  return {.plot_no = number,
          .site_no = "s1",
          .area_centi_mu = 5,
          .household_no = household,
          .since = household.empty() ? std::nullopt : since};
}

class PlotTest : public Neighbourhood {
 protected:
  absl::StatusOr<Plot> Assign(const std::string& number, const std::string& household) {
    return Turn<Plot>(Key(number), [&](roots::Session& session, const Plot& before) {
      return AssignPlot(session, before, Key(household), Today());
    });
  }
  absl::StatusOr<Plot> Return(const std::string& number) {
    return Turn<Plot>(
        Key(number), [&](roots::Session& session, const Plot& before) { return ReturnPlot(session, before, Today()); });
  }
};

TEST_P(PlotTest, CountsWhatHouseholdsHave) {
  Settle();
  EXPECT_EQ(*stand.Import(ImportPlot, Row("w1", "h1")), Outcome::kAdded);
  EXPECT_EQ(*stand.Import(ImportPlot, Row("w2", "h1")), Outcome::kAdded);
  EXPECT_EQ(*stand.Import(ImportPlot, Row("w3", "h2")), Outcome::kAdded);
  EXPECT_EQ(*stand.Import(ImportPlot, Row("w4", "")), Outcome::kAdded);
  EXPECT_EQ(*stand.Import(ImportPlot, Row("w1", "h1")), Outcome::kUnchanged);
  for (const std::string division : {"45", "450328", kTown}) {
    EXPECT_EQ(Figure("micro_plot_area", division, "2018-07"), 0) << division;
    EXPECT_EQ(Figure("micro_plot_area", division, "2018-08"), 15) << division;
    // A household with two plots counts once.
    EXPECT_EQ(Figure("micro_plot_households", division, "2018-08"), 2) << division;
  }
  PlotRecord back = Row("w1", "h1");
  back.until = Date(2018, 9, 30);
  EXPECT_EQ(*stand.Import(ImportPlot, back), Outcome::kUpdated);
  EXPECT_EQ(Figure("micro_plot_area", "45", "2018-09"), 10);
  EXPECT_EQ(Figure("micro_plot_households", "45", "2018-09"), 2);
  // The next one gets it on the day it was taken back; a row without an end leaves the end of the first alone.
  EXPECT_EQ(*stand.Import(ImportPlot, Row("w1", "h3", Date(2018, 9, 30))), Outcome::kUpdated);
  EXPECT_EQ(*stand.Import(ImportPlot, Row("w1", "h1")), Outcome::kUnchanged);
  EXPECT_EQ(Figure("micro_plot_households", "45", "2018-09"), 3);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(PlotTest, AHoldingThatIsCorrectedGoesToTheOtherHousehold) {
  Settle();
  ASSERT_TRUE(stand.Import(ImportPlot, Row("w1", "h1")).ok());
  EXPECT_EQ(*stand.Import(ImportPlot, Row("w1", "h2")), Outcome::kUpdated);
  EXPECT_EQ(Figure("micro_plot_households", "45", "2018-10"), 1);
  EXPECT_THAT(Find<Plot>("w1").holdings, SizeIs(1));
  for (const char* number : {"w2", "w3"}) EXPECT_TRUE(stand.Import(ImportPlot, Row(number, "h1")).ok());
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(PlotTest, RefusesRowsInOrder) {
  Settle();
  ASSERT_TRUE(stand.Import(ImportPlot, Row("w1", "h1")).ok());
  ASSERT_TRUE(stand.Import(ImportPlot, Row("w2", "h1")).ok());
  PlotRecord row = Row("w1", "h9");
  row.site_no = "s9";
  row.area_centi_mu = 0;
  row.since.reset();
  row.until = Date(2018, 7, 1);
  const auto refused = [&](absl::StatusCode code, const char* reason) {
    EXPECT_THAT(stand.Import(ImportPlot, row).status(), RefusedWith(code, reason));
  };
  refused(kNotFound, "SITE_NOT_FOUND");
  row.site_no = "s2";
  refused(kInvalidArgument, "AREA_NOT_POSITIVE");
  row.area_centi_mu = 5;
  refused(kFailedPrecondition, "PLOT_OF_OTHER_SITE");
  row.plot_no = "w3";
  refused(kInvalidArgument, "HOLDING_INCOMPLETE");
  row.since = Date(2018, 7, 27);
  refused(kNotFound, "HOUSEHOLD_NOT_FOUND");
  row.household_no = "h4";
  refused(kFailedPrecondition, "NOT_MOVED_IN");
  row.household_no = "h1";
  refused(kFailedPrecondition, "NOT_MOVED_IN");
  row.since = Date(2018, 9, 1);
  refused(kFailedPrecondition, "LIVES_ELSEWHERE");
  row.site_no = "s1";
  row.plot_no = "w1";
  refused(kInvalidArgument, "DATES_REVERSED");
  row.until.reset();
  refused(kAlreadyExists, "PLOT_TAKEN");
  row.plot_no = "w3";
  refused(kFailedPrecondition, "PLOTS_TOO_MANY");
  row.household_no = "";
  refused(kInvalidArgument, "HOLDING_INCOMPLETE");
}

TEST_P(PlotTest, IsGivenAndTakenBackToday) {
  Settle();
  ASSERT_TRUE(stand.Import(ImportPlot, Row("w1", "")).ok());
  EXPECT_THAT(Return("w1"), RefusedWith(kFailedPrecondition, "PLOT_NOT_HELD"));
  EXPECT_THAT(Assign("w1", "h9"), RefusedWith(kNotFound, "HOUSEHOLD_NOT_FOUND"));
  EXPECT_THAT(Assign("w1", "h4"), RefusedWith(kFailedPrecondition, "NOT_MOVED_IN"));
  EXPECT_EQ(Assign("w1", "h1")->holdings.at(0).since, Date(2018, 11, 1));
  // Also by the household that has it, and on the day it was given.
  for (const char* household : {"h1", "h2"}) {
    EXPECT_THAT(Assign("w1", household), RefusedWith(kAlreadyExists, "PLOT_TAKEN"));
  }
  EXPECT_EQ(Figure("micro_plot_households", "45", "2018-11"), 1);
  EXPECT_EQ(Return("w1")->holdings.at(0).until, Date(2018, 11, 1));
  EXPECT_THAT(Return("w1"), RefusedWith(kFailedPrecondition, "PLOT_NOT_HELD"));
  EXPECT_EQ(Figure("micro_plot_households", "45", "2018-11"), 0);
  EXPECT_EQ(Assign("w1", "h2")->holdings.at(0).household_id, "id-h2");
  EXPECT_EQ(Figure("micro_plot_area", "45", "2018-11"), 5);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(PlotTest, GoesWithItsSite) {
  Settle();
  ASSERT_TRUE(stand.Import(ImportPlot, Row("w1", "h1")).ok());
  SiteRecord site = SiteRow("s1");
  site.location = kOther;
  ASSERT_EQ(*stand.Import(ImportSite, site), Outcome::kUpdated);
  EXPECT_EQ(Figure("micro_plot_area", kTown, "2018-10"), 0);
  EXPECT_EQ(Figure("micro_plot_area", kOther, "2018-10"), 5);
  EXPECT_EQ(Figure("micro_plot_households", kOther, "2018-10"), 1);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, PlotTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

TEST(PlotRulesTest, APlotIsHadByOneAtATime) {
  const Date day(2018, 8, 1);
  const Plot plot{
      .holdings = {{.household_id = "1", .since = day, .until = day + 10}, {.household_id = "2", .since = day + 20}}};
  struct Row {
    Date since;
    std::optional<Date> until;
    const char* reason;
  };
  for (const Row& row : std::vector<Row>{
           {day + 10, day + 20, ""},
           {day + 10, day + 10, ""},
           {day - 5, day, ""},
           // What begins on the same day takes its place.
           {day, day + 15, ""},
           {day + 20, day + 21, ""},
           {day + 5, day + 4, "DATES_REVERSED"},
           {day - 5, day + 1, "PLOT_TAKEN"},
           {day + 9, day + 15, "PLOT_TAKEN"},
           {day + 10, day + 21, "PLOT_TAKEN"},
           {day + 10, std::nullopt, "PLOT_TAKEN"},
           {day + 25, std::nullopt, "PLOT_TAKEN"},
       }) {
    const auto after = RecordHolding(plot, {.household_id = "3", .since = row.since, .until = row.until});
    EXPECT_EQ(ReasonOf(after.status()), row.reason) << Format(row.since);
    if (!after.ok()) continue;
    EXPECT_TRUE(std::is_sorted(after->holdings.begin(), after->holdings.end(),
                               [](const PlotHolding& a, const PlotHolding& b) { return a.since < b.since; }));
  }
}

// A county's book that allows so many plots.
policy::Books Allowing(int64_t most) {
  return {{.key = "450328",
           .settings = {{.name = std::string(kPlotsPerHousehold),
                         .division = "450328",
                         .version = "450328/1",
                         .since = Date(2018, 1, 1),
                         .value = most,
                         .confirmed_on = Date(2018, 1, 1)}}}};
}

TEST(PlotRulesTest, AHouseholdHasNoMoreThanItMay) {
  const Date day(2018, 8, 1);
  const PlotHolder holder{.key = "h",
                          .holdings = {{.plot_key = "a", .since = day, .until = day + 10},
                                       {.plot_key = "b", .since = day + 5, .until = day + 20}}};
  const auto with = [&](Date since, std::optional<Date> until, int32_t most) {
    const PlotHolder::Holding holding{.plot_key = "c", .since = since, .until = until};
    const std::string reason = ReasonOf(RecordHolding(holder, holding, Allowing(most)).status());
    const policy::Decision decision = JudgeHolding(holder, holding, Allowing(most));
    EXPECT_EQ(decision.reason, reason);
    EXPECT_EQ(decision.verdict, reason.empty() ? policy::Verdict::kYes : policy::Verdict::kNo);
    EXPECT_EQ(decision.subject, "h");
    EXPECT_EQ(decision.used, (std::vector<policy::Used>{{"plots_per_household", "450328/1", most}}));
    return reason;
  };
  EXPECT_EQ(with(day + 10, std::nullopt, 2), "");
  EXPECT_EQ(with(day - 5, day + 5, 2), "");
  EXPECT_EQ(with(day + 9, std::nullopt, 2), "PLOTS_TOO_MANY");
  EXPECT_EQ(with(day - 5, day + 6, 2), "PLOTS_TOO_MANY");
  EXPECT_EQ(with(day - 5, day + 6, 3), "");
  EXPECT_EQ(with(day + 20, std::nullopt, 1), "");
  EXPECT_EQ(with(day + 19, std::nullopt, 1), "PLOTS_TOO_MANY");
  // The same holding again is the same holding.
  EXPECT_TRUE(RecordHolding(holder, {.plot_key = "b", .since = day + 5, .until = day + 6}, Allowing(2)).ok());
  // By the national default.
  EXPECT_THAT(RecordHolding(holder, {.plot_key = "c", .since = day + 9}, {}),
              RefusedWith(kFailedPrecondition, "PLOTS_TOO_MANY"));
}

}  // namespace
}  // namespace anju::relocation
