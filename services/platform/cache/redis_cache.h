#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/cache/cache.h"

struct redisContext;
struct redisReply;

namespace anju::cache {

// Where a Redis is and how long it is waited for.
struct RedisOptions {
  // A host and a port, or the path of a socket.
  std::string host = "127.0.0.1";
  int port = 6379;
  std::string socket;
  std::string password;
  int database = 0;
  absl::Duration connect_timeout = absl::Milliseconds(50);
  absl::Duration command_timeout = absl::Milliseconds(100);
  // After a failure nothing is tried for this long, then one call tries; the time doubles up to the maximum.
  absl::Duration rest = absl::Milliseconds(100);
  absl::Duration max_rest = absl::Seconds(1);
  // Connections kept when they are not in use.
  size_t idle_connections = 16;
};

// Refuses with CACHE_URL_MALFORMED.
absl::StatusOr<RedisOptions> ParseRedisUrl(absl::string_view url);

// A Redis over blocking connections, each call with its timeout. While Redis is away a call costs nothing: only one
// call per rest pays the timeout. A connection that Redis has closed meanwhile is replaced at once, without a miss.
class RedisCache final : public Cache {
 public:
  explicit RedisCache(RedisOptions options);
  ~RedisCache() override;

  std::vector<std::optional<std::string>> GetMany(const std::vector<std::string>& keys) override;
  bool Put(const std::string& key, absl::string_view value, absl::Duration ttl) override;
  bool Set(const std::string& key, absl::string_view value) override;
  bool Increment(const std::vector<std::string>& keys, std::vector<std::string>* spoilt) override;
  std::vector<int64_t> RunScript(absl::string_view script, const std::vector<std::string>& keys,
                                 const std::vector<std::string>& arguments) override;
  std::string Incarnation() override;
  bool shared() const override { return true; }
  CacheCounters counters() const override;

 private:
  struct CloseContext {
    void operator()(redisContext* context) const;
  };
  struct FreeReply {
    void operator()(redisReply* reply) const;
  };
  using Connection = std::unique_ptr<redisContext, CloseContext>;
  using Reply = std::unique_ptr<redisReply, FreeReply>;
  using Command = std::vector<std::string>;

  enum class Outcome { kDone, kBroken, kTimedOut };

  // Sends the commands in one go and takes as many replies; empty when Redis could not be asked.
  std::vector<Reply> Run(const std::vector<Command>& commands);
  Outcome RunOn(redisContext& connection, const std::vector<Command>& commands, std::vector<Reply>& replies);
  Connection Connect();
  Connection TakeIdle();
  void GiveBack(Connection connection);
  // True when this call may try; at most one may while the circuit is open.
  bool MayTry();
  void Worked();
  void Failed();

  const RedisOptions options_;
  mutable absl::Mutex mutex_;
  std::vector<Connection> idle_ ABSL_GUARDED_BY(mutex_);
  std::string incarnation_ ABSL_GUARDED_BY(mutex_);
  absl::Duration rest_ ABSL_GUARDED_BY(mutex_);
  // Read without the mutex by every call: nanoseconds since the epoch until which nothing is tried, 0 when all is well.
  std::atomic<int64_t> resting_until_ = 0;
  std::atomic<int64_t> calls_ = 0;
  std::atomic<int64_t> failures_ = 0;
  std::atomic<int64_t> skipped_ = 0;
  std::atomic<int64_t> connections_ = 0;
};

}  // namespace anju::cache
