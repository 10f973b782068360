#include "services/platform/runtime/night.h"

#include <spdlog/spdlog.h>

#include "services/platform/base/china.h"

namespace anju::runtime {
namespace {

// A process may be suspended, and its clock be set.
constexpr absl::Duration kLooksEvery = absl::Seconds(1);

}  // namespace

absl::Time NextNight(absl::Time now, int hour) {
  const absl::CivilHour today(absl::ToCivilDay(now, China()));
  const absl::Time next = absl::FromCivil(today + hour, China());
  return next > now ? next : absl::FromCivil(today + 24 + hour, China());
}

Night::~Night() {
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void Night::Begin(int hour) {
  thread_ = std::thread([this, hour] { Run(hour); });
}

bool Night::IsStopped() {
  absl::MutexLock lock(&mutex_);
  return stopped_;
}

void Night::Run(int hour) {
  absl::Time next = NextNight(store_.clock().Now(), hour);
  while (true) {
    const absl::Time now = store_.clock().Now();
    if (now >= next) {
      Do(DayInChina(now));
      next = NextNight(store_.clock().Now(), hour);
    }
    absl::MutexLock lock(&mutex_);
    if (mutex_.AwaitWithTimeout(absl::Condition(&stopped_), kLooksEvery)) return;
  }
}

void Night::Do(Date day) {
  for (const Work& work : works_) {
    if (IsStopped()) return;
    Do(work, day);
  }
}

void Night::Do(const Work& work, Date day) {
  bool is_mine = false;
  std::string answer;
  absl::Status done = store_.ChangeOnce(
      {.subject = "night", .method = work.name}, Format(day), "",
      [&](roots::BatchSession&) -> absl::StatusOr<std::string> {
        is_mine = true;
        return "begun";
      },
      &answer);
  if (done.ok() && !is_mine) return;
  const absl::Time began = store_.clock().Now();
  if (done.ok()) done = work.run([this] { return IsStopped(); });
  const absl::Time ended = store_.clock().Now();
  if (!done.ok()) {
    spdlog::error("cannot {} of the night: {}", work.name, std::string(done.message()));
    return;
  }
  spdlog::info(R"({{"event":"night","work":"{}","took_ms":{}}})", work.name, absl::ToInt64Milliseconds(ended - began));
  std::shared_ptr<void>& shown = shown_[work.name];
  shown.reset();
  shown = metrics_.Show("anju_night_succeeded_seconds", "When the work of a night was last done.",
                        {{"work", work.name}}, [ended] { return absl::ToDoubleSeconds(ended - absl::UnixEpoch()); });
}

}  // namespace anju::runtime
