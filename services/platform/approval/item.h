#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/platform/approval/flow.h"
#include "services/platform/base/archive.h"
#include "services/platform/notice/notice.h"
#include "services/platform/roots/session.h"

// The way of a record through a flow of approval. Items are kept on the root that they are about, in a vector, so that
// the step and its gate are one rule in one transaction. A root that has items names beside it
//
//   std::vector<roots::Decision> Decisions(const Root& root) { return approval::DecisionsOf(root.approvals); }
//   std::vector<roots::Waiting> Waits(const Root& root) { return approval::WaitsOf(root.approvals); }
//
// and then all that was decided about it is in the ledger of decisions, and what is due is in the list of that.
namespace anju::approval {

// As anju.type.v1.Verdict.
enum class Verdict : int32_t { kUnspecified = 0, kApprove = 1, kReject = 2, kReturn = 3, kWithdraw = 4 };
// As anju.type.v1.ApprovalState.
enum class State : int32_t {
  kUnspecified = 0,
  kUnderWay = 1,
  kApproved = 2,
  kRejected = 3,
  kWithdrawn = 4,
  kReturned = 5
};

inline constexpr size_t kMostReturns = 20;

// Something that was done about the record.
struct Entry {
  // Where it was then; empty when it had been returned to who entered it.
  std::string step;
  std::string by;
  // The role that let them.
  std::string role;
  Verdict verdict = Verdict::kUnspecified;
  // Of a return: the step; empty for who entered it.
  std::string to_step;
  std::string reason;
  Date on;
  // By a higher level than the step's, after its deadline.
  bool escalated = false;

  void Fields(Archive& archive) {
    archive("step", step);
    archive("by", by);
    archive("role", role);
    archive("verdict", verdict);
    archive("to_step", to_step);
    archive("reason", reason);
    archive("on", on);
    archive("escalated", escalated);
  }
  friend bool operator==(const Entry&, const Entry&) = default;
};

struct Item {
  std::string flow;
  // Whose version it follows; empty for the national one.
  std::string flow_division;
  int32_t version = 0;
  int64_t amount_fen = 0;
  State state = State::kUnspecified;
  // Which is to be decided now; empty when none is.
  std::string step;
  std::optional<Date> due_on;
  Date begun_on;
  // Who entered the record.
  std::vector<std::string> authors;
  // As they were when it began, those too that the amount does not need.
  std::vector<Step> steps;
  // Only ever added to.
  std::vector<Entry> history;

  void Fields(Archive& archive) {
    archive("flow", flow);
    archive("flow_division", flow_division);
    archive("version", version);
    archive("amount_fen", amount_fen);
    archive("state", state);
    archive("step", step);
    archive("due_on", due_on);
    archive("begun_on", begun_on);
    archive("authors", authors);
    archive("steps", steps);
    archive("history", history);
  }
  friend bool operator==(const Item&, const Item&) = default;
};

// What an officer decides.
struct Ruling {
  Verdict verdict = Verdict::kUnspecified;
  // The step that is meant, so that nobody decides one that they have not seen; may be empty where only one is needed.
  std::string step;
  // Of a return: an earlier step; empty for who entered it.
  std::string to_step;
  std::string reason;

  void Fields(Archive& archive) {
    archive("verdict", verdict);
    archive("step", step);
    archive("to_step", to_step);
    archive("reason", reason);
  }
};

// All rules are pure. Where a step with working days is reached in a year whose holidays are not known, they refuse
// with HOLIDAYS_UNKNOWN.

// Begins with the first step of the version that is followed on that day.
absl::StatusOr<Item> Begin(const Flow& flow, int64_t amount_fen, const std::vector<std::string>& authors, Date on);

// Approves, rejects or returns. After the last step that the amount needs it is approved. Refuses, in this order, with
// VERDICT_UNKNOWN (INVALID_ARGUMENT), NOT_UNDER_WAY, WRONG_STEP (it is at another one) (FAILED_PRECONDITION),
// ROLE_NOT_ALLOWED, LEVEL_NOT_ALLOWED (PERMISSION_DENIED), APPROVER_IS_AUTHOR, INCOMPATIBLE_ROLE (they decided a step
// that this one is incompatible with) (FAILED_PRECONDITION), REASON_MISSING (of a rejection or return)
// (INVALID_ARGUMENT), STEP_NOT_EARLIER (of a return) and RETURNED_TOO_OFTEN (FAILED_PRECONDITION).
absl::StatusOr<Item> Decide(const Item& before, const Ruling& ruling, const notice::Act& act);

// Takes what is under way or was returned out of its flow, by whom the service lets: withdrawn, rejected as a whole, or
// returned to who entered it. Refuses, in this order, with NOT_UNDER_WAY and REASON_MISSING.
absl::StatusOr<Item> TakeOut(const Item& before, Verdict verdict, const std::string& reason, const notice::Act& act);

// Submits what was returned to who entered it again, from the first step of its version on. Refuses with NOT_RETURNED.
absl::StatusOr<Item> Resubmit(const Item& before, const std::vector<std::string>& authors, Date on);

// Up to which level it may be decided on a day, above that of its step; unspecified while it is not late.
Level EscalatedTo(Level escalates_to, Date due_on, Date day);

// What waits for a decision until a day.
struct Due {
  std::string flow;
  std::string flow_division;
  int32_t version = 0;
  std::string step;
  Level level = Level::kUnspecified;
  Level escalates_to = Level::kUnspecified;

  void Fields(Archive& archive) {
    archive("flow", flow);
    archive("flow_division", flow_division);
    archive("version", version);
    archive("step", step);
    archive("level", level);
    archive("escalates_to", escalates_to);
  }
};

std::vector<roots::Decision> DecisionsOf(const std::vector<Item>& items);
std::vector<roots::Waiting> WaitsOf(const std::vector<Item>& items);

}  // namespace anju::approval
