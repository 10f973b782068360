#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/base/clock.h"
#include "services/platform/cache/cache.h"

namespace anju::gateway {

// The reason of who calls too often. Over HTTP they are not heard for a moment then; see http/reply.h.
inline constexpr absl::string_view kRateLimited = "RATE_LIMITED";

// How much one caller may ask for.
struct Allowance {
  // Calls in a second over time, and how many at once after a pause.
  double per_second = 0;
  double burst = 0;
  // Calls that may be under way at the same time.
  int under_way = 0;
};

// Who is calling, as far as limits go.
enum class Party {
  // By the subject of their token.
  kCaller,
  // The same, for imports, each of which is a call that lasts.
  kImporter,
  kService,
  // Without a token that is good for the call, by address. They are refused anyway; beyond this they are told to wait.
  kStranger,
};
inline constexpr size_t kParties = 4;

struct LimitOptions {
  std::array<Allowance, kParties> allowances = {Allowance{.per_second = 500, .burst = 2000, .under_way = 128},
                                                Allowance{.per_second = 20, .burst = 300, .under_way = 32},
                                                Allowance{.per_second = 5000, .burst = 20'000, .under_way = 1024},
                                                Allowance{.per_second = 20, .burst = 200, .under_way = 1}};
  // Calls of all callers that may be under way; three quarters of them to one service, so that one that hangs does not
  // take the places of those who call the others.
  int under_way = 4096;
  // Of long requests that have begun and not ended, which somebody has to keep: of one caller, and of all. A service
  // takes 256 MiB for all that is on its way.
  int64_t bytes_of_one = int64_t{16} << 20;
  int64_t bytes = int64_t{192} << 20;
  // How often gateways that share a Redis settle with each other.
  absl::Duration settle = absl::Milliseconds(50);
  // Callers that are known at a time in each of 16 parts; those for whom there is no room share one allowance.
  size_t callers = 4096;

  // The address of the edge before the gateway, which says where its callers are. Nobody else is believed.
  std::string edge;

  Allowance& of(Party party) { return allowances[static_cast<size_t>(party)]; }
  const Allowance& of(Party party) const { return allowances[static_cast<size_t>(party)]; }
};

// Counts what each caller asks for: a bucket of tokens that fills with time, and the calls under way. A call is decided
// here and now, in memory. With a cache that several gateways share, what was taken is settled with the others in the
// background, in one script that Redis runs as a whole: a caller of several gateways has what is due to them once, but
// for at most one settlement's time. While Redis is slow or away each gateway counts for itself; nobody waits for it.
// Safe to use from any thread.
class Limits {
  struct Bucket;

 public:
  // A call's place among those under way. It is free again when this is gone.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept { *this = std::move(other); }
    Place& operator=(Place&& other) noexcept;
    ~Place();

    // From now on the call keeps so many bytes of its request, no longer what it kept before. Short ones are not
    // counted. Refuses with RESOURCE_EXHAUSTED and after how long to try again: OVERLOADED when too much is kept for
    // all, TOO_MANY_BYTES for this caller; it then keeps what it kept before.
    absl::Status Hold(size_t bytes);
    // A long answer costs what so many short ones do: the caller has a call less for every kAnswerBytes of it, even if
    // that is more than they have left.
    void Spend(size_t answer_bytes);

   private:
    friend class Limits;
    Limits* limits_ = nullptr;
    size_t shard_ = 0;
    Bucket* bucket_ = nullptr;
    std::atomic<int>* to_one_ = nullptr;
    int64_t bytes_ = 0;
  };

  static constexpr size_t kAnswerBytes = 4 * 1024;
  // Services that are told apart.
  static constexpr size_t kMostPeers = 64;

  // Both outlive the limits, which outlive their places.
  Limits(const Clock& clock, cache::Cache& cache, LimitOptions options = {});
  ~Limits();

  // `peer` is the number of the service that is called; below 0 when it is none. Refuses with RESOURCE_EXHAUSTED, and
  // with after how long to try again: OVERLOADED when too much is under way for all, SERVICE_OVERLOADED to this
  // service, TOO_MANY_CALLS for this caller, RATE_LIMITED. What is refused costs the caller nothing.
  absl::StatusOr<Place> Enter(Party party, absl::string_view who, int peer = -1);

  const LimitOptions& options() const { return options_; }

  // Settles with the other gateways now. False when there are none, or Redis did not answer.
  bool Settle();

 private:
  static constexpr size_t kShards = 16;

  struct Bucket {
    Party party = Party::kCaller;
    // A digest: what Redis knows of a caller.
    std::string id;
    double tokens = 0;
    absl::Time at;
    int under_way = 0;
    int64_t bytes = 0;
    // Taken since the last settlement.
    int64_t unsettled = 0;
  };
  struct Shard {
    absl::Mutex mutex;
    std::unordered_map<uint64_t, Bucket> buckets ABSL_GUARDED_BY(mutex);
    absl::Time swept ABSL_GUARDED_BY(mutex) = absl::InfinitePast();
  };
  struct Account {
    size_t shard = 0;
    uint64_t key = 0;
    Party party = Party::kCaller;
    std::string id;
    int64_t taken = 0;
  };

  Bucket& Find(Shard& shard, Party party, absl::string_view who, uint64_t key, absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex);
  // Takes a place among all and among those of the service, without one of the caller's.
  absl::Status TakePlace(int peer, Place& place);
  void Fill(Bucket& bucket, absl::Time now) const;
  void Sweep(Shard& shard, absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard.mutex);
  std::vector<Account> TakeAccounts();
  void SettleEvery(absl::Duration pause);

  const Clock& clock_;
  cache::Cache& cache_;
  const LimitOptions options_;
  std::atomic<int> under_way_ = 0;
  std::atomic<int64_t> bytes_ = 0;
  std::array<std::atomic<int>, kMostPeers> to_one_ = {};
  std::array<Shard, kShards> shards_;
  absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread settler_;
};

}  // namespace anju::gateway
