#include "services/platform/approval/proposal.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"

namespace anju::approval {
namespace {

using enum absl::StatusCode;
using notice::Act;

constexpr absl::string_view kProposedAnew = "proposed anew";

absl::StatusOr<Item> Withdraw(const Item& before, const std::string& reason, const Act& act) {
  const bool stands = before.state == State::kUnderWay || before.state == State::kReturned;
  if (stands && std::find(before.authors.begin(), before.authors.end(), act.by) == before.authors.end()) {
    return Refuse(kPermissionDenied, "NOT_AUTHOR", "only who entered it withdraws it: have it rejected or returned");
  }
  return TakeOut(before, Verdict::kWithdraw, reason, act);
}

bool EndedAs(const std::vector<Item>& items, State state) { return !items.empty() && items.back().state == state; }

}  // namespace

absl::StatusOr<std::vector<Item>> Propose(std::vector<Item> items, const Flow& flow, int64_t amount_fen,
                                          const Act& act) {
  if (EndedAs(items, State::kReturned)) {
    items.back().amount_fen = amount_fen;
    ASSIGN_OR_RETURN(items.back(), Resubmit(items.back(), {act.by}, act.on));
    return items;
  }
  if (EndedAs(items, State::kUnderWay)) {
    if (items.back().history.empty()) {
      items.pop_back();
    } else {
      ASSIGN_OR_RETURN(items.back(), TakeOut(items.back(), Verdict::kWithdraw, std::string(kProposedAnew), act));
    }
  }
  if (items.size() >= kMostItems) {
    return Refuse(kFailedPrecondition, "PROPOSED_TOO_OFTEN",
                  absl::StrCat("it was proposed ", kMostItems, " times: decide on what is proposed"));
  }
  ASSIGN_OR_RETURN(Item item, Begin(flow, amount_fen, {act.by}, act.on));
  items.push_back(std::move(item));
  return items;
}

absl::StatusOr<std::vector<Item>> Rule(std::vector<Item> items, const Flow& flow, const Matter& matter,
                                       const Ruling& ruling, const Act& act) {
  if (items.empty() || IsApproved(items)) {
    ASSIGN_OR_RETURN(Item item, Begin(flow, matter.amount_fen, matter.authors, act.on));
    items.push_back(std::move(item));
  }
  if (ruling.verdict == Verdict::kWithdraw) {
    ASSIGN_OR_RETURN(items.back(), Withdraw(items.back(), ruling.reason, act));
  } else {
    ASSIGN_OR_RETURN(items.back(), Decide(items.back(), ruling, act));
  }
  return items;
}

bool IsApproved(const std::vector<Item>& items) { return EndedAs(items, State::kApproved); }

bool IsDropped(const std::vector<Item>& items) {
  return EndedAs(items, State::kRejected) || EndedAs(items, State::kWithdrawn);
}

}  // namespace anju::approval
