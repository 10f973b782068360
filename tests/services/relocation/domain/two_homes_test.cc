#include "services/relocation/domain/two_homes.h"

#include "services/platform/roots/queue.h"
#include "tests/services/relocation/domain/resettlement.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;

Month Of(int month) { return Month::Of(Date(2018, month, 1)); }

// Up to 1 kWh a month counts as none, for 3 months. Moved in on 2018-03-20; `old_used` and `new_used` hold a digit for
// each month from January on: 0 idle, 1 used, - none.
Case Read(const std::string& old_used, const std::string& new_used) {
  Case relocation{.steps = {.moved_in_on = Date(2018, 3, 20)}};
  const auto read = [&](Home home, const std::string& used) {
    for (size_t i = 0; i < used.size(); ++i) {
      if (used[i] == '-') continue;
      Outcome outcome;
      relocation = *RecordReading(
          relocation, {.home = home, .month = Of(static_cast<int>(i) + 1), .kwh_milli = used[i] == '1' ? 1001 : 1000},
          {}, &outcome);
    }
  };
  read(Home::kNew, new_used);
  read(Home::kOld, old_used);
  return relocation;
}

TEST(TwoHomesTest, SinceTheFirstMonthOfTheRun) {
  const struct {
    std::string name, old_used, new_used;
    std::optional<Date> since;
  } table[] = {
      {"nothing read", "", "", std::nullopt},
      {"the month of the move does not count", "111", "000", std::nullopt},
      {"the old house in use after it", "1111", "1111", Date(2018, 4, 1)},
      {"no more", "11110", "11111", std::nullopt},
      {"again", "111101", "", Date(2018, 6, 1)},
      {"a month without a reading ends a run", "1111-1", "", Date(2018, 6, 1)},
      {"the new one unused, but not for long", "", "11100", std::nullopt},
      {"the new one unused for so long", "", "111000", Date(2018, 4, 1)},
      {"and used again", "", "1110001", std::nullopt},
      {"both", "111111", "111000", Date(2018, 4, 1)},
  };
  for (const auto& row : table) EXPECT_EQ(TwoHomesSince(Read(row.old_used, row.new_used)), row.since) << row.name;
}

TEST(TwoHomesTest, ADemolishedHouseIsNoHome) {
  Case relocation = Read("111111", "");
  relocation.steps.demolished_on = Date(2018, 5, 10);
  EXPECT_EQ(TwoHomesSince(relocation), std::nullopt);
  ASSERT_EQ(UseOf(relocation).old_in_use.size(), 1);
  EXPECT_EQ(UseOf(relocation).old_in_use[0].until, Date(2018, 5, 10));
  relocation.steps.moved_in_on.reset();
  EXPECT_EQ(TwoHomesSince(relocation), std::nullopt);
}

TEST(ReadingTest, TheOldestIsForgotten) {
  Case relocation;
  Outcome outcome;
  for (size_t i = 0; i <= kMonthsOfReadings; ++i) {
    relocation = *RecordReading(
        relocation, {.home = Home::kOld, .month = Of(1).Plus(static_cast<int32_t>(i)), .kwh_milli = 9}, {}, &outcome);
  }
  EXPECT_EQ(relocation.power.size(), kMonthsOfReadings);
  EXPECT_EQ(relocation.power.front().month, Of(2));
  // One that is older than all that are kept changes nothing.
  EXPECT_EQ(*RecordReading(relocation, {.home = Home::kOld, .month = Of(1), .kwh_milli = 9}, {}, &outcome), relocation);
  EXPECT_EQ(outcome, Outcome::kUnchanged);
  EXPECT_THAT(RecordReading(relocation, {.kwh_milli = -1}, {}, &outcome),
              RefusedWith(kInvalidArgument, "READING_NEGATIVE"));
}

class TwoHomesOnStoreTest : public Resettlement {};

TEST_P(TwoHomesOnStoreTest, AreListedAndCountedWhileTheyLast) {
  Build();
  ASSERT_TRUE(stand.Import(ImportCase, MovedIn("c1", "h1", "u1")).ok());
  const auto read = [&](Home home, int month, int64_t kwh) {
    return stand.Import(
        ImportPowerReading,
        PowerReadingRecord{.household_no = "h1", .home = home, .month = Of(month), .kwh_milli = kwh * 1000});
  };
  const auto waiting = [&] { return stand.store.Queue(kTwoHomes, "450328", roots::kWhenever, "", 10)->roots.size(); };
  EXPECT_THAT(stand.Import(ImportPowerReading, PowerReadingRecord{.household_no = "h2", .home = Home::kNew}).status(),
              RefusedWith(kNotFound, "CASE_NOT_FOUND"));
  ASSERT_EQ(*read(Home::kOld, 8, 40), Outcome::kAdded);
  EXPECT_EQ(*read(Home::kOld, 8, 40), Outcome::kUnchanged);
  EXPECT_EQ(waiting(), 1);
  EXPECT_EQ(Figure("two_homes_households", "450328", "2018-07"), 0);
  EXPECT_EQ(Figure("two_homes_households", kVillage, "2018-08"), 1);
  EXPECT_EQ(Figure("two_homes_households", kVillage, "2018-10"), 1);
  ASSERT_EQ(*read(Home::kOld, 9, 0), Outcome::kAdded);
  EXPECT_EQ(waiting(), 0);
  EXPECT_EQ(Figure("two_homes_households", kVillage, "2018-08"), 1);
  EXPECT_EQ(Figure("two_homes_households", kVillage, "2018-09"), 0);
  for (const int month : {8, 9, 10}) ASSERT_TRUE(read(Home::kNew, month, 0).ok());
  EXPECT_EQ(waiting(), 1);
  // It is a household of two homes once, since either.
  EXPECT_EQ(Figure("two_homes_households", "45", "2018-08"), 1);
  EXPECT_EQ(Figure("two_homes_households", "45", "2018-10"), 1);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, TwoHomesOnStoreTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
