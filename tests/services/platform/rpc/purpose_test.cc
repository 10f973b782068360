#include "services/platform/rpc/purpose.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace anju::rpc {
namespace {

TEST(Purpose, IsWhatWasWrittenWithoutTheBlanksAroundIt) {
  const std::string hundred = absl::StrCat("why ", std::string(96, 'x'));
  const std::pair<std::string, std::string> rows[] = {
      {"核对低保名单", "核对低保名单"},
      {"%E6%A0%B8%E5%AF%B9%E4%BD%8E%E4%BF%9D%E5%90%8D%E5%8D%95", "核对低保名单"},
      {"list 7", ""},
      {"list 17", "list 17"},
      {"  check of a list ", "check of a list"},
      // A wide space, one that does not break, one of no width, a mark of the order of bytes.
      {"\u3000\u00A0\u200B核对低保名单\uFEFF\u3000", "核对低保名单"},
      {"核对 低保 名单", "核对 低保 名单"},
      {hundred, hundred},
      {hundred + "x", ""},
  };
  for (const auto& [stated, purpose] : rows) EXPECT_EQ(ReadPurpose(stated).value_or(""), purpose) << stated;
}

TEST(Purpose, OneThatSaysNothingIsNone) {
  for (const std::string stated : {
           "",
           "      ",
           "%20%20%20%20%20%20",
           "\u3000\u3000\u3000\u3000\u3000\u3000",
           "\u00A0\u00A0\u00A0\u00A0\u00A0\u00A0",
           "\u200B\u200C\u200D\u2060\uFEFF\u00AD",
           "\u2800\u3164\u115F\u180E\uFFA0\U000E0020",
           "a b c d e",
           "why\u3000\u3000\u3000",
           "......",
           "核核核核核核",
           "121212",
           "abcabc",
           "核对低保\n名单",
           "\xFF\xFE\xFD\xFC\xFB\xFA",
           "%zz 123456",
           "核对450328199003070010",
       }) {
    EXPECT_EQ(ReadPurpose(stated).value_or("none"), "none") << stated;
  }
}

}  // namespace
}  // namespace anju::rpc
