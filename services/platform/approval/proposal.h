#pragma once

#include <string>
#include <vector>

#include "services/platform/approval/item.h"

// How a record that somebody proposes and others decide on keeps its items: a payment, a purchase, a list of subsidies.
// The last item counts. All rules are pure.
namespace anju::approval {

// On one record.
inline constexpr size_t kMostItems = 100;

// What is decided on: how much it is about, and who entered it.
struct Matter {
  int64_t amount_fen = 0;
  std::vector<std::string> authors;
};

// Begins the approval of what `act.by` proposed, by `flow`, or anew: what was returned to who entered it goes on by the
// version with which it began, and what somebody has decided on already is withdrawn. Refuses with PROPOSED_TOO_OFTEN.
absl::StatusOr<std::vector<Item>> Propose(std::vector<Item> items, const Flow& flow, int64_t amount_fen,
                                          const notice::Act& act);

// Decides what is proposed. What has no approval under way, because it was proposed elsewhere or its approval was taken
// back, begins with its first decision, by `flow`. Refuses a withdrawal, in this order, with NOT_UNDER_WAY, NOT_AUTHOR
// (PERMISSION_DENIED) and REASON_MISSING, else as Decide does.
absl::StatusOr<std::vector<Item>> Rule(std::vector<Item> items, const Flow& flow, const Matter& matter,
                                       const Ruling& ruling, const notice::Act& act);

// Whether the last of the items was approved.
bool IsApproved(const std::vector<Item>& items);
// Whether it was rejected or withdrawn, so that nothing is proposed any more.
bool IsDropped(const std::vector<Item>& items);

}  // namespace anju::approval
