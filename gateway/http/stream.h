#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gateway/http/exchange.h"
#include "gateway/http/site.h"
#include "gateway/http/unary.h"
#include "gateway/http/upload.h"
#include "gateway/proxy/stream_call.h"

namespace anju::gateway {

// A call with a stream of requests, of answers, or both: the body is read while the service takes what it held so far,
// and answers go out as they come, one line of JSON each. The head goes out with the first line, so that a call that
// fails before has its own status; one that fails later ends with a line `{"error":{…}}`. Whoever is slow slows the
// other side: of a body no more is read than the service takes, and no answer is asked for before the last one has gone
// out. When the caller goes, the call is given up.
class StreamExchange final : public Exchange, public std::enable_shared_from_this<StreamExchange> {
 public:
  StreamExchange(Site& site, const RequestHead& head, Asked asked, std::shared_ptr<Line> line);

  void Begin() override;
  void OnBody(std::string piece, bool last) override;
  void OnWritten() override;
  void OnGone() override;

 private:
  void StartCall(Visit visit);
  absl::Status OpenBody();
  // Moves on: sends what lies ready, and reads on when there is place.
  void Drive();
  absl::Status Take(absl::string_view piece, bool last);
  void OnMessage(const std::string& message);
  void OnDone(const grpc::Status& status);
  // Gives the call up for something that is wrong here.
  void Fail(const absl::Status& status);
  // The outcome as the caller is told; a fault is logged with the call.
  grpc::Status ToGrpc(const absl::Status& status) const;
  void WriteLines(std::string lines);
  // Both end the exchange.
  void SendError(const grpc::Status& status);
  void SendLast(std::string lines);
  Reply Opening(Reply reply) const;

  Site& site_;
  const RequestHead& head_;
  const Asked asked_;
  std::shared_ptr<Line> line_;
  std::optional<Unpacker> unpacker_;
  std::unique_ptr<Upload> upload_;
  std::shared_ptr<StreamCall> call_;
  rpc::Trace trace_;
  uint64_t body_bytes_ = 0;

  // Upwards: a piece of the body has been asked for; all of it has come; a request is on its way to the service; the
  // service knows that no more come.
  bool reading_ = false, has_body_ = false, sending_ = false, has_ended_ = false;
  // Downwards: the head has gone out; lines are on their way; what is sent last is known, and behind it nothing more
  // happens.
  bool has_begun_ = false, writing_ = false, is_over_ = false;
  std::string last_;
};

}  // namespace anju::gateway
