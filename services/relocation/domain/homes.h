#pragma once

#include <string>
#include <vector>

#include "services/relocation/domain/moves.h"

// The old and the new home of a household that has moved 拆旧复垦办证: one family has one home. Every step is of the
// day on which it is taken.
//
//   MOVED_IN -demolish-> OLD_HOUSE_DEMOLISHED -reclaim-> RECLAIMED -issue the title-> TITLED
namespace anju::relocation {

// The queue of old houses that stand and have to go, by the day until which they may stand.
inline constexpr absl::string_view kOldHousesToGo = "old_houses_to_go";
// No old house leaves more ground than this.
inline constexpr int64_t kMostReclaimedCentiMu = 1'000'00;

// All rules are pure, and refuse with STEPS_OUT_OF_ORDER at last when the step is earlier than the one before it.

// Refuses with CASE_NOT_MOVED_IN.
absl::StatusOr<Case> DemolishOldHouse(const Case& before, const Act& act);
// Refuses, in this order, with RECLAIMED_AREA_OUT_OF_RANGE and CASE_NOT_DEMOLISHED.
absl::StatusOr<Case> ReclaimLand(const Case& before, int64_t reclaimed_centi_mu, const Act& act);
// Refuses with CASE_NOT_RECLAIMED.
absl::StatusOr<Case> IssueTitle(const Case& before, const std::string& title_no, const Act& act);

// anju.relocation.v1.RecordOldHouseRequest.
struct OldHouseRequest {
  std::string id;
  std::string request_id;
  std::string village;
  int64_t area_centi_sqm = 0;
  std::optional<Date> agreed_by;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("request_id", request_id);
    archive("village", village);
    archive("area_centi_sqm", area_centi_sqm);
    archive("agreed_by", agreed_by);
  }
};

// Records where the old house stands, how large it is, and by when the household agreed to have it gone; nothing: as
// the policy has it. Pure. Refuses, in this order, with OLD_HOUSE_AREA_NEGATIVE, CASE_ENDED, OLD_HOUSE_GONE (demolished
// already) and DATES_REVERSED (agreed to a day before the move).
absl::StatusOr<Case> RecordOldHouse(const Case& before, const OldHouseRequest& request, const policy::Books& books);

// How many days the old house has stood longer than it may; 0 when it may, or is gone.
int64_t DaysOverdue(const Case& relocation, Date today);

// anju.relocation.v1.IssueTitleRequest.
struct TitleRequest {
  std::string id;
  std::string request_id;
  std::string title_no;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("request_id", request_id);
    archive("title_no", title_no);
  }
};

// Use cases; the case is put by the caller. RecordOldHouse refuses with DIVISION_NOT_FOUND, NOT_A_VILLAGE and
// then as its rule does, IssueTitle as its rule does, then with TITLE_NOT_SETTLED
// (the price of the home, of a case that goes its way here) and TITLE_NO_TAKEN.
absl::StatusOr<Case> RecordOldHouse(roots::Session& session, const Case& before, const OldHouseRequest& request);
absl::StatusOr<Case> IssueTitle(roots::Session& session, const Case& before, const std::string& title_no,
                                const Act& act);

}  // namespace anju::relocation
