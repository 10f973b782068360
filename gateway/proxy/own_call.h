#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "gateway/proxy/front.h"
#include "gateway/proxy/switchboard.h"

namespace anju::gateway {

// A call that the gateway answers itself: one request, one answer.
class OwnCall final : public Front::Call, private http2::Session::Body {
 public:
  // `under_way` counts the calls whose answer is being made.
  OwnCall(Front& front, int32_t stream, Switchboard& switchboard, std::atomic<int>& under_way, const Route& route,
          Visit visit, Envelope envelope);

  void OnData(const uint8_t* bytes, size_t size) override;
  void OnEnd() override;
  void OnLeft() override;

 private:
  size_t Read(uint8_t* to, size_t size) override;
  bool Ended(http2::Fields& trailers) override;

  // What came is a message and nothing else; its bytes. Refuses with MESSAGE_MISSING, MESSAGE_TOO_LARGE,
  // ENCODING_UNKNOWN or MESSAGE_MALFORMED.
  absl::StatusOr<std::string> Request();
  // Ends the call before it was made.
  void Refuse(const absl::Status& status);
  void Deliver(const grpc::Status& status, Switchboard::Bytes answer);

  Front& front_;
  const int32_t stream_;
  Switchboard& switchboard_;
  std::atomic<int>& under_way_;
  const Route route_;
  std::optional<Visit> visit_;
  Envelope envelope_;
  const std::string request_id_;
  std::string request_;
  std::string prefix_;
  Switchboard::Bytes answer_;
  size_t at_ = 0;
};

}  // namespace anju::gateway
