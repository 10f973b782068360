#include <signal.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "gateway/http/http_door.h"
#include "gateway/overview/desk.h"
#include "gateway/overview/peers.h"
#include "gateway/proxy/door.h"
#include "gateway/proxy/switchboard.h"
#include "gateway/transcoding/transcoding.h"
#include "services/platform/cache/answers.h"
#include "services/platform/cache/cache.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/runtime/runtime.h"
#include "spdlog/spdlog.h"

ABSL_FLAG(std::string, http, "127.0.0.1:8080", "host:port to serve HTTP and JSON on");
ABSL_FLAG(std::string, grpc, "127.0.0.1:8081", "host:port to serve gRPC on");
ABSL_FLAG(std::string, peer_tls_cert, "", "PEM file with the certificate to show to services; empty is plain text");
ABSL_FLAG(std::string, peer_tls_key, "", "PEM file with the private key to --peer_tls_cert");
ABSL_FLAG(std::string, peer_tls_ca, "", "PEM file with the CA that must have signed the certificates of services");
ABSL_FLAG(std::string, services, "", "the services and where they are: registry=127.0.0.1:8091,…");

namespace anju::gateway {
namespace {

constexpr absl::Duration kDrain = absl::Seconds(10);

[[noreturn]] void StopTheStart(const std::string& why) {
  spdlog::critical("{}", why);
  std::exit(1);
}

// The environment's word for the flags of this file; the runtime reads the others. Before the command line is read, so
// that a flag beats it.
void ReadEnvironment() {
  const std::pair<const char*, absl::Flag<std::string>*> twins[] = {
      {"ANJU_HTTP", &FLAGS_http},
      {"ANJU_GRPC", &FLAGS_grpc},
      {"ANJU_SERVICES", &FLAGS_services},
      {"ANJU_PEER_TLS_CERT", &FLAGS_peer_tls_cert},
      {"ANJU_PEER_TLS_KEY", &FLAGS_peer_tls_key},
      {"ANJU_PEER_TLS_CA", &FLAGS_peer_tls_ca},
  };
  for (const auto& [name, flag] : twins) {
    if (const char* value = std::getenv(name)) absl::SetFlag(flag, value);
  }
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
    peers.push_back({.name = parts.first, .channel = rpc::Connect(parts.second, tls)});
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
  gateway::ReadEnvironment();
  runtime::Runtime runtime(argc, argv, "gateway");
  const auto cache = gateway::OrStop(cache::OpenCache(runtime.cache()));
  const gateway::Peers peers(gateway::ReadServices(absl::GetFlag(FLAGS_services), gateway::OpenPeerTls()));
  cache::Answers answers(*cache, runtime.clock(), peers.Names());
  gateway::Desk desk(peers, answers, runtime.clock());
  gateway::Switchboard switchboard(runtime.guard(), desk, peers, runtime.clock());
  const gateway::Transcoder transcoder(peers.Names());
  const auto grpc =
      gateway::OrStop(gateway::GrpcDoor::Open(gateway::Address(FLAGS_grpc, runtime.tls()), switchboard, runtime.tls()));
  const auto http = gateway::OrStop(
      gateway::HttpDoor::Open(gateway::Address(FLAGS_http, runtime.tls()), switchboard, transcoder, {}, runtime.tls()));
  spdlog::info(R"({{"event":"listening","grpc_port":{},"http_port":{}}})", grpc->port(), http->port());

  gateway::WaitForStop();
  spdlog::info(R"({"event":"draining"})");
  const absl::Time deadline = absl::Now() + gateway::kDrain;
  http->Drain(deadline);
  grpc->Drain(deadline);
  return 0;
}
