#include "services/registry/domain/person.h"

#include "services/registry/domain/duplicates.h"
#include "services/registry/domain/indicators.h"
#include "services/registry/domain/life.h"
#include "tests/support/stand.h"

namespace anju::registry {
namespace {

using ::testing::ElementsAre;
using testing::Stand;
using ::testing::UnorderedElementsAre;

constexpr char kVillage[] = "450328100201";
const Date kBegin(2016, 1, 15), kToday(2018, 11, 1);

class PersonTest : public ::testing::TestWithParam<std::string> {
 protected:
  // Four households, each with the members 1, 2 and 3.
  PersonTest()
      : stand_(GetParam(),
               {&roots::KindOf<Household>(), &roots::KindOf<HouseholdEvent>(), &roots::KindOf<DuplicateRuling>()},
               Catalogue()) {
    stand_.KnowDivision("450328");
    stand_.KnowDivision(kVillage);
    for (const std::string number : {"a", "b", "c", "d"}) {
      EXPECT_TRUE(stand_
                      .Import(ImportHousehold, {.household_no = number,
                                                .village = kVillage,
                                                .household_class = HouseholdClass::kRegisteredPoor,
                                                .registered_on = kBegin})
                      .ok());
      for (const std::string person_no : {"1", "2", "3"}) {
        const Member member{.person_no = person_no,
                            .name = "例某" + person_no + (person_no == "3" ? "" : number),
                            .sex = Sex::kMale,
                            .born_on = Date(1980, 1, 1),
                            .joined_on = kBegin};
        EXPECT_TRUE(stand_.Import(ImportPerson, {.household_no = number, .member = member}).ok());
      }
    }
  }

  std::string Id(const std::string& number) {
    std::string id;
    EXPECT_TRUE(stand_.store
                    .Look([&](roots::Session& session) -> absl::Status {
                      ASSIGN_OR_RETURN(const auto household, session.Find<Household>("450328/county/" + number));
                      id = household->id;
                      return absl::OkStatus();
                    })
                    .ok());
    return id;
  }
  template <typename Value>
  void Do(absl::StatusOr<Household> (*verb)(const Office&, const Value&), const Value& value) {
    const absl::Status status = stand_.store.Change({.subject = "officer"}, [&](roots::Session& session) {
      return verb({.session = session,
                   .act = {.by = "officer", .today = kToday},
                   .may = [](absl::string_view) { return absl::OkStatus(); }},
                  value)
          .status();
    });
    ASSERT_TRUE(status.ok()) << status;
  }
  void Transfer(const std::string& from, const std::string& person_no, const std::string& into, Date on) {
    Do(TransferMember,
       {.id = Id(from), .person_no = person_no, .into = Id(into), .happened_on = on, .relation = Relation::kOther});
  }
  // The numbers of the households.
  std::vector<std::string> Of(const std::string& number, const std::string& person_no) {
    std::vector<std::string> found;
    EXPECT_TRUE(stand_.store
                    .Look([&](roots::Session& session) -> absl::Status {
                      ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                                       HouseholdsOf(session, Id(number) + ":" + person_no));
                      for (const std::string& id : ids) {
                        ASSIGN_OR_RETURN(const auto household, session.Get<Household>(id));
                        found.push_back(household->key.substr(household->key.rfind('/') + 1));
                      }
                      return absl::OkStatus();
                    })
                    .ok());
    return found;
  }

  Stand stand_;
};

TEST_P(PersonTest, IsFollowedBothWaysThroughTransfers) {
  EXPECT_THAT(Of("a", "1"), ElementsAre("a"));
  Transfer("a", "1", "b", Date(2018, 2, 1));
  Transfer("b", "1/2", "c", Date(2018, 3, 1));
  EXPECT_THAT(Of("a", "1"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Of("b", "1/2"), UnorderedElementsAre("a", "b", "c"));
  EXPECT_THAT(Of("c", "1/2"), ElementsAre("c", "b", "a"));
  // Those who were there before are others.
  for (const std::string number : {"a", "b", "c"}) EXPECT_THAT(Of(number, "2"), ElementsAre(number));
  EXPECT_THAT(Of("b", "1"), ElementsAre("b"));
  // And back.
  Transfer("c", "1/2", "a", Date(2018, 4, 1));
  EXPECT_THAT(Of("a", "1"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Of("a", "1/2"), UnorderedElementsAre("a", "b", "c"));
}

TEST_P(PersonTest, IsFollowedThroughSplitsMergersAndDuplicates) {
  Do(SplitHousehold,
     {.id = Id("a"), .happened_on = Date(2018, 2, 1), .household_no = "e", .person_nos = {"1", "2"}, .head = "1"});
  EXPECT_THAT(Of("a", "1"), ElementsAre("a", "e"));
  EXPECT_THAT(Of("e", "2"), ElementsAre("e", "a"));
  EXPECT_THAT(Of("a", "3"), ElementsAre("a"));
  Do(MergeHouseholds, {.id = Id("e"), .into = Id("b"), .happened_on = Date(2018, 3, 1)});
  EXPECT_THAT(Of("a", "2"), ElementsAre("a", "e", "b"));
  EXPECT_THAT(Of("b", "2/2"), ElementsAre("b", "e", "a"));
  EXPECT_THAT(Of("b", "2"), ElementsAre("b"));
  // The same person twice, under any numbers.
  Do(MergePersons,
     {.id = Id("c"), .person_no = "3", .other_household = Id("d"), .other_person_no = "3", .reason = "同一人"});
  EXPECT_THAT(Of("c", "3"), ElementsAre("c", "d"));
  EXPECT_THAT(Of("d", "3"), ElementsAre("d", "c"));
}

// Who read the household while the person was in it has read them.
TEST_P(PersonTest, IsFollowedThroughWhatWasTakenBack) {
  Transfer("a", "1", "b", Date(2018, 2, 1));
  Do(CorrectEvent, {.id = Id("a"), .number = 1, .reason = "误录"});
  EXPECT_THAT(Of("a", "1"), ElementsAre("a", "b"));
}

TEST_P(PersonTest, NobodyIsFoundWhereTheyAreAsked) {
  EXPECT_TRUE(stand_.store
                  .Look([&](roots::Session& session) -> absl::Status {
                    EXPECT_THAT(*HouseholdsOf(session, "none:1"), ElementsAre("none"));
                    EXPECT_THAT(*HouseholdsOf(session, "none"), ElementsAre("none"));
                    return absl::OkStatus();
                  })
                  .ok());
}

INSTANTIATE_TEST_SUITE_P(Engines, PersonTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::registry
