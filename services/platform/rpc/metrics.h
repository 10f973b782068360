#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"

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

  // The answer lives as long as the metrics.
  Method* Find(const google::protobuf::MethodDescriptor& method);
  // A call has begun; it has ended; a message of it has come or gone.
  static void Started(Method* method);
  static void Handled(Method* method, absl::StatusCode code, absl::Duration took);
  static void Received(Method* method, int64_t messages = 1);
  static void Sent(Method* method, int64_t messages = 1);

  using Labels = std::map<std::string, std::string>;
  // Adds one to the counter `name` with these labels. Takes a lock or two: not for what happens all the time.
  void Count(const std::string& name, const std::string& help, const Labels& labels);

  // Shows a number that somebody else counts, asked whenever the page is read, for as long as what is answered lives.
  [[nodiscard]] std::shared_ptr<void> Show(const std::string& name, const std::string& help, const Labels& labels,
                                           std::function<double()> read);

  // Everything in Prometheus' text format.
  std::string Text() const;

 private:
  friend class MetricsPage;
  class Shown;
  struct State;

  std::shared_ptr<prometheus::Registry> registry_;
  std::shared_ptr<Shown> shown_;
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
