#include <signal.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "gateway/http/http_door.h"
#include "gateway/overview/desk.h"
#include "gateway/overview/peers.h"
#include "gateway/proxy/door.h"
#include "gateway/proxy/limits.h"
#include "gateway/proxy/switchboard.h"
#include "gateway/transcoding/transcoding.h"
#include "services/platform/cache/answers.h"
#include "services/platform/cache/cache.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/runtime/runtime.h"
#include "spdlog/spdlog.h"

// The runtime's.
ABSL_DECLARE_FLAG(std::string, tls_cert);
ABSL_DECLARE_FLAG(std::string, tls_key);
ABSL_FLAG(std::string, http, "127.0.0.1:8080", "host:port to serve HTTP and JSON on");
ABSL_FLAG(std::string, grpc, "127.0.0.1:8081", "host:port to serve gRPC on");
ABSL_FLAG(
    std::string, grpc_tls_ca, "",
    "PEM file with the CA that must have signed the certificates of who calls the gRPC port; needed beyond loopback");
ABSL_FLAG(std::string, edge, "",
          "address of the edge before the gateway, which says in x-real-ip where its callers are");
ABSL_FLAG(std::string, peer_tls_cert, "", "PEM file with the certificate to show to services; empty is plain text");
ABSL_FLAG(std::string, peer_tls_key, "", "PEM file with the private key to --peer_tls_cert");
ABSL_FLAG(std::string, peer_tls_ca, "", "PEM file with the CA that must have signed the certificates of services");
ABSL_FLAG(double, caller_rate, 500, "calls in a second that each caller may make over time");
ABSL_FLAG(double, caller_burst, 2000, "calls that each caller may make at once after a pause");
ABSL_FLAG(int, caller_calls, 128, "calls of each caller that may be under way");
ABSL_FLAG(double, import_rate, 20, "imports in a second that each caller may begin over time");
ABSL_FLAG(double, import_burst, 300, "imports that each caller may begin at once after a pause");
ABSL_FLAG(int, import_calls, 32, "imports of each caller that may be under way");
ABSL_FLAG(double, service_rate, 5000, "calls in a second that each service may make over time");
ABSL_FLAG(double, service_burst, 20000, "calls that each service may make at once after a pause");
ABSL_FLAG(int, service_calls, 1024, "calls of each service that may be under way");
ABSL_FLAG(double, stranger_rate, 20,
          "calls in a second from each address that are refused for their token before it is told to wait");
ABSL_FLAG(double, stranger_burst, 200, "such calls at once after a pause");
ABSL_FLAG(int, calls, 4096, "calls of all callers that may be under way");
ABSL_FLAG(std::string, cors_origins, "",
          "origins whose pages may read answers in a browser: https://figures.example.cn,…");
ABSL_FLAG(std::string, services, "", "the services and where they are: registry=127.0.0.1:8091,…");

namespace anju::gateway {
namespace {

constexpr absl::Duration kDrain = absl::Seconds(10);

[[noreturn]] void StopTheStart(const std::string& why) {
  spdlog::critical("{}", why);
  std::exit(1);
}

constexpr const char* kFlags[] = {"http",          "grpc",          "services",       "cors_origins", "peer_tls_cert",
                                  "peer_tls_key",  "peer_tls_ca",   "caller_rate",    "caller_burst", "caller_calls",
                                  "import_rate",   "import_burst",  "import_calls",   "service_rate", "service_burst",
                                  "service_calls", "stranger_rate", "stranger_burst", "calls",        "grpc_tls_ca",
                                  "edge"};

Allowance ReadAllowance(const absl::Flag<double>& rate, const absl::Flag<double>& burst, int under_way) {
  const Allowance allowance = {
      .per_second = absl::GetFlag(rate), .burst = absl::GetFlag(burst), .under_way = under_way};
  if (!(allowance.per_second > 0) || !(allowance.burst >= 1) || allowance.under_way < 1) {
    StopTheStart("a limit is a number above 0: --caller_rate, --caller_burst, --caller_calls and so on");
  }
  return allowance;
}

LimitOptions ReadLimits() {
  LimitOptions options;
  options.of(Party::kCaller) = ReadAllowance(FLAGS_caller_rate, FLAGS_caller_burst, absl::GetFlag(FLAGS_caller_calls));
  options.of(Party::kImporter) =
      ReadAllowance(FLAGS_import_rate, FLAGS_import_burst, absl::GetFlag(FLAGS_import_calls));
  options.of(Party::kService) =
      ReadAllowance(FLAGS_service_rate, FLAGS_service_burst, absl::GetFlag(FLAGS_service_calls));
  options.of(Party::kStranger) = ReadAllowance(FLAGS_stranger_rate, FLAGS_stranger_burst, 1);
  options.under_way = absl::GetFlag(FLAGS_calls);
  options.edge = absl::GetFlag(FLAGS_edge);
  return options;
}

// How the cache does, on the metrics page for as long as what is answered lives.
std::vector<std::shared_ptr<void>> ShowCache(rpc::Metrics& metrics, const cache::Cache& cache,
                                             const cache::Answers& answers) {
  const auto show = [&](const char* result, std::function<int64_t()> read) {
    return metrics.Show("anju_cache_answers_total", "Answers that the cache was asked for.", {{"result", result}},
                        [read = std::move(read)] { return static_cast<double>(read()); });
  };
  return {show("hit",
               [&] {
                 const cache::AnswersCounters counters = answers.counters();
                 return counters.near + counters.stored + counters.tolerated + counters.joined;
               }),
          show("miss", [&] { return answers.counters().computed; }),
          show("error", [&] { return cache.counters().failures + cache.counters().skipped; })};
}

rpc::Tls OpenPeerTls() {
  auto tls = rpc::Tls::Open({.cert = absl::GetFlag(FLAGS_peer_tls_cert),
                             .key = absl::GetFlag(FLAGS_peer_tls_key),
                             .ca = absl::GetFlag(FLAGS_peer_tls_ca)});
  if (tls.ok() && tls->on() && !tls->mutual()) tls = absl::InvalidArgumentError("services want all three");
  if (!tls.ok()) {
    StopTheStart(absl::StrCat("--peer_tls_cert, --peer_tls_key and --peer_tls_ca: ", tls.status().message()));
  }
  return *std::move(tls);
}

std::vector<Peer> ReadServices(const std::string& flag, const rpc::Tls& tls) {
  std::vector<Peer> peers;
  for (absl::string_view entry : absl::StrSplit(flag, ',', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(entry, absl::MaxSplits('=', 1));
    if (parts.first.empty() || parts.second.empty()) {
      StopTheStart("--services is a list such as registry=127.0.0.1:8091,channels=127.0.0.1:8095");
    }
    if (auto may = runtime::MayCall(parts.second, tls); !may.ok()) StopTheStart(std::string(may.message()));
    peers.push_back(Peer::At(parts.first, parts.second, tls));
  }
  if (peers.empty()) StopTheStart("--services is missing: a gateway without services has nothing to say");
  return peers;
}

template <typename T>
T OrStop(absl::StatusOr<T> result) {
  if (!result.ok()) StopTheStart(std::string(result.status().message()));
  return *std::move(result);
}

std::string Address(const absl::Flag<std::string>& flag, const rpc::Tls& tls) {
  const std::string address = absl::GetFlag(flag);
  if (auto may = runtime::MayListen(address, tls); !may.ok()) StopTheStart(std::string(may.message()));
  return address;
}

// The gRPC port is for peers with a certificate, such as the edge: the HTTP/2 of the library is not for strangers.
rpc::Tls OpenGrpcTls() {
  const std::string ca = absl::GetFlag(FLAGS_grpc_tls_ca);
  rpc::Tls tls =
      OrStop(rpc::Tls::Open({.cert = absl::GetFlag(FLAGS_tls_cert), .key = absl::GetFlag(FLAGS_tls_key), .ca = ca}));
  if (!ca.empty() && !tls.mutual()) StopTheStart("--grpc_tls_ca goes with --tls_cert and --tls_key");
  if (!tls.mutual() && !runtime::IsLoopback(absl::GetFlag(FLAGS_grpc)) && tls.on()) {
    StopTheStart("gRPC beyond this machine is for callers with a certificate: give --grpc_tls_ca");
  }
  return tls;
}

// Sleeps until the process is told to stop; the runtime has blocked both signals in every thread.
void WaitForStop() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  int signal = 0;
  while (sigwait(&signals, &signal) != 0) {
  }
}

}  // namespace
}  // namespace anju::gateway

int main(int argc, char** argv) {
  using namespace anju;
  runtime::ReadEnvironment(gateway::kFlags);
  runtime::Runtime runtime(argc, argv, "gateway");
  const auto cache = gateway::OrStop(cache::OpenCache(runtime.cache()));
  const gateway::Peers peers(gateway::ReadServices(absl::GetFlag(FLAGS_services), gateway::OpenPeerTls()));
  cache::Answers answers(*cache, runtime.clock(), peers.Names());
  gateway::Desk desk(peers, answers, runtime.clock(), runtime.token());
  gateway::Limits limits(runtime.clock(), *cache, gateway::ReadLimits());
  gateway::Switchboard switchboard(runtime.guard(), desk, peers, limits, runtime.clock());
  const auto shown = gateway::ShowCache(runtime.guard().metrics(), *cache, answers);
  const gateway::Transcoder transcoder(peers.Names());
  const rpc::Tls grpc_tls = gateway::OpenGrpcTls();
  const auto grpc =
      gateway::OrStop(gateway::GrpcDoor::Open(gateway::Address(FLAGS_grpc, grpc_tls), switchboard, grpc_tls));
  const auto http = gateway::OrStop(
      gateway::HttpDoor::Open(gateway::Address(FLAGS_http, runtime.tls()), switchboard, transcoder, {}, runtime.tls(),
                              gateway::OrStop(gateway::Cors::Parse(absl::GetFlag(FLAGS_cors_origins)))));
  spdlog::info(R"({{"event":"listening","grpc_port":{},"http_port":{}}})", grpc->port(), http->port());

  gateway::WaitForStop();
  spdlog::info(R"({"event":"draining"})");
  const absl::Time deadline = absl::Now() + gateway::kDrain;
  http->Drain(deadline);
  grpc->Drain(deadline);
  return 0;
}
