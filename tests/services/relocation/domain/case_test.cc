#include "services/relocation/domain/case.h"

#include <algorithm>

#include "tests/services/relocation/domain/resettlement.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;

class CaseTest : public Resettlement {
 protected:
  static MeasureRecord Measured(const std::string& number, const std::string& person, MeasureKind kind) {
    return {.household_no = "h1",
            .measure = {.measure_no = number, .person_no = person, .kind = kind, .since = Date(2018, 8, 1)}};
  }
};

TEST(StepsTest, EachStepNeedsTheOneBeforeItAndIsNotEarlier) {
  const Date d(2016, 2, 10);
  const struct {
    Steps steps;
    // Unspecified: refused.
    CaseState state;
    std::string field;
  } cases[] = {
      {{.declared_on = d}, CaseState::kDeclared, ""},
      {{.declared_on = d, .verified_on = d}, CaseState::kVerified, ""},
      {{.declared_on = d, .verified_on = d, .approved_on = d}, CaseState::kApproved, ""},
      {{.declared_on = d, .verified_on = d, .approved_on = d, .allotted_on = d}, CaseState::kAllotted, ""},
      {{.declared_on = d, .verified_on = d, .approved_on = d, .allotted_on = d, .moved_in_on = d},
       CaseState::kMovedIn,
       ""},
      {{.declared_on = d, .withdrawn_on = d}, CaseState::kWithdrawn, ""},
      {{.declared_on = d, .verified_on = d, .approved_on = d, .withdrawn_on = d}, CaseState::kWithdrawn, ""},
      {{.declared_on = d, .verified_on = d - 1}, CaseState::kUnspecified, "verified_on"},
      {{.declared_on = d, .approved_on = d}, CaseState::kUnspecified, "verified_on"},
      {{.declared_on = d, .verified_on = d + 1, .approved_on = d}, CaseState::kUnspecified, "approved_on"},
      {{.declared_on = d, .moved_in_on = d}, CaseState::kUnspecified, "verified_on"},
      {{.declared_on = d, .verified_on = d, .approved_on = d, .allotted_on = d + 9, .moved_in_on = d},
       CaseState::kUnspecified,
       "moved_in_on"},
      {{.declared_on = d, .verified_on = d, .approved_on = d, .allotted_on = d, .withdrawn_on = d + 1},
       CaseState::kUnspecified,
       "withdrawn_on"},
      {{.declared_on = d, .verified_on = d + 9, .withdrawn_on = d}, CaseState::kUnspecified, "withdrawn_on"},
      {{.declared_on = d, .verified_on = d, .rejected_on = d}, CaseState::kRejected, ""},
      {{.declared_on = d, .rejected_on = d - 1}, CaseState::kUnspecified, "rejected_on"},
      {{.declared_on = d, .withdrawn_on = d, .rejected_on = d}, CaseState::kUnspecified, "rejected_on"},
  };
  for (size_t i = 0; i < std::size(cases); ++i) {
    const absl::StatusOr<CaseState> state = StateAfter(cases[i].steps);
    if (cases[i].state != CaseState::kUnspecified) {
      EXPECT_TRUE(state.ok() && *state == cases[i].state) << i << ": " << state.status();
      continue;
    }
    EXPECT_THAT(state.status(), RefusedWith(kFailedPrecondition, "STEPS_OUT_OF_ORDER")) << i;
    EXPECT_EQ(FieldOf(state.status()), cases[i].field) << i;
  }
}

TEST(AllotTest, RefusesInOrderAndMeasuresByThoseWhoWereThere) {
  const Date day(2018, 6, 1);
  Case relocation{.steps = {.declared_on = day, .allotted_on = day}, .site_key = "s1"};
  relocation.household.persons = {{.person_no = "1", .joined_on = day - 9},
                                  {.person_no = "2", .joined_on = day - 9, .left_on = day},
                                  {.person_no = "3", .joined_on = day + 1}};
  const struct {
    std::string site;
    int64_t area;
    bool taken;
    std::string reason;
  } cases[] = {
      {"s2", 25'01, true, "UNIT_TAKEN"},
      {"s2", 25'01, false, "UNIT_OF_OTHER_SITE"},
      {"s1", 25'01, false, "UNIT_TOO_LARGE"},
      {"s1", 25'00, false, ""},
  };
  for (const auto& row : cases) {
    const absl::StatusOr<Case> after =
        Allot(relocation, {.key = "u1", .site_key = row.site, .area_centi_sqm = row.area}, row.taken, {});
    EXPECT_EQ(ReasonOf(after.status()), row.reason);
    if (after.ok()) {
      EXPECT_EQ(after->unit_key, "u1");
    }
  }
  relocation.household.persons.clear();
  EXPECT_THAT(Allot(relocation, {.key = "u1", .site_key = "s1", .area_centi_sqm = 1}, false, {}),
              RefusedWith(kFailedPrecondition, "HOUSEHOLD_WITHOUT_MEMBERS"));
}

TEST_P(CaseTest, CountsAtEveryLevelStepByStep) {
  Build();
  EXPECT_EQ(*stand.Import(ImportCase, MovedIn("c1", "h1", "u1")), Outcome::kAdded);
  for (const std::string division : {"45", "4503", "450328", "450328101", kVillage}) {
    EXPECT_EQ(Figure("persons_due", division, "2016-01"), 0) << division;
    EXPECT_EQ(Figure("persons_due", division, "2016-02"), 3) << division;
    EXPECT_EQ(Figure("households_due", division, "2018-10"), 1) << division;
    EXPECT_EQ(Figure("persons_to_move", division, "2016-03"), 0) << division;
    EXPECT_EQ(Figure("persons_to_move", division, "2016-04"), 3) << division;
    EXPECT_EQ(Figure("households_to_move", division, "2018-10"), 1) << division;
    EXPECT_EQ(Figure("persons_moved_in", division, "2018-06"), 0) << division;
    EXPECT_EQ(Figure("persons_moved_in", division, "2018-07"), 3) << division;
    EXPECT_EQ(Figure("households_moved_in", division, "2018-10"), 1) << division;
    EXPECT_EQ(Figure("county_tier_households", division, "2018-07"), 1) << division;
    EXPECT_EQ(Figure("county_tier_persons", division, "2018-07"), 3) << division;
    EXPECT_EQ(Figure("township_tier_persons", division, "2018-07"), 0) << division;
    EXPECT_EQ(Figure("relocated_labourers", division, "2018-07"), 3) << division;
  }
  EXPECT_EQ(Figure("persons_moved_in", kTown, "2018-10"), 0);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(CaseTest, TheShareMovedInIsOfThoseDue) {
  Build();
  ASSERT_TRUE(stand.Import(ImportCase, MovedIn("c1", "h1", "u1")).ok());
  CaseRecord withdrawn = Declared("c2", "h2");
  ASSERT_TRUE(stand.Import(ImportCase, withdrawn).ok());
  EXPECT_EQ(Figure("persons_due", "450328", "2018-07"), 6);
  withdrawn.steps.withdrawn_on = Date(2018, 7, 1);
  EXPECT_EQ(*stand.Import(ImportCase, withdrawn), Outcome::kUpdated);
  EXPECT_EQ(Figure("persons_due", "450328", "2018-06"), 6);
  EXPECT_EQ(Figure("persons_due", "450328", "2018-07"), 3);
  const tally::Catalogue& catalogue = Catalogue();
  for (const tally::Indicator& indicator : catalogue) {
    if (indicator.kind != tally::IndicatorKind::kRatio) continue;
    for (const absl::string_view sum : {indicator.numerator, indicator.denominator}) {
      EXPECT_TRUE(std::any_of(catalogue.begin(), catalogue.end(), [&](const auto& other) { return other.id == sum; }))
          << indicator.id;
    }
  }
}

TEST_P(CaseTest, TheSameAgainChangesNothing) {
  Build();
  ASSERT_EQ(*stand.Import(ImportCase, Declared("c1", "h1")), Outcome::kAdded);
  EXPECT_EQ(*stand.Import(ImportCase, Declared("c1", "h1")), Outcome::kUnchanged);
  EXPECT_EQ(*stand.Import(ImportCase, MovedIn("c1", "h1", "u1")), Outcome::kUpdated);
  EXPECT_EQ(*stand.Import(ImportCase, MovedIn("c1", "h1", "u1")), Outcome::kUnchanged);
  EXPECT_EQ(*stand.Import(ImportMeasure, Measured("m1", "p1", MeasureKind::kIndustry)), Outcome::kAdded);
  EXPECT_EQ(*stand.Import(ImportMeasure, Measured("m1", "p1", MeasureKind::kIndustry)), Outcome::kUnchanged);
  EXPECT_EQ(*stand.Import(ImportCase, MovedIn("c1", "h1", "u1")), Outcome::kUnchanged);
  EXPECT_EQ(*stand.Import(ImportMeasure, Measured("m1", "p1", MeasureKind::kServices)), Outcome::kUpdated);
  EXPECT_EQ(Figure("follow_up_industry_persons", "45", "2018-08"), 0);
  EXPECT_EQ(Figure("follow_up_services_persons", "45", "2018-08"), 1);
}

TEST_P(CaseTest, RefusesCasesInOrder) {
  Build();
  ASSERT_TRUE(stand.Import(ImportSite, SiteRow("s2")).ok());
  UnitRecord large = UnitRow("u9", "s2");
  large.area_centi_sqm = 75'01;
  ASSERT_TRUE(stand.Import(ImportUnit, large).ok());
  ASSERT_TRUE(stand.Import(ImportCase, MovedIn("c1", "h1", "u1")).ok());
  stand.KnowHousehold("h3", kVillage, 3);

  CaseRecord row = Allotted("c2", "h9", "u8");
  row.site_no = "s9";
  row.steps.declared_on = Date(2015, 12, 31);
  row.steps.verified_on.reset();
  EXPECT_THAT(stand.Import(ImportCase, row).status(), RefusedWith(kNotFound, "HOUSEHOLD_NOT_FOUND"));
  row.household_no = "h1";
  EXPECT_THAT(stand.Import(ImportCase, row).status(), RefusedWith(kAlreadyExists, "HOUSEHOLD_HAS_CASE"));
  row.case_no = "c1";
  row.household_no = "h2";
  EXPECT_THAT(stand.Import(ImportCase, row).status(), RefusedWith(kFailedPrecondition, "CASE_OF_OTHER_HOUSEHOLD"));
  row.case_no = "c2";
  EXPECT_THAT(stand.Import(ImportCase, row).status(), RefusedWith(kFailedPrecondition, "NOT_REGISTERED_POOR"));
  row.steps.declared_on = Date(2016, 2, 10);
  EXPECT_THAT(stand.Import(ImportCase, row).status(), RefusedWith(kFailedPrecondition, "STEPS_OUT_OF_ORDER"));
  row.steps.verified_on = Date(2016, 3, 1);
  EXPECT_THAT(stand.Import(ImportCase, row).status(), RefusedWith(kNotFound, "SITE_NOT_FOUND"));
  row.site_no = "";
  EXPECT_THAT(stand.Import(ImportCase, row).status(), RefusedWith(kNotFound, "SITE_NOT_FOUND"));
  row.site_no = "s1";
  EXPECT_THAT(stand.Import(ImportCase, row).status(), RefusedWith(kNotFound, "UNIT_NOT_FOUND"));
  row.unit_no = "u1";
  EXPECT_THAT(stand.Import(ImportCase, row).status(), RefusedWith(kAlreadyExists, "UNIT_TAKEN"));
  row.unit_no = "u9";
  EXPECT_THAT(stand.Import(ImportCase, row).status(), RefusedWith(kFailedPrecondition, "UNIT_OF_OTHER_SITE"));
  CaseRecord early = row;
  early.steps.moved_in_on = Date(2018, 11, 2);
  EXPECT_THAT(stand.Import(ImportCase, early).status(), RefusedWith(kInvalidArgument, "DATE_IN_FUTURE"));
  row.site_no = "s2";
  EXPECT_THAT(stand.Import(ImportCase, row).status(), RefusedWith(kFailedPrecondition, "UNIT_TOO_LARGE"));
  row.steps.allotted_on.reset();
  EXPECT_THAT(stand.Import(ImportCase, row).status(), RefusedWith(kFailedPrecondition, "STEPS_OUT_OF_ORDER"));
  row.unit_no = "";
  EXPECT_EQ(*stand.Import(ImportCase, row), Outcome::kAdded);
  EXPECT_EQ(Find<Case>("c2").site_key, "450328/county/s2");
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(CaseTest, AUnitPassesFromOneHouseholdToAnotherInOneBatch) {
  Build();
  ASSERT_TRUE(stand.Import(ImportCase, Allotted("c1", "h1", "u1")).ok());
  ASSERT_TRUE(stand.Import(ImportCase, Declared("c2", "h2")).ok());
  const absl::Status status = stand.store.Change({}, [&](roots::Session& session) -> absl::Status {
    // The one that receives is put first.
    RETURN_IF_ERROR(ImportCase(session, stand.batch, Allotted("c2", "h2", "u2")).status());
    RETURN_IF_ERROR(ImportCase(session, stand.batch, Allotted("c1", "h1", "u3")).status());
    return ImportCase(session, stand.batch, Allotted("c2", "h2", "u1")).status();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_THAT(stand.Import(ImportCase, Allotted("c1", "h1", "u1")).status(), RefusedWith(kAlreadyExists, "UNIT_TAKEN"));
}

TEST_P(CaseTest, RefusesMeasuresInOrder) {
  Build();
  ASSERT_TRUE(stand.Import(ImportCase, Allotted("c1", "h1", "u1")).ok());
  MeasureRecord row = Measured("m1", "p9", MeasureKind::kIndustry);
  row.measure.since = Date(2018, 7, 27);
  row.measure.until = Date(2018, 7, 1);
  for (const char* without : {"h2", "h9"}) {
    row.household_no = without;
    EXPECT_THAT(stand.Import(ImportMeasure, row).status(), RefusedWith(kNotFound, "CASE_NOT_FOUND"));
  }
  row.household_no = "h1";
  EXPECT_THAT(stand.Import(ImportMeasure, row).status(), RefusedWith(kNotFound, "PERSON_NOT_FOUND"));
  row.measure.person_no = "p1";
  EXPECT_THAT(stand.Import(ImportMeasure, row).status(), RefusedWith(kFailedPrecondition, "NOT_MOVED_IN"));
  ASSERT_TRUE(stand.Import(ImportCase, MovedIn("c1", "h1", "u1")).ok());
  EXPECT_THAT(stand.Import(ImportMeasure, row).status(), RefusedWith(kFailedPrecondition, "NOT_MOVED_IN"));
  row.measure.since = Date(2018, 7, 28);
  EXPECT_THAT(stand.Import(ImportMeasure, row).status(), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  row.measure.until.reset();
  EXPECT_EQ(*stand.Import(ImportMeasure, row), Outcome::kAdded);
}

TEST_P(CaseTest, CountsAPersonOncePerKindOfMeasureWhileOneRuns) {
  Build();
  ASSERT_TRUE(stand.Import(ImportCase, MovedIn("c1", "h1", "u1")).ok());
  MeasureRecord first = Measured("m1", "p1", MeasureKind::kIndustry);
  first.measure.until = Date(2018, 10, 1);
  MeasureRecord second = Measured("m2", "p1", MeasureKind::kIndustry);
  second.measure.since = Date(2018, 9, 10);
  second.measure.until = Date(2018, 11, 15);
  for (const auto& row :
       {second, first, Measured("m3", "p2", MeasureKind::kIndustry), Measured("m4", "p1", MeasureKind::kAssetIncome)}) {
    ASSERT_EQ(*stand.Import(ImportMeasure, row), Outcome::kAdded);
  }
  const int64_t expected[] = {0, 2, 2, 2, 1};
  for (int i = 0; i < 5; ++i) {
    const std::string month = Format(Month{.index = 2018 * 12 + 6 + i});
    EXPECT_EQ(Figure("follow_up_industry_persons", "450328", month), expected[i]) << month;
  }
  EXPECT_EQ(Figure("follow_up_asset_income_persons", kVillage, "2018-12"), 1);
  EXPECT_EQ(Figure("follow_up_safety_net_persons", "45", "2018-12"), 0);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(CaseTest, AHouseholdThatMovesKeepsItsHistory) {
  Build();
  ASSERT_TRUE(stand.Import(ImportCase, MovedIn("c1", "h1", "u1")).ok());
  household.residences.push_back({.since = Date(2018, 9, 3), .village = kOther});
  household.persons[0].left_on = Date(2018, 10, 5);
  household.persons.push_back({.person_no = "p4", .labour = feed::Labour::kNone, .joined_on = Date(2018, 9, 20)});
  ASSERT_TRUE(Absorb(household).ok());
  EXPECT_EQ(Figure("persons_moved_in", kVillage, "2018-08"), 3);
  EXPECT_EQ(Figure("persons_moved_in", kOther, "2018-08"), 0);
  EXPECT_EQ(Figure("persons_moved_in", kVillage, "2018-09"), 0);
  EXPECT_EQ(Figure("persons_moved_in", kOther, "2018-09"), 4);
  EXPECT_EQ(Figure("persons_moved_in", kOther, "2018-10"), 3);
  EXPECT_EQ(Figure("relocated_labourers", "450328", "2018-10"), 2);
  EXPECT_EQ(Figure("households_moved_in", "450328", "2018-10"), 1);
  EXPECT_EQ(Find<Case>("c1").Division(), kOther);
  EXPECT_EQ(*stand.Import(ImportCase, MovedIn("c1", "h1", "u1")), Outcome::kUnchanged);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(CaseTest, TellsOfTheMove) {
  Build();
  ASSERT_TRUE(stand.Import(ImportCase, MovedIn("c1", "h1", "u1")).ok());
  const std::optional<roots::Told> told = relocation::Tell(Find<Case>("c1"));
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->topic, "relocation");
  EXPECT_EQ(told->key, "id-h1");
  EXPECT_EQ(*roots::FromJson<feed::RelocationFact>(told->body),
            (feed::RelocationFact{.household_id = "id-h1", .moved_in_on = Date(2018, 7, 28)}));
}

TEST_P(CaseTest, NoFaultLeavesFiguresBehind) {
  Build();
  int broken = 0;
  for (int n = 1;; ++n) {
    testing::FaultyDatabase faulty(*stand.database, n);
    roots::Store store(faulty, stand.clock, Kinds(), nullptr, [](const auto&) {});
    const absl::Status status = store.Change({}, [&](roots::Session& session) {
      return ImportCase(session, stand.batch, MovedIn("c1", "h1", "u1")).status();
    });
    ASSERT_THAT(stand.Recount(), IsEmpty()) << "statement " << n << ": " << status;
    if (!faulty.failed()) break;
    EXPECT_EQ(Figure("persons_moved_in", "45", "2018-10"), 0) << "statement " << n << ": " << status;
    ++broken;
  }
  EXPECT_GT(broken, 5);
  EXPECT_EQ(Figure("persons_moved_in", "45", "2018-10"), 3);
}

TEST(CaseTellsTest, TheMoveAndTheMeasures) {
  const Case relocation{.household_id = "h",
                        .steps = {.moved_in_on = Date(2018, 7, 28)},
                        .measures = {{.person_no = "1", .since = Date(2018, 8, 1), .until = Date(2018, 9, 1)}}};
  const feed::RelocationFact expected{
      .household_id = "h",
      .moved_in_on = Date(2018, 7, 28),
      .supports = {{.person_no = "1", .since = Date(2018, 8, 1), .until = Date(2018, 9, 1)}}};
  EXPECT_EQ(*roots::FromJson<feed::RelocationFact>(Tell(relocation)->body), expected);
}

INSTANTIATE_TEST_SUITE_P(Engines, CaseTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
