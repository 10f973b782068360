#include "gateway/cli/client.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/platform/base/error.h"
#include "services/platform/rpc/guard.h"
#include "services/platform/rpc/purpose.h"
#include "services/platform/rpc/status.h"

namespace anju::cli {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr char kServiceHeader[] = "x-anju-service";

std::string PathOf(const MethodDescriptor& method) {
  return absl::StrCat("/", method.service()->full_name(), "/", method.name());
}

grpc::ByteBuffer ToBytes(const Message& message) {
  grpc::Slice slice(message.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

absl::Status FromBytes(grpc::ByteBuffer& bytes, Message& message) {
  std::vector<grpc::Slice> slices;
  std::string text;
  if (bytes.Valid() && bytes.Dump(&slices).ok()) {
    for (const grpc::Slice& slice : slices) text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    if (message.ParseFromString(text)) return absl::OkStatus();
  }
  return absl::InternalError("the answer cannot be read; is anjuctl of the same version as the platform?");
}

class GrpcExchange final : public Exchange {
 public:
  GrpcExchange(const std::shared_ptr<grpc::Channel>& channel, rpc::TokenFile& token, const MethodDescriptor& method,
               absl::Duration timeout)
      : stub_(channel), timeout_(timeout) {
    start_ = token.Prepare(context_, absl::InfiniteDuration());
    if (!start_.ok()) return;
    call_ = stub_.PrepareCall(&context_, PathOf(method), &queue_);
    call_->StartCall(this);
    if (!Await()) start_ = End();
  }

  ~GrpcExchange() override {
    if (call_ != nullptr && !ended_) {
      context_.TryCancel();
      End().IgnoreError();
    }
    queue_.Shutdown();
    void* tag;
    bool ok;
    while (queue_.Next(&tag, &ok)) continue;
  }

  absl::Status Send(const Message& request) override {
    if (!start_.ok()) return start_;
    call_->Write(ToBytes(request), this);
    return Await() ? absl::OkStatus() : End();
  }

  absl::Status Receive(Message& response) override {
    if (!start_.ok()) return start_;
    grpc::ByteBuffer bytes;
    call_->Read(&bytes, this);
    if (Await()) return FromBytes(bytes, response);
    all_read_ = true;
    const absl::Status end = End();
    return end.ok() ? absl::UnavailableError("the service ended the stream too early") : end;
  }

  absl::Status Close() override {
    if (!start_.ok()) return start_;
    call_->WritesDone(this);
    Await();
    return End();
  }

 private:
  // Waits for the operation at hand. One that takes too long is given up, and the call with it.
  bool Await() {
    void* tag = nullptr;
    bool ok = false;
    const auto deadline = absl::ToChronoTime(absl::Now() + timeout_);
    if (queue_.AsyncNext(&tag, &ok, deadline) == grpc::CompletionQueue::TIMEOUT) {
      timed_out_ = true;
      context_.TryCancel();
      queue_.Next(&tag, &ok);
      return false;
    }
    return ok;
  }

  absl::Status End() {
    if (ended_) return end_;
    ended_ = true;
    // The status comes behind the messages: who does not read them waits for it in vain.
    grpc::ByteBuffer unread;
    while (!all_read_) {
      call_->Read(&unread, this);
      all_read_ = !Await();
    }
    grpc::Status status;
    call_->Finish(&status, this);
    void* tag = nullptr;
    bool ok = false;
    if (queue_.AsyncNext(&tag, &ok, absl::ToChronoTime(absl::Now() + timeout_)) == grpc::CompletionQueue::TIMEOUT) {
      timed_out_ = true;
      context_.TryCancel();
      queue_.Next(&tag, &ok);
    }
    end_ = timed_out_ ? absl::UnavailableError("the service has not answered in time") : rpc::FromGrpc(status);
    return end_;
  }

  grpc::GenericStub stub_;
  const absl::Duration timeout_;
  grpc::CompletionQueue queue_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  absl::Status start_, end_;
  bool timed_out_ = false, all_read_ = false, ended_ = false;
};

}  // namespace

Client::Client(absl::string_view gateway, absl::string_view token_file, absl::Duration timeout, const rpc::Tls& tls,
               absl::string_view purpose)
    : gateway_(gateway),
      timeout_(timeout),
      channel_(rpc::Connect(gateway, tls)),
      token_(token_file),
      purpose_(rpc::AsMetadata(absl::StrReplaceAll(purpose, {{"%", "%25"}}))) {}

absl::Status Client::Call(const MethodDescriptor& method, const Message& request, Message& response,
                          absl::string_view service) {
  const absl::Time end = absl::Now() + timeout_;
  while (true) {
    absl::Status status = CallOnce(method, request, response, service);
    const std::optional<absl::Duration> delay = rpc::RetryDelay(status);
    // A gateway that has too much to do says when; one whose service is away is asked again by whoever waits for it.
    const bool may_wait = status.code() == absl::StatusCode::kResourceExhausted && delay.has_value();
    if (!may_wait || absl::Now() + *delay > end) return status;
    absl::SleepFor(*delay);
  }
}

absl::Status Client::CallOnce(const MethodDescriptor& method, const Message& request, Message& response,
                              absl::string_view service) {
  grpc::ClientContext context;
  RETURN_IF_ERROR(token_.Prepare(context, timeout_));
  if (!service.empty()) context.AddMetadata(kServiceHeader, std::string(service));
  if (!purpose_.empty()) context.AddMetadata(std::string(rpc::kPurposeHeader), purpose_);
  grpc::GenericStub stub(channel_);
  grpc::CompletionQueue queue;
  auto call = stub.PrepareUnaryCall(&context, PathOf(method), ToBytes(request), &queue);
  call->StartCall();
  grpc::ByteBuffer bytes;
  grpc::Status status;
  call->Finish(&bytes, &status, this);
  void* tag = nullptr;
  bool ok = false;
  ANJU_CHECK(queue.Next(&tag, &ok));
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) continue;
  if (!status.ok()) return rpc::FromGrpc(status);
  return FromBytes(bytes, response);
}

std::unique_ptr<Exchange> Client::Open(const MethodDescriptor& method) {
  return std::make_unique<GrpcExchange>(channel_, token_, method, timeout_);
}

void PrintError(std::ostream& err, const absl::Status& status, absl::string_view gateway) {
  const std::string reason = ReasonOf(status), field = FieldOf(status);
  const std::string code = absl::StatusCodeToString(status.code());
  err << "error: " << code;
  // A fault has its code for a reason.
  if (!reason.empty() && reason != code) err << " " << reason;
  if (!field.empty()) err << " (" << field << ")";
  err << ": " << status.message() << "\n";
  switch (status.code()) {
    case absl::StatusCode::kUnauthenticated:
      err << "hint: name a file with a valid token by --token-file or ANJU_TOKEN_FILE; `anjuctl token make` makes "
             "one\n";
      break;
    case absl::StatusCode::kPermissionDenied:
      err << "hint: use a token with another role or division\n";
      break;
    case absl::StatusCode::kUnavailable:
      err << "hint: is the gateway running at " << gateway
          << "? --gateway or ANJU_GATEWAY names another; beyond "
             "this machine it speaks TLS, see --tls-ca\n";
      break;
    case absl::StatusCode::kDeadlineExceeded:
      err << "hint: allow more seconds by --timeout\n";
      break;
    default:
      break;
  }
}

}  // namespace anju::cli
