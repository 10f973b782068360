#include "services/relocation/domain/quality_issue.h"

#include <functional>

#include "services/platform/roots/queue.h"
#include "tests/services/relocation/domain/resettlement.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::RefusedWith;

constexpr Act kLi{.by = "li", .on = Date(2018, 11, 1)};
constexpr Act kWang{.by = "wang", .on = Date(2018, 11, 5)};

// Every verb in every state.
TEST(IssueTest, EveryVerbInEveryState) {
  const QualityIssue open{.state = IssueState::kOpen, .trail = {{.to = IssueState::kOpen, .by = "zhao"}}};
  const QualityIssue fixed = *Fix(open, "已整改", kLi);
  const QualityIssue closed = *Reinspect(fixed, {.passed = true, .remark = "合格"}, kWang);
  EXPECT_EQ(fixed.fixed_on, kLi.on);
  EXPECT_EQ(closed.closed_on, kWang.on);
  const struct {
    std::string name;
    std::function<absl::StatusOr<QualityIssue>(const QualityIssue&)> act;
    IssueState to;
    absl::string_view expected[3];
  } verbs[] = {
      {"fix",
       [](const QualityIssue& issue) { return Fix(issue, "已整改", kLi); },
       IssueState::kFixed,
       {"", "ISSUE_NOT_OPEN", "ISSUE_NOT_OPEN"}},
      {"pass",
       [](const QualityIssue& issue) { return Reinspect(issue, {.passed = true}, kWang); },
       IssueState::kClosed,
       {"ISSUE_NOT_FIXED", "", "ISSUE_NOT_FIXED"}},
      {"fail",
       [](const QualityIssue& issue) { return Reinspect(issue, {.passed = false}, kWang); },
       IssueState::kOpen,
       {"ISSUE_NOT_FIXED", "", "ISSUE_NOT_FIXED"}},
      {"pass one's own",
       [](const QualityIssue& issue) { return Reinspect(issue, {.passed = true}, kLi); },
       IssueState::kClosed,
       {"ISSUE_NOT_FIXED", "INSPECTOR_IS_FIXER", "ISSUE_NOT_FIXED"}},
  };
  for (const auto& verb : verbs) {
    const QualityIssue states[] = {open, fixed, closed};
    for (size_t i = 0; i < 3; ++i) {
      const absl::StatusOr<QualityIssue> after = verb.act(states[i]);
      EXPECT_EQ(ReasonOf(after.status()), verb.expected[i]) << verb.name << " " << i;
      if (!after.ok()) continue;
      EXPECT_EQ(after->state, verb.to) << verb.name;
      EXPECT_EQ(after->fixed_on.has_value(), verb.to != IssueState::kOpen) << verb.name;
      EXPECT_EQ(after->trail.size(), states[i].trail.size() + 1);
    }
  }
}

TEST(IssueTest, HasOnlySoManySteps) {
  QualityIssue issue{.state = IssueState::kOpen};
  issue.trail.resize(kMostIssueMoves);
  EXPECT_THAT(Fix(issue, "", kLi), RefusedWith(kFailedPrecondition, "ISSUE_MOVES_TOO_MANY"));
}

TEST(IssueTest, ARowIsRefusedInOrder) {
  QualityIssueRecord row{.found_on = Date(2018, 3, 1),
                         .due_on = Date(2018, 2, 28),
                         .fixed_on = Date(2018, 2, 28),
                         .closed_on = Date(2018, 2, 27)};
  const QualityIssue kept{.trail = {{.to = IssueState::kOpen}}};
  EXPECT_THAT(Record(kept, row, "q1"), RefusedWith(kFailedPrecondition, "ISSUE_KEPT_HERE"));
  EXPECT_EQ(FieldOf(Record(std::nullopt, row, "q1").status()), "due_on");
  row.due_on = Date(2018, 4, 1);
  EXPECT_EQ(FieldOf(Record(std::nullopt, row, "q1").status()), "fixed_on");
  row.fixed_on.reset();
  EXPECT_THAT(Record(std::nullopt, row, "q1"), RefusedWith(kFailedPrecondition, "ISSUE_NOT_FIXED"));
  row.fixed_on = Date(2018, 3, 20);
  EXPECT_EQ(FieldOf(Record(std::nullopt, row, "q1").status()), "closed_on");
  row.closed_on = Date(2018, 3, 20);
  EXPECT_EQ(Record(std::nullopt, row, "q1")->state, IssueState::kClosed);
  row.closed_on.reset();
  EXPECT_EQ(Record(std::nullopt, row, "q1")->state, IssueState::kFixed);
}

class IssuesTest : public Resettlement {
 protected:
  void SetUp() override {
    Build();
    for (const char* number : {"b1", "b2"}) {
      ASSERT_TRUE(stand
                      .Import(ImportBuilding, BuildingRecord{.building_no = number,
                                                             .site_no = "s1",
                                                             .name = "示例",
                                                             .floors = 6,
                                                             .planned_units = 24,
                                                             .started_on = Date(2016, 6, 1)})
                      .ok());
    }
  }
  static QualityIssueRecord Row(const std::string& number, Severity severity, Date due_on) {
    return {.issue_no = number,
            .site_no = "s1",
            .severity = severity,
            .text = "墙体裂缝（示例）",
            .found_on = Date(2018, 3, 1),
            .due_on = due_on};
  }
  std::vector<std::string> ToClose(Date until = roots::kWhenever) {
    std::vector<std::string> keys;
    const auto page = stand.store.Queue(kIssuesToClose, "450328", until, "", 10);
    EXPECT_TRUE(page.ok()) << page.status();
    for (const roots::StoredRoot& root : page->roots) {
      keys.push_back(root.key.substr(root.key.size() - 2));
    }
    return keys;
  }
  absl::Status Ready(const std::string& building_key, Date day = Date(2018, 11, 1)) {
    return stand.store.Look(
        [&](roots::Session& session) { return CheckReady(session, "450328/county/s1", building_key, day); });
  }
  absl::StatusOr<QualityIssue> Raise(const RaiseIssueRequest& request) {
    absl::StatusOr<QualityIssue> raised = absl::UnknownError("not run");
    const absl::Status status = stand.store.Change({}, [&](roots::Session& session) -> absl::Status {
      raised = RaiseIssue(session, request, kLi);
      if (raised.ok()) session.Put(*raised);
      return raised.status();
    });
    if (!status.ok()) return status;
    return raised;
  }
};

TEST_P(IssuesTest, WaitForTheirDeadlineUntilTheyAreClosed) {
  ASSERT_EQ(*stand.Import(ImportQualityIssue, Row("q1", Severity::kMinor, Date(2018, 5, 10))), Outcome::kAdded);
  ASSERT_EQ(*stand.Import(ImportQualityIssue, Row("q2", Severity::kSerious, Date(2018, 4, 10))), Outcome::kAdded);
  EXPECT_EQ(*stand.Import(ImportQualityIssue, Row("q2", Severity::kSerious, Date(2018, 4, 10))), Outcome::kUnchanged);
  EXPECT_THAT(ToClose(), ElementsAre("q2", "q1"));
  EXPECT_THAT(ToClose(Date(2018, 5, 9)), ElementsAre("q2"));
  EXPECT_EQ(DaysOverdue(Find<QualityIssue>("q1"), Date(2018, 5, 12)), 2);
  EXPECT_EQ(Figure("quality_issues_open", kTown, "2018-03"), 2);
  EXPECT_EQ(Figure("serious_issues_open", kTown, "2018-03"), 1);
  EXPECT_EQ(Figure("quality_issues_overdue", "450328", "2018-04"), 1);
  EXPECT_EQ(Figure("quality_issues_overdue", "450328", "2018-05"), 2);
  QualityIssueRecord closed = Row("q2", Severity::kSerious, Date(2018, 4, 10));
  closed.fixed_on = Date(2018, 6, 1);
  closed.closed_on = Date(2018, 6, 3);
  ASSERT_EQ(*stand.Import(ImportQualityIssue, closed), Outcome::kUpdated);
  EXPECT_THAT(ToClose(), ElementsAre("q1"));
  EXPECT_EQ(Figure("quality_issues_open", "45", "2018-06"), 1);
  EXPECT_EQ(Figure("quality_issues_overdue", "450328", "2018-06"), 1);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(IssuesTest, AreRaisedInOrder) {
  RaiseIssueRequest request{.site = "450328/county/s9",
                            .issue_no = "q1",
                            .building = "450328/county/b9",
                            .severity = Severity::kSerious,
                            .text = "示例",
                            .due_on = kLi.on - 1};
  EXPECT_THAT(Raise(request), RefusedWith(kNotFound, "SITE_NOT_FOUND"));
  request.site = "450328/county/s1";
  EXPECT_THAT(Raise(request), RefusedWith(kNotFound, "BUILDING_NOT_FOUND"));
  // Nor is one of another county.
  stand.KnowDivision("451021");
  stand.KnowDivision("451021001001");
  stand.batch.division = "451021";
  SiteRecord far = SiteRow("s1");
  far.location = "451021001001";
  ASSERT_TRUE(stand.Import(ImportSite, far).ok());
  const BuildingRecord building{.building_no = "b9",
                                .site_no = "s1",
                                .name = "9栋",
                                .floors = 6,
                                .planned_units = 12,
                                .started_on = Date(2018, 1, 1)};
  ASSERT_TRUE(stand.Import(ImportBuilding, building).ok());
  stand.batch.division = "450328";
  request.building = "451021/county/b9";
  EXPECT_THAT(Raise(request), RefusedWith(kNotFound, "BUILDING_NOT_FOUND"));
  request.building = "450328/county/b1";
  EXPECT_THAT(Raise(request), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  request.due_on = kLi.on;
  const absl::StatusOr<QualityIssue> raised = Raise(request);
  ASSERT_TRUE(raised.ok()) << raised.status();
  EXPECT_EQ(raised->key, "450328/anju/q1");
  EXPECT_EQ(raised->state, IssueState::kOpen);
  EXPECT_THAT(Raise(request), RefusedWith(kAlreadyExists, "ISSUE_NO_TAKEN"));
}

TEST_P(IssuesTest, NobodyMovesIntoWhatIsNotAcceptedOrNotSafe) {
  EXPECT_THAT(Ready("", Date(2018, 4, 27)), RefusedWith(kFailedPrecondition, "SITE_NOT_ACCEPTED"));
  EXPECT_TRUE(Ready("", Date(2018, 4, 28)).ok());
  ASSERT_TRUE(stand.Import(ImportQualityIssue, Row("q1", Severity::kMinor, Date(2018, 5, 10))).ok());
  EXPECT_TRUE(Ready("").ok());
  QualityIssueRecord serious = Row("q2", Severity::kSerious, Date(2018, 5, 10));
  serious.building_no = "b1";
  ASSERT_TRUE(stand.Import(ImportQualityIssue, serious).ok());
  EXPECT_THAT(Ready("450328/county/b1"), RefusedWith(kFailedPrecondition, "SITE_UNSAFE"));
  EXPECT_TRUE(Ready("450328/county/b2").ok());
  serious.building_no.clear();
  ASSERT_TRUE(stand.Import(ImportQualityIssue, serious).ok());
  EXPECT_THAT(Ready("450328/county/b2"), RefusedWith(kFailedPrecondition, "SITE_UNSAFE"));
  // Fixed is not closed.
  serious.fixed_on = Date(2018, 6, 1);
  ASSERT_TRUE(stand.Import(ImportQualityIssue, serious).ok());
  EXPECT_THAT(Ready("450328/county/b2"), RefusedWith(kFailedPrecondition, "SITE_UNSAFE"));
  serious.closed_on = Date(2018, 6, 1);
  ASSERT_TRUE(stand.Import(ImportQualityIssue, serious).ok());
  EXPECT_TRUE(Ready("450328/county/b2").ok());
}

INSTANTIATE_TEST_SUITE_P(Engines, IssuesTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
