#include "gateway/http/cors.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace anju::gateway {

namespace {

constexpr char kMayBeRead[] = "ETag, Retry-After, X-Request-Id, X-Unknown-Columns";
constexpr char kMayBeSent[] =
    "Authorization, Content-Encoding, Content-Type, If-None-Match, Traceparent, X-Anju-Purpose, X-Anju-Service, "
    "X-Request-Id";
// How long a browser remembers, in seconds.
constexpr char kMaxAge[] = "600";

// As browsers write them: a scheme, a host in small letters, perhaps a port, and nothing behind.
bool IsOrigin(absl::string_view text) {
  if (!absl::ConsumePrefix(&text, "https://") && !absl::ConsumePrefix(&text, "http://")) return false;
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) ||
           absl::string_view("-.:[]").find(c) != absl::string_view::npos;
  });
}

}  // namespace

absl::StatusOr<Cors> Cors::Parse(absl::string_view origins) {
  Cors cors;
  for (absl::string_view origin : absl::StrSplit(origins, ',', absl::SkipWhitespace())) {
    origin = absl::StripAsciiWhitespace(origin);
    if (!IsOrigin(origin)) {
      return absl::InvalidArgumentError(absl::StrCat(origin, " is not an origin such as https://figures.example.cn"));
    }
    cors.origins_.emplace_back(origin);
  }
  return cors;
}

bool Cors::Allows(absl::string_view origin) const {
  return std::find(origins_.begin(), origins_.end(), origin) != origins_.end();
}

void Cors::Add(const RequestHead& head, Reply& reply) const {
  if (origins_.empty()) return;
  // Whatever it says now, it would say something else to another page.
  reply.fields.emplace_back("Vary", "Origin");
  const std::string origin = head.Field("origin");
  if (!Allows(origin)) return;
  reply.fields.emplace_back("Access-Control-Allow-Origin", origin);
  reply.fields.emplace_back("Access-Control-Expose-Headers", kMayBeRead);
}

void Cors::AddPreflight(const RequestHead& head, absl::string_view methods, Reply& reply) const {
  if (head.Field("access-control-request-method").empty() || !Allows(head.Field("origin"))) return;
  reply.fields.emplace_back("Access-Control-Allow-Methods", std::string(methods));
  reply.fields.emplace_back("Access-Control-Allow-Headers", kMayBeSent);
  reply.fields.emplace_back("Access-Control-Max-Age", kMaxAge);
}

}  // namespace anju::gateway
