#pragma once

#include <memory>
#include <string>

#include "gateway/http/exchange.h"
#include "gateway/http/site.h"

namespace anju::gateway {

// A call that an address stands for.
struct Asked {
  Transcoder::Match match;
  Route route;
  Envelope envelope;

  bool IsStream() const { return match.method->client_streaming() || match.method->server_streaming(); }
};

Reply WithRequestId(Reply reply, const Asked& asked);

// INVALID_ARGUMENT for what is not in a form that is read here; answered with 415.
Reply MediaTypeReply(absl::string_view sentence);
// A body beyond the limit; answered with 413.
Reply TooLargeReply(uint64_t limit);

// `application/json; charset=UTF-8` in its parts, in small letters; `charset` is empty when it is not said.
struct MediaType {
  std::string type;
  std::string charset;
};
MediaType ParseMediaType(absl::string_view text);

// One request, one answer.
class UnaryExchange final : public Exchange, public std::enable_shared_from_this<UnaryExchange> {
 public:
  UnaryExchange(Site& site, const RequestHead& head, Asked asked, std::shared_ptr<Line> line);

  void Begin() override;
  void OnBody(std::string piece, bool last) override;
  void OnGone() override { line_ = nullptr; }

 private:
  void Call();
  void Answer(const grpc::Status& status, const Switchboard::Bytes& answer);
  // Ends the exchange.
  void Send(Reply reply);

  Site& site_;
  // The connection's, as long as this exchange goes on.
  const RequestHead& head_;
  Asked asked_;
  std::shared_ptr<Line> line_;
  std::string body_;
};

}  // namespace anju::gateway
