#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace anju::cache {

// What a cache has been asked and how often it could not answer, since the start of the process.
struct CacheCounters {
  int64_t calls = 0;
  // Calls that reached the cache and failed: refused, timed out, broken off.
  int64_t failures = 0;
  // Calls that were not even tried because the last one had failed a moment ago.
  int64_t skipped = 0;
  // Times a connection was made.
  int64_t connections = 0;
};

// A memory, not a source: whatever is asked of it may be gone. No call waits longer than its timeout, none throws and
// none is an error; a cache that is down, slow or full of rubbish answers with nothing. Safe to use from any thread.
class Cache {
 public:
  virtual ~Cache() = default;

  // One answer per key, nothing where there is none.
  virtual std::vector<std::optional<std::string>> GetMany(const std::vector<std::string>& keys) = 0;

  // Keeps `value` for at most `ttl`, if it can. True when it is kept.
  virtual bool Put(const std::string& key, absl::string_view value, absl::Duration ttl) = 0;

  // Keeps `value` until it is replaced, whatever stood there. True when it is kept.
  virtual bool Set(const std::string& key, absl::string_view value) = 0;

  // Adds one to every key, a missing key counting as 0. False when any may be left unchanged; then repeat with all. A
  // key that holds something other than a number is named in `spoilt`, has been removed, and does not make the call
  // fail.
  virtual bool Increment(const std::vector<std::string>& keys, std::vector<std::string>* spoilt) = 0;

  // Runs a Lua script of Redis as one step that nobody else gets in between; answers its numbers. Nothing when it could
  // not be run, or may have been without anybody hearing of it; a cache without scripts answers with nothing.
  virtual std::vector<int64_t> RunScript(absl::string_view /*script*/, const std::vector<std::string>& /*keys*/,
                                         const std::vector<std::string>& /*arguments*/) {
    return {};
  }

  // Names the run of the server behind the cache: changes when it has been restarted, so that what it remembers may be
  // older than what it once knew. Empty until it has been reached.
  virtual std::string Incarnation() = 0;

  // True when other processes see the same memory.
  virtual bool shared() const = 0;

  virtual CacheCounters counters() const = 0;
};

// `redis://[:password@]host[:port][/db]` or `unix:/path/of/socket` is a Redis, which need not be there yet; the empty
// string is the memory of this process. Refuses anything else with CACHE_URL_MALFORMED.
absl::StatusOr<std::unique_ptr<Cache>> OpenCache(absl::string_view url);

}  // namespace anju::cache
