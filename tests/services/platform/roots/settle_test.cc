#include <algorithm>

#include "services/platform/roots/queue.h"
#include "services/platform/roots/store.h"
#include "tests/support/stand.h"

namespace anju::roots {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kThings[] = "test.things", kMade[] = "test.made", kQueue[] = "things";

// Something that stands in a place, counts there and waits there.
struct Thing {
  static constexpr absl::string_view kKind = "thing";
  std::string id;
  std::string key;
  std::string place;
  Date since;
  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("place", place);
    archive("since", since);
  }
  std::string Division() const { return place; }
};
tally::Contributions Contributions(const Thing& thing) {
  tally::Contributions parts;
  tally::AddStock(kThings, {{.since = thing.since, .division = thing.place}}, thing.since, std::nullopt, 1, parts);
  tally::AddFlow(kMade, {{.since = thing.since, .division = thing.place}}, thing.since, 1, parts);
  return parts;
}
std::vector<Name> Links(const Thing& thing) {
  std::vector<Name> links = QueueLinks(kQueue, thing.place, thing.since);
  links.push_back({"other", thing.place});
  return links;
}

const tally::Catalogue& Catalogue() {
  static const auto& catalogue = *new tally::Catalogue{{.id = kThings, .unit = "1"},
                                                       {.id = kMade, .unit = "1", .kind = tally::IndicatorKind::kFlow}};
  return catalogue;
}

class SettleTest : public ::testing::TestWithParam<std::string> {
 protected:
  SettleTest() : stand_(GetParam(), {&KindOf<Thing>()}, Catalogue()) {}
  void Put(const std::string& key, const std::string& place, Date since) {
    const absl::Status status = stand_.store.Change({}, [&](Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const auto known, session.Find<Thing>(key));
      Thing thing{.id = known.has_value() ? known->id : "", .key = key, .place = place, .since = since};
      session.Put(thing);
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
  }
  void Change(const std::string& key, Date on, std::vector<Became> became) {
    const absl::Status status = stand_.store.Change({}, [&](BatchSession& session) {
      return Store::KeepChange(session.transaction(), {.key = key, .since = Month::Of(on), .became = became});
    });
    EXPECT_TRUE(status.ok()) << status;
  }
  int64_t SettleAll() {
    int64_t all = 0;
    while (true) {
      const absl::StatusOr<int64_t> some = stand_.store.Settle();
      EXPECT_TRUE(some.ok()) << some.status();
      if (!some.ok() || *some == 0) return all;
      all += *some;
    }
  }
  std::vector<std::string> Listed(const std::string& division) {
    std::vector<std::string> keys;
    const auto page = stand_.store.List("thing", division, "", 1000);
    for (const StoredRoot& stored : page->roots) keys.push_back(stored.key);
    std::sort(keys.begin(), keys.end());
    return keys;
  }
  std::vector<std::string> Waiting(const std::string& division) {
    std::vector<std::string> keys;
    const auto page = stand_.store.Queue(kQueue, division, kWhenever, "", 1000);
    for (const StoredRoot& stored : page->roots) keys.push_back(stored.key);
    return keys;
  }
  int64_t Figure(const std::string& indicator, const std::string& division, const std::string& month) {
    return stand_.Figure(indicator, division, month);
  }
  testing::Stand stand_;
};

TEST_P(SettleTest, EverythingFollowsAndOldTotalsStay) {
  Put("a", "450328100201", Date(2018, 1, 5));
  Put("b", "450328", Date(2018, 2, 5));
  Put("c", "450329100201", Date(2018, 3, 5));
  Change("1", Date(2018, 6, 1), {{"450328", "450399"}});
  Change("1", Date(2018, 6, 1), {{"450328", "450399"}});
  // Before anything followed the figures are one, and what is put meanwhile follows at once.
  EXPECT_THAT(stand_.Recount(), IsEmpty());
  EXPECT_EQ(SettleAll(), 2);
  Put("d", "450328100202", Date(2018, 7, 5));
  EXPECT_EQ(SettleAll(), 0);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
  EXPECT_EQ(Figure(kThings, "450328", "2018-05"), 2);
  EXPECT_EQ(Figure(kThings, "450328", "2018-06"), 0);
  EXPECT_EQ(Figure(kThings, "450399", "2018-05"), 0);
  EXPECT_EQ(Figure(kThings, "450399", "2018-06"), 2);
  EXPECT_EQ(Figure(kThings, "450399", "2018-07"), 3);
  EXPECT_EQ(Figure(kThings, "4503", "2018-06"), 3);
  EXPECT_EQ(Figure(kMade, "450328", "2018-02"), 1);
  EXPECT_EQ(Figure(kMade, "450399", "2018-06"), 0);
  EXPECT_EQ(Figure(kMade, "450399", "2018-07"), 1);
  // It lies and waits where it is now, and is listed where it was, too.
  EXPECT_THAT(Listed("450399"), ElementsAre("a", "b", "d"));
  EXPECT_THAT(Listed("450328"), ElementsAre("a", "b"));
  EXPECT_THAT(Waiting("450399"), ElementsAre("a", "b", "d"));
  EXPECT_THAT(Waiting("450328"), IsEmpty());
  EXPECT_THAT(Waiting("4503"), ElementsAre("a", "b", "c", "d"));
  const auto linked = stand_.store.Linked("other", "450328");
  EXPECT_EQ(linked->size(), 1);
  const tally::Indicator things{.id = kThings};
  const auto page = stand_.figures.Contributors(things, "450399", std::nullopt, Month::Of(Date(2018, 6, 1)), "", 10);
  EXPECT_EQ(page->contributors.size(), 2);
}

TEST_P(SettleTest, WhatIsChangedLaterGoesOnFromWhereItCounts) {
  Put("a", "450328100201", Date(2018, 1, 5));
  Change("1", Date(2018, 6, 1), {{"450328", "450399"}});
  SettleAll();
  Put("a", "450329100201", Date(2018, 2, 5));
  EXPECT_EQ(Figure(kThings, "450328", "2018-05"), 0);
  EXPECT_EQ(Figure(kThings, "450399", "2018-08"), 0);
  EXPECT_EQ(Figure(kThings, "450329", "2018-02"), 1);
  Change("2", Date(2018, 4, 1), {{"450329", "450328"}});
  Change("3", Date(2018, 9, 1), {{"450328", "450301"}});
  SettleAll();
  EXPECT_EQ(Figure(kThings, "450329", "2018-03"), 1);
  EXPECT_EQ(Figure(kThings, "450328", "2018-04"), 1);
  EXPECT_EQ(Figure(kThings, "450328", "2018-09"), 0);
  EXPECT_EQ(Figure(kThings, "450301", "2018-09"), 1);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(SettleTest, AnotherProcessKnowsItWhenItMeetsItsWork) {
  Put("a", "450328100201", Date(2018, 1, 5));
  Store other(
      *stand_.database, stand_.clock, {&KindOf<Thing>()}, nullptr, [](const auto&) {}, Catalogue());
  Change("1", Date(2018, 6, 1), {{"450328", "450399"}});
  SettleAll();
  // The other one has not looked for changes, and writes on.
  const absl::Status status = other.Change({}, [&](Session& session) -> absl::Status {
    Thing fresh{.key = "b", .place = "450328100201", .since = Date(2018, 7, 1)};
    session.Put(fresh);
    return absl::OkStatus();
  });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(Figure(kThings, "450328", "2018-07"), 1);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
  // The last look is a minute later, and after it nobody looks any more.
  EXPECT_EQ(SettleAll(), 0);
  stand_.clock.Advance(absl::Minutes(1));
  EXPECT_EQ(SettleAll(), 1);
  EXPECT_EQ(Figure(kThings, "450328", "2018-07"), 0);
  EXPECT_EQ(Figure(kThings, "450399", "2018-07"), 2);
  const absl::Status touched = other.Change({}, [&](Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(auto thing, session.Find<Thing>("a"));
    thing->since = Date(2018, 2, 5);
    session.Put(*thing);
    return absl::OkStatus();
  });
  ASSERT_TRUE(touched.ok()) << touched;
  EXPECT_EQ(other.successions()->size(), 1);
  EXPECT_EQ(Figure(kThings, "450328", "2018-01"), 0);
  EXPECT_EQ(Figure(kThings, "450399", "2018-07"), 2);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(SettleTest, GoesOnAfterEveryFault) {
  constexpr int kMany = 250;
  for (int i = 0; i < kMany; ++i) Put(absl::StrCat("t", i), "450328100201", Date(2018, 1, 5));
  Change("1", Date(2018, 6, 1), {{"450328", "450399"}});
  for (int fail_at = 1;; fail_at += 37) {
    testing::FaultyDatabase faulty(*stand_.database, fail_at);
    Store store(
        faulty, stand_.clock, {&KindOf<Thing>()}, nullptr, [](const auto&) {}, Catalogue());
    while (true) {
      const absl::StatusOr<int64_t> some = store.Settle();
      if (!some.ok() || *some == 0) break;
    }
    EXPECT_THAT(stand_.Recount(), IsEmpty());
    if (!faulty.failed()) break;
  }
  EXPECT_EQ(Figure(kThings, "450328", "2018-06"), 0);
  EXPECT_EQ(Figure(kThings, "450399", "2018-06"), kMany);
}

INSTANTIATE_TEST_SUITE_P(Engines, SettleTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::roots
