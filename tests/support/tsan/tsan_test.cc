// That TSan sees the locks of Abseil, and sees through them nothing that they do not guard. What is in order is done
// here; what is not is done by a process of its own, which TSan must end with its own code.

#include <gmock/gmock.h>

#include <functional>
#include <string>
#include <thread>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"

namespace anju {
namespace {

constexpr int kTimes = 1000;
// The code with which TSan ends a process in which it found something.
constexpr int kFound = 66;

void Together(const std::function<void()>& one, const std::function<void()>& other) {
  std::thread first(one), second(other);
  first.join();
  second.join();
}

void Often(const std::function<void()>& work) {
  for (int i = 0; i < kTimes; ++i) work();
}

struct Shared {
  absl::Mutex mutex, other;
  absl::CondVar changed;
  absl::Notification done;
  absl::BlockingCounter left{1};
  std::string text;
  bool ready = false;
};

TEST(TsanTest, SeesWhatALockGuards) {
  Shared s;
  const auto append = [&] {
    absl::MutexLock lock(&s.mutex);
    s.text += 'x';
  };
  const auto read = [&] {
    absl::ReaderMutexLock lock(&s.mutex);
    EXPECT_LE(s.text.size(), size_t{3 * kTimes});
  };
  Together([&] { Often(append); }, [&] { Often(append); });
  Together([&] { Often(append); }, [&] { Often(read); });
  Together([&] { Often(append); },
           [&] {
             Often([&] {
               if (!s.mutex.TryLock()) return;
               s.text.clear();
               s.mutex.Unlock();
             });
           });
}

TEST(TsanTest, SeesWhatIsWaitedFor) {
  for (const bool has_deadline : {false, true}) {
    Shared s;
    const auto is_ready = [&] { return s.ready && s.text == "x"; };
    Together(
        [&] {
          absl::MutexLock lock(&s.mutex);
          s.text = "x";
          s.ready = true;
        },
        [&] {
          absl::MutexLock lock(&s.mutex);
          if (has_deadline) {
            EXPECT_TRUE(s.mutex.AwaitWithTimeout(absl::Condition(&is_ready), absl::Minutes(1)));
          } else {
            s.mutex.Await(absl::Condition(&is_ready));
          }
          s.text += 'y';
        });
    EXPECT_EQ(s.text, "xy");
  }
}

TEST(TsanTest, SeesWhatIsToldByAConditionVariable) {
  for (const bool has_deadline : {false, true}) {
    Shared s;
    Together(
        [&] {
          absl::MutexLock lock(&s.mutex);
          s.ready = true;
          s.changed.SignalAll();
        },
        [&] {
          absl::MutexLock lock(&s.mutex);
          while (!s.ready)
            has_deadline ? void(s.changed.WaitWithTimeout(&s.mutex, absl::Seconds(1))) : s.changed.Wait(&s.mutex);
          s.text += 'y';
        });
    EXPECT_EQ(s.text, "y");
  }
}

TEST(TsanTest, SeesThatSomethingIsOver) {
  Shared s;
  Together(
      [&] {
        s.text += 'x';
        s.done.Notify();
      },
      [&] {
        s.done.WaitForNotification();
        s.text += 'y';
      });
  Together(
      [&] {
        s.text += 'z';
        s.left.DecrementCount();
      },
      [&] {
        s.left.Wait();
        s.text.clear();
      });
}

// Ends the process, which has found something or not.
[[noreturn]] void Break(const std::function<void(Shared&)>& one, const std::function<void(Shared&)>& other) {
  Shared s;
  Together([&] { Often([&] { one(s); }); }, [&] { Often([&] { other(s); }); });
  std::exit(0);
}

TEST(TsanDeathTest, FindsWhatNobodyGuards) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  const auto bare = [](Shared& s) { s.ready = !s.ready; };
  const auto guarded = [&](Shared& s) {
    absl::MutexLock lock(&s.mutex);
    s.ready = !s.ready;
  };
  EXPECT_EXIT(Break(bare, bare), testing::ExitedWithCode(kFound), "data race");
  EXPECT_EXIT(Break(guarded, bare), testing::ExitedWithCode(kFound), "data race");
  // Behind another lock, and beside others that read.
  EXPECT_EXIT(Break(guarded,
                    [](Shared& s) {
                      absl::MutexLock lock(&s.other);
                      s.ready = !s.ready;
                    }),
              testing::ExitedWithCode(kFound), "data race");
  const auto beside = [](Shared& s) {
    absl::ReaderMutexLock lock(&s.mutex);
    s.ready = !s.ready;
  };
  EXPECT_EXIT(Break(beside, beside), testing::ExitedWithCode(kFound), "data race");
}

TEST(TsanDeathTest, FindsAConditionOnWhatNobodyGuards) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  EXPECT_EXIT(Break([](Shared& s) { s.ready = !s.ready; },
                    [](Shared& s) {
                      absl::MutexLock lock(&s.mutex);
                      const auto is_ready = [&] { return s.ready; };
                      s.mutex.AwaitWithTimeout(absl::Condition(&is_ready), absl::ZeroDuration());
                    }),
              testing::ExitedWithCode(kFound), "data race");
}

}  // namespace
}  // namespace anju
