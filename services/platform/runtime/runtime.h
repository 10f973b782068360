#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "grpcpp/channel.h"
#include "grpcpp/impl/codegen/service_type.h"
#include "services/platform/base/clock.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/rpc/guard.h"
#include "services/platform/rpc/identity.h"
#include "services/platform/rpc/tls.h"

namespace anju::runtime {

// What every service's main.cc starts with and ends with: flags, clock, log and guard at the beginning, the server at
// the end.
//
// Every flag has a twin in the environment, --listen is ANJU_LISTEN. A flag beats the environment, which beats the
// default; a bad value stops the start with exit code 1. The log goes to stderr, one JSON object a line.
class Runtime {
 public:
  // Must be made before any thread starts: it blocks SIGTERM and SIGINT, so that only Serve() sees them.
  Runtime(int argc, char** argv, absl::string_view service);
  ~Runtime();

  const Clock& clock() const { return clock_; }
  rpc::Guard& guard() { return *guard_; }
  // The token this service shows to its peers.
  rpc::TokenFile& token() { return *token_; }

  // What the flags say; an empty text is a flag that was not given.
  std::string database() const;
  std::string cache() const;
  std::string registry() const;
  std::string relocation() const;
  std::string microcredit() const;
  std::string workshops() const;
  std::string channels() const;
  std::string divisions() const;
  std::string evidence() const;
  // Bring the database up to date and leave. Serve() then returns at once.
  bool migrate_only() const;

  // The hour in China at which the night's work begins; nothing: never.
  std::optional<int> night_hour() const;

  // The certificate of --tls_cert and --tls_key, and the CA of --tls_ca.
  const rpc::Tls& tls() const { return tls_; }
  // Stops the start when it could only be called in plain text.
  std::shared_ptr<grpc::Channel> Peer(absl::string_view address) const;

  // With TLS every peer has to show a certificate that --tls_ca signed, so all three flags are needed then.
  //
  // Serves until SIGTERM or SIGINT, then says NOT_SERVING, gives running calls 10 s and returns the exit code. The port
  // it listens on is told in the log, for a --listen that ends in :0.
  // `draining` is called first of all then, to end what would go on for as long as its caller listens.
  int Serve(
      const std::vector<grpc::Service*>& services, const std::function<void()>& draining = [] {});

 private:
  const std::string service_;
  SystemClock clock_;
  rpc::Tls tls_;
  std::unique_ptr<rpc::Verifier> verifier_;
  std::unique_ptr<rpc::Guard> guard_;
  std::unique_ptr<rpc::TokenFile> token_;
  std::unique_ptr<rpc::MetricsPage> metrics_page_;
};

// Takes what the environment says of these flags, ANJU_LISTEN for --listen; to be done before the command line is read,
// which beats it. A bad value stops the start.
void ReadEnvironment(absl::Span<const char* const> flags);

// Whether `address` can be reached from this machine only: 127.0.0.1, [::1], localhost or a unix socket.
bool IsLoopback(absl::string_view address);

// Refuses to send plain text beyond this machine, with INVALID_ARGUMENT and a sentence.
absl::Status MayCall(absl::string_view address, const rpc::Tls& tls);
// Refuses to serve plain text beyond this machine, with INVALID_ARGUMENT and a sentence.
absl::Status MayListen(absl::string_view address, const rpc::Tls& tls);

// Makes every line of the log one JSON object with time, level, service, and the ids of the trace that the thread works
// for. A message that begins as a JSON object, {",
// and ends as one becomes part of the line as it is.
void LogJson(absl::string_view service, absl::string_view level);

}  // namespace anju::runtime
