#include "services/relocation/domain/explain_community.h"

#include "services/relocation/domain/community_policy.h"
#include "tests/services/relocation/domain/neighbourhood.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using anju::testing::RefusedWith;
using policy::Decision;
using policy::Verdict;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Date kMonday(2018, 8, 6);

class ExplainCommunityTest : public Neighbourhood {
 protected:
  template <typename Root>
  absl::StatusOr<policy::Answer> Ask(const std::string& number, absl::string_view rule = "",
                                     const std::string& subject = "") {
    const Root root = Find<Root>(number);
    absl::StatusOr<policy::Answer> answer = absl::UnknownError("not run");
    const absl::Status status = stand.store.Look([&](roots::Session& session) {
      answer =
          Explain(session, root, {.rule = std::string(rule), .subject = subject, .today = DayInChina(session.now())});
      return answer.status();
    });
    if (!status.ok()) return status;
    return answer;
  }
  void ImportPlotOf(const std::string& number, const std::string& household) {
    PlotRecord row{.plot_no = number, .site_no = "s1", .area_centi_mu = 5, .household_no = household};
    if (!household.empty()) row.since = kMonday;
    ASSERT_TRUE(stand.Import(ImportPlot, row).ok());
  }
  static ElectionRecord Election(const std::string& number, Body body, int32_t places, int32_t eligible) {
    return {.election_no = number,
            .site_no = "s1",
            .body = body,
            .held_on = Date(2018, 11, 1),
            .term_until = Date(2021, 11, 1),
            .places = places,
            .eligible = eligible,
            .voted = eligible};
  }
  static SeatRecord SeatOf(const std::string& election, const std::string& household, int32_t votes) {
    return {.election_no = election, .site_no = "s1", .household_no = household, .person_no = "p1", .votes = votes};
  }
};

TEST_P(ExplainCommunityTest, WhoHasAPlotAndWhoMayHaveOne) {
  Settle();
  ImportPlotOf("w1", "h1");
  ImportPlotOf("w2", "h1");
  ImportPlotOf("w3", "");
  const Decision given = Ask<Plot>("w2")->kept.at(0);
  EXPECT_EQ(given.rule, kPlotGiven);
  EXPECT_EQ(given.subject, "id-h1");
  EXPECT_EQ(given.verdict, Verdict::kYes);
  EXPECT_EQ(given.inputs.at(0), (policy::Input{"plots_at_a_time", "2"}));
  EXPECT_EQ(given.used, (std::vector<policy::Used>{{"plots_per_household", "1", 2}}));
  EXPECT_THAT(Ask<Plot>("w3")->would, IsEmpty());
  EXPECT_EQ(Ask<Plot>("w3", kPlotGiven, Key("h1"))->would.at(0).reason, "PLOTS_TOO_MANY");
  EXPECT_EQ(Ask<Plot>("w3", kPlotGiven, Key("h2"))->would.at(0).verdict, Verdict::kYes);
  EXPECT_EQ(Ask<Plot>("w3", kPlotGiven, Key("h4"))->would.at(0).reason, "NOT_MOVED_IN");
  // The county allows a third from today on; what was given before keeps the version that it was given by.
  Set("450328", kPlotsPerHousehold, 3, Today().on);
  EXPECT_EQ(Ask<Plot>("w3", kPlotGiven, Key("h1"))->would.at(0).verdict, Verdict::kYes);
  EXPECT_EQ(Ask<Plot>("w2")->kept.at(0).used.at(0).version, "1");
}

TEST_P(ExplainCommunityTest, AnElectionKeepsWhatItWasHeldBy) {
  Settle();
  Set("450328", kVotesAbove, 66'67, Today().on);
  ASSERT_TRUE(stand.Import(ImportElection, Election("e1", Body::kRepresentatives, 3, 30)).ok());
  ASSERT_TRUE(stand.Import(ImportElection, Election("e2", Body::kManagement, 1, 3)).ok());
  for (const auto& [household, votes] : {std::pair("h1", 20), std::pair("h2", 3)}) {
    ASSERT_TRUE(stand.Import(ImportSeat, SeatOf("e1", household, votes)).ok());
  }
  // Two of three are more than the law asks for, and no more than this county does.
  EXPECT_THAT(stand.Import(ImportSeat, SeatOf("e2", "h1", 2)).status(),
              RefusedWith(kInvalidArgument, "VOTES_OUT_OF_RANGE"));
  ASSERT_TRUE(stand.Import(ImportSeat, SeatOf("e2", "h1", 3)).ok());

  const Decision turnout = Ask<Assembly>("s1", kElectionTurnout, "e2")->kept.at(0);
  EXPECT_EQ(turnout.verdict, Verdict::kYes);
  EXPECT_THAT(turnout.inputs, ElementsAre(policy::Input{"eligible", "3"}, policy::Input{"voted", "3"}));
  EXPECT_THAT(turnout.used, ElementsAre(policy::Used{"election_turnout_above_bp", "1", 5000},
                                        policy::Used{"committee_votes_above_bp", "450328/1", 6667}));
  EXPECT_EQ(Ask<Assembly>("s1", kElectionTerm, "e1")->kept.at(0).used.at(0).value, 36);
  EXPECT_THAT(Ask<Assembly>("s1", kSeatWon)->kept, SizeIs(3));
  EXPECT_THAT(Ask<Assembly>("s1")->kept, SizeIs(7));
  const Decision won = Ask<Assembly>("s1", kSeatWon, "e2/id-h1")->kept.at(0);
  EXPECT_EQ(won.verdict, Verdict::kYes);
  EXPECT_EQ(won.used, (std::vector<policy::Used>{{"committee_votes_above_bp", "450328/1", 6667}}));
  EXPECT_THAT(Ask<Assembly>("s1", kSeatWon, "e1/id-h2")->kept.at(0).used, IsEmpty());
}

TEST_P(ExplainCommunityTest, ARequestKeepsTheDaysThatItWasGiven) {
  Settle();
  const HallRequestRecord row{.request_no = "q1",
                              .site_no = "s1",
                              .household_no = "h1",
                              .kind = RequestKind::kEmployment,
                              .department = Department::kHumanResources,
                              .received_on = kMonday,
                              .closed_on = kMonday + 3};
  ASSERT_TRUE(stand.Import(ImportHallRequest, row).ok());
  Set("450328", HallWorkingDays(RequestKind::kEmployment), 2, Today().on);
  const policy::Answer closed = *Ask<HallRequest>("q1");
  EXPECT_THAT(closed.kept, ElementsAre(Field(&Decision::subject, "2018-08-06")));
  EXPECT_THAT(closed.kept.at(0).inputs, ElementsAre(policy::Input{"due_on", "2018-08-13"}));
  EXPECT_THAT(closed.kept.at(0).used, ElementsAre(policy::Used{"hall_working_days_employment", "1", 5}));
  EXPECT_THAT(closed.would.at(0).inputs, ElementsAre(policy::Input{"due_on", "2018-11-05"}));

  ASSERT_TRUE(Turn<HallRequest>(Key("q1"),
                                [&](roots::Session& session, const HallRequest& before) -> absl::StatusOr<HallRequest> {
                                  ASSIGN_OR_RETURN(const policy::Books* books,
                                                   policy::BooksOf(session, before.site_location));
                                  return ReopenRequest(before, "未办妥", Today(), *books);
                                })
                  .ok());
  const policy::Answer open = *Ask<HallRequest>("q1");
  EXPECT_THAT(open.would, IsEmpty());
  EXPECT_THAT(open.kept, SizeIs(2));
  EXPECT_THAT(open.kept.at(1).used, ElementsAre(policy::Used{"hall_working_days_employment", "450328/1", 2}));
  EXPECT_EQ(Find<HallRequest>("q1").due_on, Date(2018, 11, 5));
}

TEST_P(ExplainCommunityTest, WhatIsDisclosedAndWhatIsOwed) {
  Settle();
  const DisclosureRecord row{.disclosure_no = "k1",
                             .site_no = "s1",
                             .kind = DisclosureKind::kFinance,
                             .period = Month::Of(Date(2018, 9, 1)),
                             .title = "财务公开",
                             .published_on = Date(2018, 10, 5),
                             .hung_until = Date(2018, 10, 12)};
  ASSERT_TRUE(stand.Import(ImportDisclosure, row).ok());
  const Decision span = Ask<Disclosure>("k1")->kept.at(0);
  EXPECT_EQ(span.rule, kDisclosureSpan);
  EXPECT_THAT(span.inputs, ElementsAre(policy::Input{"days", "7"}));
  EXPECT_THAT(span.used, ElementsAre(policy::Used{"shortest_disclosure_days", "1", 7}));

  const auto asked = [&](const std::string& month) { return Ask<Site>("s1", kFinanceDisclosed, month)->would.at(0); };
  EXPECT_EQ(asked("2018-08").reason, "FINANCE_IN_ARREARS");
  EXPECT_THAT(asked("2018-08").inputs,
              ElementsAre(policy::Input{"due_by", "2018-09-10"}, policy::Input{"disclosed", "no"}));
  EXPECT_EQ(asked("2018-09").verdict, Verdict::kYes);
  EXPECT_EQ(asked("2018-10").verdict, Verdict::kYes);
  EXPECT_THAT(Ask<Site>("s1", kFinanceDisclosed, "x"), RefusedWith(kInvalidArgument, "MONTH_MALFORMED"));
  // April, in which the site was completed, to September.
  EXPECT_THAT(Ask<Site>("s1")->would, SizeIs(6));
  SiteRecord no_community = SiteRow("s3");
  no_community.community = false;
  ASSERT_TRUE(stand.Import(ImportSite, no_community).ok());
  EXPECT_THAT(Ask<Site>("s3")->would, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, ExplainCommunityTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
