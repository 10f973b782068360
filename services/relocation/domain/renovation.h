#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/platform/notice/notice.h"
#include "services/relocation/domain/case.h"

// Renovation of dangerous houses 危房改造: for households that stay where they are. A household that moves gets a new
// home instead, and never both.
//
//   PLANNED -start-> STARTED -complete-> COMPLETED -accept-> ACCEPTED; withdraw from any before COMPLETED.
namespace anju::relocation {

// How bad the house is: C 局部危险, D 整栋危险.
enum class DangerGrade : int32_t { kUnspecified = 0, kC = 1, kD = 2 };
enum class RenovationState : int32_t {
  kUnspecified = 0,
  kPlanned = 1,
  kStarted = 2,
  kCompleted = 3,
  kAccepted = 4,
  kWithdrawn = 5
};
enum class RenovationVerb : int32_t {
  kUnspecified = 0,
  kPlan = 1,
  kStart = 2,
  kComplete = 3,
  kAccept = 4,
  kWithdraw = 5
};

using notice::Act;

// The days on which a renovation took its steps.
struct RenovationSteps {
  Date planned_on;
  std::optional<Date> started_on;
  std::optional<Date> completed_on;
  std::optional<Date> accepted_on;
  std::optional<Date> withdrawn_on;

  void Fields(Archive& archive) {
    archive("planned_on", planned_on);
    archive("started_on", started_on);
    archive("completed_on", completed_on);
    archive("accepted_on", accepted_on);
    archive("withdrawn_on", withdrawn_on);
  }
  friend bool operator==(const RenovationSteps&, const RenovationSteps&) = default;
};

// A step that was taken here, by whom and when.
struct RenovationMove {
  RenovationVerb verb = RenovationVerb::kUnspecified;
  std::string by;
  Date on;
  // Of a withdrawal.
  std::string reason;

  void Fields(Archive& archive) {
    archive("verb", verb);
    archive("by", by);
    archive("on", on);
    archive("reason", reason);
  }
  friend bool operator==(const RenovationMove&, const RenovationMove&) = default;
};

struct Renovation {
  static constexpr absl::string_view kKind = "renovation";
  std::string id;
  // `<division>/<source>/<renovation_no>`.
  std::string key;
  std::string household_id;
  DangerGrade grade = DangerGrade::kUnspecified;
  // Follows from the steps.
  RenovationState state = RenovationState::kUnspecified;
  RenovationSteps steps;
  int64_t subsidy_fen = 0;
  // In the order of their days; empty when all its steps come from another system.
  std::vector<RenovationMove> trail;
  // Copied from the registry.
  feed::HouseholdFact household;

  void Shown(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("household_id", household_id);
    archive("grade", grade);
    archive("state", state);
    steps.Fields(archive);
    archive("subsidy_fen", subsidy_fen);
    archive("trail", trail);
    // Follows from the household; shown, and of no effect when it is read.
    bool poor = Poor();
    archive("poor", poor);
  }
  void Fields(Archive& archive) {
    Shown(archive);
    archive("household", household);
  }
  std::string Division() const { return household.Village(); }
  // Whether the household was registered as poor on the day the renovation was planned.
  bool Poor() const { return household.RegisteredPoorOn(steps.planned_on); }
  friend bool operator==(const Renovation&, const Renovation&) = default;
};

// What it adds to the figures, where the registry has the household; see community_indicators.cc.
tally::Contributions Contributions(const Renovation& renovation);
// A household has one that was not withdrawn.
std::vector<roots::Name> Names(const Renovation& renovation);
std::vector<roots::Name> Links(const Renovation& renovation);

// A row of anju.relocation.v1.RenovationRecord.
struct RenovationRecord {
  std::string renovation_no;
  std::string household_no;
  DangerGrade grade = DangerGrade::kUnspecified;
  RenovationSteps steps;
  int64_t subsidy_fen = 0;

  void Fields(Archive& archive) {
    archive("renovation_no", renovation_no);
    archive("household_no", household_no);
    archive("grade", grade);
    steps.Fields(archive);
    archive("subsidy_fen", subsidy_fen);
  }
};

// anju.relocation.v1.PlanRenovationRequest.
struct RenovationPlan {
  std::string division;
  std::string renovation_no;
  // The key of the household.
  std::string household;
  DangerGrade grade = DangerGrade::kUnspecified;
  int64_t subsidy_fen = 0;

  void Fields(Archive& archive) {
    archive("division", division);
    archive("renovation_no", renovation_no);
    archive("household", household);
    archive("grade", grade);
    archive("subsidy_fen", subsidy_fen);
  }
};

// anju.relocation.v1.WithdrawRenovationRequest.
struct WithdrawalRequest {
  std::string reason;

  void Fields(Archive& archive) { archive("reason", reason); }
};

// The state that follows from the steps. Pure. Refuses with STEPS_OUT_OF_ORDER when a step is missing beneath a later
// one or is earlier than the one before it, and when it was withdrawn after it was completed.
absl::StatusOr<RenovationState> StateAfter(const RenovationSteps& steps);

// What a renovation becomes when the county records it so. `relocation`: the household's case, if it has one. Pure.
// Refuses, in this order, with AMOUNT_NEGATIVE, STEPS_OUT_OF_ORDER, RENOVATION_OF_OTHER_HOUSEHOLD (the number is
// another's) and HOUSEHOLD_RELOCATES (a new one, or a further step, of a household whose case has not ended; a
// withdrawal is not refused).
absl::StatusOr<Renovation> Record(const std::optional<Renovation>& before, const RenovationRecord& record,
                                  const std::string& key, const feed::HouseholdFact& household,
                                  const std::optional<Case>& relocation);

// The verbs, of the day of the act. All pure. StartRenovation refuses, in this order, with RENOVATION_NOT_PLANNED and
// HOUSEHOLD_RELOCATES; CompleteRenovation with RENOVATION_NOT_STARTED; AcceptRenovation with RENOVATION_NOT_COMPLETED
// and APPROVER_IS_AUTHOR (who took any other step here); WithdrawRenovation with RENOVATION_COMPLETED and
// RENOVATION_WITHDRAWN. Each then with STEPS_OUT_OF_ORDER.
absl::StatusOr<Renovation> StartRenovation(const Renovation& before, const std::optional<Case>& relocation,
                                           const Act& act);
absl::StatusOr<Renovation> CompleteRenovation(const Renovation& before, const Act& act);
absl::StatusOr<Renovation> AcceptRenovation(const Renovation& before, const Act& act);
absl::StatusOr<Renovation> WithdrawRenovation(const Renovation& before, const std::string& reason, const Act& act);

// Whether the household gets both: a renovation that was not withdrawn, and a case that has not ended. Pure.
bool GetsBoth(const Renovation& renovation, const std::optional<Case>& relocation);

// Use cases. ImportRenovation refuses, in this order, with HOUSEHOLD_NOT_FOUND, HOUSEHOLD_HAS_RENOVATION, as Record
// does, and with RENOVATION_KEPT_HERE when it would change one that takes its steps here.
absl::StatusOr<roots::Outcome> ImportRenovation(roots::Session& session, const intake::Batch& batch,
                                                const RenovationRecord& record);
// Refuses, in this order, with DIVISION_NOT_FOUND, HOUSEHOLD_NOT_FOUND (also when it lives elsewhere),
// RENOVATION_NO_TAKEN, HOUSEHOLD_HAS_RENOVATION, and as Record does.
absl::StatusOr<Renovation> PlanRenovation(roots::Session& session, const RenovationPlan& plan, const Act& act);
// Refuses with RENOVATION_NOT_FOUND.
absl::StatusOr<Renovation> FindRenovation(roots::Session& session, const std::string& id);
// The registry tells of a household anew.
absl::Status FollowRenovation(roots::Session& session, const feed::HouseholdFact& household);

}  // namespace anju::relocation
