#include "services/platform/cache/cache.h"

#include "services/platform/base/clock.h"
#include "services/platform/base/error.h"
#include "services/platform/cache/memory_cache.h"
#include "services/platform/cache/redis_cache.h"

namespace anju::cache {

absl::StatusOr<std::unique_ptr<Cache>> OpenCache(absl::string_view url) {
  static const SystemClock kClock;
  if (url.empty()) return std::unique_ptr<Cache>(std::make_unique<MemoryCache>(kClock));
  ASSIGN_OR_RETURN(RedisOptions options, ParseRedisUrl(url));
  return std::unique_ptr<Cache>(std::make_unique<RedisCache>(std::move(options)));
}

}  // namespace anju::cache
