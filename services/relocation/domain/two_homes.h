#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/relocation/domain/case.h"

// Households that have two homes 两头住: they have moved in, but the old house still uses power, or the new one uses
// none.
namespace anju::relocation {

// The queue of such households, by the day since which they have.
inline constexpr absl::string_view kTwoHomes = "two_homes";
// So many months of readings are kept of each home; older ones are forgotten.
inline constexpr size_t kMonthsOfReadings = 36;

// A row of anju.relocation.v1.PowerReadingRecord.
struct PowerReadingRecord {
  std::string household_no;
  Home home = Home::kUnspecified;
  Month month;
  int64_t kwh_milli = 0;

  void Fields(Archive& archive) {
    archive("household_no", household_no);
    archive("home", home);
    archive("month", month);
    archive("kwh_milli", kwh_milli);
  }
};

// What the readings say: the days on which the old house was in use after the move, and those on which the new one was
// not, though it should have been for so many months already. Months without a reading end a run; the last reading of a
// home holds until there is a newer one.
struct HomeUse {
  std::vector<tally::Span> old_in_use;
  std::vector<tally::Span> new_idle;
};
HomeUse UseOf(const Case& relocation);
// Since when the household has two homes; nothing when it has not.
std::optional<Date> TwoHomesSince(const Case& relocation);

// Whether the household has two homes by its readings, with what they were measured by; `used`: of the last of them.
// The reason of a no is NOT_MOVED_IN, NO_READINGS or ONE_HOME. Pure.
policy::Decision JudgeTwoHomes(const Case& relocation, Date day, std::vector<policy::Used> used);

// What a case becomes when a reading is recorded so, and whether it has two homes by that, by the policy of its month.
// Pure. Refuses with READING_NEGATIVE.
absl::StatusOr<Case> RecordReading(const Case& before, const PowerReadingRecord& record, const policy::Books& books,
                                   roots::Outcome* outcome);
// Refuses with CASE_NOT_FOUND, and as RecordReading does.
absl::StatusOr<roots::Outcome> ImportPowerReading(roots::Session& session, const intake::Batch& batch,
                                                  const PowerReadingRecord& record);

}  // namespace anju::relocation
