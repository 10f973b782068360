#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gateway/http/compression.h"
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

// Refuses with MEDIA_TYPE_UNKNOWN, which is answered with 415.
absl::Status MediaTypeUnknown(absl::string_view sentence);
// Refuses with BODY_TOO_LARGE, which is answered with 413.
absl::Status BodyTooLarge(uint64_t limit);
// The error, with the HTTP status of its own that the two above have.
Reply BodyErrorReply(const absl::Status& status);

// `application/json; charset=UTF-8` in its parts, in small letters; `charset` is empty when it is not said.
struct MediaType {
  std::string type;
  std::string charset;
};
MediaType ParseMediaType(absl::string_view text);
// Refuses with MEDIA_TYPE_UNKNOWN what is neither JSON in UTF-8 nor unsaid.
absl::Status CheckJsonType(const MediaType& media);

// A body as it was before it was compressed, if it was.
class Unpacker {
 public:
  // Refuses with MEDIA_TYPE_UNKNOWN what is compressed in another way than gzip.
  static absl::StatusOr<Unpacker> Make(const RequestHead& head);

  // Appends what the piece holds to `body`, up to `limit` bytes. Refuses with BODY_TOO_LARGE and BODY_MALFORMED.
  absl::Status Feed(absl::string_view piece, bool last, uint64_t limit, std::string& body);

 private:
  std::unique_ptr<Gunzip> gunzip_;
};

// One request, one answer.
class UnaryExchange final : public Exchange, public std::enable_shared_from_this<UnaryExchange> {
 public:
  UnaryExchange(Site& site, const RequestHead& head, Asked asked, std::shared_ptr<Line> line);

  void Begin() override;
  void OnBody(std::string piece, bool last) override;
  void OnGone() override;

 private:
  absl::Status CheckHead();
  void Call();
  void Forward(absl::StatusOr<std::string> request);
  // Needs nothing but the connection's head, on which no other follows before the answer.
  Reply Answer(const grpc::Status& status, const Switchboard::Bytes& answer) const;
  // Both end the exchange; Fail the visit too.
  void Fail(const absl::Status& status);
  void Send(Reply reply);

  Site& site_;
  // The connection's, as long as this exchange goes on.
  const RequestHead& head_;
  Asked asked_;
  std::shared_ptr<Line> line_;
  // Until the switchboard takes it.
  std::optional<Visit> visit_;
  rpc::Trace trace_;
  std::optional<Unpacker> unpacker_;
  std::string body_;
};

}  // namespace anju::gateway
