#include "gateway/proxy/limits.h"

#include <gmock/gmock.h>

#include <optional>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/platform/cache/memory_cache.h"
#include "services/platform/cache/redis_cache.h"
#include "services/platform/rpc/status.h"
#include "tests/support/redis_server.h"
#include "tests/support/refused.h"

namespace anju::gateway {
namespace {

using ::anju::testing::Eventually;
using ::anju::testing::RedisServer;
using ::anju::testing::RefusedWith;
using enum absl::StatusCode;

class LimitsTest : public ::testing::Test {
 protected:
  static LimitOptions Small() {
    LimitOptions options;
    options.of(Party::kCaller) = {.per_second = 10, .burst = 5, .under_way = 2};
    options.of(Party::kStranger) = {.per_second = 1, .burst = 1, .under_way = 1};
    options.under_way = 3;
    return options;
  }
  // How many calls of them, one after the other, are let in.
  static int Admitted(Limits& limits, absl::string_view who, int calls) {
    int admitted = 0;
    for (int i = 0; i < calls; ++i) admitted += limits.Enter(Party::kCaller, who).ok() ? 1 : 0;
    return admitted;
  }

  FakeClock clock_{absl::FromUnixSeconds(1'540'000'000)};
  cache::MemoryCache memory_{clock_};
  Limits limits_{clock_, memory_, Small()};
};

TEST_F(LimitsTest, ABucketFillsWithTime) {
  EXPECT_EQ(Admitted(limits_, "wei", 10), 5);
  clock_.Advance(absl::Milliseconds(350));
  EXPECT_EQ(Admitted(limits_, "wei", 10), 3);
  // What is not used is not saved up beyond the burst.
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(Admitted(limits_, "wei", 10), 5);
  EXPECT_EQ(Admitted(limits_, "li", 10), 5);
  clock_.Advance(-absl::Hours(2));
  EXPECT_EQ(Admitted(limits_, "wei", 10), 0);
}

TEST_F(LimitsTest, SaysWhenToComeBack) {
  EXPECT_EQ(Admitted(limits_, "wei", 5), 5);
  const absl::Status refused = limits_.Enter(Party::kCaller, "wei").status();
  EXPECT_THAT(refused, RefusedWith(kResourceExhausted, "RATE_LIMITED"));
  EXPECT_EQ(rpc::RetryDelay(rpc::ToGrpc(refused)), absl::Milliseconds(100));
  clock_.Advance(absl::Milliseconds(100));
  EXPECT_TRUE(limits_.Enter(Party::kCaller, "wei").ok());
}

TEST_F(LimitsTest, PlacesAreFreeAgainWhenTheyAreGone) {
  std::optional<Limits::Place> first = *limits_.Enter(Party::kCaller, "wei");
  Limits::Place second = *limits_.Enter(Party::kCaller, "wei");
  EXPECT_THAT(limits_.Enter(Party::kCaller, "wei").status(), RefusedWith(kResourceExhausted, "TOO_MANY_CALLS"));
  Limits::Place third = *limits_.Enter(Party::kService, "registry");
  // Nobody gets in any more; a stranger takes no place.
  EXPECT_THAT(limits_.Enter(Party::kCaller, "wei").status(), RefusedWith(kResourceExhausted, "OVERLOADED"));
  EXPECT_THAT(limits_.Enter(Party::kCaller, "li").status(), RefusedWith(kResourceExhausted, "OVERLOADED"));
  EXPECT_TRUE(limits_.Enter(Party::kStranger, "10.0.0.1").ok());
  first.reset();
  EXPECT_TRUE(limits_.Enter(Party::kCaller, "li").ok());
  second = Limits::Place();
  EXPECT_TRUE(limits_.Enter(Party::kCaller, "wei").ok());
}

TEST_F(LimitsTest, OneServiceHasThreeQuartersOfThePlaces) {
  LimitOptions options = Small();
  options.under_way = 8;
  options.of(Party::kCaller) = {.per_second = 100, .burst = 100, .under_way = 100};
  Limits limits(clock_, memory_, options);
  std::vector<Limits::Place> places;
  for (int i = 0; i < 6; ++i) places.push_back(*limits.Enter(Party::kCaller, "wei", 1));
  for (int i = 0; i < 3; ++i) {
    const absl::Status refused = limits.Enter(Party::kCaller, "li", 1).status();
    EXPECT_THAT(refused, RefusedWith(kResourceExhausted, "SERVICE_OVERLOADED"));
    EXPECT_EQ(rpc::RetryDelay(rpc::ToGrpc(refused)), absl::Seconds(1));
  }
  // What was refused has taken no place of anybody's.
  places.push_back(*limits.Enter(Party::kCaller, "li", 0));
  places.push_back(*limits.Enter(Party::kCaller, "li"));
  EXPECT_THAT(limits.Enter(Party::kCaller, "li", 0).status(), RefusedWith(kResourceExhausted, "OVERLOADED"));
  places.erase(places.begin());
  EXPECT_TRUE(limits.Enter(Party::kCaller, "li", 1).ok());
}

TEST_F(LimitsTest, LongRequestsHaveSoManyBytesTogether) {
  LimitOptions options = Small();
  options.under_way = 100;
  options.of(Party::kCaller) = {.per_second = 100, .burst = 100, .under_way = 100};
  options.bytes_of_one = 1'000'000;
  options.bytes = 1'500'000;
  Limits limits(clock_, memory_, options);
  const auto enter = [&](absl::string_view who) { return *limits.Enter(Party::kCaller, who); };
  std::optional<Limits::Place> first = enter("wei");
  Limits::Place second = enter("wei"), third = enter("li"), fourth = enter("li");
  EXPECT_TRUE(first->Hold(500'000).ok());
  // No more than it says now, however often it says so.
  EXPECT_TRUE(first->Hold(600'000).ok());
  EXPECT_TRUE(first->Hold(600'000).ok());
  const absl::Status refused = second.Hold(500'000);
  EXPECT_THAT(refused, RefusedWith(kResourceExhausted, "TOO_MANY_BYTES"));
  EXPECT_EQ(rpc::RetryDelay(rpc::ToGrpc(refused)), absl::Seconds(1));
  EXPECT_TRUE(second.Hold(400'000).ok());
  // Short ones are not counted.
  EXPECT_TRUE(second.Hold(10).ok());
  EXPECT_TRUE(third.Hold(900'000).ok());
  EXPECT_TRUE(fourth.Hold(60'000).ok());
  EXPECT_THAT(fourth.Hold(100'000), RefusedWith(kResourceExhausted, "OVERLOADED"));
  EXPECT_THAT(second.Hold(500'000), RefusedWith(kResourceExhausted, "OVERLOADED"));
  first.reset();
  EXPECT_TRUE(second.Hold(500'000).ok());
  third = Limits::Place();
  EXPECT_TRUE(second.Hold(1'000'000).ok());
}

TEST_F(LimitsTest, ALongAnswerCostsAsMuchAsManyShortOnes) {
  {
    Limits::Place place = *limits_.Enter(Party::kCaller, "wei");
    place.Spend(Limits::kAnswerBytes - 1);
    EXPECT_EQ(Admitted(limits_, "wei", 1), 1);
    place.Spend(6 * Limits::kAnswerBytes);
  }
  // Of five there were three left, and six are gone: three are owed, at ten a second.
  const absl::Status refused = limits_.Enter(Party::kCaller, "wei").status();
  EXPECT_EQ(rpc::RetryDelay(rpc::ToGrpc(refused)), absl::Milliseconds(400));
  clock_.Advance(absl::Milliseconds(400));
  EXPECT_EQ(Admitted(limits_, "wei", 5), 1);
  EXPECT_EQ(Admitted(limits_, "li", 5), 5);
}

TEST_F(LimitsTest, PartiesAreCountedApart) {
  EXPECT_EQ(Admitted(limits_, "wei", 10), 5);
  EXPECT_TRUE(limits_.Enter(Party::kImporter, "wei").ok());
  EXPECT_TRUE(limits_.Enter(Party::kStranger, "wei").ok());
  EXPECT_THAT(limits_.Enter(Party::kStranger, "wei").status(), RefusedWith(kResourceExhausted, "RATE_LIMITED"));
}

TEST_F(LimitsTest, MassesOfCallersShareWhatIsLeftAndPushNobodyOut) {
  LimitOptions options = Small();
  options.callers = 4;
  options.under_way = 1000;
  Limits limits(clock_, memory_, options);
  EXPECT_EQ(Admitted(limits, "wei", 4), 4);
  int admitted = 0;
  for (int i = 0; i < 5000; ++i) admitted += limits.Enter(Party::kCaller, absl::StrCat("s", i)).ok() ? 1 : 0;
  // 16 parts, each with 4 callers and one bucket for all others.
  EXPECT_LE(admitted, 16 * 5 * 5);
  EXPECT_EQ(Admitted(limits, "wei", 4), 1);
  // Those who have been quiet make room.
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(Admitted(limits, "newcomer", 10), 5);
}

TEST_F(LimitsTest, HoldsUnderManyThreads) {
  LimitOptions options = Small();
  options.under_way = 1000;
  options.of(Party::kCaller) = {.per_second = 1, .burst = 1000, .under_way = 100};
  Limits limits(clock_, memory_, options);
  std::atomic<int> admitted = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) threads.emplace_back([&] { admitted += Admitted(limits, "wei", 500); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(admitted, 1000);
}

class SharedLimitsTest : public LimitsTest {
 protected:
  // Settled by the test alone.
  static LimitOptions Shared() {
    LimitOptions options;
    options.of(Party::kCaller) = {.per_second = 0.001, .burst = 100, .under_way = 10};
    options.settle = absl::Hours(1);
    return options;
  }

  RedisServer redis_;
  cache::RedisCache one_cache_{*cache::ParseRedisUrl(redis_.url())};
  cache::RedisCache other_cache_{*cache::ParseRedisUrl(redis_.url())};
  std::optional<Limits> one_{std::in_place, clock_, one_cache_, Shared()};
  std::optional<Limits> other_{std::in_place, clock_, other_cache_, Shared()};
};

TEST_F(SharedLimitsTest, GatewaysSettleWithEachOther) {
  EXPECT_EQ(Admitted(*one_, "wei", 60), 60);
  EXPECT_TRUE(one_->Settle());
  // Before it has settled, the other knows nothing of it.
  EXPECT_EQ(Admitted(*other_, "wei", 10), 10);
  EXPECT_TRUE(other_->Settle());
  EXPECT_EQ(Admitted(*other_, "wei", 100), 30);
  EXPECT_TRUE(other_->Settle());
  EXPECT_EQ(Admitted(*one_, "wei", 1), 1);
  EXPECT_TRUE(one_->Settle());
  // One too many was let in, and is owed.
  EXPECT_EQ(Admitted(*one_, "wei", 100), 0);
  EXPECT_EQ(Admitted(*one_, "li", 200), 100);
}

TEST_F(SharedLimitsTest, RedisKnowsNoNames) {
  EXPECT_EQ(Admitted(*one_, "wei", 1), 1);
  EXPECT_TRUE(one_->Settle());
  const std::string key = redis_.Do({"RANDOMKEY"});
  EXPECT_THAT(key, ::testing::MatchesRegex("anju:limit:0:[0-9a-f]{32}"));
  EXPECT_GT(std::stoll(redis_.Do({"PTTL", key})), 1000);
}

TEST_F(SharedLimitsTest, RubbishInRedisIsNoLimit) {
  EXPECT_EQ(Admitted(*one_, "wei", 1), 1);
  EXPECT_TRUE(one_->Settle());
  const std::string key = redis_.Do({"RANDOMKEY"});
  redis_.Do({"DEL", key});
  redis_.Do({"HSET", key, "balance", "x", "at", "y"});
  EXPECT_EQ(Admitted(*one_, "wei", 1), 1);
  EXPECT_TRUE(one_->Settle());
  redis_.Do({"DEL", key});
  redis_.Do({"SET", key, "rubbish"});
  EXPECT_EQ(Admitted(*one_, "wei", 1), 1);
  EXPECT_FALSE(one_->Settle());
  EXPECT_EQ(Admitted(*one_, "wei", 200), 97);
}

TEST_F(SharedLimitsTest, WithoutRedisEachCountsForItselfAndNobodyWaits) {
  redis_.Pause();
  EXPECT_EQ(Admitted(*one_, "wei", 40), 40);
  EXPECT_FALSE(one_->Settle());
  EXPECT_EQ(Admitted(*one_, "wei", 100), 60);
  redis_.Resume();
  redis_.Kill();
  EXPECT_FALSE(other_->Settle() && Admitted(*other_, "wei", 1) == 0);
  EXPECT_EQ(Admitted(*other_, "wei", 1), 1);
  redis_.Start();
  EXPECT_TRUE(Eventually([&] {
    (void)other_->Enter(Party::kCaller, "probe");
    return other_->Settle();
  }));
}

TEST_F(SharedLimitsTest, TheySettleByThemselves) {
  LimitOptions options = Shared();
  options.settle = absl::Milliseconds(5);
  one_.emplace(clock_, one_cache_, options);
  other_.emplace(clock_, other_cache_, options);
  EXPECT_EQ(Admitted(*one_, "wei", 100), 100);
  // It may have what one settlement takes, and no more.
  int admitted = 0;
  EXPECT_TRUE(Eventually([&] {
    const bool is_in = other_->Enter(Party::kCaller, "wei").ok();
    admitted += is_in ? 1 : 0;
    absl::SleepFor(absl::Milliseconds(1));
    return !is_in;
  }));
  EXPECT_LT(admitted, 100);
}

}  // namespace
}  // namespace anju::gateway
