#include "gateway/http2/certificate.h"

#include <string>

#include "absl/time/clock.h"
#include "services/platform/base/error.h"
#include "spdlog/spdlog.h"

namespace anju::gateway::http2 {

namespace {

constexpr absl::Duration kReadEvery = absl::Seconds(1);

}  // namespace

absl::Status Certificate::Read() {
  if (!tls_.on()) return absl::OkStatus();
  read_again_ = absl::Now() + kReadEvery;
  ASSIGN_OR_RETURN(const std::shared_ptr<SSL_CTX> context, tls_.ServerContext());
  ANJU_CHECK(SSL_CTX_up_ref(context.get()) == 1);
  if (prepare_ != nullptr) prepare_(*context);
  context_ = std::make_shared<boost::asio::ssl::context>(context.get());
  return absl::OkStatus();
}

std::shared_ptr<boost::asio::ssl::context> Certificate::Current() {
  if (!tls_.on()) return nullptr;
  if (absl::Now() >= read_again_) {
    if (absl::Status status = Read(); !status.ok()) {
      spdlog::warn("the certificate stays as it was: {}", std::string(status.message()));
    }
  }
  // Never plain text where TLS was asked for.
  ANJU_CHECK(context_ != nullptr);
  return context_;
}

}  // namespace anju::gateway::http2
