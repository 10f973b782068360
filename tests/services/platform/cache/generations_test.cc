#include "services/platform/cache/generations.h"

#include <gmock/gmock.h>

#include "services/platform/cache/redis_cache.h"
#include "tests/support/redis_server.h"

namespace anju::cache {
namespace {

using ::anju::testing::Eventually;
using ::anju::testing::RedisServer;
using ::testing::ElementsAre;

const InvalidatorOptions kFast = {.check_every = absl::Milliseconds(50), .retry_every = absl::Milliseconds(10)};

std::optional<std::string> Mark(const char* text) { return std::string(text); }

TEST(StampOfTest, ChangesWithEveryMark) {
  const std::vector<std::optional<std::string>> marks = {Mark("e1"), Mark("e2"), Mark("1"), std::nullopt};
  const auto stamp = StampOf(marks.data(), 2);
  ASSERT_TRUE(stamp.has_value());
  auto with_zero = marks;
  with_zero[3] = "0";
  EXPECT_EQ(StampOf(with_zero.data(), 2), stamp);
  for (size_t i = 0; i < marks.size(); ++i) {
    auto changed = marks;
    changed[i] = "other";
    EXPECT_NE(StampOf(changed.data(), 2), stamp) << i;
  }
  // The border between two marks counts.
  const std::vector<std::optional<std::string>> shifted = {Mark("e1"), Mark("e21"), Mark(""), std::nullopt};
  EXPECT_NE(StampOf(shifted.data(), 2), stamp);
}

TEST(StampOfTest, IsNothingWithoutAnEpoch) {
  const std::vector<std::optional<std::string>> marks = {Mark("e1"), std::nullopt, Mark("1"), Mark("2")};
  EXPECT_EQ(StampOf(marks.data(), 2), std::nullopt);
}

TEST(MarkKeysTest, NamesEpochsFirst) {
  EXPECT_THAT(MarkKeys({"registry", "channels"}, "45"), ElementsAre("anju:epoch:registry", "anju:epoch:channels",
                                                                    "anju:gen:registry:45", "anju:gen:channels:45"));
}

class InvalidatorTest : public ::testing::Test {
 protected:
  InvalidatorTest() : cache_(*OpenCache(server_.url())) {}

  std::string Generation(const char* division) { return server_.Do({"GET", GenerationKey("registry", division)}); }
  std::string Epoch() { return server_.Do({"GET", EpochKey("registry")}); }

  RedisServer server_;
  std::unique_ptr<Cache> cache_;
};

TEST_F(InvalidatorTest, CountsTheDivisionAndAllAboveIt) {
  Invalidator invalidator(*cache_, "registry", kFast);
  invalidator.Changed({"450328100201", "450328"});
  ASSERT_TRUE(invalidator.WaitUntilTold(absl::Seconds(5)));
  for (const char* division : {"45", "4503", "450328", "450328100", "450328100201"}) {
    EXPECT_EQ(Generation(division), "1") << division;
  }
  EXPECT_EQ(Generation("36"), "(nil)");
  invalidator.Changed({"450328"});
  ASSERT_TRUE(invalidator.WaitUntilTold(absl::Seconds(5)));
  EXPECT_EQ(Generation("45"), "2");
  EXPECT_EQ(Generation("450328100"), "1");
}

TEST_F(InvalidatorTest, StartsANewEpochEveryTime) {
  { Invalidator invalidator(*cache_, "registry", kFast); }
  const std::string first = Epoch();
  EXPECT_NE(first, "(nil)");
  { Invalidator invalidator(*cache_, "registry", kFast); }
  EXPECT_NE(Epoch(), first);
}

TEST_F(InvalidatorTest, TellsWhatIsWaitingBeforeItGoes) {
  { Invalidator(*cache_, "registry", kFast).Changed({"45"}); }
  EXPECT_EQ(Generation("45"), "1");
}

TEST_F(InvalidatorTest, RepeatsWhatADeadRedisMissed) {
  Invalidator invalidator(*cache_, "registry", kFast);
  invalidator.Changed({"45"});
  ASSERT_TRUE(invalidator.WaitUntilTold(absl::Seconds(5)));
  server_.Kill();
  invalidator.Changed({"36"});
  EXPECT_FALSE(invalidator.WaitUntilTold(absl::Milliseconds(300)));
  invalidator.Changed({"36"});
  EXPECT_EQ(invalidator.pending(), 1);
  server_.Start();
  ASSERT_TRUE(invalidator.WaitUntilTold(absl::Seconds(5)));
  EXPECT_EQ(Generation("36"), "1");
}

TEST_F(InvalidatorTest, NeverWaitsForAPausedRedis) {
  RedisOptions options = *ParseRedisUrl(server_.url());
  options.command_timeout = absl::Seconds(5);
  RedisCache patient(options);
  Invalidator invalidator(patient, "registry", kFast);
  ASSERT_TRUE(Eventually([&] { return Epoch() != "(nil)"; }));
  server_.Pause();
  const absl::Time start = absl::Now();
  for (int i = 0; i < 1000; ++i) invalidator.Changed({"450328100201"});
  EXPECT_LT(absl::Now() - start, absl::Seconds(4));
  server_.Resume();
  ASSERT_TRUE(invalidator.WaitUntilTold(absl::Seconds(5)));
  EXPECT_NE(Generation("45"), "(nil)");
}

TEST_F(InvalidatorTest, RenewsTheEpochOfAnEmptiedRedis) {
  Invalidator invalidator(*cache_, "registry", kFast);
  ASSERT_TRUE(Eventually([&] { return Epoch() != "(nil)"; }));
  const std::string first = Epoch();
  server_.Do({"FLUSHALL"});
  ASSERT_TRUE(Eventually([&] { return Epoch() != "(nil)"; }));
  EXPECT_NE(Epoch(), first);
}

TEST_F(InvalidatorTest, RenewsTheEpochOfARedisThatWokeWithAnOldSnapshot) {
  Invalidator invalidator(*cache_, "registry", kFast);
  ASSERT_TRUE(Eventually([&] { return Epoch() != "(nil)"; }));
  const std::string first = Epoch();
  ASSERT_EQ(server_.Do({"SAVE"}), "OK");
  invalidator.Changed({"45"});
  ASSERT_TRUE(invalidator.WaitUntilTold(absl::Seconds(5)));
  server_.Kill();
  server_.Start();
  EXPECT_EQ(Generation("45"), "(nil)");
  EXPECT_TRUE(Eventually([&] { return Epoch() != first; }));
}

TEST_F(InvalidatorTest, RenewsTheEpochWhenAMarkWasRubbish) {
  Invalidator invalidator(*cache_, "registry", kFast);
  ASSERT_TRUE(Eventually([&] { return Epoch() != "(nil)"; }));
  const std::string first = Epoch();
  server_.Do({"SET", GenerationKey("registry", "45"), "rubbish"});
  server_.Do({"LPUSH", GenerationKey("registry", "4503"), "rubbish"});
  invalidator.Changed({"4503"});
  EXPECT_TRUE(Eventually([&] { return Epoch() != first; }));
}

TEST_F(InvalidatorTest, ReplacesTheEpochWhenTooMuchIsWaiting) {
  InvalidatorOptions options = kFast;
  options.max_pending = 10;
  Invalidator invalidator(*cache_, "registry", options);
  ASSERT_TRUE(Eventually([&] { return Epoch() != "(nil)"; }));
  const std::string first = Epoch();
  server_.Kill();
  for (int i = 100; i < 150; ++i) invalidator.Changed({absl::StrCat("450328", i)});
  EXPECT_EQ(invalidator.pending(), 0);
  server_.Start();
  ASSERT_TRUE(invalidator.WaitUntilTold(absl::Seconds(5)));
  EXPECT_TRUE(Eventually([&] { return Epoch() != "(nil)" && Epoch() != first; }));
}

TEST(InvalidatorWithoutRedisTest, KeepsQuiet) {
  auto cache = *OpenCache("");
  Invalidator invalidator(*cache, "registry");
  invalidator.Changed({"45"});
  EXPECT_TRUE(invalidator.WaitUntilTold(absl::ZeroDuration()));
}

}  // namespace
}  // namespace anju::cache
