#include "services/registry/domain/household.h"

#include "absl/strings/str_cat.h"
#include "services/registry/domain/event.h"
#include "services/registry/domain/indicators.h"
#include "services/registry/domain/village.h"
#include "tests/support/stand.h"

namespace anju::registry {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;
using testing::Stand;

constexpr char kVillage[] = "450328100201";
constexpr char kOther[] = "450328101202";

class HouseholdTest : public ::testing::TestWithParam<std::string> {
 protected:
  HouseholdTest()
      : stand_(GetParam(), {&roots::KindOf<Household>(), &roots::KindOf<HouseholdEvent>(), &roots::KindOf<Village>()},
               Catalogue()) {
    for (const char* code : {"450328", kVillage, kOther, "451021001001"}) stand_.KnowDivision(code);
  }

  static HouseholdRecord Poor(const std::string& number) {
    return {.household_no = number,
            .village = kVillage,
            .household_class = HouseholdClass::kRegisteredPoor,
            .registered_on = Date(2016, 1, 15)};
  }
  static PersonRecord Person(const std::string& household, const std::string& number, const std::string& id_number) {
    return {.household_no = household,
            .member = {.person_no = number,
                       .name = "例某",
                       .id_number = id_number,
                       .relation = Relation::kHead,
                       .labour = Labour::kFull,
                       .joined_on = Date(2016, 1, 15)}};
  }
  int64_t Figure(const std::string& name, const std::string& division, const std::string& month) {
    return stand_.Figure("registry." + name, division, month);
  }

  Stand stand_;
};

TEST_P(HouseholdTest, WhatHasNotHappenedIsNotRecorded) {
  HouseholdRecord record = Poor("h1");
  record.registered_on = Date(2099, 1, 1);
  EXPECT_THAT(stand_.Import(ImportHousehold, record), RefusedWith(kInvalidArgument, "DATE_IN_FUTURE"));
  ASSERT_TRUE(stand_.Import(ImportHousehold, Poor("h1")).ok());
  PersonRecord person = Person("h1", "1", "");
  person.member.born_on = Date(2099, 1, 1);
  EXPECT_THAT(stand_.Import(ImportPerson, person), RefusedWith(kInvalidArgument, "DATE_IN_FUTURE"));
  person = Person("h1", "1", "");
  person.member.joined_on = Date(2099, 1, 1);
  EXPECT_THAT(stand_.Import(ImportPerson, person), RefusedWith(kInvalidArgument, "DATE_IN_FUTURE"));
}

TEST_P(HouseholdTest, CountsAtEveryLevelUntilItExits) {
  HouseholdRecord record = Poor("h1");
  EXPECT_EQ(*stand_.Import(ImportHousehold, record), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportPerson, Person("h1", "1", "11010519491231002X")), Outcome::kAdded);
  for (const std::string division : {"45", "4503", "450328", "450328100", kVillage}) {
    EXPECT_EQ(Figure("poor_households", division, "2016-01"), 1) << division;
    EXPECT_EQ(Figure("poor_persons", division, "2018-10"), 1) << division;
    EXPECT_EQ(Figure("poor_persons", division, "2015-12"), 0) << division;
  }
  record.exited_on = Date(2017, 12, 5);
  EXPECT_EQ(*stand_.Import(ImportHousehold, record), Outcome::kUpdated);
  EXPECT_EQ(Figure("poor_persons", "45", "2017-11"), 1);
  EXPECT_EQ(Figure("poor_persons", "45", "2017-12"), 0);
  EXPECT_EQ(Figure("identified_persons", "45", "2017-12"), 1);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(HouseholdTest, TheSameAgainChangesNothing) {
  ASSERT_EQ(*stand_.Import(ImportHousehold, Poor("h1")), Outcome::kAdded);
  ASSERT_EQ(*stand_.Import(ImportPerson, Person("h1", "1", "")), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportHousehold, Poor("h1")), Outcome::kUnchanged);
  EXPECT_EQ(*stand_.Import(ImportPerson, Person("h1", "1", "")), Outcome::kUnchanged);
}

TEST_P(HouseholdTest, AMoveKeepsItsHistory) {
  HouseholdRecord record = Poor("h1");
  ASSERT_TRUE(stand_.Import(ImportHousehold, record).ok());
  ASSERT_TRUE(stand_.Import(ImportPerson, Person("h1", "1", "")).ok());
  record.village = kOther;
  record.resident_since = Date(2018, 8, 20);
  EXPECT_EQ(*stand_.Import(ImportHousehold, record), Outcome::kUpdated);
  EXPECT_EQ(Figure("persons", kVillage, "2018-07"), 1);
  EXPECT_EQ(Figure("persons", kOther, "2018-07"), 0);
  EXPECT_EQ(Figure("persons", kVillage, "2018-08"), 0);
  EXPECT_EQ(Figure("persons", kOther, "2018-08"), 1);
  EXPECT_EQ(Figure("persons", "450328", "2018-08"), 1);
  // The file from before the move says what was then.
  EXPECT_EQ(*stand_.Import(ImportHousehold, Poor("h1")), Outcome::kUnchanged);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(HouseholdTest, ARowOfThePresentClassKeepsThePastOne) {
  ASSERT_TRUE(stand_.Import(ImportHousehold, Poor("h1")).ok());
  ASSERT_TRUE(stand_.Import(ImportPerson, Person("h1", "1", "")).ok());
  const absl::Status reclassified = stand_.store.Change({}, [&](roots::Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(const auto before, session.Find<Household>(stand_.batch.Key("h1")));
    ASSIGN_OR_RETURN(Household after, Reclassify(*before, HouseholdClass::kGeneral, Date(2018, 6, 10)));
    session.Put(after);
    return absl::OkStatus();
  });
  ASSERT_TRUE(reclassified.ok()) << reclassified;
  using enum HouseholdClass;
  const struct {
    HouseholdClass household_class;
    Date registered_on;
    // Empty: nothing changes.
    const char* reason;
  } rows[] = {
      // As it is now, by the day of its registration or of its class; as it was.
      {kGeneral, Date(2016, 1, 15), ""},
      {kGeneral, Date(2018, 6, 10), ""},
      {kRegisteredPoor, Date(2016, 1, 15), ""},
      {kGeneral, Date(2017, 1, 1), "CLASS_KEPT_HERE"},
      {kBorderline, Date(2016, 1, 15), "CLASS_KEPT_HERE"},
      {kBorderline, Date(2018, 9, 1), "CLASS_KEPT_HERE"},
      {kRegisteredPoor, Date(2018, 6, 10), "CLASS_KEPT_HERE"},
  };
  for (const auto& row : rows) {
    HouseholdRecord record = Poor("h1");
    record.household_class = row.household_class;
    record.registered_on = row.registered_on;
    const auto outcome = stand_.Import(ImportHousehold, record);
    EXPECT_EQ(ReasonOf(outcome.status()), row.reason) << Format(row.registered_on);
    if (outcome.ok()) {
      EXPECT_EQ(*outcome, Outcome::kUnchanged) << Format(row.registered_on);
    }
    EXPECT_EQ(Figure("identified_persons", "450328", "2018-05"), 1);
    EXPECT_EQ(Figure("identified_persons", "450328", "2018-06"), 0);
  }
  // The day of the registration is corrected with the first class.
  HouseholdRecord record = Poor("h1");
  record.registered_on = Date(2016, 3, 1);
  EXPECT_EQ(*stand_.Import(ImportHousehold, record), Outcome::kUpdated);
  EXPECT_EQ(Figure("identified_persons", "450328", "2016-02"), 0);
  EXPECT_EQ(Figure("identified_persons", "450328", "2018-05"), 1);
  EXPECT_EQ(Figure("identified_persons", "450328", "2018-06"), 0);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(HouseholdTest, ARowOfThePresentVillageKeepsThePastOnes) {
  constexpr char kThird[] = "450328101203";
  stand_.KnowDivision(kThird);
  HouseholdRecord moved = Poor("h1");
  ASSERT_TRUE(stand_.Import(ImportHousehold, moved).ok());
  ASSERT_TRUE(stand_.Import(ImportPerson, Person("h1", "1", "")).ok());
  moved.village = kOther;
  moved.resident_since = Date(2018, 8, 20);
  ASSERT_EQ(*stand_.Import(ImportHousehold, moved), Outcome::kUpdated);
  const struct {
    const char* village;
    std::optional<Date> since;
    Date registered_on;
    const char* reason;
  } rows[] = {
      {kOther, std::nullopt, Date(2016, 1, 15), ""},
      {kVillage, std::nullopt, Date(2016, 1, 15), ""},
      {kVillage, Date(2016, 1, 15), Date(2016, 1, 15), ""},
      {kThird, std::nullopt, Date(2016, 1, 15), "RESIDENCE_KEPT_HERE"},
      {kThird, Date(2016, 1, 15), Date(2016, 1, 15), "RESIDENCE_KEPT_HERE"},
      {kOther, Date(2016, 1, 15), Date(2016, 1, 15), "RESIDENCE_KEPT_HERE"},
      {kOther, std::nullopt, Date(2018, 8, 20), "RESIDENCE_KEPT_HERE"},
  };
  for (const auto& row : rows) {
    HouseholdRecord record = Poor("h1");
    record.village = row.village;
    record.resident_since = row.since;
    record.registered_on = row.registered_on;
    const auto outcome = stand_.Import(ImportHousehold, record);
    EXPECT_EQ(ReasonOf(outcome.status()), row.reason) << row.village;
    if (outcome.ok()) {
      EXPECT_EQ(*outcome, Outcome::kUnchanged) << row.village;
    }
    EXPECT_EQ(Figure("persons", kVillage, "2018-07"), 1);
    EXPECT_EQ(Figure("persons", kVillage, "2018-08"), 0);
    EXPECT_EQ(Figure("persons", kOther, "2018-08"), 1);
  }
  // The last move is corrected by its day, and another day is another move.
  moved.village = kThird;
  EXPECT_EQ(*stand_.Import(ImportHousehold, moved), Outcome::kUpdated);
  EXPECT_EQ(Figure("persons", kThird, "2018-08"), 1);
  moved.village = kOther;
  moved.resident_since = Date(2018, 10, 1);
  EXPECT_EQ(*stand_.Import(ImportHousehold, moved), Outcome::kUpdated);
  EXPECT_EQ(Figure("persons", kVillage, "2018-07"), 1);
  EXPECT_EQ(Figure("persons", kThird, "2018-09"), 1);
  EXPECT_EQ(Figure("persons", kOther, "2018-10"), 1);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(HouseholdTest, WhatNeverChangedIsCorrected) {
  HouseholdRecord record = Poor("h1");
  record.resident_since = Date(2016, 5, 1);
  ASSERT_TRUE(stand_.Import(ImportHousehold, record).ok());
  ASSERT_TRUE(stand_.Import(ImportPerson, Person("h1", "1", "")).ok());
  record.resident_since.reset();
  EXPECT_EQ(*stand_.Import(ImportHousehold, record), Outcome::kUnchanged);
  record.village = kOther;
  record.household_class = HouseholdClass::kGeneral;
  record.registered_on = Date(2016, 2, 1);
  EXPECT_EQ(*stand_.Import(ImportHousehold, record), Outcome::kUpdated);
  EXPECT_EQ(*stand_.Import(ImportHousehold, record), Outcome::kUnchanged);
  EXPECT_EQ(Figure("persons", kOther, "2018-10"), 1);
  EXPECT_EQ(Figure("persons", kVillage, "2018-10"), 0);
  EXPECT_EQ(Figure("identified_persons", "450328", "2018-10"), 0);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(HouseholdTest, RefusesRowsInOrder) {
  ASSERT_TRUE(stand_.Import(ImportHousehold, Poor("h1")).ok());
  ASSERT_TRUE(stand_.Import(ImportHousehold, Poor("h2")).ok());
  ASSERT_TRUE(stand_.Import(ImportPerson, Person("h1", "1", "11010519491231002X")).ok());
  HouseholdRecord record = Poor("h3");
  record.exited_on = Date(2015, 1, 1);
  record.village = "450328999999";
  EXPECT_THAT(stand_.Import(ImportHousehold, record).status(), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
  record.village = "451021001001";
  EXPECT_THAT(stand_.Import(ImportHousehold, record).status(), RefusedWith(kInvalidArgument, "OUTSIDE_DIVISION"));
  record.village = "450328";
  EXPECT_THAT(stand_.Import(ImportHousehold, record).status(), RefusedWith(kInvalidArgument, "NOT_A_VILLAGE"));
  record.village = kVillage;
  EXPECT_THAT(stand_.Import(ImportHousehold, record).status(), RefusedWith(kInvalidArgument, "DATES_REVERSED"));

  PersonRecord person = Person("h9", "1", "110105194912310021");
  EXPECT_THAT(stand_.Import(ImportPerson, person).status(), RefusedWith(kNotFound, "HOUSEHOLD_NOT_FOUND"));
  person.household_no = "h2";
  EXPECT_THAT(stand_.Import(ImportPerson, person).status(), RefusedWith(kInvalidArgument, "ID_NUMBER_CHECKSUM"));
  person.member.id_number = "11010519491231002X";
  person.member.born_on = Date(1950, 1, 1);
  person.member.sex = Sex::kMale;
  EXPECT_THAT(stand_.Import(ImportPerson, person).status(), RefusedWith(kInvalidArgument, "BIRTH_DISAGREES"));
  person.member.born_on.reset();
  EXPECT_THAT(stand_.Import(ImportPerson, person).status(), RefusedWith(kInvalidArgument, "SEX_DISAGREES"));
  person.member.sex = Sex::kUnspecified;
  EXPECT_THAT(stand_.Import(ImportPerson, person).status(), RefusedWith(kAlreadyExists, "ID_NUMBER_TAKEN"));
}

TEST_P(HouseholdTest, ASmallCheckDigitIsACapitalOne) {
  ASSERT_TRUE(stand_.Import(ImportHousehold, Poor("h1")).ok());
  ASSERT_TRUE(stand_.Import(ImportHousehold, Poor("h2")).ok());
  PersonRecord person = Person("h1", "1", "11010519491231002x");
  EXPECT_EQ(*stand_.Import(ImportPerson, person), Outcome::kAdded);
  person.member.id_number = "11010519491231002X";
  EXPECT_EQ(*stand_.Import(ImportPerson, person), Outcome::kUnchanged);
  EXPECT_THAT(stand_.Import(ImportPerson, Person("h2", "1", "11010519491231002x")).status(),
              RefusedWith(kAlreadyExists, "ID_NUMBER_TAKEN"));
}

TEST(Reclassify, RefusesInOrder) {
  const Household household{
      .classifications = {{.since = Date(2016, 1, 15), .household_class = HouseholdClass::kRegisteredPoor}}};
  const struct {
    int32_t household_class;
    Date since;
    const char* reason;
  } rows[] = {
      {0, Date(2016, 1, 1), "CLASS_UNSPECIFIED"},  {77, Date(2016, 1, 1), "CLASS_UNSPECIFIED"},
      {-1, Date(2016, 1, 1), "CLASS_UNSPECIFIED"}, {1, Date(2016, 1, 15), "DATES_REVERSED"},
      {1, Date(2016, 1, 16), "CLASS_UNCHANGED"},   {2, Date(2016, 1, 16), ""},
  };
  for (const auto& row : rows) {
    const auto after = Reclassify(household, static_cast<HouseholdClass>(row.household_class), row.since);
    EXPECT_EQ(ReasonOf(after.status()), row.reason) << row.household_class;
  }
}

TEST_P(HouseholdTest, NoHouseholdHoldsAllThePersonsOfAFile) {
  ASSERT_TRUE(stand_.Import(ImportHousehold, Poor("h1")).ok());
  for (size_t n = 0; n < kMostMembers; ++n) {
    ASSERT_TRUE(stand_.Import(ImportPerson, Person("h1", absl::StrCat(n), "")).ok());
  }
  EXPECT_THAT(stand_.Import(ImportPerson, Person("h1", "one more", "")).status(),
              RefusedWith(kFailedPrecondition, "TOO_MANY_MEMBERS"));
  EXPECT_EQ(*stand_.Import(ImportPerson, Person("h1", "0", "")), Outcome::kUnchanged);
}

TEST_P(HouseholdTest, WhoHasLeftMayBeRecordedElsewhere) {
  ASSERT_TRUE(stand_.Import(ImportHousehold, Poor("h1")).ok());
  ASSERT_TRUE(stand_.Import(ImportHousehold, Poor("h2")).ok());
  PersonRecord person = Person("h1", "1", "11010519491231002X");
  ASSERT_TRUE(stand_.Import(ImportPerson, person).ok());
  person.member.left_on = Date(2017, 5, 1);
  ASSERT_EQ(*stand_.Import(ImportPerson, person), Outcome::kUpdated);
  PersonRecord there = Person("h2", "7", "11010519491231002X");
  there.member.joined_on = Date(2017, 5, 1);
  EXPECT_EQ(*stand_.Import(ImportPerson, there), Outcome::kAdded);
  EXPECT_EQ(Figure("persons", "450328", "2017-05"), 1);
}

TEST_P(HouseholdTest, WhoHasLeftMayBeRecordedElsewhereInTheSameBatch) {
  ASSERT_TRUE(stand_.Import(ImportHousehold, Poor("h1")).ok());
  ASSERT_TRUE(stand_.Import(ImportHousehold, Poor("h2")).ok());
  PersonRecord person = Person("h1", "1", "11010519491231002X");
  ASSERT_TRUE(stand_.Import(ImportPerson, person).ok());
  person.member.left_on = Date(2017, 5, 1);
  PersonRecord there = Person("h2", "7", "11010519491231002X");
  there.member.joined_on = Date(2017, 5, 1);
  // The household that takes the number is written before the one that lets it go.
  const absl::Status status = stand_.store.Change({}, [&](roots::Session& session) -> absl::Status {
    RETURN_IF_ERROR(ImportPerson(session, stand_.batch, Person("h2", "6", "")).status());
    RETURN_IF_ERROR(ImportPerson(session, stand_.batch, person).status());
    return ImportPerson(session, stand_.batch, there).status();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(Figure("persons", "450328", "2017-05"), 2);
}

TEST_P(HouseholdTest, NoFaultLeavesFiguresBehind) {
  ASSERT_TRUE(stand_.Import(ImportHousehold, Poor("h0")).ok());
  int broken = 0;
  for (int n = 1;; ++n) {
    testing::FaultyDatabase faulty(*stand_.database, n);
    roots::Store store(faulty, stand_.clock, {&roots::KindOf<Household>()}, nullptr, [](const auto&) {});
    const absl::Status status = store.Change({}, [&](roots::Session& session) {
      return ImportHousehold(session, stand_.batch, Poor(absl::StrCat("h", n))).status();
    });
    ASSERT_THAT(stand_.Recount(), IsEmpty()) << "statement " << n << ": " << status;
    if (!faulty.failed()) break;
    EXPECT_EQ(Figure("households", "45", "2018-10"), 1) << "statement " << n << ": " << status;
    ++broken;
  }
  EXPECT_GT(broken, 5);
  EXPECT_EQ(Figure("households", "45", "2018-10"), 2);
}

TEST(Household, TellsWhoGoesOnElsewhere) {
  const std::pair<Leaving, bool> rows[] = {{Leaving::kUnspecified, false}, {Leaving::kDeath, false},
                                           {Leaving::kSplit, true},        {Leaving::kMerge, true},
                                           {Leaving::kTransfer, true},     {Leaving::kDissolution, false},
                                           {Leaving::kDuplicate, false},   {Leaving::kTakenBack, false}};
  for (const auto& [left_as, goes_on] : rows) {
    const Household household{.members = {{.person_no = "p1", .left_on = Date(2018, 7, 10), .left_as = left_as}}};
    const auto fact = roots::FromJson<feed::HouseholdFact>(Tell(household)->body);
    ASSERT_TRUE(fact.ok());
    EXPECT_EQ(fact->FindPerson("p1")->goes_on, goes_on) << static_cast<int>(left_as);
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, HouseholdTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::registry
