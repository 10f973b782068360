#include "gateway/http/compression.h"

#include <gmock/gmock.h>

#include "services/platform/base/error.h"
#include "tests/support/refused.h"

namespace anju::gateway {
namespace {

using ::anju::testing::RefusedWith;
using enum absl::StatusCode;

TEST(AcceptsGzipTest, GoesByTheWeights) {
  struct Row {
    const char* text;
    bool accepts;
    // One too small to be worth it.
    bool accepts_small = false;
  };
  for (const Row& row : std::vector<Row>{
           {"", false},
           {"gzip", true},
           {"GZip, deflate, br", true},
           {"deflate,gzip;q=0.5", true},
           {"gzip;q=0", false},
           {"gzip; q=0.0", false},
           {"gzip;q=x", false},
           {"*", true},
           {"*;q=0", false},
           {"gzip;q=0, *", false},
           {"br, *;q=0.1", true},
           {"identity", false},
           {"identity, gzip;q=0.5", false},
           {"identity;q=0.5, gzip", true},
           {"x-gzip", true},
           {"x-gzip, gzip;q=0", false},
           {"gzip;q=0.5, *;q=0.8", false},
           {"gzip;q=0.5, *;q=0.3", true},
           // Not as it is.
           {"gzip, identity;q=0", true, true},
           {"gzip;q=0.1, *;q=0", true, true},
           {"*, identity;q=0.0", true, true},
           {"identity;q=0", false},
           {"gzip;q=0, identity;q=0", false},
           {"*;q=0, identity", false},
       }) {
    EXPECT_EQ(AcceptsGzip(row.text, kMinCompressed), row.accepts) << row.text;
    EXPECT_EQ(AcceptsGzip(row.text, kMinCompressed - 1), row.accepts_small) << row.text;
  }
}

absl::StatusOr<std::string> Unpack(absl::string_view packed, size_t size, size_t limit = 10'000'000) {
  Gunzip gunzip;
  std::string out;
  for (; !packed.empty(); packed.remove_prefix(std::min(size, packed.size()))) {
    if (absl::Status fed = gunzip.Feed(packed.substr(0, size), limit, out); !fed.ok()) return fed;
  }
  if (absl::Status finished = gunzip.Finish(); !finished.ok()) return finished;
  return out;
}

TEST(GunzipTest, UnpacksWhatWasPackedInAnyPieces) {
  for (const std::string& text :
       {std::string(), std::string("a"), std::string(300'000, 'x'), std::string("村") + std::string(65535, 'y')}) {
    const std::string packed = Gzip(text);
    for (size_t size : {1, 100, 1'000'000}) {
      const auto unpacked = Unpack(packed, size);
      ASSERT_TRUE(unpacked.ok()) << unpacked.status();
      EXPECT_EQ(*unpacked, text);
    }
  }
  EXPECT_LT(Gzip(std::string(300'000, 'x')).size(), 5'000);
}

TEST(GunzipTest, TakesFilesThatWerePutTogether) {
  const std::string packed = Gzip("a") + Gzip("") + Gzip(std::string(300'000, 'x'));
  for (size_t size : {1, 7, 1'000'000}) EXPECT_EQ(Unpack(packed, size)->size(), 300'001) << size;
  EXPECT_THAT(Unpack(packed + Gzip("b").substr(0, 12), 100), RefusedWith(kInvalidArgument, "BODY_MALFORMED"));
}

TEST(GunzipTest, RefusesWhatIsNotGzipOrTooMuch) {
  const std::string packed = Gzip(std::string(1'000'000, 'x'));
  EXPECT_THAT(Unpack(packed, 100, 999'999), RefusedWith(kInvalidArgument, "BODY_TOO_LARGE"));
  EXPECT_THAT(Unpack(packed.substr(0, packed.size() - 1), 100), RefusedWith(kInvalidArgument, "BODY_MALFORMED"));
  EXPECT_THAT(Unpack(packed + "x", 10'000), RefusedWith(kInvalidArgument, "BODY_MALFORMED"));
  EXPECT_THAT(Unpack("plain", 100), RefusedWith(kInvalidArgument, "BODY_MALFORMED"));
  std::string spoilt = packed;
  spoilt[spoilt.size() - 5] ^= 1;
  EXPECT_THAT(Unpack(spoilt, 100), RefusedWith(kInvalidArgument, "BODY_MALFORMED"));
}

}  // namespace
}  // namespace anju::gateway
