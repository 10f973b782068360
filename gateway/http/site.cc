#include "gateway/http/site.h"

#include <utility>

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
constexpr char kPageMethods[] = "GET, HEAD, OPTIONS";
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

Reply WrongMethod(absl::string_view allowed) {
  Reply reply = ErrorReply(405, Refuse(absl::StatusCode::kUnimplemented, "HTTP_METHOD_NOT_ALLOWED",
                                       absl::StrCat("this address takes ", allowed)));
  reply.fields.emplace_back("Allow", std::string(allowed));
  return reply;
}

Reply ShowHealth(const Site& site, const RequestHead& head) {
  if (head.method != "GET" && head.method != "HEAD") return WrongMethod(kPageMethods);
  if (!site.draining) return JsonReply(R"({"status":"SERVING"})");
  return ErrorReply(Refuse(absl::StatusCode::kUnavailable, "DRAINING", "the gateway is ending; ask another one"));
}

Reply NotFound(const absl::Status& status) {
  // The field is a list of methods for the header, not a part of the request.
  const bool is_method = ReasonOf(status) == "HTTP_METHOD_NOT_ALLOWED";
  return is_method ? WrongMethod(FieldOf(status)) : ErrorReply(status);
}

Reply ShowPage(const Page& page, const RequestHead& head) {
  if (head.method != "GET" && head.method != "HEAD") return WrongMethod(kPageMethods);
  Reply reply = Present(*page.rendered, head, "public, no-cache");
  reply.type = page.type;
  reply.fields.emplace_back("Content-Security-Policy", kPagePolicy);
  reply.fields.emplace_back("Referrer-Policy", "no-referrer");
  return reply;
}

// Refuses with SERVICE_CONTRADICTED when the header and the address name two services.
absl::Status NameService(Asked& asked) {
  std::string& service = asked.envelope.service;
  const std::string& other = asked.match.service;
  if (!service.empty() && !other.empty() && service != other) {
    return Refuse(absl::StatusCode::kInvalidArgument, "SERVICE_CONTRADICTED",
                  absl::StrCat("the address and the header ", kServiceHeader, " name two services"), kServiceHeader);
  }
  if (service.empty()) service = other;
  return absl::OkStatus();
}

// What may be asked for at an address, also by a browser on behalf of another page.
Reply Options(const Site& site, const RequestHead& head) {
  const absl::string_view path = absl::string_view(head.target).substr(0, head.target.find('?'));
  std::string allowed = head.target == "*" ? kEveryMethod : site.transcoder.Allowed(path);
  if (site.pages.contains(path) || path == "/healthz") allowed = kPageMethods;
  if (allowed.empty()) {
    return ErrorReply(Refuse(absl::StatusCode::kNotFound, "ADDRESS_UNKNOWN", "there is nothing at this address"));
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
  const auto tell = [&](Reply reply) { return std::make_shared<Known>(std::move(line), std::move(reply)); };
  const absl::string_view path = absl::string_view(head.target).substr(0, head.target.find('?'));
  if (head.method == "OPTIONS") return tell(Options(site, head));
  if (path == "/healthz") return tell(ShowHealth(site, head));
  // What needs no token, or comes to nothing.
  const auto know = [&](Reply reply) {
    const absl::Status charged = site.switchboard.Charge(address, head.Field(kAddressHeader));
    return tell(charged.ok() ? std::move(reply) : ErrorReply(charged));
  };
  if (const auto page = site.pages.find(path); page != site.pages.end()) {
    return know(ShowPage(page->second, head));
  }
  auto match = site.transcoder.Find(head.method, head.target);
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
  if (const absl::Status named = NameService(asked); !named.ok()) {
    return know(WithRequestId(ErrorReply(named), asked));
  }
  const auto route = FindRoute(*asked.match.method, asked.envelope.service, site.switchboard.services());
  if (!route.ok()) return know(WithRequestId(ErrorReply(route.status()), asked));
  asked.route = *route;
  if (!asked.IsStream()) return std::make_shared<UnaryExchange>(site, head, std::move(asked), std::move(line));
  if (head.method == "HEAD") return know(WrongMethod("GET, OPTIONS"));
  return std::make_shared<StreamExchange>(site, head, std::move(asked), std::move(line));
}

}  // namespace anju::gateway
