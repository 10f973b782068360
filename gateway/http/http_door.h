#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/http/site.h"
#include "gateway/proxy/switchboard.h"
#include "gateway/transcoding/transcoding.h"
#include "services/platform/rpc/tls.h"

namespace anju::gateway {

// The gateway's HTTP port: JSON over HTTP/1.1 for every method that the transcoder knows, streams as NDJSON, errors as
// google.rpc.Status. Without a token: `GET /healthz` says whether the gateway itself is there, /openapi.json describes
// everything, and the page at / lets one try it.
class HttpDoor {
 public:
  // `address` is host:port, port 0 for a free one. The others outlive the door. Fails when it cannot be listened on.
  // With TLS it speaks HTTPS only.
  static absl::StatusOr<std::unique_ptr<HttpDoor>> Open(absl::string_view address, Switchboard& switchboard,
                                                        const Transcoder& transcoder, HttpLimits limits = {},
                                                        const rpc::Tls& tls = {}, Cors cors = {});
  ~HttpDoor();

  int port() const;
  // Takes no more connections, and gives the requests under way until the deadline.
  void Drain(absl::Time deadline);

 private:
  struct State;
  explicit HttpDoor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace anju::gateway
