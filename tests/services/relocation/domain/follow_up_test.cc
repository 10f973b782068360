#include "services/relocation/domain/follow_up.h"

#include "services/platform/roots/queue.h"
#include "tests/services/relocation/domain/resettlement.h"

namespace anju::relocation {
namespace {

using ::testing::IsEmpty;

Case Moved() {
  Case relocation{.steps = {.moved_in_on = Date(2018, 3, 1)}};
  relocation.household.persons = {{.person_no = "p1", .labour = feed::Labour::kFull, .joined_on = Date(2016, 1, 1)},
                                  {.person_no = "p2", .labour = feed::Labour::kNone, .joined_on = Date(2016, 1, 1)}};
  return relocation;
}

TEST(FollowUpTest, SinceWhenThereIsNone) {
  Case relocation = Moved();
  EXPECT_EQ(WithoutMeasureSince(relocation), Date(2018, 3, 1));
  EXPECT_EQ(NobodyInWorkSince(relocation), Date(2018, 3, 1));
  relocation.measures = {{.since = Date(2018, 4, 1), .until = Date(2018, 9, 30)}};
  EXPECT_EQ(WithoutMeasureSince(relocation), Date(2018, 9, 30));
  EXPECT_EQ(NobodyInWorkSince(relocation), Date(2018, 3, 1));
  relocation = TakeSupports(relocation, "work/p1", {{.source = "work/p1", .since = Date(2017, 1, 1), .work = true}});
  EXPECT_EQ(WithoutMeasureSince(relocation), std::nullopt);
  EXPECT_EQ(NobodyInWorkSince(relocation), std::nullopt);
  // The same source tells anew.
  relocation =
      TakeSupports(relocation, "work/p1",
                   {{.source = "work/p1", .since = Date(2017, 1, 1), .until = Date(2018, 12, 1), .work = true}});
  EXPECT_EQ(relocation.supports.size(), 1);
  EXPECT_EQ(NobodyInWorkSince(relocation), Date(2018, 12, 1));
  // Nobody asks for work of those who cannot, nor anything of those who have not moved or are no more.
  relocation.household.persons[0].labour = feed::Labour::kNone;
  EXPECT_EQ(NobodyInWorkSince(relocation), std::nullopt);
  relocation.household.ended_on = Date(2019, 1, 1);
  EXPECT_EQ(WithoutMeasureSince(relocation), std::nullopt);
  EXPECT_EQ(WithoutMeasureSince(Case()), std::nullopt);
}

TEST(FollowUpTest, SalesGoOnWithEachOther) {
  Case relocation = Moved();
  for (const Date sold_on : {Date(2018, 1, 1), Date(2018, 10, 1), Date(2018, 5, 1)}) {
    relocation =
        TakeSupports(relocation, "sales", SupportsOf(feed::ProducerFact{.sold_on = sold_on}, "sales", relocation));
  }
  ASSERT_EQ(relocation.supports.size(), 1);
  EXPECT_EQ(relocation.supports[0].since, Date(2018, 1, 1));
  EXPECT_EQ(relocation.supports[0].until, Date(2018, 10, 1) + kDaysOfSale);
  EXPECT_FALSE(relocation.supports[0].work);
}

class FollowUpOnStoreTest : public Resettlement {
 protected:
  size_t Waiting(absl::string_view queue, Date until = Date(2018, 11, 1)) {
    return stand.store.Queue(queue, "450328", until, "", 10)->roots.size();
  }
  absl::Status Tell(const feed::WorkFact& fact) {
    stand.Know(absl::StrCat(household.key, "#", fact.person_no), fact);
    return stand.store.Change({}, [&](roots::Session& session) { return FollowWork(session, fact); });
  }
  feed::WorkFact Works(const std::string& person_no, Date since, std::optional<Date> until = std::nullopt) {
    return {.household_id = household.id, .person_no = person_no, .jobs = {{.since = since, .until = until}}};
  }
};

TEST_P(FollowUpOnStoreTest, CountsAndListsWhoHasNothing) {
  Build();
  ASSERT_TRUE(stand.Import(ImportCase, MovedIn("c1", "h1", "u1")).ok());
  EXPECT_EQ(Waiting(kWithoutMeasure), 1);
  EXPECT_EQ(Waiting(kNobodyInWork), 1);
  EXPECT_EQ(Figure("labour_households", "450328", "2018-07"), 1);
  ASSERT_TRUE(Tell(Works("p1", Date(2018, 8, 5), Date(2018, 12, 5))).ok());
  EXPECT_EQ(Waiting(kWithoutMeasure), 0);
  EXPECT_EQ(Waiting(kNobodyInWork), 0);
  EXPECT_EQ(Waiting(kNobodyInWork, Date(2018, 12, 5)), 1);
  EXPECT_EQ(Figure("follow_up_covered_households", "450328", "2018-07"), 0);
  EXPECT_EQ(Figure("follow_up_covered_households", kVillage, "2018-08"), 1);
  EXPECT_EQ(Figure("labour_households_in_work", kVillage, "2018-08"), 1);
  EXPECT_EQ(Figure("labour_households_in_work", "45", "2018-12"), 0);
  ASSERT_TRUE(stand
                  .Import(ImportMeasure, MeasureRecord{.household_no = "h1",
                                                       .measure = {.measure_no = "m1",
                                                                   .person_no = "p2",
                                                                   .kind = MeasureKind::kIndustry,
                                                                   .since = Date(2018, 9, 1)}})
                  .ok());
  EXPECT_EQ(Waiting(kWithoutMeasure, roots::kWhenever), 0);
  EXPECT_EQ(Figure("follow_up_covered_households", "45", "2018-12"), 1);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

// Feeds come in any order: before the case, before the move, before the member.
TEST_P(FollowUpOnStoreTest, InWhateverOrderTheOthersTell) {
  Build();
  ASSERT_TRUE(Tell(Works("p1", Date(2018, 8, 5))).ok());
  ASSERT_TRUE(stand.Import(ImportCase, MovedIn("c1", "h1", "u1")).ok());
  EXPECT_EQ(Figure("labour_households_in_work", "450328", "2018-08"), 1);
  EXPECT_EQ(Waiting(kNobodyInWork, roots::kWhenever), 0);
  ASSERT_TRUE(Tell({.household_id = household.id, .person_no = "p1"}).ok());
  EXPECT_EQ(Figure("labour_households_in_work", "450328", "2018-08"), 0);
  ASSERT_TRUE(Tell(Works("p4", Date(2018, 9, 1))).ok());
  EXPECT_EQ(Waiting(kNobodyInWork, roots::kWhenever), 0);
  // A newer fact about the household, and the same again, change nothing of it.
  household.persons.push_back({.person_no = "p4", .labour = feed::Labour::kFull, .joined_on = Date(2018, 8, 1)});
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(Absorb(household).ok());
  EXPECT_EQ(Figure("labour_households_in_work", "450328", "2018-09"), 1);
  EXPECT_EQ(Find<Case>("c1").supports.size(), 1);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(FollowUpOnStoreTest, LoansSalesAndPublicPostsCount) {
  Build();
  ASSERT_TRUE(stand.Import(ImportCase, MovedIn("c1", "h1", "u1")).ok());
  const auto follow = [&](const auto& fact, auto rule) {
    return stand.store.Change({}, [&](roots::Session& session) { return rule(session, fact); });
  };
  ASSERT_TRUE(follow(feed::CreditFact{.household_id = household.id,
                                      .loans = {{.disbursed_on = Date(2018, 8, 1), .matures_on = Date(2018, 9, 1)}}},
                     FollowCredit)
                  .ok());
  EXPECT_EQ(Figure("follow_up_covered_households", "450328", "2018-08"), 1);
  EXPECT_EQ(Figure("follow_up_covered_households", "450328", "2018-09"), 0);
  ASSERT_TRUE(
      follow(feed::ProducerFact{.household_id = household.id, .sold_on = Date(2018, 9, 9)}, FollowProducer).ok());
  EXPECT_EQ(Figure("follow_up_covered_households", "450328", "2018-09"), 1);
  EXPECT_EQ(Figure("labour_households_in_work", "450328", "2018-10"), 0);
  PublicPostRecord post{.post_no = "g1",
                        .site_no = "s1",
                        .title = "保洁员",
                        .created_on = Date(2018, 10, 1),
                        .household_no = "h1",
                        .person_no = "p1",
                        .monthly_pay_fen = 600'00};
  ASSERT_TRUE(stand.Import(ImportPublicPost, post).ok());
  EXPECT_EQ(Figure("labour_households_in_work", "450328", "2018-10"), 1);
  // Somebody else has it now.
  post.household_no = "h2";
  ASSERT_TRUE(stand.Import(ImportPublicPost, post).ok());
  EXPECT_EQ(Figure("labour_households_in_work", "450328", "2018-10"), 0);
  // Of one that has no case nobody minds.
  EXPECT_TRUE(follow(feed::CreditFact{.household_id = "nobody"}, FollowCredit).ok());
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, FollowUpOnStoreTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
