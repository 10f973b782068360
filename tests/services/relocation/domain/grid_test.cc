#include "services/relocation/domain/grid.h"

#include "tests/services/relocation/domain/neighbourhood.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;
using ::testing::SizeIs;

const Date kOpened(2018, 8, 1);

Grid Building() { return {.key = "g1", .parent_key = "g0", .opened_on = kOpened}; }

TEST(GridRulesTest, OneChiefAtATime) {
  const Date d = kOpened;
  const auto term = [](Date since, std::optional<Date> until = std::nullopt) {
    return ChiefTerm{.household_id = "h", .person_no = "p", .since = since, .until = until};
  };
  Grid district = Building();
  district.parent_key.clear();
  EXPECT_THAT(RecordChief(district, term(d - 1, d - 2)), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  EXPECT_THAT(RecordChief(district, term(d - 1)), RefusedWith(kFailedPrecondition, "NOT_A_BUILDING_GRID"));
  EXPECT_THAT(RecordChief(Building(), term(d - 1)), RefusedWith(kFailedPrecondition, "BEFORE_OPENING"));
  const Grid first = *RecordChief(Building(), term(d + 10));
  EXPECT_THAT(RecordChief(first, term(d)), RefusedWith(kAlreadyExists, "CHIEF_AT_THAT_TIME"));
  EXPECT_THAT(RecordChief(first, term(d, d + 11)), RefusedWith(kAlreadyExists, "CHIEF_AT_THAT_TIME"));
  EXPECT_EQ(RecordChief(first, term(d, d + 10))->chiefs.front().since, d);
  // The next one ends the term before, and a term that began on that day takes its place.
  const Grid second = *RecordChief(first, term(d + 20));
  EXPECT_EQ(second.chiefs.at(0).until, d + 20);
  EXPECT_THAT(RecordChief(second, term(d + 20, d + 25))->chiefs, SizeIs(2));
  Grid full = Building();
  for (int i = 0; i < static_cast<int>(kMostChiefs); ++i) full.chiefs.push_back(term(d + i, d + i + 1));
  EXPECT_THAT(RecordChief(full, term(d + 500)), RefusedWith(kFailedPrecondition, "CHIEFS_TOO_MANY"));
}

TEST(GridRulesTest, AHouseholdIsInItOnce) {
  const Date d = kOpened;
  const auto member = [](Date since, std::optional<Date> until = std::nullopt) {
    return GridMembership{.household_id = "h", .since = since, .until = until};
  };
  EXPECT_THAT(RecordMember(Building(), member(d, d - 1)), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  EXPECT_THAT(RecordMember(Building(), member(d - 1)), RefusedWith(kFailedPrecondition, "BEFORE_OPENING"));
  const Grid grid = *RecordMember(Building(), member(d, d + 10));
  EXPECT_THAT(RecordMember(grid, member(d + 9)), RefusedWith(kAlreadyExists, "HOUSEHOLD_IN_GRID"));
  EXPECT_THAT(RecordMember(grid, member(d + 10))->members, SizeIs(2));
  EXPECT_THAT(RecordMember(grid, member(d, d + 5))->members, SizeIs(1));
  Grid full = Building();
  full.members.resize(kMostGridHouseholds);
  EXPECT_THAT(RecordMember(full, member(d)), RefusedWith(kFailedPrecondition, "GRID_FULL"));
}

TEST(GridRulesTest, ATermEndsOnce) {
  const Act act{.by = "li", .on = kOpened + 5};
  EXPECT_THAT(DismissChief(Building(), act), RefusedWith(kFailedPrecondition, "NO_CHIEF"));
  const Grid grid = *RecordChief(Building(), {.household_id = "h", .person_no = "p", .since = kOpened});
  const Grid after = *DismissChief(grid, act);
  EXPECT_EQ(after.chiefs.at(0).until, act.on);
  EXPECT_THAT(DismissChief(after, act), RefusedWith(kFailedPrecondition, "NO_CHIEF"));
  EXPECT_THAT(DismissChief(grid, {.by = "li", .on = kOpened - 1}), RefusedWith(kFailedPrecondition, "NO_CHIEF"));
}

class GridTest : public Neighbourhood {
 protected:
  static GridRecord GridRow(const std::string& number, const std::string& parent) {
    return {.grid_no = number, .site_no = "s1", .parent_no = parent, .name = "示例网格", .opened_on = kOpened};
  }
  static GridHouseholdRecord Member(const std::string& grid, const std::string& household, Date since = kOpened) {
    return {.grid_no = grid, .household_no = household, .since = since};
  }
  static GridChiefRecord Chief(const std::string& grid, const std::string& household, const std::string& person) {
    return {.grid_no = grid, .household_no = household, .person_no = person, .since = kOpened};
  }
  void Lay() {
    Settle();
    for (const auto& [number, parent] :
         std::vector<std::pair<std::string, std::string>>{{"d1", ""}, {"g1", "d1"}, {"g2", "d1"}}) {
      ASSERT_EQ(*stand.Import(ImportGrid, GridRow(number, parent)), Outcome::kAdded);
    }
  }
  bool Uncovered(const std::string& number) {
    bool uncovered = false;
    EXPECT_TRUE(stand.store
                    .Look([&](roots::Session& session) -> absl::Status {
                      ASSIGN_OR_RETURN(const auto relocation, session.Find<Case>(Key(number)));
                      ASSIGN_OR_RETURN(uncovered, IsUncovered(session, *relocation));
                      return absl::OkStatus();
                    })
                    .ok());
    return uncovered;
  }
};

TEST_P(GridTest, CountsBuildingsChiefsAndHouseholds) {
  Lay();
  EXPECT_EQ(*stand.Import(ImportGrid, GridRow("g1", "d1")), Outcome::kUnchanged);
  EXPECT_EQ(*stand.Import(ImportGridHousehold, Member("g1", "h1")), Outcome::kAdded);
  EXPECT_EQ(*stand.Import(ImportGridHousehold, Member("g1", "h2")), Outcome::kAdded);
  EXPECT_EQ(*stand.Import(ImportGridHousehold, Member("g1", "h2")), Outcome::kUnchanged);
  EXPECT_EQ(*stand.Import(ImportGridChief, Chief("g1", "h1", "p1")), Outcome::kAdded);
  EXPECT_EQ(*stand.Import(ImportGridChief, Chief("g1", "h1", "p1")), Outcome::kUnchanged);
  for (const std::string division : {"45", "450328", kTown}) {
    EXPECT_EQ(Figure("building_grids", division, "2018-08"), 2) << division;
    EXPECT_EQ(Figure("building_chiefs", division, "2018-08"), 1) << division;
    EXPECT_EQ(Figure("grid_households", division, "2018-08"), 2) << division;
  }
  EXPECT_FALSE(Uncovered("c1"));
  EXPECT_TRUE(Uncovered("c3"));
  SiteRecord site = SiteRow("s1");
  site.location = kOther;
  ASSERT_EQ(*stand.Import(ImportSite, site), Outcome::kUpdated);
  EXPECT_EQ(Figure("building_grids", kOther, "2018-08"), 2);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(GridTest, AHouseholdThatComesLeavesTheOtherGrid) {
  Lay();
  ASSERT_TRUE(stand.Import(ImportGridHousehold, Member("g1", "h1", Date(2018, 9, 1))).ok());
  EXPECT_THAT(stand.Import(ImportGridHousehold, Member("g2", "h1")), RefusedWith(kAlreadyExists, "HOUSEHOLD_IN_GRID"));
  EXPECT_EQ(*stand.Import(ImportGridHousehold, Member("g2", "h1", Date(2018, 10, 1))), Outcome::kAdded);
  EXPECT_EQ(Find<Grid>("g1").members.at(0).until, Date(2018, 10, 1));
  EXPECT_EQ(Figure("grid_households", "45", "2018-10"), 1);
  // The file of the first grid again does not take it back.
  EXPECT_EQ(*stand.Import(ImportGridHousehold, Member("g1", "h1", Date(2018, 9, 1))), Outcome::kUnchanged);
  const auto assigned = Turn<Grid>(Key("g1"), [&](roots::Session& session, const Grid& before) {
    return AssignToGrid(session, before, Key("h1"), Today());
  });
  ASSERT_TRUE(assigned.ok()) << assigned.status();
  EXPECT_EQ(Find<Grid>("g2").members.at(0).until, Date(2018, 11, 1));
  EXPECT_EQ(Figure("grid_households", "45", "2018-11"), 1);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(GridTest, RefusesRowsInOrder) {
  Lay();
  GridRecord grid = GridRow("g1", "g9");
  grid.site_no = "s9";
  const auto grid_refused = [&](absl::StatusCode code, const char* reason) {
    EXPECT_THAT(stand.Import(ImportGrid, grid).status(), RefusedWith(code, reason));
  };
  grid_refused(kNotFound, "SITE_NOT_FOUND");
  grid.site_no = "s2";
  grid_refused(kFailedPrecondition, "GRID_OF_OTHER_SITE");
  grid.grid_no = "g3";
  grid_refused(kNotFound, "GRID_NOT_FOUND");
  grid.parent_no = "d1";
  grid_refused(kFailedPrecondition, "NOT_A_DISTRICT_GRID");
  grid.site_no = "s1";
  grid.parent_no = "g1";
  grid_refused(kFailedPrecondition, "NOT_A_DISTRICT_GRID");

  GridChiefRecord row = Chief("g9", "h9", "p9");
  row.since = Date(2018, 7, 1);
  const auto refused = [&](absl::StatusCode code, const char* reason) {
    EXPECT_THAT(stand.Import(ImportGridChief, row).status(), RefusedWith(code, reason));
  };
  refused(kNotFound, "GRID_NOT_FOUND");
  row.grid_no = "d1";
  refused(kNotFound, "HOUSEHOLD_NOT_FOUND");
  row.household_no = "h1";
  refused(kFailedPrecondition, "NOT_MOVED_IN");
  row.since = Date(2018, 7, 30);
  refused(kNotFound, "PERSON_NOT_FOUND");
  row.person_no = "p1";
  refused(kFailedPrecondition, "NOT_A_BUILDING_GRID");
  row.grid_no = "g1";
  refused(kFailedPrecondition, "BEFORE_OPENING");
  row.since = kOpened;
  ASSERT_TRUE(stand.Import(ImportGridChief, row).ok());
  row.grid_no = "g2";
  refused(kAlreadyExists, "CHIEF_OF_OTHER_GRID");
}

TEST_P(GridTest, AChiefIsAppointedAndDismissedToday) {
  Lay();
  const auto appoint = [&](const std::string& grid, const std::string& household, const std::string& person) {
    return Turn<Grid>(Key(grid), [&](roots::Session& session, const Grid& before) {
      return AppointChief(session, before, {.household = Key(household), .person_no = person}, Today());
    });
  };
  EXPECT_THAT(appoint("g1", "h4", "p1"), RefusedWith(kFailedPrecondition, "NOT_MOVED_IN"));
  EXPECT_THAT(appoint("g1", "h1", "p9"), RefusedWith(kNotFound, "PERSON_NOT_FOUND"));
  EXPECT_THAT(appoint("g1", "h1", "p1")->chiefs, SizeIs(1));
  EXPECT_THAT(appoint("g2", "h1", "p1"), RefusedWith(kAlreadyExists, "CHIEF_OF_OTHER_GRID"));
  ASSERT_TRUE(
      Turn<Grid>(Key("g1"), [](roots::Session&, const Grid& before) { return DismissChief(before, Today()); }).ok());
  EXPECT_TRUE(appoint("g2", "h1", "p1").ok());
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, GridTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
