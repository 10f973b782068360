#include "services/platform/approval/flow.h"

#include <functional>

#include "tests/support/recode.h"
#include "tests/support/stand.h"

namespace anju::approval {
namespace {

using enum absl::StatusCode;
using notice::DayKind;
using testing::RefusedWith;

const Date kToday(2018, 11, 1);
const notice::Act kAdmin{.by = "admin", .on = kToday};

// A flow that is as it should be, of three steps.
std::vector<Step> Sound() {
  return {{.code = "check",
           .level = Level::kTownship,
           .roles = {"officer"},
           .days = 3,
           .day_kind = DayKind::kWorking,
           .escalates_to = Level::kCounty},
          {.code = "review", .level = Level::kCounty, .roles = {"officer", "approver"}},
          {.code = "approve",
           .level = Level::kPrefecture,
           .roles = {"approver"},
           .from_fen = 100'000'00,
           .incompatible_with = {"check", "review"}}};
}

Flow National() {
  return {.name = "test.flow", .versions = {{.version = 1, .since = Date(2016, 1, 1), .steps = Sound()}}};
}

TEST(LevelTest, FollowsFromTheLengthOfTheScope) {
  const struct {
    absl::string_view scope;
    Level level;
  } cases[] = {{"", Level::kUnspecified},  {"45", Level::kProvince},        {"4503", Level::kPrefecture},
               {"450328", Level::kCounty}, {"450328101", Level::kTownship}, {"450328101202", Level::kUnspecified}};
  for (const auto& row : cases) EXPECT_EQ(LevelOf(row.scope), row.level) << row.scope;
}

TEST(CheckStepsTest, RefusesInOrder) {
  EXPECT_TRUE(CheckSteps(Sound()).ok());
  EXPECT_THAT(CheckSteps({}), RefusedWith(kInvalidArgument, "FLOW_EMPTY"));
  EXPECT_THAT(CheckSteps(std::vector<Step>(kMostSteps + 1)), RefusedWith(kInvalidArgument, "FLOW_TOO_LONG"));
  // Each breaks the second step, beside what the rows before have broken; so the last breaks everything but the first.
  const struct {
    absl::string_view reason;
    std::function<void(Step&)> break_it;
  } cases[] = {
      {"STEP_NOT_EARLIER", [](Step& step) { step.incompatible_with = {"approve"}; }},
      {"ESCALATION_NOT_ABOVE",
       [](Step& step) {
         step.days = 1;
         step.day_kind = DayKind::kCalendar;
         step.escalates_to = Level::kCounty;
       }},
      {"ESCALATION_WITHOUT_DEADLINE", [](Step& step) { step.days = 0; }},
      {"DAY_KIND_MISSING",
       [](Step& step) {
         step.days = 1;
         step.day_kind = DayKind::kUnspecified;
       }},
      {"DAYS_OUT_OF_RANGE", [](Step& step) { step.days = notice::kLongestSpan + 1; }},
      {"DAYS_OUT_OF_RANGE", [](Step& step) { step.days = -1; }},
      {"AMOUNT_NEGATIVE", [](Step& step) { step.from_fen = -1; }},
      {"ROLE_UNKNOWN",
       [](Step& step) {
         step.roles = {"officer", "reader"};
       }},
      {"ROLE_MISSING", [](Step& step) { step.roles.clear(); }},
      {"LEVELS_REVERSED", [](Step& step) { step.level = Level::kUnspecified; }},
      {"STEP_REPEATED", [](Step& step) { step.code = "check"; }},
      {"STEP_CODE_MALFORMED", [](Step& step) { step.code = "Check"; }},
      {"STEP_CODE_MALFORMED", [](Step& step) { step.code.clear(); }},
      {"STEP_CODE_MALFORMED", [](Step& step) { step.code.assign(kLongestCode + 1, 'a'); }},
  };
  std::vector<Step> steps = Sound();
  for (const auto& row : cases) {
    row.break_it(steps[1]);
    EXPECT_THAT(CheckSteps(steps), RefusedWith(kInvalidArgument, row.reason));
  }
}

TEST(CheckStepsTest, AmountsAndLevelsDoNotGoDown) {
  std::vector<Step> steps = Sound();
  steps[0].from_fen = 1;
  EXPECT_THAT(CheckSteps(steps), RefusedWith(kInvalidArgument, "AMOUNTS_REVERSED"));
  steps = Sound();
  steps.push_back({.code = "last", .level = Level::kPrefecture, .roles = {"approver"}, .from_fen = 99'999'99});
  EXPECT_THAT(CheckSteps(steps), RefusedWith(kInvalidArgument, "AMOUNTS_REVERSED"));
  steps.back() = {.code = "last", .level = Level::kCounty, .roles = {"approver"}, .from_fen = 100'000'00};
  EXPECT_THAT(CheckSteps(steps), RefusedWith(kInvalidArgument, "LEVELS_REVERSED"));
}

TEST(DefineTest, AddsVersionsAndRefusesInOrder) {
  Definition definition{.division = "450328101", .name = "test.flow", .since = kToday - 1};
  EXPECT_THAT(Define(std::nullopt, definition, kAdmin), RefusedWith(kInvalidArgument, "DIVISION_TOO_SMALL"));
  definition.division = "450328";
  EXPECT_THAT(Define(std::nullopt, definition, kAdmin), RefusedWith(kInvalidArgument, "FLOW_EMPTY"));
  definition.steps = Sound();
  EXPECT_THAT(Define(std::nullopt, definition, kAdmin), RefusedWith(kFailedPrecondition, "SINCE_PAST"));
  definition.since = kToday + 5;
  const Flow first = *Define(std::nullopt, definition, kAdmin);
  EXPECT_EQ(first.key, "450328/test.flow");
  definition.since = kToday + 4;
  EXPECT_THAT(Define(first, definition, kAdmin), RefusedWith(kFailedPrecondition, "SINCE_REVERSED"));
  // The same day again: the later one counts.
  definition.since = kToday + 5;
  definition.steps.resize(1);
  const Flow second = *Define(first, definition, kAdmin);
  EXPECT_EQ(second.versions[0], first.versions[0]);
  EXPECT_EQ(second.versions[1].version, 2);
  EXPECT_EQ(VersionOn(second, kToday + 4), nullptr);
  EXPECT_EQ(VersionOn(second, kToday + 5)->version, 2);
  Flow full = second;
  full.versions.resize(kMostVersions, second.versions[1]);
  EXPECT_THAT(Define(full, definition, kAdmin), RefusedWith(kFailedPrecondition, "VERSIONS_TOO_MANY"));
}

class FlowTest : public ::testing::TestWithParam<std::string> {
 protected:
  FlowTest() : stand_(GetParam(), {&roots::KindOf<Flow>()}, nothing_) {
    for (const char* code : {"45", "4503", "450328"}) stand_.KnowDivision(code);
  }
  absl::StatusOr<Flow> DefineIt(const std::string& division, Date since) {
    absl::StatusOr<Flow> flow = absl::UnknownError("not run");
    const absl::Status status = stand_.store.Change({.subject = "admin"}, [&](roots::Session& session) {
      flow = DefineFlow(session, {.division = division, .name = "test.flow", .since = since, .steps = Sound()},
                        {.by = "admin", .on = DayInChina(session.now())});
      return flow.status();
    });
    if (!status.ok()) return status;
    return flow;
  }
  // Whose flow it is; empty for the national one.
  std::string WhoseFor(const std::string& division, Date day) {
    Flow found;
    EXPECT_TRUE(stand_.store
                    .Look([&](roots::Session& session) -> absl::Status {
                      ASSIGN_OR_RETURN(found, FlowFor(session, National(), division, day));
                      return absl::OkStatus();
                    })
                    .ok());
    return found.division;
  }
  tally::Catalogue nothing_;
  testing::Stand stand_;
};

TEST_P(FlowTest, ACountyGoesBeforeItsProvinceAndEachBeginsOnItsDay) {
  constexpr char kVillage[] = "450328101202";
  EXPECT_EQ(WhoseFor(kVillage, kToday), "");
  ASSERT_TRUE(DefineIt("45", kToday).ok());
  EXPECT_EQ(WhoseFor(kVillage, kToday), "45");
  EXPECT_EQ(WhoseFor(kVillage, kToday - 1), "");
  ASSERT_TRUE(DefineIt("450328", kToday + 3).ok());
  EXPECT_EQ(WhoseFor(kVillage, kToday + 2), "45");
  EXPECT_EQ(WhoseFor(kVillage, kToday + 3), "450328");
  EXPECT_EQ(WhoseFor("450327101202", kToday + 3), "45");
  EXPECT_EQ(WhoseFor("360733101202", kToday + 3), "");
  EXPECT_THAT(DefineIt("450399", kToday), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
  EXPECT_EQ(DefineIt("450328", kToday + 9)->versions.size(), 2);
}

TEST_P(FlowTest, ACountyKeepsItsFlowUnderItsNewCodeUntilItDefinesAnother) {
  ASSERT_TRUE(DefineIt("45", kToday).ok());
  ASSERT_TRUE(DefineIt("450328", kToday).ok());
  testing::Recode(stand_, "2018-11", {{.old_code = "450328", .new_code = "450388"}});
  stand_.KnowDivision("450388");
  for (const char* place : {"450328101202", "450388101202", "450388"}) {
    EXPECT_EQ(WhoseFor(place, kToday), "450328") << place;
  }
  ASSERT_TRUE(DefineIt("450388", kToday + 2).ok());
  for (const char* place : {"450328101202", "450388101202", "450388"}) {
    EXPECT_EQ(WhoseFor(place, kToday + 1), "450328") << place;
    EXPECT_EQ(WhoseFor(place, kToday + 2), "450388") << place;
  }
  // Another code of that county is nobody else's.
  EXPECT_EQ(WhoseFor("450329101202", kToday + 2), "45");
}

INSTANTIATE_TEST_SUITE_P(Engines, FlowTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::approval
