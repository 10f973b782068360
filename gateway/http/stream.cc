#include "gateway/http/stream.h"

#include <utility>

#include "absl/strings/str_join.h"
#include "services/platform/base/error.h"
#include "services/platform/rpc/status.h"

namespace anju::gateway {

StreamExchange::StreamExchange(Site& site, const RequestHead& head, Asked asked, std::shared_ptr<Line> line)
    : site_(site), head_(head), asked_(std::move(asked)), line_(std::move(line)) {}

void StreamExchange::Begin() {
  auto caller = site_.switchboard.guard().Admit(asked_.envelope.authorization, *asked_.match.method);
  if (!caller.ok()) return SendError(rpc::ToGrpc(caller.status()));
  const auto refuse = [this](Reply reply) {
    is_over_ = true;
    std::exchange(line_, nullptr)->Send(WithRequestId(std::move(reply), asked_));
  };
  auto upload = OpenUpload(site_.transcoder, asked_.match, head_, site_.switchboard.clock().Now());
  if (!upload.ok()) {
    const bool is_media = ReasonOf(upload.status()) == "MEDIA_TYPE_UNKNOWN";
    return refuse(is_media ? MediaTypeReply(upload.status().message()) : ErrorReply(upload.status()));
  }
  if (head_.content_length > site_.limits.upload_bytes) return refuse(TooLargeReply(site_.limits.upload_bytes));
  upload_ = *std::move(upload);
  StartCall(*caller);
  call_->Read();
  if (!head_.HasBody()) {
    reading_ = true;
    return OnBody("", /*last=*/true);
  }
  Drive();
}

void StreamExchange::StartCall(const rpc::Caller& caller) {
  // What is told on other threads is done on the connection's turn; until the end the call keeps this exchange.
  const auto self = shared_from_this();
  const std::shared_ptr<Line> line = line_;
  call_ = StreamCall::Start(
      site_.switchboard, asked_.route, caller, asked_.envelope,
      {.on_written =
           [self, line] {
             line->Post([self] {
               self->sending_ = false;
               self->Drive();
             });
           },
       .on_message = [self, line](std::string message) { line->Post([self, message] { self->OnMessage(message); }); },
       .on_done = [self, line](const grpc::Status& status) { line->Post([self, status] { self->OnDone(status); }); }});
}

void StreamExchange::Drive() {
  if (is_over_) return;
  if (!sending_) {
    if (std::optional<std::string> request = upload_->Next()) {
      sending_ = true;
      call_->Write(*request);
    } else if (has_body_ && !std::exchange(has_ended_, true)) {
      call_->WritesDone();
    }
  }
  if (!has_body_ && !reading_ && upload_->MayFeed()) {
    reading_ = true;
    line_->ReadBody(/*anew=*/true);
  }
}

void StreamExchange::OnBody(std::string piece, bool last) {
  if (is_over_) return;
  reading_ = false;
  has_body_ = last;
  body_bytes_ += piece.size();
  absl::Status taken = body_bytes_ > site_.limits.upload_bytes
                           ? Refuse(absl::StatusCode::kInvalidArgument, "BODY_TOO_LARGE", "the file is too large")
                           : upload_->Feed(piece);
  if (taken.ok() && last) taken = upload_->Finish();
  taken.ok() ? Drive() : Fail(rpc::ToGrpc(taken));
}

void StreamExchange::OnMessage(const std::string& message) {
  if (is_over_) return;
  auto lines = upload_->Answered(message);
  if (!lines.ok()) return Fail(rpc::ToGrpc(lines.status()));
  if (lines->empty()) {
    call_->Read();
  } else {
    WriteLines(*std::move(lines));
  }
  // Now that it is known where an import stands, its rows may come.
  Drive();
}

void StreamExchange::OnDone(const grpc::Status& status) {
  if (is_over_) return;
  if (!status.ok()) return SendError(upload_->Explain(status));
  if (!has_ended_) {
    return SendError(upload_->Explain(
        grpc::Status(grpc::StatusCode::ABORTED, "the service ended the call before it had taken everything")));
  }
  auto last = upload_->Last();
  last.ok() ? SendLast(*std::move(last)) : SendError(rpc::ToGrpc(last.status()));
}

void StreamExchange::Fail(const grpc::Status& status) {
  call_->Cancel();
  SendError(upload_->Explain(status));
}

void StreamExchange::SendError(const grpc::Status& status) {
  is_over_ = true;
  if (!has_begun_) return std::exchange(line_, nullptr)->Send(WithRequestId(ErrorReply(status), asked_));
  last_ = ErrorLine(status);
  if (!writing_) OnWritten();
}

void StreamExchange::SendLast(std::string lines) {
  is_over_ = true;
  if (!upload_->IsLines()) return std::exchange(line_, nullptr)->Send(Opening(JsonReply(std::move(lines))));
  if (!std::exchange(has_begun_, true)) line_->BeginStream(Opening(Reply{.type = std::string(kNdjson)}));
  last_ = std::move(lines);
  OnWritten();
}

void StreamExchange::WriteLines(std::string lines) {
  if (!std::exchange(has_begun_, true)) line_->BeginStream(Opening(Reply{.type = std::string(kNdjson)}));
  writing_ = true;
  line_->Write(std::move(lines));
}

void StreamExchange::OnWritten() {
  writing_ = false;
  if (line_ == nullptr) return;
  if (!last_.empty()) return WriteLines(std::exchange(last_, std::string()));
  if (is_over_) return std::exchange(line_, nullptr)->EndStream();
  call_->Read();
}

Reply StreamExchange::Opening(Reply reply) const {
  const std::vector<std::string> unknown = upload_->UnknownColumns();
  if (!unknown.empty()) {
    reply.fields.emplace_back("X-Unknown-Columns", absl::StrJoin(unknown, ",", [](std::string* out, const auto& word) {
                                out->append(PercentEncode(word));
                              }));
  }
  return WithRequestId(std::move(reply), asked_);
}

void StreamExchange::OnGone() {
  is_over_ = true;
  line_ = nullptr;
  if (call_ != nullptr) call_->Cancel();
}

}  // namespace anju::gateway
