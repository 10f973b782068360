#include "gateway/http/rendered.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gateway/http/compression.h"
#include "services/platform/base/error.h"
#include "services/platform/base/ids.h"

namespace anju::gateway {

namespace {

constexpr size_t kTagDigits = 32;
// Answers and their JSON that are kept; an answer is given again for some seconds, so nothing is lost by starting anew.
constexpr size_t kMaxKeptBytes = size_t{64} << 20;

bool IsWorthGzip(const RequestHead& head, size_t size) {
  return size >= kMinCompressed && AcceptsGzip(head.Field("accept-encoding"));
}

}  // namespace

Rendered::Rendered(std::string bytes)
    : plain_(std::make_shared<const std::string>(std::move(bytes))),
      tag_(absl::StrCat("W/\"", Sha256(*plain_).substr(0, kTagDigits), "\"")) {}

const std::shared_ptr<const std::string>& Rendered::gzip() const {
  absl::call_once(once_, [this] { gzip_ = std::make_shared<const std::string>(Gzip(*plain_)); });
  return gzip_;
}

bool MatchesTag(absl::string_view if_none_match, absl::string_view tag) {
  absl::ConsumePrefix(&tag, "W/");
  for (absl::string_view known : absl::StrSplit(if_none_match, ',')) {
    known = absl::StripAsciiWhitespace(known);
    if (known == "*") return true;
    absl::ConsumePrefix(&known, "W/");
    if (known == tag) return true;
  }
  return false;
}

Reply Present(const Rendered& rendered, const RequestHead& head, absl::string_view cache_control) {
  Reply reply;
  reply.fields = {{"ETag", rendered.tag()}, {"Cache-Control", std::string(cache_control)}, {"Vary", "Accept-Encoding"}};
  if (MatchesTag(head.Field("if-none-match"), rendered.tag())) {
    reply.status = 304;
  } else if (IsWorthGzip(head, rendered.plain()->size())) {
    reply.body = rendered.gzip();
    reply.fields.emplace_back("Content-Encoding", "gzip");
  } else {
    reply.body = rendered.plain();
  }
  return reply;
}

Reply PresentOnce(std::string json, const RequestHead& head) {
  if (!IsWorthGzip(head, json.size())) return JsonReply(std::move(json));
  Reply reply = JsonReply(Gzip(json));
  reply.fields = {{"Vary", "Accept-Encoding"}, {"Content-Encoding", "gzip"}};
  return reply;
}

absl::StatusOr<std::shared_ptr<const Rendered>> Renderings::Get(const Transcoder::Match& match,
                                                                const Switchboard::Bytes& answer, bool keep) {
  if (keep) {
    absl::MutexLock lock(&mutex_);
    if (auto found = kept_.find(answer.get()); found != kept_.end()) return found->second.rendered;
  }
  ASSIGN_OR_RETURN(std::string json, transcoder_.ToJson(*match.method, *answer, match.response_body));
  auto rendered = std::make_shared<const Rendered>(std::move(json));
  if (!keep) return rendered;
  absl::MutexLock lock(&mutex_);
  const size_t size = answer->size() + rendered->plain()->size();
  if (bytes_ + size > kMaxKeptBytes) {
    kept_.clear();
    bytes_ = 0;
  }
  if (size <= kMaxKeptBytes && kept_.try_emplace(answer.get(), Kept{answer, rendered}).second) bytes_ += size;
  return rendered;
}

}  // namespace anju::gateway
