#include "services/platform/base/id_number.h"

#include "gtest/gtest.h"

namespace anju {
namespace {

TEST(IdNumber, TheCheckDigitFollowsFromTheOthers) {
  EXPECT_EQ(IdCheckDigit("11010519491231002"), 'X');
  EXPECT_EQ(IdCheckDigit("45032819900307001"), '0');
}

TEST(IdNumber, OneIsWrittenInOneWay) {
  EXPECT_EQ(NormalIdNumber("11010519491231002x"), "11010519491231002X");
  for (const std::string text : {"", "11010519491231002X", "110105194912310020", "x", "h1x", "1101051949123100x",
                                 "h1010519491231002x", "11010519491231002x "}) {
    EXPECT_EQ(NormalIdNumber(text), text);
  }
}

TEST(IdNumber, IsFoundWhereANumberBeginsWithIt) {
  for (const absl::string_view text : {
           "450328199003070010",
           "11010519491231002X",
           "11010519491231002x",
           "ID450328199003070010",
           "450328199003070010-1",
           "h1/450328199003070010",
           // Its bearer's card of a disabled person, and a member of its bearer's household.
           "45032819900307001043",
           "45032819900307001001",
       }) {
    EXPECT_TRUE(HoldsIdNumber(text)) << text;
  }
}

TEST(IdNumber, ANumberOfAnythingElseIsNone) {
  for (const absl::string_view text : {
           "",
           "h1",
           "p450328-000017",
           // The check digit, the day, the century, the first digit, and one digit too few.
           "450328199003070011",
           "450328199002300013",
           "450328189003070011",
           "050328199003070016",
           "950328199003070019",
           "91450328MA5K000000",
           "45032819900307001",
           "45032819900307001Y",
           // A village's number and a serial one; with a day between them.
           "450328100201000017",
           "450328100201201810310001",
           "6228480402564890018",
       }) {
    EXPECT_FALSE(HoldsIdNumber(text)) << text;
  }
}

}  // namespace
}  // namespace anju
