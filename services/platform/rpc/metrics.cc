#include "services/platform/rpc/metrics.h"

#include <array>
#include <atomic>
#include <exception>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "prometheus/counter.h"
#include "prometheus/exposer.h"
#include "prometheus/family.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"
#include "prometheus/text_serializer.h"

namespace anju::rpc {
namespace {

// As go-grpc-prometheus writes the codes.
constexpr std::array<const char*, 17> kCodeNames = {
    "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
    "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
    "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
    "DataLoss", "Unauthenticated"};

const prometheus::Histogram::BucketBoundaries kSeconds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                          0.1,   0.25,   0.5,   1,    2.5,   10};

}  // namespace

class Metrics::Method {
 public:
  Method(prometheus::Family<prometheus::Counter>& handled, prometheus::Family<prometheus::Histogram>& seconds,
         std::string service, std::string method)
      : handled_(handled),
        labels_({{"grpc_service", std::move(service)}, {"grpc_method", std::move(method)}}),
        seconds_(seconds.Add(labels_, kSeconds)) {}

  void Handled(absl::StatusCode code, absl::Duration took) {
    const auto index = static_cast<size_t>(code);
    const size_t slot = index < counters_.size() ? index : static_cast<size_t>(absl::StatusCode::kUnknown);
    prometheus::Counter* counter = counters_[slot].load(std::memory_order_acquire);
    if (counter == nullptr) {
      auto labels = labels_;
      labels.emplace("grpc_code", kCodeNames[slot]);
      // The family answers the same counter to whoever asks for the same labels.
      counter = &handled_.Add(labels);
      counters_[slot].store(counter, std::memory_order_release);
    }
    counter->Increment();
    seconds_.Observe(absl::ToDoubleSeconds(took));
  }

 private:
  prometheus::Family<prometheus::Counter>& handled_;
  const std::map<std::string, std::string> labels_;
  prometheus::Histogram& seconds_;
  std::array<std::atomic<prometheus::Counter*>, kCodeNames.size()> counters_{};
};

struct Metrics::State {
  prometheus::Family<prometheus::Counter>& handled;
  prometheus::Family<prometheus::Histogram>& seconds;
  absl::Mutex mutex;
  std::map<std::string, std::unique_ptr<Method>, std::less<>> methods ABSL_GUARDED_BY(mutex);
};

Metrics::Metrics()
    : registry_(std::make_shared<prometheus::Registry>()),
      state_(new State{.handled = prometheus::BuildCounter()
                                      .Name("grpc_server_handled_total")
                                      .Help("Calls that have been answered, by their code.")
                                      .Register(*registry_),
                       .seconds = prometheus::BuildHistogram()
                                      .Name("grpc_server_handling_seconds")
                                      .Help("How long calls took.")
                                      .Register(*registry_),
                       .mutex = {},
                       .methods = {}}) {}
Metrics::~Metrics() = default;

Metrics::Method* Metrics::Find(absl::string_view full_name) {
  const std::string key(full_name);
  absl::MutexLock lock(&state_->mutex);
  auto& method = state_->methods[key];
  if (method == nullptr) {
    const size_t dot = key.rfind('.');
    method = std::make_unique<Method>(state_->handled, state_->seconds, key.substr(0, dot), key.substr(dot + 1));
  }
  return method.get();
}

void Metrics::Handled(Method* method, absl::StatusCode code, absl::Duration took) { method->Handled(code, took); }

std::string Metrics::Text() const { return prometheus::TextSerializer().Serialize(registry_->Collect()); }

struct MetricsPage::State {
  explicit State(const std::string& address) : exposer(address, /*num_threads=*/1) {}
  prometheus::Exposer exposer;
};

absl::StatusOr<std::unique_ptr<MetricsPage>> MetricsPage::Open(absl::string_view address, const Metrics& metrics) {
  try {
    auto state = std::make_unique<State>(std::string(address));
    // The page holds the registry weakly.
    state->exposer.RegisterCollectable(metrics.registry());
    return std::unique_ptr<MetricsPage>(new MetricsPage(std::move(state)));
  } catch (const std::exception& error) {
    return absl::UnavailableError(absl::StrCat("cannot serve metrics on ", address, ": ", error.what()));
  }
}

MetricsPage::MetricsPage(std::unique_ptr<State> state) : state_(std::move(state)) {}
MetricsPage::~MetricsPage() = default;

}  // namespace anju::rpc
