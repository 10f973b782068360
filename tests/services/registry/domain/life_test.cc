#include "services/registry/domain/life.h"

#include "services/registry/domain/indicators.h"
#include "tests/support/stand.h"

namespace anju::registry {
namespace {

using enum absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::RefusedWith;
using testing::Stand;

constexpr char kVillage[] = "450328100201";
constexpr char kOther[] = "450328101202";
constexpr char kFar[] = "451021001001";
const Date kToday(2018, 11, 1);

Member Of(const std::string& number, Relation relation, Date joined_on = Date(2016, 1, 15)) {
  return {.person_no = number, .name = "例某", .relation = relation, .labour = Labour::kFull, .joined_on = joined_on};
}

// A poor household of three since 2016-01-15; p0 left it, and p4 joins in 2018.
Household Three(const std::string& id = "h") {
  Household household{
      .id = id,
      .key = "450328/county/" + id,
      .residences = {{.since = Date(2016, 1, 15), .village = kVillage}},
      .classifications = {{.since = Date(2016, 1, 15), .household_class = HouseholdClass::kRegisteredPoor}},
      .registered_on = Date(2016, 1, 15),
      .members = {Of("p0", Relation::kOther), Of("p1", Relation::kHead), Of("p2", Relation::kSpouse),
                  Of("p3", Relation::kChild), Of("p4", Relation::kChild, Date(2018, 1, 1))}};
  household.members[0].left_on = Date(2017, 1, 1);
  return household;
}

Household Ended() {
  Household household = Three();
  household.ended_on = Date(2018, 1, 1);
  return household;
}

Household Moved() {
  Household household = Three();
  household.residences.push_back({.since = Date(2018, 6, 1), .village = kOther});
  return household;
}

std::string Reason(const absl::Status& status) { return ReasonOf(status); }

TEST(Bear, RefusesInOrder) {
  const struct {
    Household household;
    Birth birth;
    const char* reason;
  } rows[] = {
      {Ended(), {.person_no = "p1", .born_on = kToday + 1}, "DATE_IN_FUTURE"},
      {Ended(), {.person_no = "p1", .born_on = Date(2015, 1, 1)}, "HOUSEHOLD_ENDED"},
      {Three(), {.person_no = "p1", .born_on = Date(2016, 1, 14)}, "BEFORE_REGISTRATION"},
      {Three(), {.person_no = "p1", .id_number = "1", .born_on = kToday}, "PERSON_NO_TAKEN"},
      {Three(), {.person_no = "p9", .id_number = "1", .born_on = kToday}, "ID_NUMBER_MALFORMED"},
      {Three(), {.person_no = "p9", .id_number = "11010519491231002X", .born_on = kToday}, "BIRTH_DISAGREES"},
      {Three(), {.person_no = "p9", .born_on = kToday}, ""},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Reason(Bear(row.household, row.birth, kToday).status()), row.reason);
  }
}

TEST(Die, RefusesInOrder) {
  const struct {
    Household household;
    const char* person_no;
    Date on;
    const char* reason;
  } rows[] = {
      {Ended(), "p9", kToday + 1, "DATE_IN_FUTURE"},
      {Ended(), "p9", kToday, "HOUSEHOLD_ENDED"},
      {Three(), "p9", Date(2015, 1, 1), "BEFORE_REGISTRATION"},
      {Three(), "p9", kToday, "PERSON_NOT_FOUND"},
      {Three(), "p0", kToday, "NOT_A_MEMBER"},
      {Three(), "p4", Date(2017, 12, 31), "NOT_A_MEMBER"},
      {Three(), "p4", Date(2018, 1, 1), ""},
      {Three(), "p1", kToday, ""},
  };
  for (const auto& row : rows) {
    const auto after = Die(row.household, {.person_no = row.person_no, .died_on = row.on}, kToday);
    EXPECT_EQ(Reason(after.status()), row.reason) << row.person_no << " " << row.on;
  }
}

TEST(Divide, RefusesInOrder) {
  const Date day(2018, 6, 1);
  const struct {
    Household household;
    Split split;
    const char* reason;
  } rows[] = {
      {Ended(), {.happened_on = kToday + 1}, "DATE_IN_FUTURE"},
      {Ended(), {.happened_on = day}, "HOUSEHOLD_ENDED"},
      {Three(), {.happened_on = Date(2016, 1, 1)}, "BEFORE_REGISTRATION"},
      {Moved(), {.happened_on = Date(2018, 5, 31)}, "DATES_REVERSED"},
      {Three(), {.happened_on = day}, "PERSONS_MISSING"},
      {Three(), {.happened_on = day, .person_nos = {"p9", "p9"}}, "PERSON_TWICE"},
      {Three(), {.happened_on = day, .person_nos = {"p9"}, .head = "p1"}, "PERSON_NOT_FOUND"},
      {Three(), {.happened_on = day, .person_nos = {"p3", "p0"}, .head = "p1"}, "NOT_A_MEMBER"},
      {Three(), {.happened_on = day, .person_nos = {"p3"}, .head = "p1", .relations = {{"p1"}}}, "HEAD_NOT_AMONG"},
      {Three(),
       {.happened_on = day,
        .person_nos = {"p1", "p2", "p3", "p4"},
        .head = "p1",
        .relations = {{"p9", Relation::kChild}}},
       "RELATION_UNKNOWN"},
      {Three(),
       {.happened_on = day,
        .person_nos = {"p1", "p2", "p3", "p4"},
        .head = "p1",
        .relations = {{"p2", Relation::kHead}}},
       "RELATION_UNKNOWN"},
      {Three(), {.happened_on = day, .person_nos = {"p1", "p2", "p3", "p4"}, .head = "p1"}, "NOBODY_STAYS"},
      {Three(), {.happened_on = day, .person_nos = {"p3", "p4"}, .head = "p3"}, ""},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Reason(Divide(row.household, row.split, "k", kOther, kToday).status()), row.reason);
  }
}

TEST(Divide, TheNewHouseholdIsAsPoorAsTheOldOne) {
  Household before = Three();
  before.relapses = {{.exited_on = Date(2016, 12, 31), .fell_back_on = Date(2017, 6, 1)}};
  before.exited_on = Date(2018, 9, 1);
  before.classifications.push_back({.since = Date(2018, 10, 1), .household_class = HouseholdClass::kBorderline});
  before.low_income_since = Date(2016, 2, 1);
  const auto two =
      Divide(before, {.happened_on = Date(2018, 3, 1), .person_nos = {"p3", "p4"}, .head = "p4"}, "k", kOther, kToday);
  ASSERT_TRUE(two.ok()) << two.status();
  const Household& made = two->joined;
  for (Date day = Date(2018, 3, 1); day < kToday; day += 7) {
    EXPECT_EQ(made.PoorOn(day), before.PoorOn(day)) << day;
    EXPECT_EQ(made.ClassOn(day), before.ClassOn(day)) << day;
  }
  EXPECT_FALSE(made.PoorOn(Date(2018, 2, 28)));
  EXPECT_EQ(made.low_income_since, Date(2018, 3, 1));
  EXPECT_EQ(made.members[1].relation, Relation::kHead);
  EXPECT_EQ(made.members[0].relation, Relation::kOther);
  EXPECT_EQ(PersonId(made, made.members[0]), PersonId(before, before.members[3]));
  EXPECT_EQ(two->left.members[3].left_on, Date(2018, 3, 1));
}

TEST(Unite, RefusesInOrder) {
  Household other = Three("other"), ended = Ended(), late = Three("late"), moved = Moved(), crowded = Three("crowded");
  ended.id = "ended";
  late.registered_on = Date(2018, 7, 1);
  moved.id = "moved";
  while (crowded.members.size() < kMostMembers) crowded.members.push_back(crowded.members[0]);
  const Date day(2018, 5, 1);
  const struct {
    Household household, into;
    Merger merger;
    const char* reason;
  } rows[] = {
      {Ended(), Three(), {.happened_on = kToday + 1}, "DATE_IN_FUTURE"},
      {Ended(), Three(), {.happened_on = day}, "HOUSEHOLD_ENDED"},
      {Three(), Three(), {.happened_on = Date(2015, 1, 1)}, "BEFORE_REGISTRATION"},
      {Three(), Three(), {.happened_on = day}, "SAME_HOUSEHOLD"},
      {Three(), ended, {.happened_on = day}, "HOUSEHOLD_ENDED"},
      {Moved(), late, {.happened_on = day}, "BEFORE_REGISTRATION"},
      {Moved(), other, {.happened_on = day, .relations = {{"p9"}}}, "DATES_REVERSED"},
      {Three(), moved, {.happened_on = day, .relations = {{"p9"}}}, "DATES_REVERSED"},
      {Three(), other, {.happened_on = day, .relations = {{"p0", Relation::kChild}}}, "RELATION_UNKNOWN"},
      {Three(), other, {.happened_on = Date(2017, 12, 31)}, "DATES_REVERSED"},
      {Three(), crowded, {.happened_on = day}, "TOO_MANY_MEMBERS"},
      {Three(), other, {.happened_on = day, .relations = {{"p1", Relation::kParent}}}, ""},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Reason(Unite(row.household, row.into, row.merger, kToday).status()), row.reason);
  }
  const auto two = Unite(Three(), other, rows[11].merger, kToday);
  EXPECT_EQ(two->left.ended_on, day);
  EXPECT_EQ(two->left.merged_into, "other");
  ASSERT_EQ(two->joined.members.size(), 9);
  // The other household has a p1 of its own.
  EXPECT_EQ(two->joined.members[5].person_no, "p1/2");
  EXPECT_EQ(two->joined.members[5].person_id, "h:p1");
  EXPECT_EQ(two->joined.members[5].relation, Relation::kParent);
}

TEST(MoveTo, RefusesInOrder) {
  const struct {
    Household household;
    const char* village;
    Date on;
    const char* reason;
  } rows[] = {
      {Ended(), kVillage, kToday + 1, "DATE_IN_FUTURE"},
      {Ended(), kVillage, Date(2015, 1, 1), "HOUSEHOLD_ENDED"},
      {Three(), kVillage, Date(2015, 1, 1), "BEFORE_REGISTRATION"},
      {Moved(), kOther, Date(2018, 6, 1), "DATES_REVERSED"},
      {Moved(), kOther, Date(2018, 6, 2), "VILLAGE_UNCHANGED"},
      {Moved(), kFar, Date(2018, 6, 2), ""},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Reason(MoveTo(row.household, row.village, row.on, kToday).status()), row.reason) << row.on;
  }
}

TEST(Succeed, RefusesInOrderAndKeepsWhoWasTheHead) {
  Household changed = *Succeed(Three(), {.happened_on = Date(2018, 3, 1), .head = "p2"}, kToday);
  const struct {
    Household household;
    HeadChange change;
    const char* reason;
  } rows[] = {
      {Ended(), {.happened_on = kToday + 1, .head = "p9"}, "DATE_IN_FUTURE"},
      {Ended(), {.happened_on = kToday, .head = "p9"}, "HOUSEHOLD_ENDED"},
      {Three(), {.happened_on = Date(2015, 1, 1), .head = "p9"}, "BEFORE_REGISTRATION"},
      {changed, {.happened_on = Date(2018, 3, 1), .head = "p9"}, "DATES_REVERSED"},
      {Three(), {.happened_on = kToday, .head = "p9"}, "PERSON_NOT_FOUND"},
      {Three(), {.happened_on = kToday, .head = "p0"}, "NOT_A_MEMBER"},
      {Three(), {.happened_on = kToday, .head = "p1", .relations = {{"p9"}}}, "HEAD_UNCHANGED"},
      {Three(), {.happened_on = kToday, .head = "p2", .relations = {{"p2", Relation::kSpouse}}}, "RELATION_UNKNOWN"},
      {changed, {.happened_on = kToday, .head = "p3", .relations = {{"p1", Relation::kParent}}}, ""},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Reason(Succeed(row.household, row.change, kToday).status()), row.reason) << row.change.head;
  }
  EXPECT_EQ(changed.members[1].relation, Relation::kOther);
  EXPECT_EQ(changed.members[1].RelationOn(Date(2018, 2, 28)), Relation::kHead);
  EXPECT_EQ(changed.members[2].RelationOn(Date(2018, 2, 28)), Relation::kSpouse);
  EXPECT_EQ(changed.members[2].RelationOn(Date(2018, 3, 1)), Relation::kHead);
  EXPECT_THAT(changed.members[3].relations, IsEmpty());
}

TEST(Transfer, RefusesInOrder) {
  const Household other = Three("other");
  Household alone = Three("alone"), ended = Ended();
  alone.members.resize(2);
  ended.id = "ended";
  const Relation child = Relation::kChild;
  const struct {
    Household household, into;
    MemberTransfer transfer;
    const char* reason;
  } rows[] = {
      {Ended(), Three(), {.happened_on = kToday + 1}, "DATE_IN_FUTURE"},
      {Ended(), Three(), {.happened_on = kToday}, "HOUSEHOLD_ENDED"},
      {Three(), Three(), {.happened_on = Date(2015, 1, 1)}, "BEFORE_REGISTRATION"},
      {Three(), Three(), {.happened_on = kToday}, "SAME_HOUSEHOLD"},
      {Three(), ended, {.happened_on = kToday}, "HOUSEHOLD_ENDED"},
      {Moved(), other, {.happened_on = Date(2018, 5, 31)}, "DATES_REVERSED"},
      {Three(), other, {.person_no = "p9", .happened_on = kToday}, "PERSON_NOT_FOUND"},
      {Three(), other, {.person_no = "p0", .happened_on = kToday}, "NOT_A_MEMBER"},
      {alone, other, {.person_no = "p1", .happened_on = kToday}, "RELATION_UNKNOWN"},
      {alone, other, {.person_no = "p1", .happened_on = kToday, .relation = Relation::kHead}, "RELATION_UNKNOWN"},
      {alone, other, {.person_no = "p1", .happened_on = kToday, .relation = child}, "LAST_MEMBER"},
      {Three(), other, {.person_no = "p3", .happened_on = kToday, .relation = child}, ""},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Reason(Transfer(row.household, row.into, row.transfer, kToday).status()), row.reason);
  }
}

TEST(Spells, RefuseInOrder) {
  Household general = Three(), exited = Three(), again = Three();
  general.classifications[0].household_class = HouseholdClass::kGeneral;
  exited.exited_on = Date(2017, 12, 31);
  again.relapses = {{.exited_on = Date(2017, 12, 31), .fell_back_on = Date(2018, 5, 1)}};
  const struct {
    Household household;
    Date on;
    const char* exit;
    const char* fall_back;
  } rows[] = {
      {Ended(), kToday + 1, "DATE_IN_FUTURE", "DATE_IN_FUTURE"},
      {Ended(), kToday, "HOUSEHOLD_ENDED", "HOUSEHOLD_ENDED"},
      {general, Date(2015, 1, 1), "BEFORE_REGISTRATION", "BEFORE_REGISTRATION"},
      {general, kToday, "NOT_REGISTERED_POOR", "NOT_REGISTERED_POOR"},
      {Three(), kToday, "", "NOT_EXITED"},
      {exited, Date(2017, 12, 31), "EXITED_ALREADY", "DATES_REVERSED"},
      {exited, Date(2018, 1, 1), "EXITED_ALREADY", ""},
      {again, Date(2018, 5, 1), "DATES_REVERSED", "NOT_EXITED"},
      {again, Date(2018, 5, 2), "", "NOT_EXITED"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Reason(Exit(row.household, row.on, kToday).status()), row.exit) << row.on;
    EXPECT_EQ(Reason(FallBack(row.household, row.on, kToday).status()), row.fall_back) << row.on;
  }
}

TEST(Dissolve, RefusesInOrder) {
  const struct {
    Household household;
    Turn turn;
    const char* reason;
  } rows[] = {
      {Ended(), {.happened_on = kToday + 1}, "DATE_IN_FUTURE"},
      {Ended(), {.happened_on = kToday}, "HOUSEHOLD_ENDED"},
      {Moved(), {.happened_on = Date(2015, 1, 1)}, "BEFORE_REGISTRATION"},
      {Moved(), {.happened_on = Date(2018, 5, 1)}, "REASON_MISSING"},
      {Moved(), {.happened_on = Date(2018, 5, 1), .reason = "r"}, "DATES_REVERSED"},
      {Three(), {.happened_on = Date(2017, 5, 1), .reason = "r"}, "DATES_REVERSED"},
      {Three(), {.happened_on = Date(2018, 5, 1), .reason = "r"}, ""},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Reason(Dissolve(row.household, row.turn, kToday).status()), row.reason);
  }
}

TEST(CorrectIdentification, RefusesInOrder) {
  const auto kMissed = Misjudged::kMissed, kWrong = Misjudged::kWrong;
  const auto kGeneral = HouseholdClass::kGeneral, kRegisteredPoor = HouseholdClass::kRegisteredPoor;
  Household general = Three();
  general.classifications[0].household_class = kGeneral;
  const Date found(2018, 3, 20), since(2018, 4, 10);
  const struct {
    Household household;
    Identification identification;
    const char* reason;
  } rows[] = {
      {Ended(), {.found_on = kToday + 1}, "DATE_IN_FUTURE"},
      {Ended(), {.found_on = found}, "HOUSEHOLD_ENDED"},
      {Three(), {.found_on = Date(2015, 1, 1)}, "BEFORE_REGISTRATION"},
      {Three(), {.found_on = found}, "MISJUDGED_UNSPECIFIED"},
      {Three(), {"", kMissed, found, kGeneral, Date(2018, 1, 1)}, "CLASS_DISAGREES"},
      {Three(), {"", kWrong, found, kRegisteredPoor, Date(2018, 1, 1)}, "CLASS_DISAGREES"},
      {Three(), {"", kMissed, found, kRegisteredPoor, Date(2018, 1, 1)}, "DATES_REVERSED"},
      {Three(), {"", kMissed, found, kRegisteredPoor, since}, "CLASS_UNCHANGED"},
      {Three(), {"", kWrong, found, kGeneral, since}, ""},
      {general, {"", kMissed, found, kRegisteredPoor, since}, ""},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Reason(CorrectIdentification(row.household, row.identification, kToday).status()), row.reason);
  }
}

class LifeTest : public ::testing::TestWithParam<std::string> {
 protected:
  LifeTest() : stand_(GetParam(), {&roots::KindOf<Household>(), &roots::KindOf<HouseholdEvent>()}, Catalogue()) {
    for (const char* code : {"450328", kVillage, kOther, kFar}) stand_.KnowDivision(code);
    Add("h1", {"11010519491231002X", "", ""});
    Add("h2", {""});
  }

  void Add(const std::string& number, const std::vector<std::string>& id_numbers) {
    ASSERT_TRUE(stand_
                    .Import(ImportHousehold, {.household_no = number,
                                              .village = kVillage,
                                              .household_class = HouseholdClass::kRegisteredPoor,
                                              .registered_on = Date(2016, 1, 15)})
                    .ok());
    for (size_t i = 0; i < id_numbers.size(); ++i) {
      Member member = Of(absl::StrCat(number, "-", i + 1), i == 0 ? Relation::kHead : Relation::kChild);
      member.id_number = id_numbers[i];
      ASSERT_TRUE(stand_.Import(ImportPerson, {.household_no = number, .member = member}).ok());
    }
  }
  Household Find(const std::string& number) {
    std::optional<Household> found;
    EXPECT_TRUE(stand_.store
                    .Look([&](roots::Session& session) -> absl::Status {
                      ASSIGN_OR_RETURN(found, session.Find<Household>("450328/county/" + number));
                      return absl::OkStatus();
                    })
                    .ok());
    return found.value_or(Household());
  }
  std::vector<HouseholdEvent> Events(const std::string& number) {
    const Household household = Find(number);
    std::vector<HouseholdEvent> events;
    EXPECT_TRUE(stand_.store
                    .Look([&](roots::Session& session) -> absl::Status {
                      const FindEvent find = EventsOf(session, household.id);
                      for (int32_t i = 1; i <= household.events; ++i) {
                        ASSIGN_OR_RETURN(HouseholdEvent event, find(i));
                        events.push_back(std::move(event));
                      }
                      return absl::OkStatus();
                    })
                    .ok());
    return events;
  }
  // For an officer of `scope`.
  template <typename Value>
  absl::StatusOr<Household> Do(absl::StatusOr<Household> (*verb)(const Office&, const Value&), const Value& value,
                               const std::string& scope = "450328") {
    absl::StatusOr<Household> answer = absl::UnknownError("not run");
    const absl::Status status = stand_.store.Change({.subject = "officer"}, [&](roots::Session& session) {
      answer = verb({.session = session,
                     .act = {.by = "officer", .today = kToday},
                     .may =
                         [&](absl::string_view division) {
                           return division.substr(0, scope.size()) == scope
                                      ? absl::OkStatus()
                                      : Refuse(kPermissionDenied, "OUTSIDE_SCOPE", "elsewhere");
                         }},
                    value);
      return answer.status();
    });
    if (!status.ok()) return status;
    return answer;
  }
  int64_t Figure(const std::string& name, const std::string& division, const std::string& month) {
    return stand_.Figure("registry." + name, division, month);
  }
  Split Leaves(const std::string& number, const std::string& village) {
    return {.id = Find("h1").id,
            .happened_on = Date(2018, 3, 10),
            .household_no = number,
            .village = village,
            .person_nos = {"h1-1", "h1-2"},
            .head = "h1-2"};
  }

  Stand stand_;
};

TEST_P(LifeTest, ASplitIsTakenBack) {
  EXPECT_THAT(Do(SplitHousehold, Leaves("h2", "")), RefusedWith(kAlreadyExists, "HOUSEHOLD_NO_TAKEN"));
  EXPECT_THAT(Do(SplitHousehold, Leaves("h2", "4503281")), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
  EXPECT_THAT(Do(SplitHousehold, Leaves("h2", "450328")), RefusedWith(kInvalidArgument, "NOT_A_VILLAGE"));
  EXPECT_THAT(Do(SplitHousehold, Leaves("h2", ""), "451021"), RefusedWith(kPermissionDenied, "OUTSIDE_SCOPE"));
  Household other = Find("h1");
  ASSERT_TRUE(Do(SplitHousehold, Leaves("h3", kOther)).ok());
  EXPECT_EQ(Figure("persons", kVillage, "2018-02"), 4);
  EXPECT_EQ(Figure("persons", kVillage, "2018-03"), 2);
  EXPECT_EQ(Figure("persons", kOther, "2018-03"), 2);
  EXPECT_EQ(Figure("poor_households", "450328", "2018-03"), 3);
  // The ID number has gone along.
  EXPECT_THAT(stand_.Import(ImportPerson, {.household_no = "h2",
                                           .member = {.person_no = "x",
                                                      .name = "例某",
                                                      .id_number = "11010519491231002X",
                                                      .joined_on = Date(2018, 3, 1)}}),
              RefusedWith(kAlreadyExists, "ID_NUMBER_TAKEN"));
  const std::vector<HouseholdEvent> old = Events("h1"), made = Events("h3");
  ASSERT_EQ(old.size(), 1);
  ASSERT_EQ(made.size(), 1);
  EXPECT_EQ(old[0].kind, EventKind::kSplit);
  EXPECT_EQ(old[0].other_household, Find("h3").id);
  EXPECT_EQ(made[0].other_household, Find("h1").id);
  EXPECT_THAT(made[0].person_nos, ElementsAre("h1-1", "h1-2"));

  // While the new household has events of its own, it stays.
  ASSERT_TRUE(Do(RecordDeath, {.id = Find("h3").id, .person_no = "h1-2", .died_on = Date(2018, 4, 1)}).ok());
  const Correction back{.id = Find("h1").id, .number = 1, .reason = "误录"};
  EXPECT_THAT(Do(CorrectEvent, back), RefusedWith(kFailedPrecondition, "LATER_EVENTS"));
  ASSERT_TRUE(Do(CorrectEvent, {.id = Find("h3").id, .number = 2, .reason = "误录"}).ok());
  const auto restored = Do(CorrectEvent, back);
  ASSERT_TRUE(restored.ok()) << restored.status();
  other.events = 2;
  EXPECT_EQ(*restored, other);
  EXPECT_EQ(Find("h3").ended_as, Ending::kTakenBack);
  EXPECT_EQ(Figure("persons", kVillage, "2018-03"), 4);
  EXPECT_EQ(Figure("persons", kOther, "2018-03"), 0);
  EXPECT_EQ(Figure("households", "450328", "2018-10"), 2);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(LifeTest, CorrectEventRefusesInOrder) {
  const std::string id = Find("h1").id;
  EXPECT_THAT(Do(CorrectEvent, {.id = "none"}), RefusedWith(kNotFound, "HOUSEHOLD_NOT_FOUND"));
  EXPECT_THAT(Do(CorrectEvent, {.id = id, .number = 1}), RefusedWith(kNotFound, "EVENT_NOT_FOUND"));
  ASSERT_TRUE(Do(ExitPoverty, {.id = id, .happened_on = Date(2017, 12, 31)}).ok());
  ASSERT_TRUE(Do(FallBackIntoPoverty, {.id = id, .happened_on = Date(2018, 5, 4)}).ok());
  EXPECT_THAT(Do(CorrectEvent, {.id = id, .number = 1}), RefusedWith(kInvalidArgument, "REASON_MISSING"));
  EXPECT_THAT(Do(CorrectEvent, {.id = id, .number = 1, .reason = "r"}),
              RefusedWith(kFailedPrecondition, "LATER_EVENTS"));
  ASSERT_TRUE(Do(CorrectEvent, {.id = id, .number = 2, .reason = "r"}).ok());
  EXPECT_THAT(Do(CorrectEvent, {.id = id, .number = 3, .reason = "r"}),
              RefusedWith(kFailedPrecondition, "NOT_CORRECTABLE"));
  EXPECT_THAT(Do(CorrectEvent, {.id = id, .number = 2, .reason = "r"}),
              RefusedWith(kFailedPrecondition, "EVENT_CORRECTED"));
  ASSERT_TRUE(Do(CorrectEvent, {.id = id, .number = 1, .reason = "r"}).ok());
  EXPECT_FALSE(Find("h1").exited_on.has_value());
}

TEST_P(LifeTest, SpellsOfPovertyAreFlowsAndStocks) {
  const std::string id = Find("h1").id;
  ASSERT_TRUE(Do(ExitPoverty, {.id = id, .happened_on = Date(2016, 12, 31)}).ok());
  ASSERT_TRUE(Do(RecordDeath, {.id = id, .person_no = "h1-3", .died_on = Date(2017, 3, 1)}).ok());
  ASSERT_TRUE(Do(FallBackIntoPoverty, {.id = id, .happened_on = Date(2017, 5, 4)}).ok());
  ASSERT_TRUE(Do(ExitPoverty, {.id = id, .happened_on = Date(2018, 9, 30)}).ok());
  const struct {
    const char* month;
    int64_t poor, exited, fallen_back;
  } rows[] = {{"2016-11", 4, 0, 0}, {"2016-12", 1, 3, 0}, {"2017-04", 1, 0, 0},
              {"2017-05", 3, 0, 2}, {"2018-08", 3, 0, 0}, {"2018-09", 1, 2, 0}};
  for (const auto& row : rows) {
    EXPECT_EQ(Figure("poor_persons", "450328", row.month), row.poor) << row.month;
    EXPECT_EQ(Figure("exited_persons", "450328", row.month), row.exited) << row.month;
    EXPECT_EQ(Figure("fallen_back_persons", "450328", row.month), row.fallen_back) << row.month;
  }
  // Files go on saying what they know.
  HouseholdRecord file{.household_no = "h1",
                       .village = kVillage,
                       .household_class = HouseholdClass::kRegisteredPoor,
                       .registered_on = Date(2016, 1, 15)};
  for (const auto exited_on :
       {std::optional<Date>(), std::optional(Date(2016, 12, 31)), std::optional(Date(2018, 9, 30))}) {
    file.exited_on = exited_on;
    EXPECT_EQ(*stand_.Import(ImportHousehold, file), roots::Outcome::kUnchanged);
  }
  file.exited_on = Date(2017, 1, 31);
  EXPECT_THAT(stand_.Import(ImportHousehold, file), RefusedWith(kFailedPrecondition, "EXIT_KEPT_HERE"));
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(LifeTest, AMergedHouseholdEndsAndItsMembersAreElsewhere) {
  ASSERT_TRUE(Do(MergeHouseholds, {.id = Find("h1").id, .into = Find("h2").id, .happened_on = Date(2018, 4, 2)}).ok());
  EXPECT_EQ(Figure("households", "450328", "2018-03"), 2);
  EXPECT_EQ(Figure("households", "450328", "2018-04"), 1);
  EXPECT_EQ(Figure("persons", "450328", "2018-04"), 4);
  EXPECT_THAT(Do(RecordDeath, {.id = Find("h1").id, .person_no = "h1-1", .died_on = Date(2018, 5, 1)}),
              RefusedWith(kFailedPrecondition, "HOUSEHOLD_ENDED"));
  Member late = Of("h1-9", Relation::kChild);
  EXPECT_THAT(stand_.Import(ImportPerson, {.household_no = "h1", .member = late}),
              RefusedWith(kFailedPrecondition, "HOUSEHOLD_ENDED"));
  // The county's file still has them; that changes nothing.
  Member known = Of("h1-2", Relation::kChild);
  EXPECT_EQ(*stand_.Import(ImportPerson, {.household_no = "h1", .member = known}), roots::Outcome::kUnchanged);
  ASSERT_TRUE(Do(CorrectEvent, {.id = Find("h2").id, .number = 1, .reason = "误录"}).ok());
  EXPECT_FALSE(Find("h1").ended_on.has_value());
  EXPECT_EQ(Find("h2").members.size(), 1);
  EXPECT_EQ(Figure("households", "450328", "2018-04"), 2);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(LifeTest, WhoReceivesAHouseholdHasTheRightsOnIt) {
  const std::string id = Find("h1").id;
  ASSERT_TRUE(Do(TransferHousehold, {.id = id, .happened_on = Date(2018, 8, 20), .village = kFar}).ok());
  EXPECT_EQ(Find("h1").Division(), kFar);
  EXPECT_EQ(Figure("persons", "450328", "2018-08"), 1);
  EXPECT_EQ(Figure("persons", "451021", "2018-08"), 3);
  const Turn exit{.id = id, .happened_on = Date(2018, 9, 1)};
  EXPECT_THAT(Do(ExitPoverty, exit), RefusedWith(kPermissionDenied, "OUTSIDE_SCOPE"));
  EXPECT_TRUE(Do(ExitPoverty, exit, "451021").ok());
  EXPECT_EQ(Figure("exited_persons", "451021", "2018-09"), 3);
}

TEST_P(LifeTest, WhatAFileChangesIsAnEvent) {
  Member member = Of("h1-2", Relation::kChild);
  member.labour = Labour::kNone;
  ASSERT_EQ(*stand_.Import(ImportPerson, {.household_no = "h1", .member = member}), roots::Outcome::kUpdated);
  ASSERT_EQ(Events("h1").size(), 1);
  EXPECT_EQ(Events("h1")[0].kind, EventKind::kRecorded);
  EXPECT_EQ(Events("h1")[0].by, "county");
  EXPECT_EQ(Events("h1")[0].before.members[1].labour, Labour::kFull);
  ASSERT_EQ(*stand_.Import(ImportPerson, {.household_no = "h1", .member = member}), roots::Outcome::kUnchanged);
  EXPECT_EQ(Events("h1").size(), 1);
}

TEST_P(LifeTest, FindingsAreCountedWhenTheyAreFound) {
  IdentificationRecord record{.household_no = "h1",
                              .misjudged = Misjudged::kWrong,
                              .found_on = Date(2016, 3, 20),
                              .household_class = HouseholdClass::kGeneral,
                              .since = Date(2016, 4, 10)};
  EXPECT_EQ(*stand_.Import(ImportIdentificationFinding, record), roots::Outcome::kUpdated);
  EXPECT_EQ(*stand_.Import(ImportIdentificationFinding, record), roots::Outcome::kUnchanged);
  EXPECT_EQ(Figure("missed_or_wrong_households", "450328", "2016-03"), 1);
  EXPECT_EQ(Figure("identified_households", "450328", "2016-03"), 2);
  EXPECT_EQ(Figure("identified_households", "450328", "2016-04"), 1);
  EXPECT_EQ(Figure("missing_id_numbers", "450328", "2016-04"), 3);
  record.household_no = "h9";
  EXPECT_THAT(stand_.Import(ImportIdentificationFinding, record), RefusedWith(kNotFound, "HOUSEHOLD_NOT_FOUND"));
}

INSTANTIATE_TEST_SUITE_P(Engines, LifeTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::registry
