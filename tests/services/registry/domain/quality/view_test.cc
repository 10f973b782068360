#include "services/registry/domain/quality/view.h"

#include "tests/services/registry/domain/quality/sample.h"

namespace anju::registry {
namespace {

TEST(View, CountsYearsByBirthdays) {
  EXPECT_EQ(YearsBetween(Date(2000, 2, 29), Date(2018, 2, 28)), 17);
  EXPECT_EQ(YearsBetween(Date(2000, 2, 29), Date(2018, 3, 1)), 18);
  EXPECT_EQ(YearsBetween(Date(2000, 5, 1), Date(2018, 5, 1)), 18);
  EXPECT_LT(YearsBetween(Date(2018, 5, 2), Date(2018, 5, 1)), 0);
}

TEST(View, SeesWhatAnIdNumberLooksLike) {
  const std::pair<std::string, IdShape> table[] = {
      {"", IdShape::kMissing},
      {"450328750304901", IdShape::kFifteenDigits},
      {"45032875030490", IdShape::kMalformed},
      {"45032819750304901a", IdShape::kMalformed},
      {"450328197513049019", IdShape::kImpossibleBirth},
      {"110105194912310021", IdShape::kBadChecksum},
      {"11010519491231002X", IdShape::kGood},
  };
  for (const auto& [number, shape] : table) {
    Sample sample;
    sample.head().id_number = number;
    EXPECT_EQ(View(sample.household, sample.others, sample.today).persons[0].id_shape, shape) << number;
  }
}

TEST(View, CountsWhoIsPresentOnTheDay) {
  Sample sample;
  sample.head().left_on = kToday;
  sample.child().joined_on = kToday + 1;
  const View view(sample.household, sample.others, sample.today);
  EXPECT_EQ(view.present, 1);
  EXPECT_EQ(view.labourers, 1);
  EXPECT_EQ(view.head, nullptr);
  EXPECT_TRUE(view.Poor());
}

TEST(View, LeavesOutWhoseMembershipWasTakenBack) {
  Sample sample;
  sample.head().left_as = Leaving::kTakenBack;
  sample.spouse().left_as = Leaving::kDuplicate;
  EXPECT_EQ(View(sample.household, sample.others, sample.today).persons.size(), 1u);
}

TEST(View, TakesTheBirthFromTheNumberWhenItIsNotRecorded) {
  Sample sample;
  sample.head().born_on.reset();
  const View view(sample.household, sample.others, sample.today);
  EXPECT_EQ(view.persons[0].born_on, Date(1975, 3, 4));
  EXPECT_EQ(view.persons[0].age, 43);
}

}  // namespace
}  // namespace anju::registry
