#include "gateway/http/site.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/http/stream.h"
#include "gateway/http/unary.h"
#include "gateway/openapi/openapi.h"
#include "gateway/pages/pages.h"
#include "services/platform/base/error.h"
#include "services/platform/rpc/purpose.h"

namespace anju::gateway {

namespace {

// A page runs its own script and style, speaks to this gateway, and is shown in no other page.
constexpr char kPagePolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";
constexpr char kEveryMethod[] = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

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

Reply WrongMethod(absl::string_view allowed) {
  Reply reply = ErrorReply(405, Refuse(absl::StatusCode::kUnimplemented, "HTTP_METHOD_NOT_ALLOWED",
                                       absl::StrCat("this address takes ", allowed)));
  reply.fields.emplace_back("Allow", std::string(allowed));
  return reply;
}

Reply NotFound(const absl::Status& status) {
  // The field is a list of methods for the header, not a part of the request.
  const bool is_method = ReasonOf(status) == "HTTP_METHOD_NOT_ALLOWED";
  return is_method ? WrongMethod(FieldOf(status)) : ErrorReply(status);
}

Reply ShowPage(const Page& page, const RequestHead& head) {
  if (head.method != "GET" && head.method != "HEAD") return WrongMethod("GET, HEAD");
  Reply reply = Present(*page.rendered, head, "public, no-cache");
  reply.type = page.type;
  reply.fields.emplace_back("Content-Security-Policy", kPagePolicy);
  reply.fields.emplace_back("Referrer-Policy", "no-referrer");
  return reply;
}

// What may be asked for at an address, also by a browser on behalf of another page.
Reply Options(const Site& site, const RequestHead& head) {
  const absl::string_view path = absl::string_view(head.target).substr(0, head.target.find('?'));
  std::string allowed = head.target == "*" ? kEveryMethod : site.transcoder.Allowed(path);
  if (site.pages.contains(path) || path == "/healthz") allowed = "GET";
  if (allowed.empty()) return ErrorReply(absl::NotFoundError("there is nothing at this address"));
  if (head.target != "*") {
    if (absl::StrContains(allowed, "GET")) absl::StrAppend(&allowed, ", HEAD");
    absl::StrAppend(&allowed, ", OPTIONS");
  }
  Reply reply = {.status = 204, .fields = {{"Allow", allowed}}};
  site.cors.AddPreflight(head, allowed, reply);
  return reply;
}

}  // namespace

std::map<std::string, Page, std::less<>> MakePages(const Transcoder& transcoder,
                                                   const std::vector<std::string>& services) {
  const auto page = [](std::string type, absl::string_view bytes) {
    return Page{.type = std::move(type), .rendered = std::make_shared<const Rendered>(std::string(bytes))};
  };
  const Page html = page("text/html; charset=utf-8", PageBytes("api.html"));
  return {{"/", html},
          {"/api", html},
          {"/api.js", page("text/javascript; charset=utf-8", PageBytes("api.js"))},
          {"/api.css", page("text/css; charset=utf-8", PageBytes("api.css"))},
          {"/openapi.json", page(std::string(kJson), DescribeApi(transcoder, services))}};
}

std::shared_ptr<Exchange> Receive(Site& site, const RequestHead& head, const std::string& address,
                                  std::shared_ptr<Line> line) {
  const auto know = [&](Reply reply) { return std::make_shared<Known>(std::move(line), std::move(reply)); };
  if (head.method == "OPTIONS") return know(Options(site, head));
  if (head.target == "/healthz") return know(Health(site));
  if (const auto page = site.pages.find(head.target); page != site.pages.end()) {
    return know(ShowPage(page->second, head));
  }
  auto match = site.transcoder.Find(head.method == "HEAD" ? "GET" : head.method, head.target);
  if (!match.ok()) return know(NotFound(match.status()));
  Asked asked = {.match = *std::move(match),
                 .route = {},
                 .envelope = {.authorization = head.Field("authorization"),
                              .request_id = site.switchboard.guard().RequestId(head.Field("x-request-id")),
                              .traceparent = head.Field("traceparent"),
                              .service = head.Field(kServiceHeader),
                              .tracestate = head.Field("tracestate"),
                              .purpose = rpc::AsMetadata(head.Field(rpc::kPurposeHeader)),
                              .address = address,
                              .said_address = head.Field(kAddressHeader)}};
  if (asked.envelope.service.empty()) asked.envelope.service = asked.match.service;
  const auto route = FindRoute(*asked.match.method, asked.envelope.service, site.switchboard.services());
  if (!route.ok()) return know(WithRequestId(ErrorReply(route.status()), asked));
  asked.route = *route;
  if (!asked.IsStream()) return std::make_shared<UnaryExchange>(site, head, std::move(asked), std::move(line));
  if (head.method == "HEAD") return know(WrongMethod("GET"));
  return std::make_shared<StreamExchange>(site, head, std::move(asked), std::move(line));
}

}  // namespace anju::gateway
