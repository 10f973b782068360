#include "gateway/http/upload.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/http/row_upload.h"
#include "gateway/http/unary.h"
#include "gateway/imports/batches.h"
#include "services/platform/base/error.h"

namespace anju::gateway {

using enum absl::StatusCode;

namespace {

constexpr absl::string_view kNdjsonType = "application/x-ndjson";

// What all but imports of rows have in common: messages as they are.
class MessageUpload : public Upload {
 public:
  MessageUpload(const Transcoder& transcoder, const Transcoder::Match& match)
      : transcoder_(transcoder), match_(match) {}

  absl::StatusOr<std::string> Answered(const std::string& message) override {
    ASSIGN_OR_RETURN(std::string json, transcoder_.ToJson(*match_.method, message, match_.response_body));
    if (IsLines()) return json + "\n";
    answer_ = std::move(json);
    return std::string();
  }
  absl::StatusOr<std::string> Last() override { return std::exchange(answer_, std::string()); }
  bool IsLines() const override { return match_.method->server_streaming(); }

 protected:
  const Transcoder& transcoder_;
  const Transcoder::Match match_;

 private:
  // The one answer to a stream of requests.
  std::string answer_;
};

// The whole body is one request.
class OneMessage final : public MessageUpload {
 public:
  using MessageUpload::MessageUpload;

  absl::Status Feed(absl::string_view piece) override {
    absl::StrAppend(&body_, piece);
    if (body_.size() <= kMaxLineBytes) return absl::OkStatus();
    return Refuse(kInvalidArgument, "BODY_TOO_LARGE",
                  absl::StrCat("a body has at most ", kMaxLineBytes, " bytes here"));
  }
  absl::Status Finish() override {
    ASSIGN_OR_RETURN(std::string request, transcoder_.ToRequest(match_, body_));
    ready_.push_back(std::move(request));
    return absl::OkStatus();
  }

 private:
  std::string body_;
};

// Each line is a request.
class MessageLines final : public MessageUpload {
 public:
  using MessageUpload::MessageUpload;

  absl::Status Feed(absl::string_view piece) override {
    return lines_.Feed(piece, [this](int64_t number, absl::string_view line) { return Take(number, line); });
  }
  absl::Status Finish() override {
    return lines_.Finish([this](int64_t number, absl::string_view line) { return Take(number, line); });
  }

 private:
  absl::Status Take(int64_t number, absl::string_view line) {
    auto request = transcoder_.ToRequest(match_, line);
    if (!request.ok()) {
      const absl::Status& why = request.status();
      return Refuse(why.code(), ReasonOf(why), absl::StrCat("line ", number, ": ", why.message()), FieldOf(why));
    }
    ready_.push_back(*std::move(request));
    return absl::OkStatus();
  }

  LineSplitter lines_;
};

}  // namespace

std::optional<std::string> Upload::Next() {
  if (ready_.empty()) return std::nullopt;
  std::string request = std::move(ready_.front());
  ready_.pop_front();
  return request;
}

absl::Status LineSplitter::Feed(absl::string_view piece, Take take) {
  while (true) {
    const size_t end = piece.find('\n');
    open_.append(piece.data(), std::min(end, piece.size()));
    if (open_.size() > kMaxLineBytes) {
      return Refuse(kInvalidArgument, "BODY_TOO_LARGE", absl::StrCat("a line has at most ", kMaxLineBytes, " bytes"));
    }
    if (end == absl::string_view::npos) return absl::OkStatus();
    piece.remove_prefix(end + 1);
    RETURN_IF_ERROR(Finish(take));
  }
}

absl::Status LineSplitter::Finish(Take take) {
  ++number_;
  const std::string line = std::exchange(open_, std::string());
  const bool is_empty = line.find_first_not_of(" \t\r") == std::string::npos;
  return is_empty ? absl::OkStatus() : take(number_, line);
}

absl::StatusOr<std::unique_ptr<Upload>> OpenUpload(const Transcoder& transcoder, const Transcoder::Match& match,
                                                   const RequestHead& head, absl::Time now) {
  const MediaType media = ParseMediaType(head.Field("content-type"));
  if (!match.method->client_streaming()) {
    if (head.HasBody()) RETURN_IF_ERROR(CheckJsonType(media));
    return std::make_unique<OneMessage>(transcoder, match);
  }
  const bool is_ndjson = media.type == kNdjsonType && (media.charset.empty() || media.charset == "utf-8");
  const bool is_csv = media.type == "text/csv";
  if (IsImport(*match.method) && (is_csv || (is_ndjson && !match.query.empty()))) {
    const bool wants_lines = absl::StrContains(head.Field("accept"), kNdjsonType);
    return OpenRowUpload(match, {.is_csv = is_csv, .charset = media.charset, .wants_lines = wants_lines}, now);
  }
  if (is_ndjson) return std::make_unique<MessageLines>(transcoder, match);
  return Refuse(kInvalidArgument, "MEDIA_TYPE_UNKNOWN",
                IsImport(*match.method) ? "send text/csv, or application/x-ndjson in UTF-8"
                                        : "send application/x-ndjson in UTF-8, each line a request");
}

}  // namespace anju::gateway
