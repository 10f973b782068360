#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/security/tls_certificate_provider.h"

struct ssl_ctx_st;

namespace anju::rpc {

// Where TLS finds what it needs, each a PEM file.
struct TlsFiles {
  // What this process shows of itself, with the chain below its CA, and the private key to it.
  std::string cert, key;
  // Who must have signed what peers show.
  std::string ca;
};

// How one process speaks to others: by TLS 1.2 or 1.3 as the files say, or in plain text. The files are watched: who
// connects a few seconds after they were replaced meets the new ones. Replace them by renaming: gRPC aborts the
// process at an empty certificate.
//
//   cert, key and ca   both sides show a certificate that `ca` signed
//   cert and key       a server that admits strangers
//   ca                 a client that shows nothing
//
// A value: copies share the watch. Safe for many threads.
class Tls {
 public:
  // Plain text.
  Tls() = default;

  // No files are plain text. Fails with INVALID_ARGUMENT when they are not complete, not readable or do not fit.
  static absl::StatusOr<Tls> Open(const TlsFiles& files);

  bool on() const { return watch_ != nullptr; }
  // Whether there is a certificate to serve with.
  bool serves() const { return !files_.cert.empty(); }
  // Whether peers have to show a certificate.
  bool mutual() const { return serves() && !files_.ca.empty(); }

  // A client checks besides the signature that its peer is the host it called.
  std::shared_ptr<grpc::ChannelCredentials> ForClient() const;
  std::shared_ptr<grpc::ServerCredentials> ForServer() const;

  // For a server without gRPC: the files as they are now, or why they cannot be used.
  absl::StatusOr<std::shared_ptr<ssl_ctx_st>> ServerContext() const;
  // The same for a client without gRPC; it has to say itself which host it calls.
  absl::StatusOr<std::shared_ptr<ssl_ctx_st>> ClientContext() const;

 private:
  TlsFiles files_;
  std::shared_ptr<grpc::experimental::CertificateProviderInterface> watch_;
};

}  // namespace anju::rpc
