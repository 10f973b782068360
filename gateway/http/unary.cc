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

namespace {

absl::Status TooMuchLongWork() {
  return rpc::RetryAfter(Refuse(kResourceExhausted, "OVERLOADED",
                                "the gateway has all the long requests it can read; try again in a second"),
                         absl::Seconds(1));
}

}  // namespace

Reply WithRequestId(Reply reply, const Asked& asked) {
  reply.fields.emplace_back("X-Request-Id", asked.envelope.request_id);
  return reply;
}

absl::Status MediaTypeUnknown(absl::string_view sentence) {
  return Refuse(kInvalidArgument, "MEDIA_TYPE_UNKNOWN", sentence);
}

absl::Status BodyTooLarge(uint64_t limit) {
  return Refuse(kInvalidArgument, "BODY_TOO_LARGE", absl::StrCat("a body has at most ", limit, " bytes here"));
}

Reply BodyErrorReply(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  if (reason == "MEDIA_TYPE_UNKNOWN") return ErrorReply(415, status);
  if (reason == "BODY_TOO_LARGE") return ErrorReply(413, status);
  return ErrorReply(status);
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

absl::Status CheckJsonType(const MediaType& media) {
  const bool is_json = media.type.empty() || media.type == "application/json";
  const bool is_utf8 = media.charset.empty() || media.charset == "utf-8";
  return is_json && is_utf8 ? absl::OkStatus() : MediaTypeUnknown("send application/json in UTF-8");
}

absl::StatusOr<Unpacker> Unpacker::Make(const RequestHead& head) {
  Unpacker unpacker;
  const std::string encoding = absl::AsciiStrToLower(head.Field("content-encoding"));
  if (encoding.empty() || encoding == "identity") return unpacker;
  if (encoding != "gzip" && encoding != "x-gzip")
    return MediaTypeUnknown("send the body as it is, or Content-Encoding: gzip");
  unpacker.gunzip_ = std::make_unique<Gunzip>();
  return unpacker;
}

absl::Status Unpacker::Feed(absl::string_view piece, bool last, uint64_t limit, std::string& body) {
  if (gunzip_ != nullptr) {
    RETURN_IF_ERROR(gunzip_->Feed(piece, limit, body));
    return last ? gunzip_->Finish() : absl::OkStatus();
  }
  if (body.size() + piece.size() > limit) return BodyTooLarge(limit);
  body.append(piece.data(), piece.size());
  return absl::OkStatus();
}

UnaryExchange::UnaryExchange(Site& site, const RequestHead& head, Asked asked, std::shared_ptr<Line> line)
    : site_(site), head_(head), asked_(std::move(asked)), line_(std::move(line)) {}

void UnaryExchange::Begin() {
  // A stranger is told so before their request is read.
  auto visit = site_.switchboard.Admit(asked_.envelope, asked_.route);
  if (!visit.ok()) return Send(ErrorReply(visit.status()));
  visit_ = *std::move(visit);
  trace_ = visit_->trace;
  if (!head_.HasBody()) return Call();
  if (const absl::Status checked = CheckHead(); !checked.ok()) return Fail(checked);
  line_->ReadBody(/*anew=*/false);
}

absl::Status UnaryExchange::CheckHead() {
  RETURN_IF_ERROR(CheckJsonType(ParseMediaType(head_.Field("content-type"))));
  ASSIGN_OR_RETURN(unpacker_, Unpacker::Make(head_));
  return head_.content_length > site_.limits.body_bytes ? BodyTooLarge(site_.limits.body_bytes) : absl::OkStatus();
}

void UnaryExchange::OnBody(std::string piece, bool last) {
  if (absl::Status fed = unpacker_->Feed(piece, last, site_.limits.body_bytes, body_); !fed.ok()) return Fail(fed);
  if (absl::Status held = visit_->place.Hold(body_.size()); !held.ok()) return Fail(held);
  last ? Call() : line_->ReadBody(/*anew=*/false);
}

void UnaryExchange::Call() {
  if (body_.size() <= kLongBytes) return Forward(site_.transcoder.ToRequest(asked_.match, body_));
  const bool is_taken = site_.long_work.Do([self = shared_from_this(), line = line_] {
    auto request = self->site_.transcoder.ToRequest(self->asked_.match, self->body_);
    line->Post([self, request = std::move(request)]() mutable { self->Forward(std::move(request)); });
  });
  if (!is_taken) Fail(TooMuchLongWork());
}

void UnaryExchange::Forward(absl::StatusOr<std::string> request) {
  // The caller may have gone meanwhile.
  if (!visit_.has_value()) return;
  if (!request.ok()) return Fail(request.status());
  Visit visit = *std::exchange(visit_, std::nullopt);
  site_.switchboard.Call(
      asked_.route, std::move(visit), asked_.envelope, *std::move(request),
      [self = shared_from_this(), line = line_](const grpc::Status& status, const Switchboard::Bytes& answer) {
        const bool is_long = answer != nullptr && answer->size() > kLongBytes;
        const bool is_taken = is_long && self->site_.long_work.Do([self, line, status, answer] {
          line->Post([self, reply = self->Answer(status, answer)] { self->Send(reply); });
        });
        if (!is_taken) line->Post([self, status, answer] { self->Send(self->Answer(status, answer)); });
      });
}

Reply UnaryExchange::Answer(const grpc::Status& status, const Switchboard::Bytes& answer) const {
  // What is wrong with the answer is logged with the call.
  const rpc::TraceScope scope(trace_);
  if (!status.ok()) return ErrorReply(status);
  const bool is_read = head_.method == "GET" || head_.method == "HEAD";
  if (is_read && asked_.match.is_aggregate) {
    // The gateway's own answers are given again; those of services are made anew each time.
    auto rendered = site_.renderings.Get(asked_.match, answer, /*keep=*/asked_.route.peer < 0);
    return rendered.ok() ? Present(**rendered, head_, "private, no-cache") : ErrorReply(rendered.status());
  }
  auto json = site_.transcoder.ToJson(*asked_.match.method, *answer, asked_.match.response_body);
  return json.ok() ? PresentOnce(*std::move(json), head_) : ErrorReply(json.status());
}

void UnaryExchange::Fail(const absl::Status& status) {
  site_.switchboard.Finish(*visit_, status);
  visit_.reset();
  Send(BodyErrorReply(status));
}

void UnaryExchange::Send(Reply reply) {
  if (auto line = std::exchange(line_, nullptr); line != nullptr) {
    line->Send(WithRequestId(std::move(reply), asked_));
  }
}

void UnaryExchange::OnGone() {
  line_ = nullptr;
  if (!visit_.has_value()) return;
  site_.switchboard.Finish(*visit_, absl::CancelledError("the caller has gone"));
  visit_.reset();
}

}  // namespace anju::gateway
