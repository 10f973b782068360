#include "services/platform/cache/answers.h"

#include <gmock/gmock.h>

#include <atomic>
#include <random>
#include <thread>

#include "services/platform/cache/generations.h"
#include "services/platform/cache/memory_cache.h"
#include "tests/support/redis_server.h"

namespace anju::cache {
namespace {

using ::anju::testing::Eventually;
using ::anju::testing::RedisServer;

const std::vector<std::string> kServices = {"registry", "channels"};

TEST(FrameTest, ReadsWhatItWrote) {
  const StoredAnswer answer = {.made_at = absl::FromUnixMicros(1540000000123456), .stamp = "s", .bytes = "b\0c"};
  const auto read = Unframe("key", Frame("key", answer));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->made_at, answer.made_at);
  EXPECT_EQ(read->stamp, answer.stamp);
  EXPECT_EQ(read->bytes, answer.bytes);
  EXPECT_TRUE(Unframe("", Frame("", {})).has_value());
}

TEST(FrameTest, ReadsNoRubbish) {
  const std::string good = Frame("key", {.made_at = absl::FromUnixSeconds(1), .stamp = "stamp", .bytes = "bytes"});
  EXPECT_EQ(Unframe("another key", good), std::nullopt);
  for (size_t i = 0; i < good.size(); ++i) {
    EXPECT_EQ(Unframe("key", good.substr(0, i)), std::nullopt) << i;
    std::string bad = good;
    bad[i] ^= 1;
    EXPECT_EQ(Unframe("key", bad), std::nullopt) << i;
  }
  EXPECT_EQ(Unframe("key", good + "x"), std::nullopt);
  std::mt19937 random(7);
  for (int i = 0; i < 1000; ++i) {
    std::string bad(random() % 300, '\0');
    for (char& c : bad) c = static_cast<char>(random());
    EXPECT_EQ(Unframe("key", bad), std::nullopt);
  }
}

class AnswersTest : public ::testing::Test {
 protected:
  AnswersTest() : cache_(*OpenCache(server_.url())) {
    for (const std::string& service : kServices) SetEpoch(service, "1");
    options_.settling = absl::ZeroDuration();
    answers_.emplace(*cache_, clock_, kServices, options_);
  }

  void SetEpoch(const std::string& service, const std::string& epoch) { cache_->Set(EpochKey(service), epoch); }
  void Change(const std::string& service) { cache_->Increment({GenerationKey(service, "45")}, nullptr); }

  std::string Ask(Answers& answers) {
    auto bytes = answers.Get("anju:answer:45", "45", absl::Now() + absl::Seconds(5),
                             [&]() -> absl::StatusOr<std::string> { return absl::StrCat(++made_); });
    return bytes.ok() ? **bytes : std::string(bytes.status().message());
  }
  std::string Ask() { return Ask(*answers_); }

  RedisServer server_;
  std::unique_ptr<Cache> cache_;
  FakeClock clock_{absl::FromUnixSeconds(1540000000)};
  AnswersOptions options_;
  std::optional<Answers> answers_;
  std::atomic<int> made_ = 0;
};

TEST_F(AnswersTest, ServesUntilAnyServiceChanges) {
  EXPECT_EQ(Ask(), "1");
  clock_.Advance(absl::Seconds(30));
  EXPECT_EQ(Ask(), "1");
  int expected = 1;
  for (const std::string& service : kServices) {
    Change(service);
    clock_.Advance(absl::Seconds(2));
    EXPECT_EQ(Ask(), absl::StrCat(++expected));
    SetEpoch(service, "2");
    clock_.Advance(absl::Seconds(2));
    EXPECT_EQ(Ask(), absl::StrCat(++expected));
  }
  cache_->Increment({GenerationKey("registry", "36"), GenerationKey("relocation", "45")}, nullptr);
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(Ask(), absl::StrCat(expected));
}

TEST_F(AnswersTest, SharesAnswersBetweenGateways) {
  Answers other(*cache_, clock_, kServices, options_);
  EXPECT_EQ(Ask(), "1");
  EXPECT_EQ(Ask(other), "1");
}

TEST_F(AnswersTest, ToleratesAnAnswerOfLessThanASecond) {
  EXPECT_EQ(Ask(), "1");
  Change("registry");
  clock_.Advance(absl::Milliseconds(999));
  EXPECT_EQ(Ask(), "1");
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(Ask(), "2");
}

TEST_F(AnswersTest, ForgetsAfterTheTtlWhateverTheStampSays) {
  EXPECT_EQ(Ask(), "1");
  server_.Do({"PERSIST", "anju:answer:45"});
  clock_.Advance(absl::Seconds(60));
  EXPECT_EQ(Ask(), "2");
}

TEST_F(AnswersTest, AWriteThatLandsMeanwhileMakesTheAnswerWorthless) {
  auto get = [&](bool write) {
    return **answers_->Get("anju:answer:45", "45", absl::InfiniteFuture(), [&]() -> absl::StatusOr<std::string> {
      if (write) Change("channels");
      return absl::StrCat(++made_);
    });
  };
  EXPECT_EQ(get(true), "1");
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(get(false), "2");
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(get(false), "2");
}

TEST_F(AnswersTest, RubbishIsAMiss) {
  for (const char* rubbish : {"", "anju1", "rubbish"}) {
    Ask();
    server_.Do({"SET", "anju:answer:45", rubbish});
    clock_.Advance(absl::Seconds(2));
    const int before = made_;
    EXPECT_EQ(Ask(), absl::StrCat(before + 1)) << rubbish;
  }
  server_.Do({"DEL", "anju:answer:45"});
  server_.Do({"LPUSH", "anju:answer:45", "rubbish"});
  clock_.Advance(absl::Seconds(2));
  const int before = made_;
  EXPECT_EQ(Ask(), absl::StrCat(before + 1));
}

TEST_F(AnswersTest, ServesOnlyByAgeWithoutAnEpoch) {
  server_.Do({"FLUSHALL"});
  EXPECT_EQ(Ask(), "1");
  clock_.Advance(absl::Milliseconds(900));
  EXPECT_EQ(Ask(), "1");
  clock_.Advance(absl::Milliseconds(200));
  EXPECT_EQ(Ask(), "2");
}

TEST_F(AnswersTest, ComputesWhenRedisIsDead) {
  EXPECT_EQ(Ask(), "1");
  server_.Kill();
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(Ask(), "2");
  clock_.Advance(absl::Milliseconds(500));
  EXPECT_EQ(Ask(), "2");
  clock_.Advance(absl::Milliseconds(500));
  EXPECT_EQ(Ask(), "3");
}

TEST_F(AnswersTest, DoesNotTrustARedisThatHasJustWoken) {
  options_.settling = absl::Seconds(2);
  Answers answers(*cache_, clock_, kServices, options_);
  EXPECT_EQ(Ask(answers), "1");
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(Ask(answers), "1");
  ASSERT_EQ(server_.Do({"SAVE"}), "OK");
  // A change that the snapshot does not hold.
  Change("registry");
  server_.Kill();
  server_.Start();
  ASSERT_TRUE(Eventually([&] { return cache_->GetMany({EpochKey("registry")})[0].has_value(); }));
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(Ask(answers), "2");
}

TEST_F(AnswersTest, WithoutRedisServesOnlyByAge) {
  MemoryCache memory(clock_);
  Answers answers(memory, clock_, kServices);
  EXPECT_EQ(Ask(answers), "1");
  clock_.Advance(absl::Milliseconds(999));
  EXPECT_EQ(Ask(answers), "1");
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(Ask(answers), "2");
}

TEST_F(AnswersTest, NearIsNothingUntilAnswered) {
  EXPECT_EQ(answers_->Near("anju:answer:45"), nullptr);
  Ask();
  ASSERT_NE(answers_->Near("anju:answer:45"), nullptr);
  // Whatever changes, it would be tolerated for so long.
  Change("registry");
  clock_.Advance(options_.tolerated_age - absl::Milliseconds(1));
  EXPECT_NE(answers_->Near("anju:answer:45"), nullptr);
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(answers_->Near("anju:answer:45"), nullptr);
}

TEST_F(AnswersTest, NearIsForAMomentWhatIsKnownToBeCurrent) {
  EXPECT_EQ(Ask(), "1");
  clock_.Advance(absl::Seconds(30));
  EXPECT_EQ(Ask(), "1");
  clock_.Advance(options_.unquestioned - absl::Milliseconds(1));
  EXPECT_NE(answers_->Near("anju:answer:45"), nullptr);
  clock_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(answers_->Near("anju:answer:45"), nullptr);
  // A clock that goes back says nothing.
  clock_.Advance(-absl::Minutes(2));
  EXPECT_EQ(answers_->Near("anju:answer:45"), nullptr);
}

TEST_F(AnswersTest, KeepsNoFailure) {
  auto failed = answers_->Get("anju:answer:45", "45", absl::InfiniteFuture(),
                              [] { return absl::StatusOr<std::string>(absl::UnavailableError("down")); });
  EXPECT_EQ(failed.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Ask(), "1");
}

TEST_F(AnswersTest, ManyReadersComputeOnce) {
  std::atomic<int> waiting = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 8; ++i) {
    readers.emplace_back([&] {
      ++waiting;
      auto bytes = answers_->Get("anju:answer:45", "45", absl::InfiniteFuture(), [&]() -> absl::StatusOr<std::string> {
        while (waiting < 8) std::this_thread::yield();
        return absl::StrCat(++made_);
      });
      EXPECT_EQ(**bytes, "1");
    });
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(made_, 1);
}

TEST_F(AnswersTest, AWaiterGivesUpAtItsDeadlineAndOutlivesTheDeadlineOfAnother) {
  std::atomic<bool> begun = false;
  std::atomic<bool> finish = false;
  std::thread first([&] {
    auto bytes = answers_->Get("anju:answer:45", "45", absl::InfiniteFuture(), [&]() -> absl::StatusOr<std::string> {
      begun = true;
      while (!finish) std::this_thread::yield();
      return absl::DeadlineExceededError("the first reader's");
    });
    EXPECT_FALSE(bytes.ok());
  });
  while (!begun) std::this_thread::yield();
  auto hurried = answers_->Get("anju:answer:45", "45", absl::Now() + absl::Milliseconds(10),
                               [] { return absl::StatusOr<std::string>("never"); });
  EXPECT_EQ(hurried.status().code(), absl::StatusCode::kDeadlineExceeded);
  std::thread second([&] { EXPECT_EQ(Ask(), "1"); });
  finish = true;
  first.join();
  second.join();
}

}  // namespace
}  // namespace anju::cache
