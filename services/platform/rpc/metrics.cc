#include "services/platform/rpc/metrics.h"

#include <array>
#include <atomic>
#include <exception>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "prometheus/collectable.h"
#include "prometheus/counter.h"
#include "prometheus/exposer.h"
#include "prometheus/family.h"
#include "prometheus/histogram.h"
#include "prometheus/metric_family.h"
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

const char* TypeOf(const google::protobuf::MethodDescriptor& method) {
  if (method.client_streaming()) return method.server_streaming() ? "bidi_stream" : "client_stream";
  return method.server_streaming() ? "server_stream" : "unary";
}

}  // namespace

class Metrics::Method {
 public:
  Method(State& state, const google::protobuf::MethodDescriptor& method);

  void Started() { started_.Increment(); }
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
  void Received(int64_t messages) { received_.Increment(static_cast<double>(messages)); }
  void Sent(int64_t messages) { sent_.Increment(static_cast<double>(messages)); }

 private:
  const Labels labels_;
  prometheus::Counter& started_;
  prometheus::Family<prometheus::Counter>& handled_;
  prometheus::Counter& received_;
  prometheus::Counter& sent_;
  prometheus::Histogram& seconds_;
  std::array<std::atomic<prometheus::Counter*>, kCodeNames.size()> counters_{};
};

// Numbers that others count.
class Metrics::Shown final : public prometheus::Collectable {
 public:
  struct Number {
    std::string name, help;
    Labels labels;
    std::function<double()> read;
  };

  void Add(const Number* number) {
    absl::MutexLock lock(&mutex_);
    numbers_.insert(number);
  }
  // Afterwards it is not asked any more.
  void Remove(const Number* number) {
    absl::MutexLock lock(&mutex_);
    numbers_.erase(number);
  }

  std::vector<prometheus::MetricFamily> Collect() const override {
    std::map<std::string, prometheus::MetricFamily> families;
    absl::MutexLock lock(&mutex_);
    for (const Number* number : numbers_) {
      prometheus::MetricFamily& family = families[number->name];
      family.name = number->name;
      family.help = number->help;
      family.type = prometheus::MetricType::Counter;
      prometheus::ClientMetric& metric = family.metric.emplace_back();
      for (const auto& [name, value] : number->labels) metric.label.push_back({name, value});
      metric.counter.value = number->read();
    }
    std::vector<prometheus::MetricFamily> collected;
    for (auto& [name, family] : families) collected.push_back(std::move(family));
    return collected;
  }

 private:
  mutable absl::Mutex mutex_;
  std::set<const Number*> numbers_ ABSL_GUARDED_BY(mutex_);
};

struct Metrics::State {
  using Counters = prometheus::Family<prometheus::Counter>;

  explicit State(prometheus::Registry& registry)
      : started(MakeCounters(registry, "grpc_server_started_total", "Calls that have begun.")),
        handled(MakeCounters(registry, "grpc_server_handled_total", "Calls that have been answered, by their code.")),
        received(MakeCounters(registry, "grpc_server_msg_received_total", "Messages that callers have sent.")),
        sent(MakeCounters(registry, "grpc_server_msg_sent_total", "Messages that callers were sent.")),
        seconds(prometheus::BuildHistogram()
                    .Name("grpc_server_handling_seconds")
                    .Help("How long calls took.")
                    .Register(registry)) {}

  static Counters& MakeCounters(prometheus::Registry& registry, const std::string& name, const std::string& help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }

  Counters& started;
  Counters& handled;
  Counters& received;
  Counters& sent;
  prometheus::Family<prometheus::Histogram>& seconds;
  absl::Mutex mutex;
  std::map<const google::protobuf::MethodDescriptor*, std::unique_ptr<Method>> methods ABSL_GUARDED_BY(mutex);
};

Metrics::Method::Method(State& state, const google::protobuf::MethodDescriptor& method)
    : labels_({{"grpc_type", TypeOf(method)},
               {"grpc_service", method.service()->full_name()},
               {"grpc_method", method.name()}}),
      started_(state.started.Add(labels_)),
      handled_(state.handled),
      received_(state.received.Add(labels_)),
      sent_(state.sent.Add(labels_)),
      seconds_(state.seconds.Add(labels_, kSeconds)) {}

Metrics::Metrics()
    : registry_(std::make_shared<prometheus::Registry>(prometheus::Registry::InsertBehavior::Merge)),
      shown_(std::make_shared<Shown>()),
      state_(new State(*registry_)) {}
Metrics::~Metrics() = default;

Metrics::Method* Metrics::Find(const google::protobuf::MethodDescriptor& method) {
  absl::MutexLock lock(&state_->mutex);
  auto& found = state_->methods[&method];
  if (found == nullptr) found = std::make_unique<Method>(*state_, method);
  return found.get();
}

void Metrics::Started(Method* method) { method->Started(); }
void Metrics::Handled(Method* method, absl::StatusCode code, absl::Duration took) { method->Handled(code, took); }
void Metrics::Received(Method* method, int64_t messages) { method->Received(messages); }
void Metrics::Sent(Method* method, int64_t messages) { method->Sent(messages); }

void Metrics::Count(const std::string& name, const std::string& help, const Labels& labels) {
  // Merged with the family that has this name already.
  prometheus::BuildCounter().Name(name).Help(help).Register(*registry_).Add(labels).Increment();
}

std::shared_ptr<void> Metrics::Show(const std::string& name, const std::string& help, const Labels& labels,
                                    std::function<double()> read) {
  auto* number = new Shown::Number{.name = name, .help = help, .labels = labels, .read = std::move(read)};
  shown_->Add(number);
  return std::shared_ptr<void>(number, [shown = shown_](void* kept) {
    auto* gone = static_cast<Shown::Number*>(kept);
    shown->Remove(gone);
    delete gone;
  });
}

std::string Metrics::Text() const {
  const prometheus::TextSerializer serializer;
  return serializer.Serialize(registry_->Collect()) + serializer.Serialize(shown_->Collect());
}

struct MetricsPage::State {
  explicit State(const std::string& address) : exposer(address, /*num_threads=*/1) {}
  prometheus::Exposer exposer;
};

absl::StatusOr<std::unique_ptr<MetricsPage>> MetricsPage::Open(absl::string_view address, const Metrics& metrics) {
  try {
    auto state = std::make_unique<State>(std::string(address));
    // The page holds both weakly.
    state->exposer.RegisterCollectable(metrics.registry_);
    state->exposer.RegisterCollectable(metrics.shown_);
    return std::unique_ptr<MetricsPage>(new MetricsPage(std::move(state)));
  } catch (const std::exception& error) {
    return absl::UnavailableError(absl::StrCat("cannot serve metrics on ", address, ": ", error.what()));
  }
}

MetricsPage::MetricsPage(std::unique_ptr<State> state) : state_(std::move(state)) {}
MetricsPage::~MetricsPage() = default;

}  // namespace anju::rpc
