#include "gateway/http/rendered.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gateway/http/compression.h"
#include "services/platform/base/error.h"
#include "services/platform/base/ids.h"

namespace anju::gateway {

namespace {

constexpr size_t kTagDigits = 32;
// Answers and their JSON that are kept; an answer is given again for some seconds, so nothing is lost by starting anew.
constexpr size_t kMaxKeptBytes = size_t{64} << 20;

bool WantsGzip(const RequestHead& head, size_t size) { return AcceptsGzip(head.Field("accept-encoding"), size); }

// The same figures have the same tag, whenever they were asked for. A quote within a text of JSON has a backslash
// before it, so that what is found here is the field.
std::string TagOf(absl::string_view json) {
  constexpr absl::string_view kAsOf = "\"as_of\":\"";
  const size_t begin = std::min(json.find(kAsOf), json.size());
  const size_t end = std::min(json.find('"', begin + kAsOf.size()), json.size());
  const std::string digest = Sha256(absl::StrCat(json.substr(0, begin), json.substr(end)));
  return absl::StrCat("W/\"", absl::string_view(digest).substr(0, kTagDigits), "\"");
}

}  // namespace

Rendered::Rendered(std::string bytes)
    : plain_(std::make_shared<const std::string>(std::move(bytes))), tag_(TagOf(*plain_)) {}

const std::shared_ptr<const std::string>& Rendered::gzip() const {
  absl::call_once(once_, [this] { gzip_ = std::make_shared<const std::string>(Gzip(*plain_)); });
  return gzip_;
}

bool MatchesTag(absl::string_view if_none_match, absl::string_view tag) {
  if (absl::StripAsciiWhitespace(if_none_match) == "*") return true;
  absl::ConsumePrefix(&tag, "W/");
  while (true) {
    if_none_match.remove_prefix(std::min(if_none_match.find_first_not_of(" \t,"), if_none_match.size()));
    absl::ConsumePrefix(&if_none_match, "W/");
    // A tag may hold commas; what is none ends the list.
    const size_t end = absl::StartsWith(if_none_match, "\"") ? if_none_match.find('"', 1) : absl::string_view::npos;
    if (end == absl::string_view::npos) return false;
    if (if_none_match.substr(0, end + 1) == tag) return true;
    if_none_match.remove_prefix(end + 1);
  }
}

Reply Present(const Rendered& rendered, const RequestHead& head, absl::string_view cache_control) {
  Reply reply;
  reply.fields = {{"ETag", rendered.tag()}, {"Cache-Control", std::string(cache_control)}, {"Vary", "Accept-Encoding"}};
  if (MatchesTag(head.Field("if-none-match"), rendered.tag())) {
    reply.status = 304;
  } else if (WantsGzip(head, rendered.plain()->size())) {
    reply.body = rendered.gzip();
    reply.fields.emplace_back("Content-Encoding", "gzip");
  } else {
    reply.body = rendered.plain();
  }
  return reply;
}

Reply PresentOnce(std::string json, const RequestHead& head) {
  const bool is_packed = WantsGzip(head, json.size());
  const bool may_vary = is_packed || json.size() >= kMinCompressed;
  Reply reply = JsonReply(is_packed ? Gzip(json) : std::move(json));
  if (may_vary) reply.fields.emplace_back("Vary", "Accept-Encoding");
  if (is_packed) reply.fields.emplace_back("Content-Encoding", "gzip");
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
