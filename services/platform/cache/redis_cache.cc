#include "services/platform/cache/redis_cache.h"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "services/platform/base/error.h"

namespace anju::cache {

using enum absl::StatusCode;

absl::StatusOr<RedisOptions> ParseRedisUrl(absl::string_view url) {
  const absl::Status malformed = Refuse(kInvalidArgument, "CACHE_URL_MALFORMED",
                                        "a cache is given as redis://host:port/database or unix:/path/of/socket");
  RedisOptions options;
  if (absl::ConsumePrefix(&url, "unix:")) {
    if (!absl::StartsWith(url, "/")) return malformed;
    options.socket = std::string(url);
    return options;
  }
  if (!absl::ConsumePrefix(&url, "redis://")) return malformed;
  if (size_t at = url.rfind('@'); at != absl::string_view::npos) {
    const absl::string_view user = url.substr(0, at);
    const size_t colon = user.find(':');
    if (colon == absl::string_view::npos) return malformed;
    options.password = std::string(user.substr(colon + 1));
    url.remove_prefix(at + 1);
  }
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(url, absl::MaxSplits('/', 1));
  if (!parts.second.empty() && (!absl::SimpleAtoi(parts.second, &options.database) || options.database < 0)) {
    return malformed;
  }
  const std::pair<absl::string_view, absl::string_view> place = absl::StrSplit(parts.first, absl::MaxSplits(':', 1));
  if (place.first.empty()) return malformed;
  options.host = std::string(place.first);
  if (!place.second.empty() &&
      (!absl::SimpleAtoi(place.second, &options.port) || options.port < 1 || options.port > 65535)) {
    return malformed;
  }
  return options;
}

void RedisCache::CloseContext::operator()(redisContext* context) const { redisFree(context); }
void RedisCache::FreeReply::operator()(redisReply* reply) const { freeReplyObject(reply); }

RedisCache::RedisCache(RedisOptions options) : options_(std::move(options)), rest_(options_.rest) {
  // hiredis 0.14 writes with write(2): a Redis that has gone would end the process.
  std::signal(SIGPIPE, SIG_IGN);
}

RedisCache::~RedisCache() = default;

RedisCache::Connection RedisCache::Connect() {
  const timeval connect_timeout = absl::ToTimeval(options_.connect_timeout);
  Connection connection(options_.socket.empty()
                            ? redisConnectWithTimeout(options_.host.c_str(), options_.port, connect_timeout)
                            : redisConnectUnixWithTimeout(options_.socket.c_str(), connect_timeout));
  if (connection == nullptr || connection->err != 0) return nullptr;
  if (redisSetTimeout(connection.get(), absl::ToTimeval(options_.command_timeout)) != REDIS_OK) return nullptr;
  std::vector<Command> greeting;
  if (!options_.password.empty()) greeting.push_back({"AUTH", options_.password});
  if (options_.database != 0) greeting.push_back({"SELECT", absl::StrCat(options_.database)});
  greeting.push_back({"INFO", "server"});
  std::vector<Reply> replies;
  if (RunOn(*connection, greeting, replies) != Outcome::kDone) return nullptr;
  for (const Reply& reply : replies) {
    // Includes a Redis that is still loading its snapshot.
    if (reply->type == REDIS_REPLY_ERROR) return nullptr;
  }
  if (replies.back()->type != REDIS_REPLY_STRING) return nullptr;
  const absl::string_view info(replies.back()->str, replies.back()->len);
  constexpr absl::string_view kRunId = "run_id:";
  const size_t at = info.find(kRunId);
  if (at == absl::string_view::npos) return nullptr;
  const absl::string_view rest = info.substr(at + kRunId.size());
  ++connections_;
  absl::MutexLock lock(&mutex_);
  incarnation_ = std::string(rest.substr(0, rest.find_first_of("\r\n")));
  return connection;
}

RedisCache::Outcome RedisCache::RunOn(redisContext& connection, const std::vector<Command>& commands,
                                      std::vector<Reply>& replies) {
  replies.clear();
  for (const Command& command : commands) {
    std::vector<const char*> arguments;
    std::vector<size_t> lengths;
    for (const std::string& argument : command) {
      arguments.push_back(argument.data());
      lengths.push_back(argument.size());
    }
    redisAppendCommandArgv(&connection, static_cast<int>(command.size()), arguments.data(), lengths.data());
  }
  for (size_t i = 0; i < commands.size(); ++i) {
    void* reply = nullptr;
    errno = 0;
    if (redisGetReply(&connection, &reply) != REDIS_OK || reply == nullptr) {
      const bool timed_out = connection.err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK);
      return timed_out ? Outcome::kTimedOut : Outcome::kBroken;
    }
    replies.emplace_back(static_cast<redisReply*>(reply));
  }
  return Outcome::kDone;
}

RedisCache::Connection RedisCache::TakeIdle() {
  absl::MutexLock lock(&mutex_);
  if (idle_.empty()) return nullptr;
  Connection connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void RedisCache::GiveBack(Connection connection) {
  absl::MutexLock lock(&mutex_);
  if (idle_.size() < options_.idle_connections) idle_.push_back(std::move(connection));
}

bool RedisCache::MayTry() {
  int64_t until = resting_until_.load(std::memory_order_relaxed);
  if (until == 0) return true;
  const absl::Time now = absl::Now();
  if (absl::ToUnixNanos(now) < until) return false;
  // Whoever moves the mark is the one that tries; the others go on resting.
  const int64_t next = absl::ToUnixNanos(now + options_.max_rest);
  return resting_until_.compare_exchange_strong(until, next);
}

void RedisCache::Worked() {
  if (resting_until_.load(std::memory_order_relaxed) == 0) return;
  absl::MutexLock lock(&mutex_);
  rest_ = options_.rest;
  resting_until_ = 0;
}

void RedisCache::Failed() {
  ++failures_;
  std::vector<Connection> closed;
  absl::MutexLock lock(&mutex_);
  closed.swap(idle_);
  resting_until_ = absl::ToUnixNanos(absl::Now() + rest_);
  rest_ = std::min(rest_ * 2, options_.max_rest);
}

std::vector<RedisCache::Reply> RedisCache::Run(const std::vector<Command>& commands) {
  ++calls_;
  if (!MayTry()) {
    ++skipped_;
    return {};
  }
  std::vector<Reply> replies;
  if (Connection connection = TakeIdle(); connection != nullptr) {
    const Outcome outcome = RunOn(*connection, commands, replies);
    if (outcome == Outcome::kDone) {
      GiveBack(std::move(connection));
      Worked();
      return replies;
    }
    // A timeout is not repeated: whoever asks has waited long enough.
    if (outcome == Outcome::kTimedOut) {
      Failed();
      return {};
    }
    // Redis closed this connection while it was idle, and so probably all others.
    absl::MutexLock lock(&mutex_);
    idle_.clear();
  }
  Connection connection = Connect();
  if (connection == nullptr || RunOn(*connection, commands, replies) != Outcome::kDone) {
    Failed();
    return {};
  }
  GiveBack(std::move(connection));
  Worked();
  return replies;
}

std::vector<std::optional<std::string>> RedisCache::GetMany(const std::vector<std::string>& keys) {
  std::vector<std::optional<std::string>> values(keys.size());
  if (keys.empty()) return values;
  Command command = {"MGET"};
  command.insert(command.end(), keys.begin(), keys.end());
  const std::vector<Reply> replies = Run({command});
  if (replies.empty() || replies[0]->type != REDIS_REPLY_ARRAY || replies[0]->elements != keys.size()) return values;
  for (size_t i = 0; i < keys.size(); ++i) {
    const redisReply* element = replies[0]->element[i];
    if (element->type == REDIS_REPLY_STRING) values[i] = std::string(element->str, element->len);
  }
  return values;
}

bool RedisCache::Put(const std::string& key, absl::string_view value, absl::Duration ttl) {
  const std::vector<Reply> replies =
      Run({{"SET", key, std::string(value), "PX", absl::StrCat(absl::ToInt64Milliseconds(ttl))}});
  return !replies.empty() && replies[0]->type == REDIS_REPLY_STATUS;
}

bool RedisCache::Set(const std::string& key, absl::string_view value) {
  const std::vector<Reply> replies = Run({{"SET", key, std::string(value)}});
  return !replies.empty() && replies[0]->type == REDIS_REPLY_STATUS;
}

bool RedisCache::Increment(const std::vector<std::string>& keys, std::vector<std::string>* spoilt) {
  std::vector<Command> commands;
  for (const std::string& key : keys) commands.push_back({"INCR", key});
  if (commands.empty()) return true;
  const std::vector<Reply> replies = Run(commands);
  if (replies.empty()) return false;
  std::vector<Command> removals;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (replies[i]->type == REDIS_REPLY_INTEGER) continue;
    const absl::string_view error(replies[i]->str, replies[i]->str == nullptr ? 0 : replies[i]->len);
    const bool is_rubbish = absl::StartsWith(error, "WRONGTYPE") || absl::StrContains(error, "not an integer") ||
                            absl::StrContains(error, "overflow");
    // Anything else (read-only replica, out of memory, loading) is a server that cannot take it now.
    if (!is_rubbish) return false;
    removals.push_back({"DEL", keys[i]});
    if (spoilt != nullptr) spoilt->push_back(keys[i]);
  }
  return removals.empty() || !Run(removals).empty();
}

std::vector<int64_t> RedisCache::RunScript(absl::string_view script, const std::vector<std::string>& keys,
                                           const std::vector<std::string>& arguments) {
  Command command = {"EVAL", std::string(script), absl::StrCat(keys.size())};
  command.insert(command.end(), keys.begin(), keys.end());
  command.insert(command.end(), arguments.begin(), arguments.end());
  const std::vector<Reply> replies = Run({command});
  std::vector<int64_t> numbers;
  if (replies.empty() || replies[0]->type != REDIS_REPLY_ARRAY) return numbers;
  for (size_t i = 0; i < replies[0]->elements; ++i) {
    if (replies[0]->element[i]->type != REDIS_REPLY_INTEGER) return {};
    numbers.push_back(replies[0]->element[i]->integer);
  }
  return numbers;
}

std::string RedisCache::Incarnation() {
  absl::MutexLock lock(&mutex_);
  return incarnation_;
}

CacheCounters RedisCache::counters() const {
  return CacheCounters{.calls = calls_, .failures = failures_, .skipped = skipped_, .connections = connections_};
}

}  // namespace anju::cache
