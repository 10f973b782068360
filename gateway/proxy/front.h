#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gateway/http2/session.h"
#include "gateway/proxy/back.h"
#include "gateway/proxy/switchboard.h"
#include "grpcpp/support/status.h"

namespace anju::gateway {

// A caller's connection to the gRPC port, and the calls on it.
class Front final : public http2::Session, public std::enable_shared_from_this<Front> {
 public:
  // What fronts of one loop share.
  struct Desk {
    http2::Loop& loop;
    Switchboard& switchboard;
    Backs& backs;
    // The number of the place in `backs` that answers what is gRPC's own: health and reflection.
    size_t own_place = 0;
    // Calls that the gateway itself answers and that are under way, of all loops.
    std::atomic<int>& own_calls;
    std::function<void(Front&)> gone;
  };
  // One call, until its stream is closed.
  class Call {
   public:
    virtual ~Call() = default;
    virtual void OnData(const uint8_t* bytes, size_t size) = 0;
    // The caller has said all.
    virtual void OnEnd() = 0;
    // The caller has gone before the answer was complete. The last call.
    virtual void OnLeft() = 0;
  };

  explicit Front(Desk& desk);
  ~Front() override;

  // Answers with these headers and then, if there is one, with the body; only once. The body lives as long as its call.
  void Answer(int32_t stream, const http2::Fields& head, Body* body);
  void Refuse(int32_t stream, const grpc::Status& status, absl::string_view request_id = "");
  // Takes no more calls; ends when those that are here have ended.
  void Drain();
  // Whether `call` is still the call of this stream.
  bool Has(int32_t stream, const Call& call) const;
  http2::Loop& loop() { return desk_.loop; }

  void Open(std::shared_ptr<http2::Wire> wire) override;
  void Gone() override;

 private:
  struct Slot {
    http2::Fields head;
    size_t head_bytes = 0;
    // What is wrong with the head, once anything is.
    absl::Status refusal;
    bool begun = false;
    bool said_all = false;
    bool answered_all = false;
    std::unique_ptr<Call> call;
  };

  void OnBegin(int32_t stream, bool is_first) override;
  bool OnField(int32_t stream, std::string name, std::string value) override;
  void OnFields(int32_t stream, bool ended) override;
  void OnData(int32_t stream, const uint8_t* bytes, size_t size) override;
  void OnEnd(int32_t stream) override;
  void OnClosed(int32_t stream, uint32_t code) override;
  void OnSentEnd(int32_t stream) override;

  // The call that these headers begin; null when it was answered at once. Refuses with HTTP_METHOD_NOT_ALLOWED (405),
  // MEDIA_TYPE_UNKNOWN (415), ENCODING_UNKNOWN, and as ReadEnvelope, FindRoute and Switchboard::Admit do; OnFields has
  // refused with HEAD_TOO_LARGE and REQUEST_MALFORMED.
  std::unique_ptr<Call> Begin(int32_t stream, const http2::Fields& head);
  void LookAfter();

  Desk& desk_;
  std::string address_;
  absl::flat_hash_map<int32_t, Slot> slots_;
  const absl::Time begun_ = absl::Now();
};

// What a caller sent besides the request; the request id is the caller's or a new one. Refuses with TE_MISSING,
// METADATA_MALFORMED or TIMEOUT_MALFORMED (INVALID_ARGUMENT).
absl::StatusOr<Envelope> ReadEnvelope(const http2::Fields& head, absl::string_view address, const rpc::Guard& guard);

}  // namespace anju::gateway
