#pragma once

#include <string>
#include <vector>

#include "services/relocation/domain/case.h"

namespace anju::relocation {

// At most this many households move in with one ceremony.
inline constexpr size_t kMostCases = 5000;
// The place of a ceremony has at most this many characters.
inline constexpr int64_t kLongestPlace = 64;

// anju.relocation.v1.MoveInHouseholdsRequest.
struct Ceremony {
  std::string division;
  std::string request_id;
  std::string place;
  Date moved_in_on;
  // Ids or keys.
  std::vector<std::string> cases;

  void Fields(Archive& archive) {
    archive("division", division);
    archive("request_id", request_id);
    archive("place", place);
    archive("moved_in_on", moved_in_on);
    archive("cases", cases);
  }
};

// anju.relocation.v1.MoveInHouseholdsResponse.
struct Moved {
  int32_t households = 0;
  // Members on the day.
  int32_t persons = 0;

  void Fields(Archive& archive) {
    archive("households", households);
    archive("persons", persons);
  }
};

// Moves the households of all cases in, or none; `by` stands in the trail of those that are kept here. Pure. Refuses,
// in this order, with CASE_NOT_ALLOTTED, CASE_REPEATED, AREA_EXCEEDED (as CheckMayEnter does), NOTICE_NOT_CLEAN (of one
// that is kept here, on the day of the move) and STEPS_OUT_OF_ORDER.
absl::StatusOr<std::vector<Case>> MoveIn(std::vector<Case> cases, const Ceremony& ceremony, const std::string& by);

// Refuses, in this order, with BATCH_EMPTY, BATCH_TOO_LARGE, PLACE_MALFORMED, DATE_IN_FUTURE, CASE_NOT_FOUND and
// CASE_OF_OTHER_SITE (the site lies outside the division), as MoveIn does, and as CheckReady does for the sites and
// buildings.
absl::StatusOr<Moved> MoveInHouseholds(roots::Session& session, const Ceremony& ceremony, const std::string& by);

}  // namespace anju::relocation
