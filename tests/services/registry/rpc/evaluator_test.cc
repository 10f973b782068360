#include "services/registry/rpc/evaluator.h"

#include "services/registry/domain/indicators.h"
#include "tests/services/registry/domain/quality/sample.h"
#include "tests/support/eventually.h"
#include "tests/support/stand.h"

namespace anju::registry {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::Stand;

class EvaluatorTest : public ::testing::TestWithParam<std::string> {
 protected:
  EvaluatorTest()
      : stand_(GetParam(), {&roots::KindOf<Household>(), &roots::KindOf<Others>(), &roots::KindOf<Finding>()},
               Catalogue()),
        evaluator_(stand_.store) {}

  // A household without a head's ID number when `wrong`; answers its id.
  std::string Put(int number, bool wrong, const std::string& village = kHome) {
    Sample sample;
    sample.household.id.clear();
    sample.household.key = absl::StrCat("450328/county/", number);
    sample.household.residences[0].village = village;
    // Nobody has the same number as somebody else.
    for (Member& member : sample.household.members) {
      member.id_number = IdNumber("450328", *member.born_on, 2 * number + (member.sex == Sex::kMale ? 1 : 2));
    }
    if (wrong) sample.head().id_number = "";
    const absl::Status status =
        stand_.store.Change({.subject = "tester"}, [&](roots::Session& session) -> absl::Status {
          ASSIGN_OR_RETURN(const std::optional<Household> before, session.Find<Household>(sample.household.key));
          if (before.has_value()) sample.household.id = before->id;
          session.Put(sample.household);
          return absl::OkStatus();
        });
    EXPECT_TRUE(status.ok()) << status;
    return sample.household.id;
  }
  int64_t Open(const std::string& division) { return stand_.Figure("registry.findings_open", division, "2018-11"); }

  Stand stand_;
  Evaluator evaluator_;
  const roots::Actor actor_{.subject = "tester", .method = "Evaluate"};
};

TEST_P(EvaluatorTest, EvaluatesWhatHasChangedAndNothingElse) {
  for (int i = 0; i < 60; ++i) Put(i, i % 2 == 0);
  EXPECT_EQ(*evaluator_.EvaluateChanged(), 60);
  EXPECT_EQ(Open("450328"), 30);
  EXPECT_THAT(*stand_.store.ListMarked(100), IsEmpty());
  EXPECT_EQ(*evaluator_.EvaluateChanged(), 0);
  Put(1, true);
  Put(2, false);
  EXPECT_EQ(*evaluator_.EvaluateChanged(), 2);
  EXPECT_EQ(Open("450328"), 30);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(EvaluatorTest, AMarkOfSomethingThatChangedMeanwhileStays) {
  Put(1, false);
  const std::vector<roots::Marked> listed = *stand_.store.ListMarked(10);
  Put(1, true);
  EXPECT_TRUE(
      stand_.store.Change(actor_, [&](roots::BatchSession& session) { return roots::Store::Unmark(session, listed); })
          .ok());
  EXPECT_THAT(*stand_.store.ListMarked(10), SizeIs(1));
}

TEST_P(EvaluatorTest, EvaluatesADivisionPageByPage) {
  for (int i = 0; i < 10; ++i) Put(i, i < 4, i % 2 == 0 ? kHome : kAway);
  EvaluatedPage page;
  Evaluation total;
  int pages = 0;
  do {
    auto next = evaluator_.EvaluatePage(actor_, "450328", page.next_page_token, 3);
    ASSERT_TRUE(next.ok()) << next.status();
    page = *std::move(next);
    total.Add(page.evaluation);
    ++pages;
  } while (!page.next_page_token.empty());
  EXPECT_EQ(pages, 4);
  EXPECT_EQ(total.households, 10);
  EXPECT_EQ(total.persons, 30);
  EXPECT_EQ(total.opened, 4);
  EXPECT_EQ(total.standing, 4);
  EXPECT_EQ(Open(kHome), 2);
  // Again: nothing is different, and only that village is looked at.
  const EvaluatedPage again = *evaluator_.EvaluatePage(actor_, kHome, "", 100);
  EXPECT_EQ(again.evaluation.households, 5);
  EXPECT_EQ(again.evaluation.changed, 0);
  EXPECT_EQ(again.evaluation.standing, 2);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(EvaluatorTest, EvaluatesEverybodyUntilItIsToldToStop) {
  for (int i = 0; i < 4; ++i) Put(i, true, i % 2 == 0 ? kHome : kAway);
  EXPECT_EQ(evaluator_.EvaluateAll([] { return true; }).code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(Open("450328"), 0);
  EXPECT_TRUE(evaluator_.EvaluateAll([] { return false; }).ok());
  EXPECT_EQ(Open("450328"), 4);
}

TEST_P(EvaluatorTest, LooksAfterChangesInTheBackground) {
  evaluator_.Start();
  Put(1, true);
  EXPECT_TRUE(testing::Eventually([&] { return Open("450328") == 1; }));
}

// A background that breaks at any statement loses nothing: the mark stays until the findings are there.
TEST_P(EvaluatorTest, WhereverItBreaksItIsDoneTheNextTime) {
  for (int fail_at = 1;; ++fail_at) {
    Stand stand(GetParam(), {&roots::KindOf<Household>(), &roots::KindOf<Others>(), &roots::KindOf<Finding>()},
                Catalogue());
    Sample sample;
    sample.household.id.clear();
    sample.head().id_number = "";
    ASSERT_TRUE(stand.store
                    .Change(actor_,
                            [&](roots::Session& session) {
                              session.Put(sample.household);
                              return absl::OkStatus();
                            })
                    .ok());
    testing::FaultyDatabase faulty(*stand.database, fail_at);
    roots::Store broken(faulty, stand.clock,
                        {&roots::KindOf<Household>(), &roots::KindOf<Others>(), &roots::KindOf<Finding>()}, nullptr,
                        [](const std::set<std::string>&) {});
    const bool done = Evaluator(broken).EvaluateChanged().ok();
    ASSERT_TRUE(Evaluator(stand.store).EvaluateChanged().ok());
    EXPECT_EQ(stand.Figure("registry.findings_open", "450328", "2018-11"), 1) << fail_at;
    EXPECT_THAT(stand.Recount(), IsEmpty()) << fail_at;
    if (!faulty.failed()) {
      EXPECT_TRUE(done);
      break;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, EvaluatorTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::registry
