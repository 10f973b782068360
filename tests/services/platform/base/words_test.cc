#include "services/platform/base/words.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace anju {
namespace {

TEST(Words, NumbersOfPersonsAreHidden) {
  const std::pair<std::string, std::string> rows[] = {
      {"", ""},
      {"与韦某（身份证450328199003070010）同户", "与韦某（身份证45**************10）同户"},
      {"ID45032819900307001X.", "ID45*************01X."},
      {"旧证450328900307001", "旧证45***********01"},
      {"450328-19900307-0010", "45****-********-**10"},
      {"4503 2819 9003 0700 10", "45** **** **** **** 10"},
      {"４５０３２８１９９００３０７００１０", "４５＊＊＊＊＊＊＊＊＊＊＊＊＊＊１０"},
      {"打13800138000找他", "打138****8000找他"},
      {"tel:+86 138-0013-8000", "tel:+86 1**-****-8000"},
      {"8613800138000", "861******8000"},
      {"008613800138000", "00***********00"},
      {"第3 138 0013 8000", "第3 138 **** 8000"},
      {"电话0773-2821234", "电话077*-***1234"},
      {"卡6222021234567890123", "卡62***************23"},
      {"转至张三 6228480402564890018 450328199003072315", "转至张三 62***************18 45**************15"},
      {"12345678-1234-1234-1234-123456789012", "12******-****-****-**34-123456789012"},
      {"0b5e1f0c-1234-1234-1234-1234567890123", "0b5e1f0c-1234-1234-12**-***********23"},
      {"卡6222 0212 3456 7890", "卡62** **** **** **90"},
      {"2018-10-01 13800138000", "2018-10-01 138****8000"},
      {"13800138000 45032819900307001X", "138****8000 45*************01X"},
  };
  for (const auto& [text, hidden] : rows) {
    EXPECT_EQ(HideNumbers(text), hidden);
    EXPECT_EQ(HideNumbers(hidden), hidden);
  }
}

TEST(Words, WhatIsNobodysNumberStays) {
  for (const std::string text : {
           "2018-10-01至2018-10-31",
           "2018-10-01 2018-10-31",
           "20181001-20181031",
           "村450328100201，户 12，共3人",
           "450328100201 450328100202",
           "桂扶发〔2016〕12号",
           "12345.67元，10000000000000分",
           "018f3a2b4c5d0123456789abcdef0123",
           "01234567890123456789012345678901",
           "0b5e1f0c-1234-1234-1234-123456789012",
           "12345678-1234-1234-1234-12345678901f",
           "at most 100 of 12000000000",
           "房号3-1-204",
       }) {
    EXPECT_EQ(HideNumbers(text), text);
  }
}

// Wherever it stands and however it is grouped, no six of its digits are left in a row.
TEST(Words, NoRunOfAnIdNumberIsLeft) {
  const std::string id = "450328199003070010";
  for (const std::string before : {"", "x", "例", "7 ", "-", "12-", "2018-10-01 ", "a1"}) {
    for (size_t i = 0; i < id.size(); ++i) {
      for (size_t j = i; j < id.size(); ++j) {
        std::string text = id;
        if (j > i) text.insert(j, "-");
        if (i > 0) text.insert(i, " ");
        const std::string hidden = HideNumbers(absl::StrCat(before, text, "。"));
        for (size_t begin = 0; begin + 6 <= id.size(); ++begin) {
          EXPECT_THAT(hidden, ::testing::Not(::testing::HasSubstr(id.substr(begin, 6)))) << text;
        }
      }
    }
  }
}

TEST(Words, NamesKeepTheirFirstCharacter) {
  const std::vector<std::string> names = {"韦小明", "韦小", "Wei Xiao", "明", ""};
  EXPECT_EQ(HideNames("韦小明投靠韦小，明天", names), "韦**投靠韦**，明天");
  EXPECT_EQ(HideNames("Wei Xiao moved", names), "W** moved");
  EXPECT_EQ(HideNames("投靠亲属", names), "投靠亲属");
  EXPECT_EQ(HideNames("韦小明", {}), "韦小明");
}

}  // namespace
}  // namespace anju
