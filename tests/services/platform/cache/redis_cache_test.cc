#include "services/platform/cache/redis_cache.h"

#include <gmock/gmock.h>

#include "services/platform/base/error.h"
#include "tests/support/redis_server.h"

namespace anju::cache {
namespace {

using ::anju::testing::Eventually;
using ::anju::testing::RedisServer;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Optional;

RedisCache Open(const RedisServer& server) { return RedisCache(*ParseRedisUrl(server.url())); }

std::optional<std::string> Get(Cache& cache, const std::string& key) { return cache.GetMany({key})[0]; }

TEST(ParseRedisUrlTest, ReadsWhatIsWellFormed) {
  struct Row {
    const char* url;
    const char* host;
    int port;
    int database;
    const char* password;
    const char* socket;
  };
  for (const Row& row : std::vector<Row>{
           {"redis://h:1/2", "h", 1, 2, "", ""},
           {"redis://h", "h", 6379, 0, "", ""},
           {"redis://h/", "h", 6379, 0, "", ""},
           {"redis://:p@ss@h:65535/0", "h", 65535, 0, "p@ss", ""},
           {"unix:/tmp/r.sock", "127.0.0.1", 6379, 0, "", "/tmp/r.sock"},
       }) {
    auto options = ParseRedisUrl(row.url);
    ASSERT_TRUE(options.ok()) << row.url;
    EXPECT_EQ(options->host, row.host);
    EXPECT_EQ(options->port, row.port);
    EXPECT_EQ(options->database, row.database);
    EXPECT_EQ(options->password, row.password);
    EXPECT_EQ(options->socket, row.socket);
  }
}

TEST(ParseRedisUrlTest, RefusesTheRest) {
  for (const char* url : {"h:1", "http://h", "redis://", "redis://:1", "redis://h:0", "redis://h:65536", "redis://h:x",
                          "redis://h/x", "redis://h/-1", "redis://p@h", "unix:r.sock"}) {
    EXPECT_EQ(ReasonOf(ParseRedisUrl(url).status()), "CACHE_URL_MALFORMED") << url;
  }
}

TEST(OpenCacheTest, OpensRedisThatIsNotThereYet) {
  auto cache = OpenCache(absl::StrCat("redis://127.0.0.1:", RedisServer::FreePort()));
  ASSERT_TRUE(cache.ok());
  EXPECT_TRUE((*cache)->shared());
  EXPECT_EQ(Get(**cache, "a"), std::nullopt);
  EXPECT_FALSE((*OpenCache(""))->shared());
  EXPECT_FALSE(OpenCache("memcached://h").ok());
}

TEST(RedisCacheTest, KeepsAndCounts) {
  RedisServer server;
  RedisCache cache = Open(server);
  const std::string binary("\0\r\n\xff", 4);
  EXPECT_TRUE(cache.Put("a", binary, absl::Seconds(60)));
  EXPECT_TRUE(cache.Set("b", ""));
  EXPECT_THAT(cache.GetMany({"a", "b", "c"}), ElementsAre(Optional(binary), Optional(std::string()), Eq(std::nullopt)));
  EXPECT_EQ(server.Do({"TTL", "b"}), "-1");
  EXPECT_NE(server.Do({"TTL", "a"}), "-1");
  EXPECT_TRUE(cache.Increment({"x", "y", "x"}, nullptr));
  EXPECT_EQ(server.Do({"GET", "x"}), "2");
  EXPECT_THAT(cache.GetMany({}), ElementsAre());
  EXPECT_TRUE(cache.Increment({}, nullptr));
  EXPECT_EQ(cache.counters().failures, 0);
  EXPECT_EQ(cache.counters().connections, 1);
}

TEST(RedisCacheTest, ReadsValuesOfAnotherTypeAsMissesAndRemovesRubbishMarks) {
  RedisServer server;
  RedisCache cache = Open(server);
  server.Do({"LPUSH", "list", "1"});
  server.Do({"SET", "word", "many"});
  server.Do({"SET", "most", "9223372036854775807"});
  EXPECT_EQ(Get(cache, "list"), std::nullopt);
  std::vector<std::string> spoilt;
  EXPECT_TRUE(cache.Increment({"list", "fine", "word", "most"}, &spoilt));
  EXPECT_THAT(spoilt, ElementsAre("list", "word", "most"));
  EXPECT_EQ(server.Do({"EXISTS", "list", "word", "most"}), "0");
  EXPECT_EQ(server.Do({"GET", "fine"}), "1");
  EXPECT_TRUE(cache.Set("list", "now a word"));
}

TEST(RedisCacheTest, TriesADeadRedisOnlyOnceInAWhile) {
  RedisServer server;
  RedisCache cache = Open(server);
  ASSERT_TRUE(cache.Set("a", "1"));
  server.Kill();
  const absl::Time start = absl::Now();
  for (int i = 0; i < 10000; ++i) {
    EXPECT_EQ(Get(cache, "a"), std::nullopt);
    EXPECT_FALSE(cache.Put("a", "2", absl::Seconds(1)));
    EXPECT_FALSE(cache.Increment({"a"}, nullptr));
  }
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
  EXPECT_GT(cache.counters().skipped, 29000);
  EXPECT_GE(cache.counters().failures, 1);
  server.Start();
  EXPECT_TRUE(Eventually([&] { return cache.Set("a", "3"); }));
  EXPECT_THAT(Get(cache, "a"), Optional(std::string("3")));
}

TEST(RedisCacheTest, WaitsForASlowRedisNoLongerThanItsTimeout) {
  RedisServer server;
  RedisOptions options = *ParseRedisUrl(server.url());
  options.rest = absl::Seconds(1);
  RedisCache cache(options);
  ASSERT_TRUE(cache.Set("a", "1"));
  server.Pause();
  const absl::Time start = absl::Now();
  EXPECT_EQ(Get(cache, "a"), std::nullopt);
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
  // It rests, and who asks meanwhile does not wait at all.
  EXPECT_EQ(cache.counters().skipped, 0);
  EXPECT_EQ(Get(cache, "a"), std::nullopt);
  EXPECT_EQ(cache.counters().skipped, 1);
  server.Resume();
  // The late reply to the first question must not answer a later one.
  EXPECT_TRUE(Eventually([&] { return cache.Set("b", "2"); }));
  EXPECT_THAT(cache.GetMany({"b", "a"}), ElementsAre(Optional(std::string("2")), Optional(std::string("1"))));
}

TEST(RedisCacheTest, SurvivesARedisThatHoldsItsClientsBack) {
  RedisServer server;
  RedisCache cache = Open(server);
  ASSERT_TRUE(cache.Set("a", "1"));
  server.Do({"CLIENT", "PAUSE", "300", "ALL"});
  EXPECT_EQ(Get(cache, "a"), std::nullopt);
  EXPECT_TRUE(Eventually([&] { return Get(cache, "a") == "1"; }));
}

TEST(RedisCacheTest, ReplacesConnectionsThatWereClosedWithoutAMiss) {
  RedisServer server;
  RedisCache cache = Open(server);
  ASSERT_TRUE(cache.Set("a", "1"));
  server.Do({"CLIENT", "KILL", "TYPE", "normal"});
  EXPECT_THAT(Get(cache, "a"), Optional(std::string("1")));
  EXPECT_EQ(cache.counters().failures, 0);
  EXPECT_EQ(cache.counters().connections, 2);
}

TEST(RedisCacheTest, TellsThatRedisWasRestarted) {
  RedisServer server;
  RedisCache cache = Open(server);
  EXPECT_EQ(cache.Incarnation(), "");
  cache.Set("a", "1");
  const std::string first = cache.Incarnation();
  EXPECT_NE(first, "");
  server.Do({"CLIENT", "KILL", "TYPE", "normal"});
  cache.Set("a", "1");
  EXPECT_EQ(cache.Incarnation(), first);
  server.Kill();
  server.Start();
  EXPECT_TRUE(Eventually([&] { return cache.Set("a", "1"); }));
  EXPECT_NE(cache.Incarnation(), first);
}

}  // namespace
}  // namespace anju::cache
