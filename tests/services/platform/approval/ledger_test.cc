#include "services/platform/approval/ledger.h"

#include "absl/strings/str_cat.h"
#include "tests/support/stand.h"

namespace anju::approval {

// A record with approvals and little else.
struct Paper {
  static constexpr absl::string_view kKind = "paper";
  std::string id, key;
  std::string village;
  std::vector<Item> approvals;
  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("village", village);
    archive("approvals", approvals);
  }
  std::string Division() const { return village; }
};
tally::Contributions Contributions(const Paper&) { return {}; }
std::vector<roots::Decision> Decisions(const Paper& paper) { return DecisionsOf(paper.approvals); }
std::vector<roots::Waiting> Waits(const Paper& paper) { return WaitsOf(paper.approvals); }

namespace {

using enum absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Two steps of the county: one within so many days, one without a deadline.
Flow Tested(int32_t days) {
  return {.name = "test.flow",
          .versions = {{.version = 1,
                        .since = Date(2016, 1, 1),
                        .steps = {{.code = "review",
                                   .level = Level::kCounty,
                                   .roles = {"officer"},
                                   .days = days,
                                   .day_kind = notice::DayKind::kCalendar,
                                   .escalates_to = Level::kPrefecture},
                                  {.code = "approve", .level = Level::kCounty, .roles = {"officer"}}}}}};
}

class LedgerTest : public ::testing::TestWithParam<std::string> {
 protected:
  LedgerTest() : stand_(GetParam(), {&roots::KindOf<Paper>()}, nothing_) {}

  std::string Submit(const std::string& key, const std::string& village, int32_t days) {
    Paper paper{.key = key, .village = village};
    EXPECT_TRUE(stand_.store
                    .Change({.subject = "li"},
                            [&](roots::Session& session) -> absl::Status {
                              ASSIGN_OR_RETURN(Item item, Begin(Tested(days), 0, {"li"}, DayInChina(session.now())));
                              paper.approvals = {item};
                              session.Put(paper);
                              return absl::OkStatus();
                            })
                    .ok());
    return paper.id;
  }
  static absl::Status Rule(roots::Session& session, const std::string& id, const std::string& by,
                           const Ruling& ruling) {
    ASSIGN_OR_RETURN(std::optional<Paper> paper, session.Get<Paper>(id));
    ASSIGN_OR_RETURN(paper->approvals[0],
                     Decide(paper->approvals[0], ruling,
                            {.by = by, .on = DayInChina(session.now()), .roles = {"officer"}, .scope = "450328"}));
    session.Put(*paper);
    return absl::OkStatus();
  }
  absl::Status Do(const std::string& id, const std::string& by, const Ruling& ruling) {
    stand_.clock.Advance(absl::Seconds(1));
    return stand_.store.Change({.subject = by}, [&](roots::Session& session) { return Rule(session, id, by, ruling); });
  }
  std::vector<std::string> Lines(LedgerQuestion question) {
    question.limit = 100;
    if (question.to == absl::UnixEpoch()) question.to = absl::FromUnixSeconds(4'000'000'000);
    const auto lines = ReadDecisions(*stand_.database, question);
    EXPECT_TRUE(lines.ok()) << lines.status();
    std::vector<std::string> found;
    for (const LedgerLine& line : *lines) {
      found.push_back(absl::StrCat(line.number, " ", line.decision.step, " ", line.decision.by));
    }
    return found;
  }
  std::vector<std::string> DueBy(const std::string& division, Date by) {
    const auto page = ReadDue(stand_.store, division, by, "", 100);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> found;
    for (const DueLine& line : page->lines) found.push_back(absl::StrCat(line.key, " ", Format(line.due_on)));
    return found;
  }

  tally::Catalogue nothing_;
  testing::Stand stand_;
};

constexpr char kVillage[] = "450328101202";
const Ruling kReview{.verdict = Verdict::kApprove, .step = "review"};
const Ruling kApproval{.verdict = Verdict::kApprove, .step = "approve"};

TEST_P(LedgerTest, IsReadByDivisionRecordOfficerAndTime) {
  const std::string a = Submit("a", kVillage, 3), b = Submit("b", "450327101201", 3);
  ASSERT_TRUE(Do(a, "zhao", kReview).ok());
  const absl::Time between = stand_.clock.Now();
  ASSERT_TRUE(Do(b, "zhao", kReview).ok());
  ASSERT_TRUE(Do(a, "qian", kApproval).ok());
  EXPECT_THAT(Lines({.division = "45"}), ElementsAre("1 review zhao", "1 review zhao", "2 approve qian"));
  EXPECT_THAT(Lines({.division = "450328"}), ElementsAre("1 review zhao", "2 approve qian"));
  EXPECT_THAT(Lines({.division = "450328", .record_id = b}), IsEmpty());
  EXPECT_THAT(Lines({.division = "45", .record_id = a}), ElementsAre("1 review zhao", "2 approve qian"));
  EXPECT_THAT(Lines({.division = "45", .record_id = a, .by = "qian"}), ElementsAre("2 approve qian"));
  EXPECT_THAT(Lines({.division = "45", .by = "zhao"}), SizeIs(2));
  EXPECT_THAT(Lines({.division = "45", .by = "zhao", .to = between + absl::Microseconds(1)}), SizeIs(1));
  EXPECT_THAT(Lines({.division = "45", .from = between + absl::Microseconds(1)}), SizeIs(2));
  // In pages.
  std::vector<LedgerLine> page =
      *ReadDecisions(*stand_.database, {.division = "45", .to = absl::FromUnixSeconds(4'000'000'000), .limit = 2});
  ASSERT_THAT(page, SizeIs(2));
  EXPECT_THAT(Lines({.division = "45", .after = page[1].id}), ElementsAre("2 approve qian"));
}

TEST_P(LedgerTest, ListsWhatIsDueTheLatestFirst) {
  const std::string late = Submit("late", kVillage, 3), soon = Submit("soon", "450328102201", 20);
  Submit("other", "450327101201", 1);
  const std::string open = Submit("open", kVillage, 0);
  const Date today = DayInChina(stand_.clock.Now());
  EXPECT_THAT(DueBy("450328", today + 2), IsEmpty());
  EXPECT_THAT(DueBy("450328", today + 60), ElementsAre("late 2018-11-04", "soon 2018-11-21"));
  EXPECT_THAT(DueBy("45", today + 60), ElementsAre("other 2018-11-02", "late 2018-11-04", "soon 2018-11-21"));
  std::vector<std::string> seen;
  std::string token;
  for (int page = 0; page < 3; ++page) {
    const auto due = ReadDue(stand_.store, "45", today + 60, token, 1);
    ASSERT_THAT(due->lines, SizeIs(1));
    seen.push_back(due->lines[0].key);
    token = due->next_page_token;
  }
  EXPECT_THAT(seen, ElementsAre("other", "late", "soon"));
  EXPECT_THAT(ReadDue(stand_.store, "45", today + 60, token, 1)->lines, IsEmpty());
  // A record with two items that are due on different days is listed for each.
  ASSERT_TRUE(stand_.store
                  .Change({},
                          [&](roots::Session& session) -> absl::Status {
                            ASSIGN_OR_RETURN(std::optional<Paper> paper, session.Get<Paper>(late));
                            ASSIGN_OR_RETURN(Item second, Begin(Tested(7), 0, {"li"}, today));
                            paper->approvals.push_back(second);
                            session.Put(*paper);
                            return absl::OkStatus();
                          })
                  .ok());
  EXPECT_THAT(DueBy("450328", today + 60), ElementsAre("late 2018-11-04", "late 2018-11-08", "soon 2018-11-21"));
  ASSERT_TRUE(stand_.store
                  .Change({},
                          [&](roots::Session& session) -> absl::Status {
                            ASSIGN_OR_RETURN(std::optional<Paper> paper, session.Get<Paper>(late));
                            paper->approvals.pop_back();
                            session.Put(*paper);
                            return absl::OkStatus();
                          })
                  .ok());
  // The next step has no deadline.
  ASSERT_TRUE(Do(late, "zhao", kReview).ok());
  EXPECT_THAT(DueBy("450328", today + 60), ElementsAre("soon 2018-11-21"));
  // A record that moves away is due where it is now.
  ASSERT_TRUE(stand_.store
                  .Change({},
                          [&](roots::Session& session) -> absl::Status {
                            ASSIGN_OR_RETURN(std::optional<Paper> paper, session.Get<Paper>(soon));
                            paper->village = "450327101201";
                            session.Put(*paper);
                            return absl::OkStatus();
                          })
                  .ok());
  EXPECT_THAT(DueBy("450328", today + 60), IsEmpty());
  EXPECT_THAT(DueBy("450327", today + 60), SizeIs(2));
}

TEST_P(LedgerTest, NobodyChangesIt) {
  const std::string id = Submit("a", kVillage, 3);
  ASSERT_TRUE(Do(id, "zhao", kReview).ok());
  for (const char* sql :
       {"UPDATE decisions SET verdict = 2", "DELETE FROM decisions",
        "UPDATE decisions SET subject = 'wang' WHERE number = 1", "DELETE FROM decisions WHERE record_id <> ''"}) {
    EXPECT_FALSE(stand_.database->Write([&](storage::Transaction& t) { return t.Execute(sql); }).ok()) << sql;
  }
  if (stand_.database->engine() == storage::Engine::kPostgresql) {
    EXPECT_FALSE(stand_.database->Write([](storage::Transaction& t) { return t.Execute("TRUNCATE decisions"); }).ok());
  }
  EXPECT_THAT(Lines({.division = "45"}), ElementsAre("1 review zhao"));
  // A rule that rewrites the history of a record is a bug.
  EXPECT_DEATH((void)stand_.store.Change({},
                                         [&](roots::Session& session) -> absl::Status {
                                           ASSIGN_OR_RETURN(std::optional<Paper> paper, session.Get<Paper>(id));
                                           paper->approvals[0].history[0].by = "wang";
                                           session.Put(*paper);
                                           return absl::OkStatus();
                                         }),
               "this must be true");
}

TEST_P(LedgerTest, AnActAndItsLineAreNeverApart) {
  const std::string id = Submit("a", kVillage, 3);
  bool done = false;
  for (int n = 1; !done; ++n) {
    ASSERT_LT(n, 50);
    testing::FaultyDatabase faulty(*stand_.database, n);
    roots::Store store(faulty, stand_.clock, {&roots::KindOf<Paper>()}, nullptr, [](const std::set<std::string>&) {});
    done = store.Change({}, [&](roots::Session& session) { return Rule(session, id, "zhao", kReview); }).ok();
    const Paper paper = *stand_.store.Get<Paper>(id).value();
    EXPECT_THAT(Lines({.division = "45"}), SizeIs(paper.approvals[0].history.size())) << "statement " << n;
    EXPECT_EQ(DueBy("45", Date(2019, 1, 1)).size(), paper.approvals[0].due_on.has_value() ? 1 : 0);
    EXPECT_EQ(paper.approvals[0].history.size(), done ? 1 : 0);
  }
}

TEST_P(LedgerTest, WhatIsTakenBackIsNotWritten) {
  const std::string id = Submit("a", kVillage, 3);
  ASSERT_TRUE(stand_.store
                  .Change({},
                          [&](roots::BatchSession& session) -> absl::Status {
                            const size_t mark = session.Mark();
                            RETURN_IF_ERROR(Rule(session, id, "zhao", kReview));
                            session.TakeBack(mark);
                            return absl::OkStatus();
                          })
                  .ok());
  EXPECT_THAT(Lines({.division = "45"}), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, LedgerTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::approval
