#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/platform/rpc/tls.h"

namespace anju::gateway::http2 {

// The certificate that callers are shown: read again when a second has passed, and kept when it cannot be. For one
// thread at a time.
class Certificate {
 public:
  // Changes a context that has just been read, before anybody speaks by it.
  using Prepare = void (*)(SSL_CTX& context);

  explicit Certificate(const rpc::Tls& tls, Prepare prepare = nullptr) : tls_(tls), prepare_(prepare) {}

  // Must have succeeded once before Current() is asked.
  absl::Status Read();

  // Null without TLS.
  std::shared_ptr<boost::asio::ssl::context> Current();

 private:
  const rpc::Tls tls_;
  const Prepare prepare_;
  absl::Time read_again_ = absl::InfinitePast();
  std::shared_ptr<boost::asio::ssl::context> context_;
};

}  // namespace anju::gateway::http2
