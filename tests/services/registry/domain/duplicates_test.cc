#include "services/registry/domain/duplicates.h"

#include <set>

#include "services/registry/domain/indicators.h"
#include "services/registry/store/twins.h"
#include "tests/support/stand.h"

namespace anju::registry {
namespace {

using enum absl::StatusCode;
using ::testing::IsEmpty;
using testing::RefusedWith;

constexpr char kVillage[] = "450328100201";
constexpr char kOther[] = "450328101202";
const Date kSince(2016, 1, 15), kToday(2018, 11, 1);

Member Of(const std::string& name, const std::string& id_number, std::optional<Date> born_on = std::nullopt) {
  return {.person_no = "p",
          .name = name,
          .id_number = id_number,
          .sex = Sex::kFemale,
          .born_on = born_on,
          .labour = Labour::kFull,
          .joined_on = kSince};
}

TEST(Compare, KnowsWhoMayBeOne) {
  const Date born(1949, 12, 31);
  const struct {
    Member first, second;
    Likeness likeness;
  } rows[] = {
      {Of("例甲", "", born), Of("例甲", "", born), Likeness::kSameData},
      {Of("例甲", ""), Of("例甲", ""), Likeness::kUnspecified},
      {Of("例甲", "", born), Of("例乙", "", born), Likeness::kUnspecified},
      {Of("例甲", "", born), Of("例甲", "", born + 1), Likeness::kUnspecified},
      // Fifteen digits, and another check digit.
      {Of("例甲", "11010519491231002X"), Of("例乙", "110105491231002"), Likeness::kSameNumber},
      {Of("例甲", "11010519491231002X"), Of("例乙", "110105194912310021"), Likeness::kSameNumber},
      {Of("例甲", "11010519491231002X"), Of("例甲", "110105194912310201"), Likeness::kTransposed},
      {Of("例甲", "11010519491231002X"), Of("例乙", "110105194912310201"), Likeness::kUnspecified},
      // Two digits exchanged that are not neighbours, and another digit.
      {Of("例甲", "11010519491231012X"), Of("例甲", "110105194912312101"), Likeness::kUnspecified},
      {Of("例甲", "11010519491231002X"), Of("例甲", "110105194912310031"), Likeness::kUnspecified},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Compare(row.first, row.second), row.likeness) << row.first.id_number << " " << row.second.id_number;
    EXPECT_EQ(Compare(row.second, row.first), row.likeness);
    // Who is alike shares a link.
    const auto a = TwinLinks("450328", row.first), b = TwinLinks("450328", row.second);
    const bool shared = std::any_of(
        a.begin(), a.end(), [&](const std::string& link) { return std::find(b.begin(), b.end(), link) != b.end(); });
    EXPECT_TRUE(shared || row.likeness == Likeness::kUnspecified) << row.second.id_number;
  }
}

TEST(MergePair, RefusesInOrder) {
  const auto household = [](const std::string& id, Member member) {
    return Household{.id = id, .members = {std::move(member)}};
  };
  const Date born(1949, 12, 31);
  Household kept = household("a", Of("例甲", "", born)), ended = household("b", Of("例甲", "", born)), left = ended;
  ended.ended_on = kToday;
  left.members[0].left_on = kToday;
  const struct {
    Household other;
    Pair pair;
    const char* reason;
  } rows[] = {
      {kept, {.person_no = "x"}, "REASON_MISSING"},
      {kept, {.person_no = "x", .reason = "r"}, "SAME_HOUSEHOLD"},
      {ended, {.person_no = "x", .reason = "r"}, "HOUSEHOLD_ENDED"},
      {left, {.person_no = "x", .other_person_no = "p", .reason = "r"}, "PERSON_NOT_FOUND"},
      {left, {.person_no = "p", .other_person_no = "x", .reason = "r"}, "PERSON_NOT_FOUND"},
      {left, {.person_no = "p", .other_person_no = "p", .reason = "r"}, "NOT_A_MEMBER"},
      {household("b", Of("例乙", "")), {.person_no = "p", .other_person_no = "p", .reason = "r"}, "NOT_ALIKE"},
      {household("b", Of("例甲", "", born)), {.person_no = "p", .other_person_no = "p", .reason = "r"}, ""},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(ReasonOf(MergePair(kept, row.other, row.pair).status()), row.reason);
  }
}

class DuplicatesTest : public ::testing::TestWithParam<std::string> {
 protected:
  DuplicatesTest()
      : stand_(GetParam(),
               {&roots::KindOf<Household>(), &roots::KindOf<HouseholdEvent>(), &roots::KindOf<DuplicateRuling>()},
               Catalogue()),
        twins_(*stand_.database) {
    for (const char* code : {"450328", kVillage, kOther}) stand_.KnowDivision(code);
    const Date born(1980, 5, 4);
    Add("h1", kVillage, {Of("例甲", "11010519491231002X"), Of("例乙", "", born)});
    Add("h2", kOther, {Of("例乙", "", born), Of("例丙", "", born)});
    Add("h3", kVillage, {Of("例甲", "", Date(1949, 12, 31)), Of("例丙", "", born + 1)});
  }
  void Add(const std::string& number, const std::string& village, std::vector<Member> members) {
    ASSERT_TRUE(stand_
                    .Import(ImportHousehold, {.household_no = number,
                                              .village = village,
                                              .household_class = HouseholdClass::kRegisteredPoor,
                                              .registered_on = kSince})
                    .ok());
    for (size_t i = 0; i < members.size(); ++i) {
      members[i].person_no = absl::StrCat(number, "-", i + 1);
      ASSERT_TRUE(stand_.Import(ImportPerson, {.household_no = number, .member = members[i]}).ok());
    }
  }
  // As first person and second person, `h1-2 h2-1`, whichever way round.
  std::set<std::string> List(const std::string& division, int64_t page = 1) {
    std::set<std::string> pairs;
    std::string after;
    while (true) {
      const auto links = twins_.Shared("450328", after, page);
      EXPECT_TRUE(links.ok()) << links.status();
      const absl::Status status = stand_.store.Look([&](roots::Session& session) -> absl::Status {
        for (const std::string& link : *links) {
          ASSIGN_OR_RETURN(const auto candidates, CandidatesUnder(session, link, division));
          for (const DuplicateCandidate& one : candidates) {
            pair_ = {.id = one.first_household,
                     .person_no = one.first_person_no,
                     .other_household = one.second_household,
                     .other_person_no = one.second_person_no,
                     .reason = "同一人"};
            const auto [a, b] = std::minmax(one.first_person_no, one.second_person_no);
            EXPECT_TRUE(pairs.insert(a + " " + b).second);
          }
        }
        return absl::OkStatus();
      });
      EXPECT_TRUE(status.ok()) << status;
      if (links->empty()) return pairs;
      after = links->back();
    }
  }
  template <typename Value>
  absl::StatusOr<Household> Do(absl::StatusOr<Household> (*verb)(const Office&, const Value&), const Value& value) {
    absl::StatusOr<Household> answer = absl::UnknownError("not run");
    const absl::Status status = stand_.store.Change({}, [&](roots::Session& session) {
      answer = verb({.session = session,
                     .act = {.by = "officer", .today = kToday},
                     .may = [](absl::string_view) { return absl::OkStatus(); }},
                    value);
      return answer.status();
    });
    return status.ok() ? answer : status;
  }

  testing::Stand stand_;
  SqlTwins twins_;
  Pair pair_;
};

TEST_P(DuplicatesTest, AreFoundOnceAndWithinTheirDivision) {
  EXPECT_THAT(List("450328"), ::testing::ElementsAre("h1-1 h3-1", "h1-2 h2-1"));
  EXPECT_THAT(List("450328", 100), ::testing::ElementsAre("h1-1 h3-1", "h1-2 h2-1"));
  EXPECT_THAT(List(kOther), ::testing::ElementsAre("h1-2 h2-1"));
}

TEST_P(DuplicatesTest, AMergedPersonCountsOnceAndAMistakeIsTakenBack) {
  List(kOther);
  const Pair pair = pair_;
  ASSERT_TRUE(Do(MergePersons, pair).ok());
  EXPECT_EQ(stand_.Figure("registry.persons", "450328", "2018-10"), 5);
  EXPECT_EQ(stand_.Figure("registry.persons", "450328", "2016-01"), 5);
  EXPECT_THAT(List("450328"), ::testing::ElementsAre("h1-1 h3-1"));
  EXPECT_THAT(Do(MergePersons, pair), RefusedWith(kFailedPrecondition, "NOT_A_MEMBER"));
  ASSERT_TRUE(Do(CorrectEvent, {.id = pair.id, .number = 1, .reason = "误判"}).ok());
  EXPECT_EQ(stand_.Figure("registry.persons", "450328", "2018-10"), 6);
  EXPECT_THAT(List(kOther), ::testing::ElementsAre("h1-2 h2-1"));
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(DuplicatesTest, TheNumberThatIsKnownIsKept) {
  // h1-1 has the number, and the other one is kept.
  Pair pair{.person_no = "h3-1", .other_person_no = "h1-1", .reason = "同一人"};
  const absl::Status status = stand_.store.Look([&](roots::Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(const auto kept, session.Find<Household>("450328/county/h3"));
    ASSIGN_OR_RETURN(const auto other, session.Find<Household>("450328/county/h1"));
    pair.id = kept->id;
    pair.other_household = other->id;
    return absl::OkStatus();
  });
  ASSERT_TRUE(status.ok()) << status;
  const auto kept = Do(MergePersons, pair);
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_EQ(kept->members[0].id_number, "11010519491231002X");
}

TEST_P(DuplicatesTest, WhoAreTwoAreNotAskedForAgain) {
  List(kOther);
  ASSERT_TRUE(Do(MarkNotDuplicate, pair_).ok());
  EXPECT_THAT(List(kOther), IsEmpty());
  EXPECT_THAT(Do(MarkNotDuplicate, pair_), RefusedWith(kAlreadyExists, "RULED_ALREADY"));
  pair_.other_household = "none";
  EXPECT_THAT(Do(MarkNotDuplicate, pair_), RefusedWith(kNotFound, "HOUSEHOLD_NOT_FOUND"));
}

INSTANTIATE_TEST_SUITE_P(Engines, DuplicatesTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::registry
