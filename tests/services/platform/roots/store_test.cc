#include "services/platform/roots/store.h"

#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "services/platform/base/division.h"
#include "services/platform/feed/publisher.h"
#include "services/platform/roots/queue.h"
#include "tests/support/stand.h"

namespace anju::roots {
namespace {

using enum absl::StatusCode;
using ::testing::IsEmpty;
using testing::RefusedWith;
using ::testing::SizeIs;
using testing::Stand;

// A box somewhere with a number of things in it, and at most one owner's name on it.
struct Box {
  static constexpr absl::string_view kKind = "box";
  std::string id, key;
  std::vector<feed::Residence> places;
  int64_t things = 0;
  std::string owner;
  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("places", places);
    archive("things", things);
    archive("owner", owner);
  }
  std::string Division() const { return places.back().village; }
};

constexpr absl::string_view kThings = "test.things";
constexpr absl::string_view kMoved = "test.things_added";

tally::Contributions Contributions(const Box& box) {
  std::vector<tally::Place> places;
  for (const auto& place : box.places) places.push_back({.since = place.since, .division = place.village});
  tally::Contributions parts;
  tally::AddStock(kThings, places, places[0].since, std::nullopt, box.things, parts);
  tally::AddFlow(kMoved, places, places[0].since, box.things, parts);
  return parts;
}
std::vector<Name> Names(const Box& box) {
  return box.owner.empty() ? std::vector<Name>() : std::vector<Name>{{.kind = "owner", .name = box.owner}};
}
// A box of more than 100 things waits since as many days after the beginning of 2018.
std::vector<Name> Links(const Box& box) {
  std::vector<Name> links = {{.kind = "size", .name = absl::StrCat(box.things % 3)}};
  if (box.things <= 100) return links;
  const std::vector<Name> waiting = QueueLinks("full", box.Division(), Date(2018, 1, 1) + box.things);
  links.insert(links.end(), waiting.begin(), waiting.end());
  return links;
}
std::string Mark(const Box& box) { return box.owner; }
std::optional<Told> Tell(const Box& box) { return Told{.topic = "box", .key = box.key, .body = ToJson(box)}; }

const tally::Catalogue& Catalogue() {
  static const auto& catalogue = *new tally::Catalogue{
      {.id = kThings, .unit = "thing"}, {.id = kMoved, .unit = "thing", .kind = tally::IndicatorKind::kFlow}};
  return catalogue;
}

Box NewBox(const std::string& key, const std::string& village, int64_t things) {
  return {.key = key, .places = {{.since = Date(2018, 1, 1), .village = village}}, .things = things};
}

class RootsTest : public ::testing::TestWithParam<std::string> {
 protected:
  RootsTest() : stand_(GetParam(), {&KindOf<Box>()}, Catalogue()) {}

  absl::Status Put(Box box) {
    return stand_.store.Change({.subject = "tester"}, [&](Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(std::optional<Box> before, session.Find<Box>(box.key));
      Box after = box;
      if (before.has_value()) after.id = before->id;
      session.Put(after);
      return absl::OkStatus();
    });
  }
  int64_t Things(const std::string& division, const std::string& month = "2018-10") {
    return stand_.Figure("test.things", division, month);
  }

  Stand stand_;
};

TEST_P(RootsTest, ASessionSeesItsOwnPutsAndTakesThemBack) {
  ASSERT_TRUE(stand_.store
                  .Change({},
                          [&](BatchSession& session) -> absl::Status {
                            Box kept = NewBox("a", "450328100201", 1);
                            kept.owner = "li";
                            session.Put(kept);
                            const size_t mark = session.Mark();
                            Box changed = kept;
                            changed.owner = "wang";
                            session.Put(changed);
                            Box fresh = NewBox("b", "450328100201", 9);
                            session.Put(fresh);
                            EXPECT_EQ(*session.HolderOf("owner", "li"), "");
                            EXPECT_EQ(*session.HolderOf("owner", "wang"), kept.id);
                            EXPECT_EQ((*session.FindNamed<Box>("owner", "wang"))->key, "a");
                            EXPECT_TRUE((*session.Find<Box>("b")).has_value());
                            session.TakeBack(mark);
                            EXPECT_EQ(*session.HolderOf("owner", "li"), kept.id);
                            EXPECT_EQ(*session.HolderOf("owner", "wang"), "");
                            EXPECT_FALSE((*session.Find<Box>("b")).has_value());
                            return absl::OkStatus();
                          })
                  .ok());
  EXPECT_EQ(Things("45"), 1);
  EXPECT_THAT(stand_.store.List("box", "45", "", 10)->roots, SizeIs(1));
}

TEST_P(RootsTest, ANameBelongsToOne) {
  Box a = NewBox("a", "450328100201", 1), b = NewBox("b", "450328100201", 1);
  a.owner = b.owner = "li";
  ASSERT_TRUE(Put(a).ok());
  // The rule that forgets to look is stopped by the schema, and nothing of it stays.
  EXPECT_FALSE(Put(b).ok());
  EXPECT_EQ(Things("45"), 1);
  a.owner = "";
  ASSERT_TRUE(Put(a).ok());
  EXPECT_TRUE(Put(b).ok());
}

TEST_P(RootsTest, ARootOfAnotherSessionIsNotPut) {
  Box box = NewBox("b1", "450328100201", 1);
  ASSERT_TRUE(stand_.store
                  .Change({.subject = "tester"},
                          [&](Session& session) {
                            session.Put(box);
                            return absl::OkStatus();
                          })
                  .ok());
  EXPECT_DEATH((void)stand_.store.Look([&](Session& session) {
    session.Put(box);
    return absl::OkStatus();
  }),
               "this must be true");
}

TEST_P(RootsTest, AMarkStaysUntilItIsTakenOffAsItIs) {
  const auto marks = [&] { return *stand_.store.ListMarked(10); };
  Box box = NewBox("b1", "450328100201", 1);
  ASSERT_TRUE(Put(box).ok());
  EXPECT_THAT(marks(), IsEmpty());
  box.owner = "somebody";
  ASSERT_TRUE(Put(box).ok());
  // What is put as it is was not changed.
  ASSERT_TRUE(Put(box).ok());
  const std::vector<Marked> first = marks();
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_EQ(first[0].mark, "somebody");
  box.things = 2;
  ASSERT_TRUE(Put(box).ok());
  const auto unmark = [&](const std::vector<Marked>& some) {
    return stand_.store.Change({.subject = "tester"},
                               [&](BatchSession& session) { return Store::Unmark(session, some); });
  };
  ASSERT_TRUE(unmark(first).ok());
  EXPECT_THAT(marks(), SizeIs(1));
  ASSERT_TRUE(unmark(marks()).ok());
  EXPECT_THAT(marks(), IsEmpty());
}

TEST_P(RootsTest, ARequestIsAnsweredOnce) {
  const Actor actor{.subject = "li", .method = "Add"};
  int runs = 0;
  const auto add = [&](const std::string& request_id, const std::string& content, std::string* answer) {
    return stand_.store.ChangeOnce(
        actor, request_id, content,
        [&](BatchSession& session) -> absl::StatusOr<std::string> {
          Box box = NewBox(absl::StrCat("box", ++runs), "450328100201", 1);
          session.Put(box);
          return box.id;
        },
        answer);
  };
  std::string first, again;
  ASSERT_TRUE(add("r1", "x", &first).ok());
  ASSERT_TRUE(add("r1", "x", &again).ok());
  EXPECT_EQ(first, again);
  EXPECT_EQ(Things("45"), 1);
  EXPECT_THAT(add("r1", "y", &again), RefusedWith(kAlreadyExists, "REQUEST_ID_REUSED"));
  EXPECT_THAT(add("", "x", &again), RefusedWith(kInvalidArgument, "REQUEST_ID_MALFORMED"));
  EXPECT_EQ(Things("45"), 1);
}

TEST_P(RootsTest, AQueueIsInTheOrderOfItsDays) {
  const struct {
    const char* key;
    const char* village;
    int64_t things;
  } boxes[] = {{"a", "450328100201", 130},
               {"b", "450328101202", 110},
               {"c", "450329100201", 120},
               {"d", "450328100201", 100},
               {"e", "450328100202", 120}};
  for (const auto& box : boxes) ASSERT_TRUE(Put(NewBox(box.key, box.village, box.things)).ok());
  const auto keys = [&](const std::string& division, Date until = kWhenever) {
    std::string keys, token;
    do {
      const auto page = stand_.store.Queue("full", division, until, token, 2);
      if (!page.ok()) return page.status().ToString();
      for (const StoredRoot& root : page->roots) keys += root.key;
      token = page->next_page_token;
    } while (!token.empty());
    return keys;
  };
  EXPECT_EQ(keys("45").size(), 4);
  EXPECT_EQ(keys("450328"), "bea");
  EXPECT_EQ(keys("450328100"), "ea");
  EXPECT_EQ(keys("450328100201"), "a");
  EXPECT_EQ(keys("4502"), "");
  EXPECT_EQ(keys("450328", Date(2018, 1, 1) + 119), "b");
  EXPECT_EQ(keys("450328", Date(2018, 1, 1) + 120), "be");
  // What waits no more is gone, and what moves waits elsewhere.
  ASSERT_TRUE(Put(NewBox("b", "450328101202", 1)).ok());
  ASSERT_TRUE(Put(NewBox("e", "450329100201", 120)).ok());
  EXPECT_EQ(keys("450328"), "a");
  EXPECT_EQ(keys("450329").size(), 2);
}

TEST_P(RootsTest, TheDivisionsBeneathAreThoseWithRoots) {
  for (const char* village : {"450328100201", "450328100202", "450328999999", "450329100201", "459900001001"}) {
    ASSERT_TRUE(Put(NewBox(village, village, 1)).ok());
  }
  ASSERT_TRUE(Put(NewBox("a county's own", "450328", 1)).ok());
  EXPECT_THAT(*stand_.store.Beneath("box", "45"), ::testing::ElementsAre("4503", "4599"));
  EXPECT_THAT(*stand_.store.Beneath("box", "4503"), ::testing::ElementsAre("450328", "450329"));
  EXPECT_THAT(*stand_.store.Beneath("box", "450328"), ::testing::ElementsAre("450328100", "450328999"));
  EXPECT_THAT(*stand_.store.Beneath("box", "450328100201"), IsEmpty());
  EXPECT_THAT(*stand_.store.Beneath("other", "45"), IsEmpty());
}

TEST_P(RootsTest, ListsByDivisionInPages) {
  for (int i = 0; i < 25; ++i)
    ASSERT_TRUE(Put(NewBox(absl::StrCat("k", i), i % 2 ? "450328100201" : "450101001001", 1)).ok());
  std::set<std::string> seen;
  std::string token;
  do {
    const auto page = stand_.store.List("box", "450328", token, 5);
    ASSERT_TRUE(page.ok());
    for (const StoredRoot& root : page->roots) EXPECT_TRUE(seen.insert(root.key).second) << root.key;
    token = page->next_page_token;
  } while (!token.empty());
  EXPECT_THAT(seen, SizeIs(12));
  EXPECT_THAT(stand_.store.List("other", "45", "", 100)->roots, IsEmpty());
  EXPECT_THAT(*stand_.store.Linked("size", "1"), SizeIs(25));
}

TEST_P(RootsTest, OpensAFigureToItsRecords) {
  for (int i = 0; i < 7; ++i) ASSERT_TRUE(Put(NewBox(absl::StrCat("k", i), "450328100201", i)).ok());
  const tally::Indicator* things = stand_.figures.Find("test.things");
  ASSERT_NE(things, nullptr);
  int64_t sum = 0;
  size_t count = 0;
  std::string token;
  do {
    const auto page = stand_.figures.Contributors(*things, "4503", std::nullopt, *ParseMonth("2018-10"), token, 4);
    ASSERT_TRUE(page.ok());
    for (const auto& contributor : page->contributors) sum += contributor.amount;
    count += page->contributors.size();
    token = page->next_page_token;
  } while (!token.empty());
  EXPECT_EQ(count, 6);
  EXPECT_EQ(sum, Things("4503"));
}

TEST_P(RootsTest, AMovedRecordIsFoundWhereItCounted) {
  Box box = NewBox("a", "450328100201", 5);
  ASSERT_TRUE(Put(box).ok());
  box.places.push_back({.since = Date(2018, 8, 3), .village = "451022001001"});
  ASSERT_TRUE(Put(box).ok());
  EXPECT_EQ(Things("450328", "2018-07"), 5);
  EXPECT_EQ(Things("450328", "2018-08"), 0);
  EXPECT_EQ(Things("451022", "2018-08"), 5);
  const auto page = stand_.figures.Contributors(*stand_.figures.Find("test.things"), "450328", std::nullopt,
                                                *ParseMonth("2018-07"), "", 10);
  ASSERT_THAT(page->contributors, SizeIs(1));
  EXPECT_EQ(page->contributors[0].amount, 5);
}

TEST_P(RootsTest, AFlowCountsInItsSpan) {
  ASSERT_TRUE(Put(NewBox("a", "450328100201", 5)).ok());
  EXPECT_EQ(stand_.Figure("test.things_added", "45", "2018-01"), 5);
  EXPECT_EQ(stand_.Figure("test.things_added", "45", "2018-02"), 0);
  const auto answer = stand_.figures.Ask({.divisions = {"45"},
                                          .from = *ParseMonth("2017-12"),
                                          .to = *ParseMonth("2018-02"),
                                          .indicators = {"test.things", "test.things_added"},
                                          .monthly = true});
  std::map<std::string, int64_t> cells;
  for (const auto& sum : answer->sums) {
    cells[sum.indicator + (sum.month.has_value() ? "@" + Format(*sum.month) : "")] = sum.value;
  }
  EXPECT_EQ(cells, (std::map<std::string, int64_t>{{"test.things", 5},
                                                   {"test.things_added", 5},
                                                   {"test.things@2018-01", 5},
                                                   {"test.things@2018-02", 5},
                                                   {"test.things_added@2018-01", 5}}));
}

// Random changes from several writers, folding in between: the running figures are the recount at every moment.
TEST_P(RootsTest, RunningFiguresAreTheRecount) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  const std::vector<std::string> villages = {"450328100201", "450328101202", "451022001001", "360731100001"};
  std::vector<std::thread> writers;
  for (int w = 0; w < 3; ++w) {
    writers.emplace_back([&, w] {
      std::mt19937 random(seed + w);
      for (int n = 0; n < 40; ++n) {
        const std::string key = absl::StrCat("k", random() % 12);
        const absl::Status status = stand_.store.Change({.subject = "tester"}, [&](Session& session) -> absl::Status {
          ASSIGN_OR_RETURN(std::optional<Box> before, session.Find<Box>(key));
          Box box = before.value_or(NewBox(key, villages[random() % 4], 1));
          box.things = static_cast<int64_t>(random() % 100);
          if (random() % 3 == 0) {
            box.places.push_back({.since = box.places.back().since + static_cast<int>(random() % 60),
                                  .village = villages[random() % 4]});
          }
          session.Put(box);
          return absl::OkStatus();
        });
        EXPECT_TRUE(status.ok()) << status;
        if (random() % 5 == 0) {
          EXPECT_TRUE(stand_.figures.Fold().ok());
        }
      }
    });
  }
  for (int i = 0; i < 5; ++i) EXPECT_THAT(stand_.Recount(), IsEmpty());
  for (std::thread& writer : writers) writer.join();
  EXPECT_THAT(stand_.Recount(), IsEmpty());
  const int64_t before = Things("45") + Things("36");
  while (*stand_.figures.Fold() > 0) {
  }
  EXPECT_EQ(Things("45") + Things("36"), before);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(RootsTest, ARecountSeesAFigureThatIsWrong) {
  ASSERT_TRUE(Put(NewBox("a", "450328100201", 5)).ok());
  while (*stand_.figures.Fold() > 0) {
  }
  ASSERT_TRUE(
      stand_.database
          ->Write([](storage::Transaction& t) {
            return t.Execute(
                "UPDATE tally_sums SET amount = amount + 1 WHERE division = '4503' AND indicator = 'test.things'");
          })
          .ok());
  const auto differences = stand_.Recount();
  ASSERT_THAT(differences, SizeIs(1));
  EXPECT_EQ(differences[0].division, "4503");
  EXPECT_EQ(differences[0].running, 6);
  EXPECT_EQ(differences[0].recounted, 5);
  // Nobody is told of others, nor of the totals that they are in.
  ASSERT_TRUE(Put(NewBox("b", "450481100201", 5)).ok());
  const auto all = stand_.figures.Recount();
  const auto ours =
      stand_.figures.Recount([](absl::string_view division) { return IsWithin(division, "450481100201"); });
  EXPECT_THAT(ours->differences, IsEmpty());
  EXPECT_EQ(ours->records, 1);
  EXPECT_GT(ours->sums, 0);
  EXPECT_LT(ours->sums, all->sums / 2);
}

TEST_P(RootsTest, TheFeedTellsTheNewestOfEachKeyInOrder) {
  ASSERT_TRUE(Put(NewBox("a", "450328100201", 1)).ok());
  ASSERT_TRUE(Put(NewBox("b", "450328100201", 2)).ok());
  ASSERT_TRUE(Put(NewBox("a", "450328100201", 3)).ok());
  EXPECT_FALSE(feed::ReadFeed(*stand_.database, "box", 0, 10)->complete);
  // Not published yet, but known to who asks for it.
  EXPECT_EQ(FromJson<Box>((*feed::ReadFacts(*stand_.database, "box", {"a"}))[0].body)->things, 3);
  while (*feed::Publish(*stand_.database) > 0) {
  }
  const auto batch = feed::ReadFeed(*stand_.database, "box", 0, 10);
  ASSERT_THAT(batch->facts, SizeIs(2));
  EXPECT_TRUE(batch->complete);
  const int64_t last = batch->facts.back().sequence;
  ASSERT_TRUE(Put(NewBox("b", "450328100201", 7)).ok());
  while (*feed::Publish(*stand_.database) > 0) {
  }
  const auto next = feed::ReadFeed(*stand_.database, "box", last, 10);
  ASSERT_THAT(next->facts, SizeIs(1));
  EXPECT_EQ(next->facts[0].key, "b");
  EXPECT_EQ(FromJson<Box>(next->facts[0].body)->things, 7);
  // The same again says nothing new.
  ASSERT_TRUE(Put(NewBox("b", "450328100201", 7)).ok());
  EXPECT_EQ(*feed::Publish(*stand_.database), 0);
}

// A follower could not take in a message of more than 8 MB, and would stand still for ever.
TEST_P(RootsTest, ABatchOfTheFeedFitsIntoAMessage) {
  for (const char* key : {"b1", "b2", "b3", "b4", "b5"}) {
    Box box = NewBox(key, "450328100201", 1);
    // A body of 2 MB.
    box.places.resize(40'000, box.places[0]);
    ASSERT_TRUE(Put(box).ok());
  }
  while (*feed::Publish(*stand_.database) != 0) continue;
  std::vector<std::string> keys;
  for (int64_t after = 0; keys.size() < 5;) {
    const auto batch = feed::ReadFeed(*stand_.database, "box", after, 500);
    ASSERT_TRUE(batch.ok() && !batch->facts.empty());
    EXPECT_LE(batch->facts.size(), 2);
    for (const Fact& fact : batch->facts) keys.push_back(fact.key);
    after = batch->facts.back().sequence;
    EXPECT_EQ(batch->complete, keys.size() == 5);
  }
  EXPECT_THAT(keys, ::testing::ElementsAre("b1", "b2", "b3", "b4", "b5"));
}

TEST_P(RootsTest, ReplayingFactsChangesNothingAndNoOlderOneWins) {
  std::vector<std::string> taken;
  const auto absorb = [&](Session&, const Fact& fact) {
    taken.push_back(fact.body);
    return absl::OkStatus();
  };
  const auto fact = [](int64_t sequence, int64_t version) {
    return Fact{.sequence = sequence, .topic = "t", .key = "k", .body = absl::StrCat("v", version), .version = version};
  };
  ASSERT_TRUE(stand_.store.TakeFacts("t", {fact(1, 1), fact(2, 3)}, absorb).ok());
  ASSERT_TRUE(stand_.store.TakeFacts("t", {fact(1, 1), fact(3, 2)}, absorb).ok());
  EXPECT_THAT(taken, ::testing::ElementsAre("v1", "v3"));
  EXPECT_EQ(*stand_.store.FeedPosition("t"), 3);
}

// Found by a follower that opens a record for whatever it is told of: the first rows of a county had asked before.
TEST_P(RootsTest, AFactThatWasAskedForIsHandedOverWhenTheFeedBringsIt) {
  class Source final : public FactSource {
   public:
    absl::StatusOr<std::vector<Fact>> Ask(absl::string_view topic, const std::vector<std::string>& keys) override {
      return std::vector<Fact>{{.topic = std::string(topic),
                                .key = keys[0],
                                .body = ToJson(feed::DivisionFact{.code = keys[0]}),
                                .version = 1}};
    }
  };
  Source source;
  Store store(*stand_.database, stand_.clock, {}, &source, [](const auto&) {});
  ASSERT_TRUE(
      store.Change({}, [](BatchSession& session) { return session.FindFact<feed::DivisionFact>("450328").status(); })
          .ok());
  int taken = 0;
  const auto absorb = [&](Session&, const Fact&) {
    ++taken;
    return absl::OkStatus();
  };
  const Fact told{.sequence = 1, .topic = "division", .key = "450328", .body = "{}", .version = 1};
  ASSERT_TRUE(store.TakeFacts("division", {told}, absorb).ok());
  EXPECT_EQ(taken, 1);
}

// A fact that is not here is asked for, once; and the change is decided again with it.
TEST_P(RootsTest, AMissingFactIsAskedFor) {
  class Source final : public FactSource {
   public:
    int asked = 0;
    absl::StatusOr<std::vector<Fact>> Ask(absl::string_view topic, const std::vector<std::string>& keys) override {
      ++asked;
      if (down) return absl::UnavailableError("down");
      std::vector<Fact> facts;
      for (const std::string& key : keys) {
        if (key != "known") continue;
        facts.push_back({.topic = std::string(topic),
                         .key = key,
                         .body = ToJson(feed::DivisionFact{.code = key, .name = "n"}),
                         .version = 1});
      }
      return facts;
    }
    bool down = false;
  } source;
  Store store(*stand_.database, stand_.clock, {&KindOf<Box>()}, &source, [](const auto&) {});
  const auto find = [&](const std::string& key) -> absl::StatusOr<bool> {
    bool found = false;
    RETURN_IF_ERROR(store.Change({}, [&](Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(auto fact, session.FindFact<feed::DivisionFact>(key));
      found = fact.has_value();
      return absl::OkStatus();
    }));
    return found;
  };
  source.down = true;
  EXPECT_EQ(find("known").status().code(), kUnavailable);
  source.down = false;
  EXPECT_TRUE(*find("known"));
  EXPECT_TRUE(*find("known"));
  EXPECT_EQ(source.asked, 2);
  EXPECT_FALSE(*find("unknown"));
}

// A refusal that rests on an old fact is decided again with the newest one; a yes is not.
TEST_P(RootsTest, NobodyIsRefusedForAFactThatIsBehind) {
  class Source final : public FactSource {
   public:
    int asked = 0;
    absl::StatusOr<std::vector<Fact>> Ask(absl::string_view topic, const std::vector<std::string>& keys) override {
      ++asked;
      return std::vector<Fact>{{.topic = std::string(topic),
                                .key = keys[0],
                                .body = ToJson(feed::DivisionFact{.code = "c", .name = "new"}),
                                .version = 2}};
    }
  } source;
  Store store(*stand_.database, stand_.clock, {&KindOf<Box>()}, &source, [](const auto&) {});
  ASSERT_TRUE(store
                  .TakeFacts("division",
                             {{.sequence = 1,
                               .topic = "division",
                               .key = "c",
                               .body = ToJson(feed::DivisionFact{.code = "c", .name = "old"}),
                               .version = 1}},
                             [](Session&, const Fact&) { return absl::OkStatus(); })
                  .ok());
  const auto expect = [&](const std::string& name) {
    return store.Change({}, [&](Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(auto fact, session.FindFact<feed::DivisionFact>("c"));
      return fact->name == name ? absl::OkStatus() : Refuse(kFailedPrecondition, "OTHER_NAME", "no");
    });
  };
  EXPECT_TRUE(expect("old").ok());
  EXPECT_EQ(source.asked, 0);
  EXPECT_TRUE(expect("new").ok());
  EXPECT_EQ(source.asked, 1);
  EXPECT_THAT(expect("other"), RefusedWith(kFailedPrecondition, "OTHER_NAME"));
}

TEST_P(RootsTest, TellsTheCacheWhereSomethingChanged) {
  ASSERT_TRUE(Put(NewBox("a", "450328100201", 5)).ok());
  EXPECT_TRUE(stand_.TakeChanged().contains("450328100201"));
  ASSERT_TRUE(Put(NewBox("a", "450328100201", 5)).ok());
  EXPECT_THAT(stand_.TakeChanged(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, RootsTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

TEST(Json, KeepsWhatIsAwkward) {
  Box box = NewBox("a\"\\\n\x01安居", "450328100201", -5);
  box.owner = "x\ty";
  const std::string json = ToJson(box);
  const auto back = FromJson<Box>(json);
  ASSERT_TRUE(back.ok()) << json;
  EXPECT_EQ(back->key, box.key);
  EXPECT_EQ(back->owner, box.owner);
  EXPECT_EQ(back->things, -5);
  EXPECT_EQ(ToJson(*back), json);
  for (const char* bad : {"", "[]", "{", "{\"things\":\"x\"}", "{\"places\":[{\"since\":\"2018-02-30\"}]}"}) {
    EXPECT_FALSE(FromJson<Box>(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace anju::roots
