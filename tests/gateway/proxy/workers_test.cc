#include "gateway/proxy/workers.h"

#include <gmock/gmock.h>

#include <atomic>

#include "absl/synchronization/notification.h"

namespace anju::gateway {
namespace {

TEST(WorkersTest, FinishesWhatIsWaitingAndRefusesWhatIsTooMuch) {
  std::atomic<int> done = 0;
  absl::Notification go;
  absl::Notification busy;
  int taken = 0;
  {
    Workers workers(/*threads=*/1, /*max_waiting=*/2);
    ASSERT_TRUE(workers.Do([&] {
      busy.Notify();
      go.WaitForNotification();
      ++done;
    }));
    busy.WaitForNotification();
    for (int i = 0; i < 5; ++i) taken += workers.Do([&] { ++done; });
    go.Notify();
  }
  EXPECT_EQ(taken, 2);
  EXPECT_EQ(done, 3);
}

}  // namespace
}  // namespace anju::gateway
