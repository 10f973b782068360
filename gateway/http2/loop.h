#pragma once

#include <functional>
#include <map>
#include <memory>
#include <thread>

#include "absl/time/time.h"

namespace boost::asio {
class io_context;
}

namespace anju::gateway::http2 {

// A thread that waits for sockets and for moments. A connection, and every call on it, lives on one loop: what is on a
// loop is touched by its thread only, and needs no lock.
class Loop {
 public:
  using Moments = std::multimap<absl::Time, std::function<void()>>;
  using Alarm = Moments::iterator;

  Loop();
  // Stops the thread; what was posted and not run yet is dropped.
  ~Loop();

  // Runs `work` on the loop, after what is ready there already. From any thread.
  void Post(std::function<void()> work);
  bool IsHere() const { return std::this_thread::get_id() == thread_.get_id(); }

  // Runs `ring` at that moment, once, unless it is called off before. On the loop only.
  Alarm Set(absl::Time at, std::function<void()> ring);
  // Not after it rang.
  void CallOff(Alarm alarm) { moments_.erase(alarm); }

  boost::asio::io_context& context();

 private:
  struct State;
  void Arm();
  void Ring();

  std::unique_ptr<State> state_;
  Moments moments_;
  std::thread thread_;
};

}  // namespace anju::gateway::http2
