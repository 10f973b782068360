#include "services/platform/cache/memory_cache.h"

#include <gmock/gmock.h>

namespace anju::cache {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Optional;

class MemoryCacheTest : public ::testing::Test {
 protected:
  FakeClock clock_{absl::FromUnixSeconds(1540000000)};
};

TEST_F(MemoryCacheTest, KeepsUntilTheTtlIsOver) {
  MemoryCache cache(clock_);
  EXPECT_TRUE(cache.Put("a", "1", absl::Seconds(60)));
  EXPECT_THAT(cache.GetMany({"a", "b"}), ElementsAre(Optional(std::string("1")), Eq(std::nullopt)));
  clock_.Advance(absl::Seconds(60));
  EXPECT_THAT(cache.GetMany({"a"}), ElementsAre(Eq(std::nullopt)));
}

TEST_F(MemoryCacheTest, ForgetsWhatWasNotUsedForLongest) {
  MemoryCache cache(clock_, /*max_bytes=*/6);
  cache.Put("a", "11", absl::Seconds(60));
  cache.Put("b", "22", absl::Seconds(60));
  cache.GetMany({"a"});
  cache.Put("c", "33", absl::Seconds(60));
  EXPECT_THAT(cache.GetMany({"a", "b", "c"}),
              ElementsAre(Optional(std::string("11")), Eq(std::nullopt), Optional(std::string("33"))));
}

TEST_F(MemoryCacheTest, DoesNotKeepWhatIsTooLargeNorWhatItReplaced) {
  MemoryCache cache(clock_, /*max_bytes=*/6);
  cache.Put("a", "11", absl::Seconds(60));
  EXPECT_FALSE(cache.Put("a", "1234567", absl::Seconds(60)));
  EXPECT_THAT(cache.GetMany({"a"}), ElementsAre(Eq(std::nullopt)));
}

TEST_F(MemoryCacheTest, KeepsNoMarksOfOthers) {
  MemoryCache cache(clock_);
  EXPECT_FALSE(cache.shared());
  EXPECT_TRUE(cache.Increment({"anju:gen:registry:45"}, nullptr));
  EXPECT_THAT(cache.GetMany({"anju:gen:registry:45"}), ElementsAre(Eq(std::nullopt)));
}

}  // namespace
}  // namespace anju::cache
