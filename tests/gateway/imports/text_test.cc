#include "gateway/imports/text.h"

#include <gmock/gmock.h>

#include "tests/support/refused.h"

namespace anju::gateway {
namespace {

using ::anju::testing::RefusedWith;
using enum absl::StatusCode;

constexpr char kGb18030[] = "\xBB\xA7\xB1\xE0\xBA\xC5";  // 户编号

absl::StatusOr<std::string> DecodeAll(const std::string& bytes, const std::string& charset, size_t size) {
  auto text = UploadText::Make(charset);
  if (!text.ok()) return text.status();
  std::string decoded;
  for (size_t at = 0; at < bytes.size(); at += size) {
    auto piece = text->Decode(absl::string_view(bytes).substr(at, size), false);
    if (!piece.ok()) return piece.status();
    decoded += *piece;
  }
  auto rest = text->Decode("", true);
  if (!rest.ok()) return rest.status();
  return decoded + *rest;
}

TEST(UploadTextTest, FindsTheEncodingOfWhatComesInPieces) {
  const std::string padding(kTextWindow - 1, 'a');
  struct Row {
    std::string bytes;
    const char* charset;
    std::string text;
  };
  for (const Row& row : std::vector<Row>{
           {"", "", ""},
           {"a,b", "", "a,b"},
           {"户编号", "", "户编号"},
           {kGb18030, "", "户编号"},
           {kGb18030, "GBK", "户编号"},
           {"户编号", "UTF-8", "户编号"},
           // The first window holds ASCII only, or cuts a character.
           {padding + "aa" + kGb18030, "", padding + "aa户编号"},
           {padding + "户编号", "", padding + "户编号"},
           {padding + kGb18030, "", padding + "户编号"},
           {padding + padding + padding + "户编号", "", padding + padding + padding + "户编号"},
           {padding + "a", "", padding + "a"},
       }) {
    for (size_t size : {size_t{1}, size_t{7}, kTextWindow, size_t{1} << 20}) {
      const auto text = DecodeAll(row.bytes, row.charset, size);
      ASSERT_TRUE(text.ok()) << text.status() << " of " << row.bytes.size() << " in " << size;
      EXPECT_EQ(*text, row.text) << row.bytes.size() << " in " << size;
    }
  }
}

TEST(UploadTextTest, RefusesWhatIsNoText) {
  const std::string padding(kTextWindow, 'a');
  for (size_t size : {size_t{1}, size_t{1} << 20}) {
    EXPECT_THAT(DecodeAll("PK\x03\x04", "", size), RefusedWith(kInvalidArgument, "NOT_A_CSV"));
    EXPECT_THAT(DecodeAll(std::string("a\0b", 3), "", size), RefusedWith(kInvalidArgument, "NOT_A_CSV"));
    EXPECT_THAT(DecodeAll(kGb18030, "utf-8", size), RefusedWith(kInvalidArgument, "NOT_A_CSV"));
    EXPECT_THAT(DecodeAll("\xE6\x88", "utf-8", size), RefusedWith(kInvalidArgument, "NOT_A_CSV"));
    // It began as UTF-8.
    EXPECT_THAT(DecodeAll("户" + padding + kGb18030, "", size), RefusedWith(kInvalidArgument, "NOT_A_CSV"));
    EXPECT_THAT(DecodeAll("a\xFF\xFF", "", size), RefusedWith(kInvalidArgument, "NOT_A_CSV"));
  }
  EXPECT_THAT(UploadText::Make("utf-16"), RefusedWith(kInvalidArgument, "CHARSET_UNKNOWN"));
}

}  // namespace
}  // namespace anju::gateway
