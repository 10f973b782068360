#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "services/platform/base/calendar.h"
#include "services/platform/base/clock.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/metrics.h"

namespace anju::runtime {

// The next time after `now` at which it is this hour, 0 to 23, in China. Pure.
absl::Time NextNight(absl::Time now, int hour);

// What a service does of itself once a night, in the background, one after another. Of several processes on one
// database one does each work. What fails is told in the log and waits for the next night, and so does a night on which
// no process runs. The metric anju_night_succeeded_seconds says when each work was last done here.
class Night {
 public:
  // Whether the process is to end; long work asks it in between.
  using Stopped = std::function<bool()>;
  struct Work {
    std::string name;
    std::function<absl::Status(const Stopped&)> run;
  };

  Night(roots::Store& store, rpc::Metrics& metrics, std::vector<Work> works)
      : store_(store), metrics_(metrics), works_(std::move(works)) {}
  ~Night();

  // Waits for this hour of each day from now on. Once only.
  void Begin(int hour);
  // Does all the work of the night of this day that no process has begun yet.
  void Do(Date day);

 private:
  void Run(int hour);
  void Do(const Work& work, Date day);
  bool IsStopped();

  roots::Store& store_;
  rpc::Metrics& metrics_;
  const std::vector<Work> works_;
  std::map<std::string, std::shared_ptr<void>> shown_;
  absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace anju::runtime
