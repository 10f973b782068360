#include "gateway/http/site.h"

#include <utility>

#include "gateway/http/stream.h"
#include "gateway/http/unary.h"
#include "services/platform/base/error.h"

namespace anju::gateway {

namespace {

// An answer that is known at once.
class Known final : public Exchange {
 public:
  Known(std::shared_ptr<Line> line, Reply reply) : line_(std::move(line)), reply_(std::move(reply)) {}
  void Begin() override { std::exchange(line_, nullptr)->Send(std::move(reply_)); }
  void OnBody(std::string, bool) override {}
  void OnGone() override { line_ = nullptr; }

 private:
  std::shared_ptr<Line> line_;
  Reply reply_;
};

Reply Health(const Site& site) {
  return site.draining ? JsonReply(R"({"status":"NOT_SERVING"})", 503) : JsonReply(R"({"status":"SERVING"})");
}

Reply NotFound(const absl::Status& status) {
  if (ReasonOf(status) != "HTTP_METHOD_NOT_ALLOWED") return ErrorReply(status);
  // The field is a list of methods for the header, not a part of the request.
  Reply reply = ErrorReply(405, Refuse(status.code(), ReasonOf(status), status.message()));
  reply.fields.emplace_back("Allow", FieldOf(status));
  return reply;
}

}  // namespace

std::shared_ptr<Exchange> Receive(Site& site, const RequestHead& head, std::shared_ptr<Line> line) {
  const auto know = [&](Reply reply) { return std::make_shared<Known>(std::move(line), std::move(reply)); };
  if (head.target == "/healthz") return know(Health(site));
  auto match = site.transcoder.Find(head.method == "HEAD" ? "GET" : head.method, head.target);
  if (!match.ok()) return know(NotFound(match.status()));
  Asked asked = {.match = *std::move(match),
                 .route = {},
                 .envelope = {.authorization = head.Field("authorization"),
                              .request_id = site.switchboard.guard().RequestId(head.Field("x-request-id")),
                              .traceparent = head.Field("traceparent"),
                              .service = head.Field(kServiceHeader)}};
  if (asked.envelope.service.empty()) asked.envelope.service = asked.match.service;
  const auto route = FindRoute(*asked.match.method, asked.envelope.service, site.switchboard.services());
  if (!route.ok()) return know(WithRequestId(ErrorReply(route.status()), asked));
  asked.route = *route;
  if (asked.IsStream() && head.method == "HEAD") {
    Reply reply = JsonReply("", 405);
    reply.fields.emplace_back("Allow", "GET");
    return know(std::move(reply));
  }
  if (asked.IsStream()) return std::make_shared<StreamExchange>(site, head, std::move(asked), std::move(line));
  return std::make_shared<UnaryExchange>(site, head, std::move(asked), std::move(line));
}

}  // namespace anju::gateway
