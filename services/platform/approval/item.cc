#include "services/platform/approval/item.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/platform/base/ids.h"
#include "services/platform/roots/outcome.h"

namespace anju::approval {
namespace {

using enum absl::StatusCode;
using notice::Act;

using Steps = std::vector<Step>;

bool Contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// The first step from `from` on that the amount needs.
Steps::const_iterator NextNeeded(const Item& item, Steps::const_iterator from) {
  return std::find_if(from, item.steps.end(), [&](const Step& step) { return step.from_fen <= item.amount_fen; });
}

Steps::const_iterator Find(const Item& item, absl::string_view code) {
  return std::find_if(item.steps.begin(), item.steps.end(), [&](const Step& step) { return step.code == code; });
}

// Makes `step` the one to be decided, from that day on.
absl::StatusOr<Item> Reach(Item item, const Step& step, Date on) {
  item.state = State::kUnderWay;
  item.step = step.code;
  item.due_on.reset();
  if (step.days > 0) {
    ASSIGN_OR_RETURN(item.due_on, notice::LastDay(on, step.days, step.day_kind));
  }
  return item;
}

Item Ended(Item item, State state) {
  item.state = state;
  item.step.clear();
  item.due_on.reset();
  return item;
}

absl::Status NotUnderWay() {
  return Refuse(kFailedPrecondition, "NOT_UNDER_WAY", "there is nothing to decide: it has not begun, or it has ended");
}

absl::Status CheckReason(const std::string& reason) {
  if (!reason.empty()) return absl::OkStatus();
  return Refuse(kInvalidArgument, "REASON_MISSING", "say why", "reason");
}

absl::Status CheckStep(const Item& item, const std::string& meant) {
  const bool only_one = NextNeeded(item, NextNeeded(item, item.steps.begin()) + 1) == item.steps.end();
  if (meant == item.step || (meant.empty() && only_one)) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "WRONG_STEP", absl::StrCat("the step that is to be decided is ", item.step),
                "step");
}

// Who may decide this step. Answers how: the role, and whether by escalation.
absl::StatusOr<Entry> Admit(const Item& item, const Step& step, const Act& act) {
  const auto role = std::find_if(step.roles.begin(), step.roles.end(),
                                 [&](const std::string& role) { return Contains(act.roles, role); });
  if (role == step.roles.end()) {
    return Refuse(kPermissionDenied, "ROLE_NOT_ALLOWED", absl::StrCat("another role decides the step ", step.code));
  }
  const Level level = LevelOf(act.scope);
  const bool escalated =
      item.due_on.has_value() && level > step.level && level <= EscalatedTo(step.escalates_to, *item.due_on, act.on);
  if (level != step.level && !escalated) {
    return Refuse(kPermissionDenied, "LEVEL_NOT_ALLOWED",
                  absl::StrCat("the step ", step.code, " is decided at another level than that of your token"));
  }
  if (Contains(item.authors, act.by)) {
    return Refuse(kFailedPrecondition, "APPROVER_IS_AUTHOR", "nobody approves what they entered: ask somebody else");
  }
  const bool incompatible = std::any_of(item.history.begin(), item.history.end(), [&](const Entry& earlier) {
    return earlier.by == act.by && Contains(step.incompatible_with, earlier.step);
  });
  if (incompatible) {
    return Refuse(kFailedPrecondition, "INCOMPATIBLE_ROLE",
                  absl::StrCat("who decided an earlier step does not decide ", step.code, ": ask somebody else"));
  }
  return Entry{.step = step.code, .by = act.by, .role = *role, .on = act.on, .escalated = escalated};
}

absl::StatusOr<Item> Return(Item item, Steps::const_iterator from, const std::string& to_step, Date on) {
  const auto to = std::find_if(item.steps.cbegin(), from, [&](const Step& step) {
    return step.code == to_step && step.from_fen <= item.amount_fen;
  });
  if (to == from && !to_step.empty()) {
    return Refuse(kFailedPrecondition, "STEP_NOT_EARLIER",
                  "name a step that was taken before this one, or none to return it to who entered it", "to_step");
  }
  const auto returns = std::count_if(item.history.begin(), item.history.end(),
                                     [](const Entry& entry) { return entry.verdict == Verdict::kReturn; });
  // The one that is under way counts.
  if (static_cast<size_t>(returns) > kMostReturns) {
    return Refuse(kFailedPrecondition, "RETURNED_TOO_OFTEN",
                  absl::StrCat("it was returned ", kMostReturns, " times: approve or reject it"));
  }
  if (to_step.empty()) return Ended(std::move(item), State::kReturned);
  const Step reached = *to;
  return Reach(std::move(item), reached, on);
}

}  // namespace

Level EscalatedTo(Level escalates_to, Date due_on, Date day) {
  return day > due_on ? escalates_to : Level::kUnspecified;
}

absl::StatusOr<Item> Begin(const Flow& flow, int64_t amount_fen, const std::vector<std::string>& authors, Date on) {
  const Version* version = VersionOn(flow, on);
  ANJU_CHECK(version != nullptr && !version->steps.empty());
  Item item{.flow = flow.name,
            .flow_division = flow.division,
            .version = version->version,
            .amount_fen = amount_fen,
            .begun_on = on,
            .authors = authors,
            .steps = version->steps};
  return Reach(std::move(item), version->steps.front(), on);
}

absl::StatusOr<Item> Decide(const Item& before, const Ruling& ruling, const Act& act) {
  const bool approves = ruling.verdict == Verdict::kApprove;
  if (!approves && ruling.verdict != Verdict::kReject && ruling.verdict != Verdict::kReturn) {
    return Refuse(kInvalidArgument, "VERDICT_UNKNOWN", "a decision approves, rejects or returns", "verdict");
  }
  if (before.state != State::kUnderWay) return NotUnderWay();
  RETURN_IF_ERROR(CheckStep(before, ruling.step));
  const auto step = Find(before, before.step);
  ANJU_CHECK(step != before.steps.end());
  ASSIGN_OR_RETURN(Entry entry, Admit(before, *step, act));
  if (!approves) RETURN_IF_ERROR(CheckReason(ruling.reason));
  entry.verdict = ruling.verdict;
  entry.to_step = ruling.verdict == Verdict::kReturn ? ruling.to_step : "";
  entry.reason = ruling.reason;
  Item after = before;
  after.history.push_back(std::move(entry));
  if (ruling.verdict == Verdict::kReject) return Ended(std::move(after), State::kRejected);
  const auto at = after.steps.cbegin() + (step - before.steps.begin());
  if (ruling.verdict == Verdict::kReturn) return Return(std::move(after), at, ruling.to_step, act.on);
  const auto next = NextNeeded(before, step + 1);
  if (next == before.steps.end()) return Ended(std::move(after), State::kApproved);
  return Reach(std::move(after), *next, act.on);
}

absl::StatusOr<Item> TakeOut(const Item& before, Verdict verdict, const std::string& reason, const Act& act) {
  const bool returned = before.state == State::kReturned && verdict != Verdict::kReturn;
  if (before.state != State::kUnderWay && !returned) return NotUnderWay();
  RETURN_IF_ERROR(CheckReason(reason));
  Item after = before;
  after.history.push_back({.step = before.step,
                           .by = act.by,
                           .role = act.roles.empty() ? "" : act.roles.front(),
                           .verdict = verdict,
                           .reason = reason,
                           .on = act.on});
  switch (verdict) {
    case Verdict::kWithdraw:
      return Ended(std::move(after), State::kWithdrawn);
    case Verdict::kReject:
      return Ended(std::move(after), State::kRejected);
    default:
      ANJU_CHECK(verdict == Verdict::kReturn);
      return Ended(std::move(after), State::kReturned);
  }
}

absl::StatusOr<Item> Resubmit(const Item& before, const std::vector<std::string>& authors, Date on) {
  if (before.state != State::kReturned) {
    return Refuse(kFailedPrecondition, "NOT_RETURNED", "only what was returned is submitted again");
  }
  Item after = before;
  for (const std::string& author : authors) {
    if (!Contains(after.authors, author)) after.authors.push_back(author);
  }
  return Reach(std::move(after), before.steps.front(), on);
}

std::vector<roots::Decision> DecisionsOf(const std::vector<Item>& items) {
  std::vector<roots::Decision> decisions;
  for (const Item& item : items) {
    for (const Entry& entry : item.history) {
      decisions.push_back({.flow = item.flow,
                           .flow_division = item.flow_division,
                           .version = item.version,
                           .step = entry.step,
                           .by = entry.by,
                           .role = entry.role,
                           .verdict = static_cast<int32_t>(entry.verdict),
                           .reason_hash = entry.reason.empty() ? "" : Sha256(entry.reason),
                           .escalated = entry.escalated});
    }
  }
  return decisions;
}

std::vector<roots::Waiting> WaitsOf(const std::vector<Item>& items) {
  std::vector<roots::Waiting> waits;
  for (const Item& item : items) {
    if (item.state != State::kUnderWay || !item.due_on.has_value()) continue;
    const Step& step = *Find(item, item.step);
    waits.push_back({.until = *item.due_on,
                     .body = roots::ToJson(Due{.flow = item.flow,
                                               .flow_division = item.flow_division,
                                               .version = item.version,
                                               .step = step.code,
                                               .level = step.level,
                                               .escalates_to = step.escalates_to})});
  }
  return waits;
}

}  // namespace anju::approval
