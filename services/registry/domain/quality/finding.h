#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/registry/domain/quality/rule.h"

namespace anju::registry {

enum class FindingState : int32_t { kUnspecified = 0, kOpen = 1, kConfirmed = 2, kFixed = 3, kWaived = 4 };
enum class FindingVerb : int32_t { kUnspecified = 0, kOpen = 1, kConfirm = 2, kAssign = 3, kFix = 4, kWaive = 5 };

// The findings of a household share this link, under its id.
inline constexpr absl::string_view kFindingsLink = "findings";

struct FindingMove {
  FindingVerb verb = FindingVerb::kUnspecified;
  // Empty when the rules did it.
  std::string by;
  Date on;
  // Of a confirmation or waiver.
  std::string reason;

  void Fields(Archive& archive) {
    archive("verb", verb);
    archive("by", by);
    archive("on", on);
    archive("reason", reason);
  }
  friend bool operator==(const FindingMove&, const FindingMove&) = default;
};

// What people may do to one finding altogether; the rules themselves act at most twice a day.
inline constexpr size_t kMostMoves = 200;

// That a rule finds a household, or a person of it, wrong: a work order with a deadline.
//
//   OPEN -confirm-> CONFIRMED (looked at on the spot: it is wrong); either -waive-> WAIVED (it is right as it is).
//   The rules close what is right again as FIXED, whatever it was, and open a FIXED one again.
struct Finding {
  static constexpr absl::string_view kKind = "finding";
  std::string id;
  // `<household's id>/<rule>/<person_no>`.
  std::string key;
  std::string household_id;
  std::string rule_id;
  // Empty when it is the household as a whole.
  std::string person_no;
  FindingState state = FindingState::kUnspecified;
  Severity severity = Severity::kUnspecified;
  // Who is to mend it.
  Mender mender = Mender::kUnspecified;
  Date opened_on;
  Date due_on;
  // When it was fixed or waived.
  std::optional<Date> closed_on;
  std::vector<FindingMove> history;
  // Where the household has lived since it was first found.
  std::vector<Residence> places;

  // What the contract shows of it.
  void Shown(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("household_id", household_id);
    archive("rule_id", rule_id);
    archive("person_no", person_no);
    archive("state", state);
    archive("severity", severity);
    archive("mender", mender);
    archive("opened_on", opened_on);
    archive("due_on", due_on);
    archive("closed_on", closed_on);
    archive("history", history);
  }
  void Fields(Archive& archive) {
    Shown(archive);
    archive("places", places);
  }
  std::string Division() const { return places.back().village; }
  // Not mended and not waived.
  bool Standing() const { return state == FindingState::kOpen || state == FindingState::kConfirmed; }
  friend bool operator==(const Finding&, const Finding&) = default;
};

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const Finding& finding);
std::vector<roots::Name> Links(const Finding& finding);

// Who does something, and when.
struct Deed {
  std::string by;
  Date on;
};

// What the rules make of a finding on a day. Pure. Hit with nothing before opens one; a fixed one is opened again, with
// a new deadline, or on the day on which it was fixed as though it had not been. A waived one stays waived until it is
// right.
Finding OnHit(const std::optional<Finding>& before, const Hit& hit, const Household& household, Date today);
Finding OnClear(const Finding& before, Date today);

// What people make of it. Pure. They refuse, in this order, with FINDING_CLOSED (fixed or waived), FINDING_BUSY (too
// much was done to it) and
// - Confirm: FINDING_CONFIRMED;
// - Waive: REASON_MISSING, APPROVER_IS_AUTHOR (confirmed or assigned it);
// - Assign: MENDER_UNSPECIFIED, DUE_IN_THE_PAST, ASSIGNMENT_UNCHANGED.
absl::StatusOr<Finding> Confirm(const Finding& before, const std::string& reason, const Deed& deed);
absl::StatusOr<Finding> Waive(const Finding& before, const std::string& reason, const Deed& deed);
// `due_on` nothing: the deadline stays.
absl::StatusOr<Finding> Assign(const Finding& before, Mender mender, std::optional<Date> due_on, const Deed& deed);

// What an evaluation found and did.
struct Evaluation {
  int32_t households = 0;
  int32_t persons = 0;
  int32_t opened = 0;
  int32_t fixed = 0;
  // Open or confirmed afterwards.
  int32_t standing = 0;
  // Of those, the ones of the list asked for.
  int32_t of_list = 0;
  // Findings that are different now, such as those that went to another village with their household.
  int32_t changed = 0;

  void Add(const Evaluation& other);

  void Fields(Archive& archive) {
    archive("households", households);
    archive("persons", persons);
    archive("opened", opened);
    archive("fixed", fixed);
    archive("standing", standing);
  }
};

// Evaluates one household as of the session's day in China, and puts its findings as they are now. `list`: which
// findings to count in of_list.
absl::StatusOr<Evaluation> Evaluate(roots::Session& session, const Household& household,
                                    ListKind list = ListKind::kUnspecified);
// The same; a household that is not on file is nothing.
absl::StatusOr<Evaluation> EvaluateHousehold(roots::Session& session, const std::string& household_id,
                                             ListKind list = ListKind::kUnspecified);
// Refuses with FINDING_NOT_FOUND.
absl::StatusOr<Finding> FindFinding(roots::Session& session, const std::string& id);

}  // namespace anju::registry
