#pragma once

#include <boost/asio/ssl/context.hpp>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/platform/rpc/tls.h"

namespace anju::gateway {

// The certificate that callers are shown: read again when a second has passed, and kept when it cannot be. For one
// thread at a time.
class Certificate {
 public:
  explicit Certificate(const rpc::Tls& tls) : tls_(tls) {}

  // Must have succeeded once before Current() is asked.
  absl::Status Read();

  // None without TLS.
  boost::asio::ssl::context* Current();

 private:
  const rpc::Tls tls_;
  absl::Time read_again_ = absl::InfinitePast();
  std::optional<boost::asio::ssl::context> context_;
};

}  // namespace anju::gateway
