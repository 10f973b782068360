#pragma once

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "gateway/proxy/back.h"
#include "gateway/proxy/front.h"
#include "gateway/proxy/grpc_text.h"
#include "gateway/proxy/routes.h"
#include "gateway/proxy/switchboard.h"
#include "services/platform/rpc/channel.h"

namespace anju::gateway {

// What is known of a call that is passed on.
class Journey {
 public:
  // A call that was let in.
  Journey(Switchboard& switchboard, const Route& route, Visit visit, Envelope envelope);
  // A call that asks nobody's leave, and is neither counted nor logged: is it there, what does it serve.
  Journey(Envelope envelope, absl::string_view path);

  const Envelope& envelope() const { return envelope_; }
  const std::string& path() const { return path_; }
  // The service, for sentences to callers.
  const std::string& service() const { return service_; }
  // Whether its caller says one message and no more.
  bool takes_one() const { return route_.method != nullptr && !route_.method->client_streaming(); }
  // Whether the same call again does no harm.
  bool may_be_repeated() const { return route_.method == nullptr || rpc::MayRepeat(*route_.method); }
  // What the service may see of the caller's headers.
  http2::Fields Headers() const;
  // As Limits::Place has it.
  absl::Status Hold(size_t bytes) { return visit_.place.Hold(bytes); }
  // With the messages in each direction, and the bytes of the answer.
  void Finish(const grpc::Status& outcome, int64_t received, int64_t sent, size_t answer_bytes);

 private:
  Switchboard* switchboard_ = nullptr;
  Route route_;
  Visit visit_;
  Envelope envelope_;
  std::string path_;
  std::string service_;
};

// A call on its way: from the caller's stream to a stream of the service and back, as bytes. Each side waits for the
// other one: what has not been passed on fills the window of who sends it.
class Transit final : public Front::Call, private Back::Stream {
 public:
  Transit(Front& front, int32_t stream, Backs& backs, size_t place, const http2::Fields& head, Journey journey);
  ~Transit() override;

  void OnData(const uint8_t* bytes, size_t size) override;
  void OnEnd() override;
  void OnLeft() override;

 private:
  // Bytes between two streams.
  struct Pipe final : http2::Session::Body {
    Pipe(http2::Session* const& source, const int32_t& source_stream) : source(source), source_stream(source_stream) {}
    void Append(const uint8_t* more, size_t size);
    // What was read will not be read again.
    void LetGo();
    // Drops what was read, unless it is kept.
    void Trim();
    size_t Read(uint8_t* to, size_t size) override;
    bool Ended(http2::Fields& trailers) override;

    http2::Session* const& source;
    const int32_t& source_stream;
    std::string bytes;
    // How far it was read, and how much of that its writer was told of.
    size_t at = 0, told = 0;
    // What was read is kept, for it may be read again, as long as it is not too much.
    bool keep = false;
    bool ended = false;
    // Its reader knows that it has ended.
    bool drained = false;
    http2::Fields trailers;
  };

  void OnHead(http2::Fields fields, bool ended) override;
  void OnBody(const uint8_t* bytes, size_t size) override;
  void OnTrailers(http2::Fields fields) override;
  void OnBroken(Back::Broken how) override;

  void Send();
  // Whether the call, of which nothing has been answered, is tried again.
  bool MayTryAgain(Back::Broken how);
  void TryAgain();
  // Ends the call on both sides.
  void Fail(const grpc::Status& status);
  void Leave();
  // The service has said all.
  void Close();
  void Finish(const grpc::Status& outcome);
  grpc::Status Outcome(const http2::Fields& fields) const;

  Front& front_;
  http2::Session* front_session_;
  const int32_t stream_;
  Backs& backs_;
  const size_t place_;
  Journey journey_;
  http2::Fields request_;
  std::shared_ptr<Back> back_;
  http2::Session* back_session_ = nullptr;
  int32_t back_stream_ = 0;
  Pipe up_{front_session_, stream_}, down_{back_session_, back_stream_};
  MessageMeter up_meter_, down_meter_;
  size_t answer_bytes_ = 0;
  std::optional<http2::Loop::Alarm> deadline_, again_;
  int attempts_ = 0, failures_ = 0;
  bool answered_ = false;
  bool finished_ = false;
};

}  // namespace anju::gateway
