#include "gateway/http2/loop.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "absl/time/clock.h"

namespace anju::gateway::http2 {

namespace asio = boost::asio;

struct Loop::State {
  // One thread only, so that it takes no locks of its own.
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  asio::steady_timer timer{context};
  // When the timer rings.
  absl::Time armed = absl::InfiniteFuture();
};

Loop::Loop() : state_(std::make_unique<State>()) {
  thread_ = std::thread([this] { state_->context.run(); });
}

Loop::~Loop() {
  state_->context.stop();
  thread_.join();
}

asio::io_context& Loop::context() { return state_->context; }

void Loop::Post(std::function<void()> work) { asio::post(state_->context, std::move(work)); }

Loop::Alarm Loop::Set(absl::Time at, std::function<void()> ring) {
  const Alarm alarm = moments_.emplace(at, std::move(ring));
  if (at < state_->armed) Arm();
  return alarm;
}

void Loop::Arm() {
  state_->armed = moments_.empty() ? absl::InfiniteFuture() : moments_.begin()->first;
  if (moments_.empty()) return;
  state_->timer.expires_after(absl::ToChronoNanoseconds(std::max(absl::ZeroDuration(), state_->armed - absl::Now())));
  state_->timer.async_wait([this](const boost::system::error_code& error) {
    if (!error) Ring();
  });
}

void Loop::Ring() {
  const absl::Time now = absl::Now();
  while (!moments_.empty() && moments_.begin()->first <= now) {
    const std::function<void()> ring = std::move(moments_.begin()->second);
    moments_.erase(moments_.begin());
    ring();
  }
  Arm();
}

}  // namespace anju::gateway::http2
