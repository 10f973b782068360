#include "services/platform/runtime/runtime.h"

#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <signal.h>
#include <sys/resource.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/reflection.h"
#include "absl/flags/usage.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "google/protobuf/stubs/logging.h"
#include "services/platform/base/error.h"
#include "services/platform/base/quote.h"
#include "services/platform/rpc/trace.h"
#include "spdlog/formatter.h"
#include "spdlog/sinks/stdout_sinks.h"
#include "spdlog/spdlog.h"

ABSL_FLAG(std::string, listen, "127.0.0.1:0", "host:port to serve gRPC on; port 0 takes a free one");
ABSL_FLAG(std::string, cache, "", "redis://host:port or unix:/path of the cache; empty keeps it in memory");
ABSL_FLAG(std::string, jwks, "", "file with the public keys that sign tokens");
ABSL_FLAG(std::string, issuer, "anju", "issuer that tokens must have");
ABSL_FLAG(std::string, audience, "anju", "audience that tokens must have");
ABSL_FLAG(std::string, tls_cert, "", "PEM file with the certificate to show; empty is plain text, on loopback only");
ABSL_FLAG(std::string, tls_key, "", "PEM file with the private key to --tls_cert");
ABSL_FLAG(std::string, tls_ca, "", "PEM file with the CA that must have signed the certificates of peers");
ABSL_FLAG(std::string, token_file, "", "file with the token this service shows to its peers");
ABSL_FLAG(std::string, registry, "", "host:port of the registry");
ABSL_FLAG(std::string, relocation, "", "host:port of the relocation service");
ABSL_FLAG(std::string, microcredit, "", "host:port of the microcredit service");
ABSL_FLAG(std::string, workshops, "", "host:port of the workshops service");
ABSL_FLAG(std::string, channels, "", "host:port of the channels service");
ABSL_FLAG(std::string, divisions, "", "directory with the trees of divisions");
ABSL_FLAG(std::string, evidence, "", "folder for the files that records rest on; empty takes none");
ABSL_FLAG(std::string, database, "", "sqlite:/path or postgresql://… of this service's database");
ABSL_FLAG(bool, migrate_only, false, "bring the database up to date and leave");
ABSL_FLAG(int32_t, night_hour, 2,
          "hour in China, 0 to 23, at which figures are proved and rules that count days run; -1 never");
ABSL_FLAG(std::string, metrics, "", "host:port to serve Prometheus metrics on; empty serves none");
ABSL_FLAG(std::string, log_level, "info", "trace, debug, info, warn, error or off");

namespace anju::runtime {
namespace {

constexpr const char* kFlags[] = {"listen",   "cache",      "jwks",         "issuer",    "audience",  "token_file",
                                  "registry", "relocation", "microcredit",  "workshops", "channels",  "divisions",
                                  "evidence", "database",   "migrate_only", "metrics",   "log_level", "tls_cert",
                                  "tls_key",  "tls_ca",     "night_hour"};

constexpr int kHandshakeTimeoutMs = 10'000;
constexpr int kConnectionAgeMs = 5 * 60 * 1000, kConnectionAgeGraceMs = 60 * 1000;
constexpr int kKeepaliveMs = 60'000, kKeepaliveTimeoutMs = 20'000, kMinPingIntervalMs = 20'000;
constexpr int kMaxThreads = 512;
// Of messages that are coming in and going out; before it is used up, senders are slowed down.
constexpr size_t kMessageBytes = size_t{256} << 20;
// A token of the largest size and what else comes with it.
constexpr int kMaxMetadataBytes = 16 * 1024;
constexpr std::chrono::seconds kDrain(10);

[[noreturn]] void StopTheStart(absl::string_view why) {
  spdlog::critical("{}", std::string(why));
  std::exit(1);
}

rpc::Tls OpenTls() {
  auto tls = rpc::Tls::Open(
      {.cert = absl::GetFlag(FLAGS_tls_cert), .key = absl::GetFlag(FLAGS_tls_key), .ca = absl::GetFlag(FLAGS_tls_ca)});
  if (!tls.ok()) StopTheStart(absl::StrCat("--tls_cert, --tls_key and --tls_ca: ", tls.status().message()));
  return *std::move(tls);
}

// One JSON object a line.
class JsonFormatter final : public spdlog::formatter {
 public:
  explicit JsonFormatter(std::string service) : service_(std::move(service)) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const auto level = spdlog::level::to_string_view(message.level);
    const int64_t ms = absl::ToUnixMillis(absl::FromChrono(message.time));
    // Its formatter is told one message after the other; a second is put into words once.
    if (const int64_t second = ms / 1000; second != second_) {
      second_ = second;
      text_ = absl::FormatTime("%Y-%m-%dT%H:%M:%S.", absl::FromUnixSeconds(second), absl::UTCTimeZone());
    }
    std::string line = absl::StrCat(R"({"time":")", text_, absl::Dec(ms % 1000, absl::kZeroPad3), R"(Z","level":")",
                                    absl::string_view(level.data(), level.size()), R"(","service":")", service_, "\",");
    if (const rpc::Trace* trace = rpc::CurrentTrace(); trace != nullptr) {
      absl::StrAppend(&line, R"("trace_id":")", trace->trace_id(), R"(","span_id":")", trace->span_id(), "\",");
    }
    const absl::string_view text(message.payload.data(), message.payload.size());
    // A call is logged as the object that it is; it is not parsed again, because there are many of them.
    if (absl::StartsWith(text, "{\"") && absl::EndsWith(text, "}")) {
      absl::StrAppend(&line, text.substr(1));
    } else {
      line += R"("message":)";
      AppendQuoted(text, line);
      line.push_back('}');
    }
    line.push_back('\n');
    out.append(line.data(), line.data() + line.size());
  }

  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonFormatter>(service_); }

 private:
  const std::string service_;
  int64_t second_ = -1;
  std::string text_;
};

// What the libraries of gRPC and Protocol Buffers have to say becomes lines like all others.
void LogGrpc(gpr_log_func_args* said) {
  const auto level = said->severity == GPR_LOG_SEVERITY_ERROR  ? spdlog::level::warn
                     : said->severity == GPR_LOG_SEVERITY_INFO ? spdlog::level::info
                                                               : spdlog::level::debug;
  spdlog::log(level, "grpc: {}", said->message);
}

void LogProtobuf(google::protobuf::LogLevel severity, const char*, int, const std::string& said) {
  const auto level = severity == google::protobuf::LOGLEVEL_INFO      ? spdlog::level::info
                     : severity == google::protobuf::LOGLEVEL_WARNING ? spdlog::level::warn
                     : severity == google::protobuf::LOGLEVEL_ERROR   ? spdlog::level::err
                                                                      : spdlog::level::critical;
  spdlog::log(level, "protobuf: {}", said);
}

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// A connection is a file, and what the shell allows is often 1,024 of them.
void AllowAllFiles() {
  rlimit files = {};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace

void ReadEnvironment(absl::Span<const char* const> flags) {
  for (const char* name : flags) {
    const std::string twin = absl::StrCat("ANJU_", absl::AsciiStrToUpper(name));
    const char* value = std::getenv(twin.c_str());
    if (value == nullptr) continue;
    std::string error;
    absl::CommandLineFlag* flag = absl::FindCommandLineFlag(name);
    ANJU_CHECK(flag != nullptr);
    if (!flag->ParseFrom(value, &error)) StopTheStart(absl::StrCat(twin, " has a bad value: ", error));
  }
}

bool IsLoopback(absl::string_view address) {
  return absl::StartsWith(address, "127.0.0.1:") || absl::StartsWith(address, "[::1]:") ||
         absl::StartsWith(address, "localhost:") || absl::StartsWith(address, "unix:");
}

absl::Status MayCall(absl::string_view address, const rpc::Tls& tls) {
  if (tls.on() || IsLoopback(address)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      address, " would be sent tokens and personal data in plain text beyond this machine: give the flags of its TLS"));
}

absl::Status MayListen(absl::string_view address, const rpc::Tls& tls) {
  if (tls.on() ? tls.serves() : IsLoopback(address)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(address,
                   " would serve plain text beyond this machine: listen on 127.0.0.1, [::1] or unix:/path, or "
                   "give --tls_cert and --tls_key"));
}

void LogJson(absl::string_view service, absl::string_view level) {
  const auto parsed = spdlog::level::from_str(std::string(level));
  auto logger = std::make_shared<spdlog::logger>("anju", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_formatter(std::make_unique<JsonFormatter>(std::string(service)));
  logger->set_level(parsed);
  spdlog::set_default_logger(logger);
  gpr_set_log_function(LogGrpc);
  google::protobuf::SetLogHandler(LogProtobuf);
  // A word that is no level reads as `off`.
  if (parsed == spdlog::level::off && level != "off") {
    logger->set_level(spdlog::level::info);
    StopTheStart("--log_level is trace, debug, info, warn, error or off");
  }
}

Runtime::Runtime(int argc, char** argv, absl::string_view service) : service_(service) {
  AllowAllFiles();
  // Debian's Abseil looks for cycles at every lock. That is for tests, which leave it on.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  // Blocked before any thread starts, so that only Serve() sees the signals.
  const sigset_t signals = StopSignals();
  ANJU_CHECK(pthread_sigmask(SIG_BLOCK, &signals, nullptr) == 0);

  LogJson(service_, "info");
  absl::SetProgramUsageMessage(absl::StrCat("The ", service_, " service of anju. Every flag has an ANJU_ twin."));
  ReadEnvironment(kFlags);
  if (absl::ParseCommandLine(argc, argv).size() > 1) StopTheStart("an argument is not a flag; write --flag=value");
  LogJson(service_, absl::GetFlag(FLAGS_log_level));
  tls_ = OpenTls();
  if (const int hour = absl::GetFlag(FLAGS_night_hour); hour < -1 || hour > 23) {
    StopTheStart("--night_hour is 0 to 23, or -1");
  }
  if (auto may = MayListen(absl::GetFlag(FLAGS_listen), tls_); !may.ok()) StopTheStart(may.message());

  token_ = std::make_unique<rpc::TokenFile>(absl::GetFlag(FLAGS_token_file));
  if (migrate_only()) {
    verifier_ = rpc::Verifier::Closed(clock_);
  } else {
    auto verifier = rpc::Verifier::Open(absl::GetFlag(FLAGS_jwks), absl::GetFlag(FLAGS_issuer),
                                        absl::GetFlag(FLAGS_audience), clock_);
    if (!verifier.ok()) StopTheStart(absl::StrCat("--jwks: ", verifier.status().message()));
    verifier_ = *std::move(verifier);
  }
  guard_ = std::make_unique<rpc::Guard>(*verifier_, clock_, service_);
  if (const std::string address = absl::GetFlag(FLAGS_metrics); !address.empty() && !migrate_only()) {
    auto page = rpc::MetricsPage::Open(address, guard_->metrics());
    if (!page.ok()) StopTheStart(absl::StrCat("--metrics: ", page.status().message()));
    metrics_page_ = *std::move(page);
  }
}

Runtime::~Runtime() = default;

std::string Runtime::database() const { return absl::GetFlag(FLAGS_database); }
std::string Runtime::cache() const { return absl::GetFlag(FLAGS_cache); }
std::string Runtime::registry() const { return absl::GetFlag(FLAGS_registry); }
std::string Runtime::relocation() const { return absl::GetFlag(FLAGS_relocation); }
std::string Runtime::microcredit() const { return absl::GetFlag(FLAGS_microcredit); }
std::string Runtime::workshops() const { return absl::GetFlag(FLAGS_workshops); }
std::string Runtime::channels() const { return absl::GetFlag(FLAGS_channels); }
std::string Runtime::divisions() const { return absl::GetFlag(FLAGS_divisions); }
std::string Runtime::evidence() const { return absl::GetFlag(FLAGS_evidence); }
bool Runtime::migrate_only() const { return absl::GetFlag(FLAGS_migrate_only); }

std::optional<int> Runtime::night_hour() const {
  const int hour = absl::GetFlag(FLAGS_night_hour);
  return hour < 0 ? std::nullopt : std::optional(hour);
}

std::shared_ptr<grpc::Channel> Runtime::Peer(absl::string_view address) const {
  if (auto may = MayCall(address, tls_); !may.ok()) StopTheStart(may.message());
  return rpc::Connect(address, tls_, rpc::Repeat::kWhatMay);
}

int Runtime::Serve(const std::vector<grpc::Service*>& services, const std::function<void()>& draining) {
  if (migrate_only()) return 0;
  if (tls_.on() && !tls_.mutual()) {
    spdlog::critical("a service speaks TLS to those with a certificate only: give --tls_cert, --tls_key and --tls_ca");
    return 1;
  }
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  const std::string listen = absl::GetFlag(FLAGS_listen);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(listen, tls_.ForServer(), &port);
  for (grpc::Service* service : services) builder.RegisterService(service);
  builder.SetMaxReceiveMessageSize(rpc::kMaxMessageBytes);
  builder.SetMaxSendMessageSize(rpc::kMaxMessageBytes);
  builder.SetResourceQuota(grpc::ResourceQuota("anju").Resize(kMessageBytes).SetMaxThreads(kMaxThreads));
  // A small packed message may be a gigabyte unpacked.
  for (const grpc_compression_algorithm packed : {GRPC_COMPRESS_DEFLATE, GRPC_COMPRESS_GZIP}) {
    builder.SetCompressionAlgorithmSupportStatus(packed, false);
  }
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, kConnectionAgeMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, kConnectionAgeGraceMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kMinPingIntervalMs);
  // Two processes on one port would each get half of the calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    spdlog::critical("cannot listen on {}", listen);
    return 1;
  }
  server->GetHealthCheckService()->SetServingStatus(true);
  spdlog::info("{}", nlohmann::ordered_json({{"event", "listening"}, {"address", listen}, {"port", port}}).dump());

  const sigset_t signals = StopSignals();
  int signal = 0;
  while (sigwait(&signals, &signal) != 0) {
  }
  spdlog::info("{}", nlohmann::ordered_json({{"event", "draining"}, {"signal", signal}}).dump());
  server->GetHealthCheckService()->SetServingStatus(false);
  draining();
  server->Shutdown(std::chrono::system_clock::now() + kDrain);
  server->Wait();
  return 0;
}

}  // namespace anju::runtime
