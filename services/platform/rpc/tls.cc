#include "services/platform/rpc/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "absl/strings/str_cat.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "services/platform/base/error.h"

namespace anju::rpc {
namespace {

constexpr unsigned kReadFilesEverySeconds = 1;

template <typename Options>
void Watch(Options& options, const TlsFiles& files) {
  if (!files.cert.empty()) options.watch_identity_key_cert_pairs();
  if (!files.ca.empty()) options.watch_root_certs();
}

absl::StatusOr<std::shared_ptr<SSL_CTX>> Load(const TlsFiles& files, const SSL_METHOD* side) {
  ERR_clear_error();
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(side), SSL_CTX_free);
  ANJU_CHECK(context != nullptr);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // Without a name for them, sessions of callers with certificates could not be taken up again.
  SSL_CTX_set_session_id_context(context.get(), reinterpret_cast<const unsigned char*>("anju"), 4);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
  if (!files.cert.empty()) {
    if (SSL_CTX_use_certificate_chain_file(context.get(), files.cert.c_str()) != 1) {
      return absl::InvalidArgumentError(absl::StrCat("there is no certificate in ", files.cert));
    }
    if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("there is no private key in ", files.key, ", or not the one to ", files.cert));
    }
  }
  if (!files.ca.empty()) {
    if (SSL_CTX_load_verify_file(context.get(), files.ca.c_str()) != 1) {
      return absl::InvalidArgumentError(absl::StrCat("there is no certificate in ", files.ca));
    }
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

}  // namespace

absl::StatusOr<Tls> Tls::Open(const TlsFiles& files) {
  if (files.cert.empty() != files.key.empty()) {
    return absl::InvalidArgumentError("a certificate and its private key are given together or not at all");
  }
  Tls tls;
  if (files.cert.empty() && files.ca.empty()) return tls;
  RETURN_IF_ERROR(Load(files, TLS_server_method()).status());
  tls.files_ = files;
  tls.watch_ = std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(files.key, files.cert, files.ca,
                                                                                    kReadFilesEverySeconds);
  return tls;
}

std::shared_ptr<grpc::ChannelCredentials> Tls::ForClient() const {
  if (!on()) return grpc::InsecureChannelCredentials();
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(watch_);
  Watch(options, files_);
  return grpc::experimental::TlsCredentials(options);
}

std::shared_ptr<grpc::ServerCredentials> Tls::ForServer() const {
  if (!on()) return grpc::InsecureServerCredentials();
  grpc::experimental::TlsServerCredentialsOptions options(watch_);
  Watch(options, files_);
  options.set_cert_request_type(mutual() ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                         : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  return grpc::experimental::TlsServerCredentials(options);
}

absl::StatusOr<std::shared_ptr<SSL_CTX>> Tls::ServerContext() const {
  return Load(files_, TLS_server_method());
}

absl::StatusOr<std::shared_ptr<SSL_CTX>> Tls::ClientContext() const {
  return Load(files_, TLS_client_method());
}

}  // namespace anju::rpc
