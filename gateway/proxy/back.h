#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gateway/http2/session.h"
#include "services/platform/rpc/tls.h"

namespace anju::gateway {

// What all loops know of a service.
class Standing {
 public:
  // A service that was there a moment ago is waited for until it has been `away` for so long.
  explicit Standing(absl::Duration away) : away_(away) {}

  void SeenNow() { seen_at_ = Clock::now(); }
  bool IsWorthWaitingFor() const { return absl::FromChrono(Clock::now() - seen_at_.load()) < away_; }

  // A call to it has ended, or has failed before anything of an answer came.
  void Ended();
  void Failed();
  // Whether what has failed may be tried again: no more than one call in ten once 500 in a row have failed, so that an
  // outage does not multiply the load.
  bool MayTryAgain() const { return away_ > absl::ZeroDuration() && tokens_ > kTokens / 2; }

 private:
  // A clock that is put right says nothing of how long a service has been away.
  using Clock = std::chrono::steady_clock;
  // In tenths of a call.
  static constexpr int kTokens = 10'000, kCostOfAFailure = 10;

  const absl::Duration away_;
  // What has not been tried yet may be starting.
  std::atomic<Clock::time_point> seen_at_ = Clock::now();
  std::atomic<int> tokens_ = kTokens;
};

// A connection to a service; every call on it is a stream.
class Back final : public http2::Session, public std::enable_shared_from_this<Back> {
 public:
  // Why a stream ended before its trailers came.
  enum class Broken {
    // The service has never seen it.
    kUnseen,
    // Nobody knows what became of it.
    kLost,
  };
  class Stream {
   public:
    virtual ~Stream() = default;
    // Nothing else comes when it has `ended`.
    virtual void OnHead(http2::Fields fields, bool ended) = 0;
    virtual void OnBody(const uint8_t* bytes, size_t size) = 0;
    virtual void OnTrailers(http2::Fields fields) = 0;
    // Instead of what is missing of the above. The last call.
    virtual void OnBroken(Broken how) = 0;
  };

  Back(http2::Loop& loop, Standing& standing);

  // Sends a request; the answer goes to `stream`, until Leave. 0 when this connection takes no more.
  int32_t Send(const http2::Fields& fields, Body& body, Stream& stream);
  // The caller is not interested any more.
  void Leave(int32_t stream);

  bool IsFit() const;
  size_t streams() const { return streams_.size(); }

  void Open(std::shared_ptr<http2::Wire> wire) override;
  void Gone() override;
  bool Finished() const override { return false; }

 private:
  struct Entry {
    Stream* stream = nullptr;
    http2::Fields fields;
    bool has_head = false;
    bool ended = false;
  };

  void OnBegin(int32_t, bool) override {}
  bool OnField(int32_t stream, std::string name, std::string value) override;
  void OnFields(int32_t stream, bool ended) override;
  void OnData(int32_t stream, const uint8_t* bytes, size_t size) override;
  void OnEnd(int32_t stream) override;
  void OnClosed(int32_t stream, uint32_t code) override;
  // Whether the other side is still there, again and again.
  void LookAfter();

  http2::Loop& loop_;
  Standing& standing_;
  absl::flat_hash_map<int32_t, Entry> streams_;
};

// Where a service is.
struct Place {
  std::string address;
  rpc::Tls tls;
  std::shared_ptr<Standing> standing;
};

// The connections of one loop to the services.
class Backs {
 public:
  // A service that does not answer is not called again before this has passed.
  static constexpr absl::Duration kPause = absl::Milliseconds(100);
  static constexpr size_t kMaxConnections = 8, kStreamsBeforeTheNext = 90;

  Backs(http2::Loop& loop, std::vector<Place> places);

  // A connection to place number `place`, perhaps still being made; null right after one could not be made.
  std::shared_ptr<Back> Reach(size_t place);
  Standing& standing(size_t place) { return *services_[place].place.standing; }
  // Lets go of all.
  void Close();

 private:
  struct Service {
    Place place;
    std::vector<std::shared_ptr<Back>> open;
    absl::Time dialled = absl::InfinitePast();
  };

  http2::Loop& loop_;
  std::vector<Service> services_;
};

}  // namespace anju::gateway
