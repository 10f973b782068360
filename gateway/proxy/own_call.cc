#include "gateway/proxy/own_call.h"

#include <algorithm>
#include <utility>

#include "gateway/proxy/grpc_text.h"
#include "services/platform/base/error.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/rpc/status.h"

namespace anju::gateway {

using enum absl::StatusCode;

OwnCall::OwnCall(Front& front, int32_t stream, Switchboard& switchboard, std::atomic<int>& under_way,
                 const Route& route, Visit visit, Envelope envelope)
    : front_(front),
      stream_(stream),
      switchboard_(switchboard),
      under_way_(under_way),
      route_(route),
      visit_(std::move(visit)),
      envelope_(std::move(envelope)),
      request_id_(envelope_.request_id) {}

void OwnCall::OnData(const uint8_t* bytes, size_t size) {
  // One byte too many is enough to know that it is too long.
  const size_t room = kPrefixBytes + rpc::kMaxMessageBytes + 1 - request_.size();
  request_.append(reinterpret_cast<const char*>(bytes), std::min(size, room));
  front_.Consume(stream_, size);
  if (!visit_.has_value()) return;
  if (const absl::Status held = visit_->place.Hold(request_.size()); !held.ok()) Refuse(held);
}

void OwnCall::Refuse(const absl::Status& status) {
  switchboard_.Finish(*visit_, status);
  visit_.reset();
  front_.Refuse(stream_, rpc::ToGrpc(status), request_id_);
}

absl::StatusOr<std::string> OwnCall::Request() {
  if (request_.empty()) return anju::Refuse(kInvalidArgument, "MESSAGE_MISSING", "the call came without a request");
  if (request_.size() > kPrefixBytes + rpc::kMaxMessageBytes) return MessageTooLarge();
  if (request_[0] != 0) return EncodingUnknown();
  if (request_.size() < kPrefixBytes || request_.substr(0, kPrefixBytes) != PrefixOf(request_.size() - kPrefixBytes)) {
    return MessageMalformed("the call is not one message");
  }
  return request_.substr(kPrefixBytes);
}

void OwnCall::OnEnd() {
  if (!visit_.has_value()) return;
  absl::StatusOr<std::string> request = Request();
  if (!request.ok()) return Refuse(request.status());
  ++under_way_;
  switchboard_.Call(route_, *std::exchange(visit_, std::nullopt), std::move(envelope_), *std::move(request),
                    [this, weak = front_.weak_from_this(), stream = stream_, &loop = front_.loop(),
                     &under_way = under_way_](const grpc::Status& status, Switchboard::Bytes answer) {
                      if (loop.IsHere()) {
                        Deliver(status, std::move(answer));
                        --under_way;
                        return;
                      }
                      loop.Post([this, weak, stream, &under_way, status, answer = std::move(answer)]() mutable {
                        const std::shared_ptr<Front> front = weak.lock();
                        // The call may have gone, and its place with it.
                        if (front != nullptr && front->Has(stream, *this)) Deliver(status, std::move(answer));
                        --under_way;
                      });
                    });
}

void OwnCall::OnLeft() {
  // Before the request was complete.
  if (visit_.has_value()) switchboard_.Finish(*visit_, absl::CancelledError("the caller has gone"));
  visit_.reset();
}

void OwnCall::Deliver(const grpc::Status& status, Switchboard::Bytes answer) {
  if (!status.ok()) return front_.Refuse(stream_, status, request_id_);
  answer_ = std::move(answer);
  prefix_ = PrefixOf(answer_->size());
  front_.Answer(stream_, {{":status", "200"}, {"content-type", "application/grpc"}, {"x-request-id", request_id_}},
                this);
}

size_t OwnCall::Read(uint8_t* to, size_t size) {
  size_t copied = 0;
  if (at_ < prefix_.size()) {
    copied = std::min(size, prefix_.size() - at_);
    std::copy_n(reinterpret_cast<const uint8_t*>(prefix_.data()) + at_, copied, to);
    at_ += copied;
  }
  if (at_ >= prefix_.size()) {
    const size_t from = at_ - prefix_.size(), more = std::min(size - copied, answer_->size() - from);
    std::copy_n(reinterpret_cast<const uint8_t*>(answer_->data()) + from, more, to + copied);
    at_ += more;
    copied += more;
  }
  return copied;
}

bool OwnCall::Ended(http2::Fields& trailers) {
  if (at_ < prefix_.size() + answer_->size()) return false;
  trailers = StatusFields(grpc::Status::OK);
  return true;
}

}  // namespace anju::gateway
