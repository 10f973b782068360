#include "gateway/http/unary.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/platform/base/error.h"
#include "services/platform/rpc/status.h"

namespace anju::gateway {

using enum absl::StatusCode;

Reply WithRequestId(Reply reply, const Asked& asked) {
  reply.fields.emplace_back("X-Request-Id", asked.envelope.request_id);
  return reply;
}

Reply MediaTypeReply(absl::string_view sentence) {
  return ErrorReply(415, Refuse(kInvalidArgument, "MEDIA_TYPE_UNKNOWN", sentence));
}

Reply TooLargeReply(uint64_t limit) {
  return ErrorReply(
      413, Refuse(kInvalidArgument, "BODY_TOO_LARGE", absl::StrCat("a body has at most ", limit, " bytes here")));
}

MediaType ParseMediaType(absl::string_view text) {
  MediaType media;
  bool is_first = true;
  for (absl::string_view part : absl::StrSplit(text, ';')) {
    const std::string word = absl::AsciiStrToLower(absl::StripAsciiWhitespace(part));
    if (std::exchange(is_first, false)) {
      media.type = word;
    } else if (absl::StartsWith(word, "charset=")) {
      absl::string_view charset = absl::string_view(word).substr(8);
      if (absl::ConsumePrefix(&charset, "\"")) absl::ConsumeSuffix(&charset, "\"");
      media.charset = std::string(charset);
    }
  }
  return media;
}

UnaryExchange::UnaryExchange(Site& site, const RequestHead& head, Asked asked, std::shared_ptr<Line> line)
    : site_(site), head_(head), asked_(std::move(asked)), line_(std::move(line)) {}

void UnaryExchange::Begin() {
  if (!head_.HasBody()) return Call();
  // A stranger is told so before their request is read.
  rpc::Guard& guard = site_.switchboard.guard();
  if (auto caller = guard.Admit(asked_.envelope.authorization, *asked_.match.method); !caller.ok()) {
    return Send(ErrorReply(caller.status()));
  }
  const MediaType media = ParseMediaType(head_.Field("content-type"));
  if ((!media.type.empty() && media.type != "application/json") ||
      (!media.charset.empty() && media.charset != "utf-8")) {
    return Send(MediaTypeReply("send application/json in UTF-8"));
  }
  if (head_.content_length > site_.limits.body_bytes) return Send(TooLargeReply(site_.limits.body_bytes));
  line_->ReadBody(/*anew=*/false);
}

void UnaryExchange::OnBody(std::string piece, bool last) {
  if (body_.empty()) {
    body_ = std::move(piece);
  } else {
    body_ += piece;
  }
  if (body_.size() > site_.limits.body_bytes) return Send(TooLargeReply(site_.limits.body_bytes));
  last ? Call() : line_->ReadBody(/*anew=*/false);
}

void UnaryExchange::Call() {
  auto request = site_.transcoder.ToRequest(asked_.match, body_);
  if (!request.ok()) {
    // Whoever has no token is told that, not what is wrong with their request.
    auto caller = site_.switchboard.guard().Admit(asked_.envelope.authorization, *asked_.match.method);
    return Send(ErrorReply(caller.ok() ? request.status() : caller.status()));
  }
  site_.switchboard.Call(
      asked_.route, asked_.envelope, *std::move(request),
      [self = shared_from_this(), line = line_](const grpc::Status& status, const Switchboard::Bytes& answer) {
        line->Post([self, status, answer] { self->Answer(status, answer); });
      });
}

void UnaryExchange::Answer(const grpc::Status& status, const Switchboard::Bytes& answer) {
  if (!status.ok()) return Send(ErrorReply(status));
  auto json = site_.transcoder.ToJson(*asked_.match.method, *answer, asked_.match.response_body);
  if (!json.ok()) return Send(ErrorReply(json.status()));
  Send(JsonReply(*std::move(json)));
}

void UnaryExchange::Send(Reply reply) {
  if (auto line = std::exchange(line_, nullptr); line != nullptr) {
    line->Send(WithRequestId(std::move(reply), asked_));
  }
}

}  // namespace anju::gateway
