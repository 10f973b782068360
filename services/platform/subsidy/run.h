#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/platform/approval/proposal.h"
#include "services/platform/base/archive.h"
#include "services/platform/policy/decision.h"
#include "services/platform/roots/session.h"

// A subsidy run: a computed list with the reason for every yes and no, approved by others than who listed it, paid
// once. Which records are eligible is the rule of the service that pays.
namespace anju::subsidy {

enum class RunState : int32_t { kUnspecified = 0, kListed = 1, kApproved = 2, kPaid = 3 };

inline constexpr absl::string_view kEligible = "ELIGIBLE";

struct Item {
  // The record the money is for, and what within it: a loan, a contract.
  std::string root_id;
  std::string subject;
  int64_t amount_fen = 0;
  // ELIGIBLE, or the reason for the no.
  std::string reason;
  // What the rule looked at.
  std::vector<policy::Input> inputs;

  bool eligible() const { return reason == kEligible; }
  void Fields(Archive& archive) {
    archive("root_id", root_id);
    archive("subject", subject);
    archive("amount_fen", amount_fen);
    archive("reason", reason);
    archive("inputs", inputs);
  }
  friend bool operator==(const Item&, const Item&) = default;
};

// By which rule a list was made, and what it was measured by.
struct Grounds {
  std::string rule;
  std::vector<policy::Used> used;
};

struct Run {
  static constexpr absl::string_view kKind = "subsidy_run";
  std::string id;
  // `<division>/<period>`.
  std::string key;
  std::string division;
  std::string period;
  RunState state = RunState::kUnspecified;
  std::string listed_by;
  std::string approved_by;
  std::optional<Date> approved_on;
  std::optional<Date> paid_on;
  // The sum of the eligible items.
  int64_t total_fen = 0;
  int64_t eligible = 0;
  int64_t refused = 0;
  std::vector<Item> items;
  std::optional<Date> listed_on;
  std::string rule;
  std::vector<policy::Used> used;
  // Its way to APPROVED, by the flow of its county; the last one counts.
  std::vector<approval::Item> approvals;

  std::string Division() const { return division; }
  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("division", division);
    archive("period", period);
    archive("state", state);
    archive("listed_by", listed_by);
    archive("approved_by", approved_by);
    archive("approved_on", approved_on);
    archive("paid_on", paid_on);
    archive("total_fen", total_fen);
    archive("eligible", eligible);
    archive("refused", refused);
    archive("items", items);
    archive("listed_on", listed_on);
    archive("rule", rule);
    archive("used", used);
    archive("approvals", approvals);
  }
};

// The money counts on the records that it is for, not on the run.
inline tally::Contributions Contributions(const Run&) { return {}; }
inline std::vector<roots::Decision> Decisions(const Run& run) { return approval::DecisionsOf(run.approvals); }
inline std::vector<roots::Waiting> Waits(const Run& run) { return approval::WaitsOf(run.approvals); }

// Lists the items of a division and period, anew as long as the run is not approved, and begins its approval by `flow`.
// Pure. Refuses with RUN_ALREADY_APPROVED and as approval::Propose does.
absl::StatusOr<Run> List(const std::optional<Run>& before, const std::string& division, const std::string& period,
                         const std::string& by, Date on, const approval::Flow& flow, Grounds grounds,
                         std::vector<Item> items);

// Decides the step at which a listed run is; one that is rejected, returned or withdrawn stays listed, until it is
// listed anew. Pure; the same approval by the same person changes nothing. Refuses with RUN_NOT_LISTED and as
// approval::Rule does.
absl::StatusOr<Run> Decide(const Run& before, const approval::Flow& flow, const approval::Ruling& ruling,
                           const notice::Act& act);
// The same by the flow that the county follows today, and kept.
absl::StatusOr<Run> DecideRun(roots::Session& session, const approval::Flow& national, const Run& before,
                              const approval::Ruling& ruling, const notice::Act& act);

// Pure; paying a second time on that day changes nothing. Refuses, in this order, with RUN_ALREADY_PAID (on another
// day), RUN_NOT_APPROVED and DATES_REVERSED (after `today`, or before the end of what is paid for).
absl::StatusOr<Run> Pay(const Run& before, Date on, Date earliest, Date today);

// At most so many of its items are explained at once.
inline constexpr size_t kMostExplained = 100;

// Why each item of a run is paid or not. The subject is an item's, or the id of its record.
absl::StatusOr<policy::Answer> Explain(roots::Session& session, const Run& run, const policy::Question& question);

}  // namespace anju::subsidy
