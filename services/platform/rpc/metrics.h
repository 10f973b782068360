#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace prometheus {
class Registry;
}

namespace anju::rpc {

// The counters of one process, named as go-grpc-prometheus names them, so that existing dashboards fit. Safe for many
// threads.
class Metrics {
 public:
  // The counters of one method, to be kept: finding them by name takes a lock.
  class Method;

  Metrics();
  ~Metrics();

  // `full_name` is package.Service.Method. The answer lives as long as the metrics.
  Method* Find(absl::string_view full_name);
  static void Handled(Method* method, absl::StatusCode code, absl::Duration took);

  // Everything in Prometheus' text format.
  std::string Text() const;

  // Where rooms with figures of their own register them.
  const std::shared_ptr<prometheus::Registry>& registry() const { return registry_; }

 private:
  struct State;

  std::shared_ptr<prometheus::Registry> registry_;
  std::unique_ptr<State> state_;
};

// Serves /metrics over HTTP on `address` as long as it lives.
class MetricsPage {
 public:
  static absl::StatusOr<std::unique_ptr<MetricsPage>> Open(absl::string_view address, const Metrics& metrics);
  ~MetricsPage();

 private:
  struct State;
  explicit MetricsPage(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace anju::rpc
