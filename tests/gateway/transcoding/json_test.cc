#include "gateway/transcoding/json.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "anju/indicators/v1/indicators.pb.h"
#include "services/platform/base/error.h"
#include "tests/support/refused.h"

namespace anju::gateway {
namespace {

using ::anju::testing::RefusedWith;
using enum absl::StatusCode;

std::string Nested(int depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(CheckJsonTest, TakesJsonAndNothingElse) {
  for (const std::string& text : std::vector<std::string>{"{}", "[]", "1", "\"村\"", " {\"a\":[1,{\"a\":2}]} ",
                                                          Nested(kMaxJsonDepth), R"("\ud83d\ude00")"}) {
    EXPECT_TRUE(CheckJson(text).ok()) << text;
  }
  for (const std::string& text : std::vector<std::string>{
           "", " ", "{", "{}{}", "{a:1}", "{'a':1}", "{\"a\":1,}", "[1,]", "// x\n{}", "NaN", "01", "+1", "\"\x01\"",
           "\"\xFF\"", "\"\xED\xA0\x80\"", "\"\xC0\xAF\"", R"("\ud800")", R"("\x")", std::string("{}\0", 3)}) {
    EXPECT_THAT(CheckJson(text), RefusedWith(kInvalidArgument, "BODY_MALFORMED")) << text;
  }
}

TEST(CheckJsonTest, LimitsTheDepth) {
  EXPECT_THAT(CheckJson(Nested(kMaxJsonDepth + 1)), RefusedWith(kInvalidArgument, "BODY_TOO_DEEP"));
  // However deep: nothing here calls itself.
  EXPECT_THAT(CheckJson(std::string(1 << 20, '[')), RefusedWith(kInvalidArgument, "BODY_TOO_DEEP"));
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_THAT(CheckJson(objects), RefusedWith(kInvalidArgument, "BODY_TOO_DEEP"));
}

TEST(CheckJsonTest, ANameStandsOnceInAnObject) {
  EXPECT_THAT(CheckJson(R"({"a":1,"b":{"a":1},"a":2})"), RefusedWith(kInvalidArgument, "FIELD_REPEATED"));
  EXPECT_TRUE(CheckJson(R"([{"a":1},{"a":2}])").ok());
}

TEST(CheckJsonTest, AFieldStandsOnceHoweverItIsWritten) {
  EXPECT_THAT(CheckJson(R"({"case_no":"1","caseNo":"2"})"), RefusedWith(kInvalidArgument, "FIELD_REPEATED"));
  EXPECT_THAT(CheckJson(R"({"a":{"importId":"1","import_id":"1"}})"), RefusedWith(kInvalidArgument, "FIELD_REPEATED"));
  EXPECT_TRUE(CheckJson(R"({"case_no":"1","case":{"caseNo":"2"},"caseno":3})").ok());
}

TEST(ReadJsonTest, KeepsLargeNumbers) {
  indicators::v1::ReportFigureRequest request;
  ASSERT_TRUE(ReadJson(R"({"figure":{"value":"9223372036854775807"}})", request).ok());
  EXPECT_EQ(request.figure().value(), INT64_MAX);
  EXPECT_THAT(*WriteJson(request), ::testing::HasSubstr(R"("value":"9223372036854775807")"));
}

}  // namespace
}  // namespace anju::gateway
