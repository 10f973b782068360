#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/platform/base/archive.h"
#include "services/platform/notice/notice.h"
#include "services/platform/roots/session.h"

// Flows of approval 审批: which steps a kind of decision takes, at which level and by whom. A service has a national
// default of each in code; a province, a prefecture or a county may define versions of its own.
namespace anju::approval {

// As anju.type.v1.OfficeLevel.
enum class Level : int32_t { kUnspecified = 0, kTownship = 1, kCounty = 2, kPrefecture = 3, kProvince = 4 };

inline constexpr size_t kMostSteps = 10;
inline constexpr size_t kLongestCode = 32;
inline constexpr size_t kMostVersions = 200;

// The level of somebody whose token is for this division; unspecified for a village and for the whole country.
Level LevelOf(absl::string_view scope);

struct Step {
  // 1 to kLongestCode of a-z, 0-9 and _.
  std::string code;
  Level level = Level::kUnspecified;
  // Who may decide, in the words of a token; any one of them is enough.
  std::vector<std::string> roles;
  // Needed from this amount on; 0: always.
  int64_t from_fen = 0;
  // 0: no deadline.
  int32_t days = 0;
  notice::DayKind day_kind = notice::DayKind::kUnspecified;
  // After the deadline the levels above, up to this one, may decide too.
  Level escalates_to = Level::kUnspecified;
  // Earlier steps; who decided one of them may not decide this one.
  std::vector<std::string> incompatible_with;

  void Fields(Archive& archive) {
    archive("code", code);
    archive("level", level);
    archive("roles", roles);
    archive("from_fen", from_fen);
    archive("days", days);
    archive("day_kind", day_kind);
    archive("escalates_to", escalates_to);
    archive("incompatible_with", incompatible_with);
  }
  friend bool operator==(const Step&, const Step&) = default;
};

struct Version {
  // From 1 on.
  int32_t version = 0;
  // What begins on this day or later follows it.
  Date since;
  // Empty for a national default.
  std::string defined_by;
  std::vector<Step> steps;

  void Fields(Archive& archive) {
    archive("version", version);
    archive("since", since);
    archive("defined_by", defined_by);
    archive("steps", steps);
  }
  friend bool operator==(const Version&, const Version&) = default;
};

struct Flow {
  static constexpr absl::string_view kKind = "approval_flow";
  std::string id;
  // `<division>/<name>`.
  std::string key;
  // Empty for a national default, which is not kept.
  std::string division;
  // Such as `relocation.case`.
  std::string name;
  // In the order of their days; only ever added to.
  std::vector<Version> versions;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("division", division);
    archive("name", name);
    archive("versions", versions);
  }
  std::string Division() const { return division; }
  friend bool operator==(const Flow&, const Flow&) = default;
};

// A national default of one step without a deadline: an approver of the county.
Flow OneApprover(const std::string& name);

// Flows count in no figure.
tally::Contributions Contributions(const Flow& flow);

// The version that is followed on a day: the last of that day or before; null when it is too early for all.
const Version* VersionOn(const Flow& flow, Date day);

// anju.approval.v1.DefineFlowRequest.
struct Definition {
  std::string division;
  std::string name;
  Date since;
  std::vector<Step> steps;

  void Fields(Archive& archive) {
    archive("division", division);
    archive("name", name);
    archive("since", since);
    archive("steps", steps);
  }
};

// Pure. Refuses, in this order, with FLOW_EMPTY and FLOW_TOO_LONG, then for each step with STEP_CODE_MALFORMED,
// STEP_REPEATED, LEVELS_REVERSED (below that of the step before), ROLE_MISSING, ROLE_UNKNOWN, AMOUNT_NEGATIVE,
// AMOUNTS_REVERSED (needed from less than the step before; or the first, and not always needed), DAYS_OUT_OF_RANGE,
// DAY_KIND_MISSING, ESCALATION_WITHOUT_DEADLINE, ESCALATION_NOT_ABOVE and STEP_NOT_EARLIER.
absl::Status CheckSteps(const std::vector<Step>& steps);

// Adds a version to the flow of a division, or begins it. Pure. Refuses, in this order, with DIVISION_TOO_SMALL (below
// a county), as CheckSteps does, with SINCE_PAST, SINCE_REVERSED and VERSIONS_TOO_MANY.
absl::StatusOr<Flow> Define(const std::optional<Flow>& before, const Definition& definition, const notice::Act& act);

// The same for the division by its present code, and kept. Refuses with DIVISION_NOT_FOUND too.
absl::StatusOr<Flow> DefineFlow(roots::Session& session, const Definition& definition, const notice::Act& act);

// The flow that a division follows on a day: its own, or that of the nearest division above that has a version by then,
// or `national`.
absl::StatusOr<Flow> FlowFor(roots::Session& session, const Flow& national, absl::string_view division, Date day);

}  // namespace anju::approval
