#include "gateway/http/stream.h"

#include <utility>

#include "absl/strings/str_join.h"
#include "services/platform/base/error.h"
#include "services/platform/rpc/status.h"

namespace anju::gateway {

StreamExchange::StreamExchange(Site& site, const RequestHead& head, Asked asked, std::shared_ptr<Line> line)
    : site_(site), head_(head), asked_(std::move(asked)), line_(std::move(line)) {}

void StreamExchange::Begin() {
  auto visit = site_.switchboard.Admit(asked_.envelope, asked_.route);
  if (!visit.ok()) return SendError(rpc::ToGrpc(visit.status()));
  if (const absl::Status opened = OpenBody(); !opened.ok()) {
    site_.switchboard.Finish(*visit, opened);
    is_over_ = true;
    return std::exchange(line_, nullptr)->Send(WithRequestId(BodyErrorReply(opened), asked_));
  }
  trace_ = visit->trace;
  StartCall(*std::move(visit));
  call_->Read();
  if (!head_.HasBody()) {
    reading_ = true;
    return OnBody("", /*last=*/true);
  }
  Drive();
}

absl::Status StreamExchange::OpenBody() {
  ASSIGN_OR_RETURN(upload_, OpenUpload(site_.transcoder, asked_.match, head_, site_.switchboard.clock().Now()));
  ASSIGN_OR_RETURN(unpacker_, Unpacker::Make(head_));
  const bool fits = head_.content_length <= site_.limits.upload_bytes;
  return fits ? absl::OkStatus() : BodyTooLarge(site_.limits.upload_bytes);
}

void StreamExchange::StartCall(Visit visit) {
  // What is told on other threads is done on the connection's turn; until the end the call keeps this exchange.
  const auto self = shared_from_this();
  const std::shared_ptr<Line> line = line_;
  call_ = StreamCall::Start(
      site_.switchboard, asked_.route, std::move(visit), asked_.envelope,
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
  const absl::Status taken = Take(piece, last);
  taken.ok() ? Drive() : Fail(taken);
}

absl::Status StreamExchange::Take(absl::string_view piece, bool last) {
  std::string plain;
  // Without a body there is nothing that could be packed.
  if (head_.HasBody()) {
    RETURN_IF_ERROR(unpacker_->Feed(piece, last, site_.limits.upload_bytes - body_bytes_, plain));
  }
  body_bytes_ += plain.size();
  RETURN_IF_ERROR(upload_->Feed(plain));
  return last ? upload_->Finish() : absl::OkStatus();
}

void StreamExchange::OnMessage(const std::string& message) {
  if (is_over_) return;
  auto lines = upload_->Answered(message);
  if (!lines.ok()) return Fail(lines.status());
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
    return SendError(
        upload_->Explain(rpc::ToGrpc(Refuse(absl::StatusCode::kAborted, "STREAM_ENDED_EARLY",
                                            "the service ended the call before it had taken everything"))));
  }
  auto last = upload_->Last();
  last.ok() ? SendLast(*std::move(last)) : SendError(ToGrpc(last.status()));
}

void StreamExchange::Fail(const absl::Status& status) {
  call_->Cancel();
  SendError(upload_->Explain(ToGrpc(status)));
}

grpc::Status StreamExchange::ToGrpc(const absl::Status& status) const {
  const rpc::TraceScope scope(trace_);
  return rpc::ToGrpc(status);
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
